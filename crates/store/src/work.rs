//! Finding what is to be done, from the rows alone: at start, and now and then as a safety net.

use crate::ids::{AccountId, ConversationKey};
use crate::{Store, StoreError};

/// What a start found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// The server before this one had finished its work when it stopped.
    pub stopped_cleanly: bool,
    /// Sends that may or may not have left.
    pub unknown_sends: usize,
}

impl Store {
    /// To be called once at start, before anything is sent.
    pub async fn recover(&self, now: i64) -> Result<Recovery, StoreError> {
        let _ = now;
        Err(StoreError::Closed)
    }

    /// Writes down that nothing is in flight: the last verb of an orderly stop.
    pub async fn record_clean_stop(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Conversations with messages that no turn has consumed and whose session takes messages.
    pub async fn unconsumed(
        &self,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<ConversationKey>, StoreError> {
        let _ = (account, limit);
        Err(StoreError::Closed)
    }

    /// Conversations whose session wants to be woken, the longest overdue first.
    pub async fn due_wakes(
        &self,
        account: AccountId,
        now: i64,
        limit: usize,
    ) -> Result<Vec<ConversationKey>, StoreError> {
        let _ = (account, now, limit);
        Err(StoreError::Closed)
    }
}
