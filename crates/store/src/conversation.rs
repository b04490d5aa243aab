//! What a turn is decided from: one conversation as it stands, read in one go.

use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey, MessageId};
use crate::{Store, StoreError};
use rapport_flow::Session;
use rapport_flow::turn;

/// How the platform names a person. At least one is given; which one depends on what the person lets us see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// The phone number as the platform writes it, digits only.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
}

/// A conversation as read: the basis on which a turn is decided and committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub key: ConversationKey,
    /// `false` while neither the contact nor anything else of it is stored: the first message will make it.
    pub known: bool,
    /// Raised by each turn; a turn decided on an older one is refused as stale.
    pub version: i64,
    /// As flows see it; `window_until` is that of this conversation.
    pub contact: turn::Contact,
    /// Raised by each change of name, fields, tags or consent.
    pub contact_version: i64,
    /// How to reach the contact.
    pub address: Address,
    pub session: Option<Session>,
    /// Given while people have the conversation.
    pub with_team: Option<WithTeam>,
    /// Messages that no turn has consumed yet, oldest first, at most [`WAITING_MAX`].
    pub waiting: Vec<WaitingMessage>,
    /// Whether the contact has written before on this channel; a message that comes now is the first otherwise.
    pub has_written: bool,
}

/// Most unconsumed messages read with a conversation; a turn takes one.
pub const WAITING_MAX: usize = 16;

/// People have the conversation; the bot is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithTeam {
    pub team: Option<String>,
    /// Epoch milliseconds.
    pub since: i64,
    /// When the team last acted in it, epoch milliseconds.
    pub acted_at: i64,
    /// What the bot left for the team.
    pub note: Option<String>,
}

/// A message that waits for its turn.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingMessage {
    pub id: MessageId,
    pub message: turn::Message,
}

impl Store {
    /// The conversation with whoever writes from `address`, for deciding the turn before the message is stored.
    /// Matches the business-scoped id first, then the phone number. A stranger gets an empty conversation under
    /// `stranger`, a fresh id. `sent_at` (epoch milliseconds) leads a late message of a number's former owner to them.
    pub async fn conversation_from(
        &self,
        account: AccountId,
        channel: ChannelId,
        address: &Address,
        sent_at: i64,
        stranger: ContactId,
    ) -> Result<Conversation, StoreError> {
        let _ = (account, channel, address, sent_at, stranger);
        Err(StoreError::Closed)
    }

    /// The conversation as it stands; `None` when it does not exist.
    pub async fn conversation(&self, key: ConversationKey) -> Result<Option<Conversation>, StoreError> {
        let _ = key;
        Err(StoreError::Closed)
    }
}
