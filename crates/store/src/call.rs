//! The ledger of API request calls: ordered, started, finished, counted.

use crate::ids::{AccountId, CallKey, ContactId, ConversationKey};
use crate::{Store, StoreError};
use rapport_flow::request::{Exchange, Outcome, PreparedRequest};

/// A call without a result.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedCall {
    pub key: CallKey,
    pub conversation: ConversationKey,
    pub request: Box<PreparedRequest>,
    /// Written down as begun; after a crash its outcome is `unknown`. Only calls that must not be repeated are.
    pub started: bool,
    /// Whether a session waits for it; otherwise its result is recorded and wakes nothing.
    pub awaited: bool,
    /// Epoch milliseconds.
    pub ordered_at: i64,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedCall {
    pub key: CallKey,
    pub contact: ContactId,
    /// After mapping: `not_json` and `missing_required` included.
    pub outcome: Outcome,
    /// Secrets masked. Bodies longer than [`EXCHANGE_BODY_BYTES_MAX`] are cut when they are stored.
    pub exchange: Exchange,
    /// Findings about it as a JSON list.
    pub findings: serde_json::Value,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Longest request or answer body that is kept of an exchange, in bytes.
pub const EXCHANGE_BODY_BYTES_MAX: usize = 16 * 1024;

/// A call of the past, for the history of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    pub key: CallKey,
    pub contact: ContactId,
    pub ordered_at: i64,
    pub finished_at: Option<i64>,
    pub outcome: Option<Outcome>,
    /// `None` while it runs, and after its retention.
    pub exchange: Option<Exchange>,
    pub findings: serde_json::Value,
}

/// One counted action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub effect: String,
    /// Epoch milliseconds.
    pub at: i64,
    pub contact: ContactId,
    pub flow: String,
    pub step: String,
    pub outcome: String,
}

impl Store {
    /// Writes down that a call which must not be repeated is about to be dialled. `false`: it was started or finished
    /// before, do not dial.
    pub async fn start_call(&self, key: &CallKey, at: i64) -> Result<bool, StoreError> {
        let _ = (key, at);
        Err(StoreError::Closed)
    }

    /// Records the result of a call that no session waits for any more. `false`: it was recorded before.
    pub async fn record_call(&self, call: FinishedCall) -> Result<bool, StoreError> {
        let _ = call;
        Err(StoreError::Closed)
    }

    /// Calls without a result, oldest first.
    pub async fn open_calls(&self, account: AccountId, limit: usize) -> Result<Vec<QueuedCall>, StoreError> {
        let _ = (account, limit);
        Err(StoreError::Closed)
    }

    /// The latest calls of a step, newest first.
    pub async fn calls_of_step(
        &self,
        account: AccountId,
        flow: &str,
        step: &str,
        limit: usize,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let _ = (account, flow, step, limit);
        Err(StoreError::Closed)
    }

    /// Counted actions of a span of time (`from` included, `until` not, epoch milliseconds), oldest first.
    pub async fn actions(
        &self,
        account: AccountId,
        from: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<Action>, StoreError> {
        let _ = (account, from, until, limit);
        Err(StoreError::Closed)
    }
}
