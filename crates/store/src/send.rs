//! Outgoing messages from the ledger to a known fate.

use crate::conversation::Address;
use crate::ids::{AccountId, ConversationKey, MessageId, SendKey};
use crate::{Store, StoreError};
use rapport_flow::turn::Outgoing;

/// An outgoing message that has no known fate yet.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedSend {
    pub conversation: ConversationKey,
    pub message: MessageId,
    /// Id of the effect that ordered it; for one written by a person, the message's id.
    pub effect: String,
    pub to: Address,
    pub outgoing: Outgoing,
    /// What ordered it; absent for one written by a person.
    pub flow: Option<String>,
    pub step: Option<String>,
    pub state: SendState,
    /// It may already have arrived once: the one repetition of a send without a known fate.
    pub resend: bool,
    /// Attempts that were answered with "try again later".
    pub attempts: u32,
    /// Not before; epoch milliseconds, 0 = at once.
    pub due_at: i64,
    /// Epoch milliseconds.
    pub queued_at: i64,
}

impl QueuedSend {
    pub fn key(&self) -> SendKey {
        SendKey {
            account: self.conversation.account,
            contact: self.conversation.contact,
            message: self.message,
        }
    }

    /// Templates are never sent twice. So that one that was never begun is not taken for unknown after a crash, its
    /// start is written down first: [`Store::start_send`] must have returned before it is dialled.
    pub fn must_be_started(&self) -> bool {
        matches!(self.outgoing, Outgoing::Template(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendState {
    Queued,
    /// Written down as begun (templates only).
    Started,
    /// It may have arrived: waits for a status, see [`Store::resolve_unknown_sends`].
    Unknown,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct SendResult {
    pub send: SendKey,
    /// Epoch milliseconds.
    pub at: i64,
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Accepted by the platform under this id.
    Sent { wamid: String },
    /// Refused for good. `error` is `{code, title, …}` for the inbox.
    Failed { error: serde_json::Value },
    /// Not sent after all, by our own check at the last moment: `window_closed`, `stopped`, `opted_out`, ….
    Withheld { reason: String },
    /// Surely not sent; to be tried again at this time, epoch milliseconds.
    RetryAt { due_at: i64 },
    /// May have been sent: time-out, lost connection, 5xx without a code.
    Unknown,
}

/// What a look at the sends without a known fate decided.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// To be sent once more, already marked so.
    pub again: Vec<QueuedSend>,
    /// Left to people with an unknown fate; they block nothing any more. A late status still settles them.
    pub given_up: Vec<SendKey>,
}

/// A status of a message we sent.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusItem {
    pub account: AccountId,
    /// The platform's id of the message.
    pub wamid: String,
    pub status: Status,
    /// The status's own time, epoch milliseconds.
    pub at: i64,
    /// `biz_opaque_callback_data`.
    pub tag: Option<String>,
    pub recipient: Address,
    /// The first of its errors, for `Failed`.
    pub error: Option<serde_json::Value>,
    pub pricing: Option<serde_json::Value>,
    /// Epoch milliseconds.
    pub accepted_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusOutcome {
    /// The message changed. `settled`: it had no known fate until now, and what waits behind it may go.
    Applied { send: SendKey, settled: bool },
    /// Known, or outranked by what is stored.
    Unchanged,
    /// No message of ours yet; kept for some minutes in case it overtook the send's answer.
    Parked,
}

impl Store {
    /// Writes down that a send is about to be dialled. `false`: it is settled or gone, do not dial.
    pub async fn start_send(&self, send: SendKey, at: i64) -> Result<bool, StoreError> {
        let _ = (send, at);
        Err(StoreError::Closed)
    }

    /// Records what came of attempts. Results of sends that are settled already change nothing, except that a missing
    /// platform id is filled in.
    pub async fn settle_sends(&self, results: Vec<SendResult>) -> Result<(), StoreError> {
        let _ = results;
        Err(StoreError::Closed)
    }

    /// Applies statuses, a unit each, in this order. They only climb: sent, failed, delivered, read, played.
    pub async fn accept_statuses(&self, items: Vec<StatusItem>) -> Vec<Result<StatusOutcome, StoreError>> {
        items.into_iter().map(|_| Err(StoreError::Closed)).collect()
    }

    /// Tries parked statuses again and forgets those older than `keep_ms`.
    pub async fn retry_parked_statuses(
        &self,
        account: AccountId,
        now: i64,
        keep_ms: i64,
    ) -> Result<usize, StoreError> {
        let _ = (account, now, keep_ms);
        Err(StoreError::Closed)
    }

    /// All sends without a known fate, by contact and then in order; at most `limit`, after `after`.
    pub async fn queued_sends(
        &self,
        account: AccountId,
        after: Option<SendKey>,
        limit: usize,
    ) -> Result<Vec<QueuedSend>, StoreError> {
        let _ = (account, after, limit);
        Err(StoreError::Closed)
    }

    /// The sends of one contact without a known fate, in order.
    pub async fn queued_sends_of(&self, key: ConversationKey) -> Result<Vec<QueuedSend>, StoreError> {
        let _ = key;
        Err(StoreError::Closed)
    }

    /// Decides about sends that have been unknown for `wait_ms`: with `resend`, one that is no template and was not
    /// repeated yet is marked and returned to be sent once more; all others are left to people.
    pub async fn resolve_unknown_sends(
        &self,
        account: AccountId,
        now: i64,
        wait_ms: i64,
        resend: bool,
    ) -> Result<Resolved, StoreError> {
        let _ = (account, now, wait_ms, resend);
        Err(StoreError::Closed)
    }
}
