//! Published flows: every revision is kept as its author wrote it.

use crate::ids::AccountId;
use crate::{Store, StoreError};

/// A text to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub account: AccountId,
    pub name: String,
    pub source: String,
    pub author: String,
    pub note: Option<String>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A published revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub name: String,
    /// From 1.
    pub revision: u32,
    pub source: String,
    pub author: String,
    pub note: Option<String>,
    /// Epoch milliseconds.
    pub published_at: i64,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub revision: u32,
    /// `false`: the current revision has the same text already.
    pub new: bool,
}

impl Store {
    /// Publishes all texts together or none: flows that call each other change at one moment.
    pub async fn publish(&self, publications: Vec<Publication>) -> Result<Vec<Published>, StoreError> {
        let _ = publications;
        Err(StoreError::Closed)
    }

    /// The current revision of each flow, by name.
    pub async fn current_flows(&self, account: AccountId) -> Result<Vec<Revision>, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }

    pub async fn flow_revision(
        &self,
        account: AccountId,
        name: &str,
        revision: u32,
    ) -> Result<Option<Revision>, StoreError> {
        let _ = (account, name, revision);
        Err(StoreError::Closed)
    }

    /// All revisions of a flow, newest first.
    pub async fn flow_history(&self, account: AccountId, name: &str) -> Result<Vec<Revision>, StoreError> {
        let _ = (account, name);
        Err(StoreError::Closed)
    }

    /// Takes a flow out of service; running sessions keep their revision. `false`: there was none.
    pub async fn retire_flow(&self, account: AccountId, name: &str) -> Result<bool, StoreError> {
        let _ = (account, name);
        Err(StoreError::Closed)
    }

    /// The revisions that running sessions hold, by name and number. Reads every running session.
    pub async fn revisions_in_use(&self, account: AccountId) -> Result<Vec<(String, u32)>, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }
}
