//! "Answer as the team": conversations that the bot handed over, supplied by the server under test.

use serde::{Deserialize, Serialize};

use crate::options::BoxFuture;

/// What the page needs to let a person answer in place of the team.
pub trait TeamDesk: Send + Sync {
    /// Conversations that wait for a person, longest waiting first.
    fn list(&self) -> BoxFuture<'_, Result<Vec<DeskConversation>, DeskError>>;
    /// One conversation with its last messages, oldest first.
    fn show<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<DeskThread, DeskError>>;
    /// Sends a text to the customer as a person of the team.
    fn reply<'a>(&'a self, id: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), DeskError>>;
    /// Gives the conversation back to the bot.
    fn release<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), DeskError>>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskConversation {
    pub id: String,
    pub customer_name: String,
    /// Digits, as the phone shows them.
    pub customer_phone: String,
    pub team: Option<String>,
    /// Why the bot handed over, in a few words.
    pub reason: Option<String>,
    pub last_message: String,
    /// Seconds since 1970 of the hand-over.
    pub since: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskThread {
    pub conversation: DeskConversation,
    pub messages: Vec<DeskMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMessage {
    pub from: DeskAuthor,
    pub text: String,
    /// Seconds since 1970.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskAuthor {
    Customer,
    Bot,
    Agent,
    /// An internal note, such as the diagnosis of a fault.
    Note,
}

/// Why the desk could not do it; shown on the page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    #[error("there is no such conversation")]
    Unknown,
    #[error("{0}")]
    Refused(String),
}
