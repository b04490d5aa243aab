//! Accepting what a Meta webhook brings: written down before it is answered.

use crate::conversation::{Address, Conversation};
use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey, MessageId};
use crate::turn::{TurnCommit, TurnOutcome};
use crate::{Store, StoreError};
use rapport_flow::turn;

/// A customer's message, ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub account: AccountId,
    pub channel: ChannelId,
    pub from: Address,
    /// The name the person gave themselves.
    pub profile_name: Option<String>,
    /// Ours; ascending in the order in which messages are to be taken.
    pub id: MessageId,
    /// The platform's id, times, kind and words. `message.id` with the channel is the dedupe key.
    pub message: turn::Message,
    /// Whether it may reach a flow: `false` for reactions, edits, deletions, system and unsupported kinds.
    pub for_flow: bool,
    /// The item as it came, where it is worth keeping.
    pub raw: Option<String>,
}

/// A message with the conversation it was read against, and the turn it caused, if one was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    pub incoming: Incoming,
    /// From [`Store::conversation_from`] with the same address.
    pub basis: Conversation,
    /// Consumes the message; the id of the message need not be listed in it.
    pub turn: Option<TurnCommit>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// Stored now. `turn` says what became of the turn that was handed over with it; when that was stale the message
    /// waits for its turn like any other.
    New { conversation: ConversationKey, turn: Option<TurnOutcome> },
    /// Known already; nothing was changed.
    Duplicate,
}

/// Something of Meta's that is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawItem {
    pub account: AccountId,
    /// The webhook's `field`.
    pub field: String,
    /// What tells it from others; a redelivery has the same.
    pub key: String,
    pub body: String,
    /// Epoch milliseconds.
    pub accepted_at: i64,
}

/// A person got another number or another business-scoped id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    pub account: AccountId,
    /// As we knew them.
    pub old: Address,
    /// What replaces it; a part that is `None` stays.
    pub new: Address,
    /// Epoch milliseconds: messages sent before it from the old number are still theirs.
    pub at: i64,
}

/// A person's word on what they want to receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub account: AccountId,
    pub channel: ChannelId,
    pub from: Address,
    /// Id for the contact if it is a stranger.
    pub stranger: ContactId,
    pub wish: Wish,
    /// `user_preferences`, `error 131050`, `keyword STOP`, `agent`, …: kept as proof.
    pub source: String,
    /// Epoch milliseconds.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No marketing.
    StopMarketing,
    ResumeMarketing,
    /// Nothing at all until they write again.
    StopAll,
}

impl Store {
    /// Stores a message, opens its service window, lifts `stopped`, and commits its turn in the same unit.
    pub async fn accept(&self, item: Accept) -> Result<Accepted, StoreError> {
        let _ = item;
        Err(StoreError::Closed)
    }

    /// [`accept`](Self::accept) for all messages of one POST: one hand-over to the writer, a unit each, in this order.
    /// One that fails does not touch the others.
    pub async fn accept_all(&self, items: Vec<Accept>) -> Vec<Result<Accepted, StoreError>> {
        items.into_iter().map(|_| Err(StoreError::Closed)).collect()
    }

    /// Keeps an item of a kind we do not know. `false`: it was kept before.
    pub async fn accept_raw(&self, item: RawItem) -> Result<bool, StoreError> {
        let _ = item;
        Err(StoreError::Closed)
    }

    /// Gives a contact another identifier. When another contact already has it, both become one: the older stays and
    /// takes over messages and history. Returns the contact that stands afterwards; `None` when neither is known.
    pub async fn change_identity(&self, change: IdentityChange) -> Result<Option<ContactId>, StoreError> {
        let _ = change;
        Err(StoreError::Closed)
    }

    /// Records a wish; the same again changes nothing. Returns the contact.
    pub async fn record_preference(&self, preference: Preference) -> Result<ContactId, StoreError> {
        let _ = preference;
        Err(StoreError::Closed)
    }
}
