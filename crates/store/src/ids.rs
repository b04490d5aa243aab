//! Keys of rows. All are given by the caller: ascending with time, so that new rows land beside each other on disk.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }

        /// As text: a browser would round a number of this size.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A business of this installation; the first part of every key.
    AccountId
    /// A sending number, by our own small number within the account.
    ChannelId
    /// A person.
    ContactId
    /// A message in either direction. Ascending within a contact: the order of the conversation.
    MessageId
    /// One run of the engine; its text is the prefix of the turn's effect ids.
    TurnId
}

/// One contact on one of our numbers: what a session, a service window and a hand-over belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConversationKey {
    pub account: AccountId,
    pub contact: ContactId,
    pub channel: ChannelId,
}

/// An outgoing message, as key of the work that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SendKey {
    pub account: AccountId,
    pub contact: ContactId,
    pub message: MessageId,
}

/// Marks our own tags among those of other applications that send from the same number.
const TAG: &str = "rapport";

impl SendKey {
    /// What goes into `biz_opaque_callback_data`: comes back with each status and finds the row without an index.
    pub fn tag(&self) -> String {
        format!("{TAG}:{}:{}", self.contact, self.message)
    }

    /// Reads [`tag`](Self::tag); `None` for what another application wrote.
    pub fn from_tag(account: AccountId, tag: &str) -> Option<Self> {
        let (contact, message) = tag.strip_prefix(TAG)?.strip_prefix(':')?.split_once(':')?;
        Some(SendKey { account, contact: contact.parse().ok()?, message: message.parse().ok()? })
    }
}

/// A call of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallKey {
    pub account: AccountId,
    pub flow: String,
    pub step: String,
    /// Id of the effect that ordered it.
    pub effect: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_leads_back_to_its_send() {
        let key = SendKey { account: AccountId(1), contact: ContactId(77), message: MessageId(88) };
        assert_eq!(SendKey::from_tag(AccountId(1), &key.tag()), Some(key));
    }

    #[test]
    fn tags_of_others_are_not_ours() {
        for tag in
            ["", "rapport", "rapport:", "rapport:1", "rapport:a:b", "other:1:2", "rapport:1:2:3", "1:2"]
        {
            assert_eq!(SendKey::from_tag(AccountId(1), tag), None, "{tag}");
        }
    }
}
