//! The team's side of a conversation until there is an inbox: see what was handed over, answer, give it back.

use crate::clock;
use crate::ids::Ids;
use rapport_flow::turn::Outgoing;
use rapport_store::{AccountId, ConversationKey, Entry, MessageId, Reply, Store, StoreError, Summary};

/// Most conversations in a list.
pub const LIST_MAX: usize = 200;
/// Entries shown of a conversation.
pub const SHOW_MAX: usize = 50;

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("there is no conversation {0}; `rapport conversation list` shows those that wait")]
    Unknown(String),
    #[error(
        "the 24-hour service window of this conversation is closed: WhatsApp takes only templates until the customer \
         writes again"
    )]
    WindowClosed,
    #[error("the conversation is with the bot already")]
    NotWithTeam,
    #[error("a message has at least one letter")]
    Empty,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers for people, over one store.
#[derive(Debug)]
pub struct Desk<'a> {
    pub store: &'a Store,
    pub account: AccountId,
    pub ids: &'a Ids,
}

impl Desk<'_> {
    /// Conversations that people have, the longest waiting first.
    pub async fn list(&self) -> Result<Vec<Summary>, DeskError> {
        Ok(self.store.with_team(self.account, LIST_MAX).await?)
    }

    /// The latest entries of a conversation, oldest first.
    pub async fn show(&self, key: ConversationKey) -> Result<Vec<Entry>, DeskError> {
        self.known(key).await?;
        Ok(self.store.timeline(key, None, SHOW_MAX).await?)
    }

    /// Queues a person's text.
    pub async fn reply(&self, key: ConversationKey, author: &str, text: &str) -> Result<(), DeskError> {
        let now = clock::now();
        if text.trim().is_empty() {
            return Err(DeskError::Empty);
        }
        let conversation = self.known(key).await?;
        if conversation.contact.window_until <= now {
            return Err(DeskError::WindowClosed);
        }
        let reply = Reply {
            conversation: key,
            id: MessageId(self.ids.next(now)),
            outgoing: Outgoing::Text { text: text.to_owned() },
            author: author.to_owned(),
            at: now,
        };
        match self.store.reply(reply).await? {
            Some(_) => Ok(()),
            None => Err(DeskError::Unknown(name(key))),
        }
    }

    /// Gives a conversation back to the bot.
    pub async fn release(&self, key: ConversationKey) -> Result<(), DeskError> {
        self.known(key).await?;
        if self.store.release(key).await? { Ok(()) } else { Err(DeskError::NotWithTeam) }
    }

    async fn known(&self, key: ConversationKey) -> Result<rapport_store::Conversation, DeskError> {
        self.store.conversation(key).await?.ok_or_else(|| DeskError::Unknown(name(key)))
    }
}

/// How people name a conversation: `contact-channel`.
pub fn name(key: ConversationKey) -> String {
    format!("{}-{}", key.contact, key.channel)
}

/// Reads what [`name`] wrote.
pub fn key(account: AccountId, name: &str) -> Option<ConversationKey> {
    let (contact, channel) = name.split_once('-')?;
    Some(ConversationKey { account, contact: contact.parse().ok()?, channel: channel.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_store::{ChannelId, ContactId};

    #[test]
    fn a_name_leads_back_to_its_conversation() {
        let original =
            ConversationKey { account: AccountId(1), contact: ContactId(42), channel: ChannelId(3) };
        assert_eq!(key(AccountId(1), &name(original)), Some(original));
        for nonsense in ["", "42", "a-b", "42-", "-3"] {
            assert_eq!(key(AccountId(1), nonsense), None, "{nonsense}");
        }
    }
}
