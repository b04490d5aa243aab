//! The team's side of a conversation: see it, answer, take it, give it back.

use crate::conversation::WithTeam;
use crate::ids::{AccountId, ConversationKey, MessageId, TurnId};
use crate::send::QueuedSend;
use crate::{Store, StoreError};
use rapport_flow::turn::{Event, Message, Outgoing};

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub key: ConversationKey,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub with_team: Option<WithTeam>,
    /// A session runs.
    pub running: bool,
    /// Epoch milliseconds; 0 = never.
    pub last_in_at: i64,
    pub window_until: i64,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    In {
        id: MessageId,
        message: Message,
    },
    Out(Box<Sent>),
    /// What a turn did besides messages.
    Turn {
        id: TurnId,
        at: i64,
        events: Vec<Event>,
    },
}

/// An outgoing message with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub id: MessageId,
    pub outgoing: Outgoing,
    pub flow: Option<String>,
    pub step: Option<String>,
    /// The person who wrote it; `None` for the bot.
    pub author: Option<String>,
    pub wamid: Option<String>,
    /// `queued`, `started`, `unknown`, `sent`, `failed`, `withheld`, then by statuses `delivered`, `read`, `played`.
    pub state: String,
    /// It may have arrived twice.
    pub resend: bool,
    pub error: Option<serde_json::Value>,
    /// Epoch milliseconds.
    pub queued_at: i64,
    pub sent_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub read_at: Option<i64>,
}

/// A person's message.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub conversation: ConversationKey,
    pub id: MessageId,
    pub outgoing: Outgoing,
    pub author: String,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Store {
    /// Conversations that people have, the longest waiting first.
    pub async fn with_team(&self, account: AccountId, limit: usize) -> Result<Vec<Summary>, StoreError> {
        let _ = (account, limit);
        Err(StoreError::Closed)
    }

    /// Conversations by contact, newest contact first; at most `limit`, before `before`.
    pub async fn conversations(
        &self,
        account: AccountId,
        before: Option<ConversationKey>,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        let _ = (account, before, limit);
        Err(StoreError::Closed)
    }

    /// The latest entries of a conversation, oldest first: at most `limit`, with ids below `before`.
    pub async fn timeline(
        &self,
        key: ConversationKey,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let _ = (key, before, limit);
        Err(StoreError::Closed)
    }

    /// Queues a person's message. `None`: there is no such conversation. The caller has checked the service window.
    pub async fn reply(&self, reply: Reply) -> Result<Option<QueuedSend>, StoreError> {
        let _ = reply;
        Err(StoreError::Closed)
    }

    /// Gives a conversation to people: the session ends, the bot is silent. `false`: they have it already.
    pub async fn take_over(
        &self,
        key: ConversationKey,
        team: Option<&str>,
        note: Option<&str>,
        at: i64,
    ) -> Result<bool, StoreError> {
        let _ = (key, team, note, at);
        Err(StoreError::Closed)
    }

    /// Gives a conversation back to the bot. `false`: it was not with people.
    pub async fn release(&self, key: ConversationKey, at: i64) -> Result<bool, StoreError> {
        let _ = (key, at);
        Err(StoreError::Closed)
    }
}
