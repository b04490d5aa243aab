//! Meta's identifiers, one type each, so that none can stand where another belongs.
//!
//! All of them are text: many exceed 2^53, and none is ours to take apart (§1).

mod address;
mod person;

pub use address::Address;
pub use person::{BusinessScopedId, PHONE_DIGITS_MAX, PHONE_DIGITS_MIN, PhoneNumber, WA_ID_DIGITS_MAX, WaId};

/// Why a text is no identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("a {what} must not be empty")]
    Empty { what: &'static str },
    #[error("a {what} has at most {max} bytes, this one has {seen}")]
    TooLong { what: &'static str, seen: usize, max: usize },
    #[error("a {what} must not contain {seen:?}")]
    Character { what: &'static str, seen: char },
    #[error("{seen:?} is no {what}: {wanted}")]
    Form { what: &'static str, seen: String, wanted: &'static str },
}

/// Longest identifier we keep, in bytes. Meta's longest documented one (a message id) has 128 characters (§1);
/// the rest is room for what Meta may add, and a bound on what a stranger can make us store.
pub const ID_BYTES_MAX: usize = 512;

/// Declares an opaque text identifier: not empty, bounded, no control characters.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $forbidden:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::ids::IdError> {
                $crate::ids::opaque(text.into(), $what, $forbidden).map(Self)
            }
        }
        $crate::ids::text_impls!($name);
    };
}

/// What every text newtype of this module offers besides its constructor `new`.
macro_rules! text_impls {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = $crate::ids::IdError;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::ids::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use {text_id, text_impls};

text_id! {
    /// Meta's id of one message (`wamid.…`); opaque.
    Wamid, "message id", &[]
}
text_id! {
    /// Meta's id of a sending number; the routing key of the `messages` webhook. Not the phone number itself.
    PhoneNumberId, "phone number id", PATH_BREAKERS
}
text_id! {
    /// Meta's id of a WhatsApp Business Account; the routing key of webhooks about templates and the account.
    WabaId, "WhatsApp Business Account id", PATH_BREAKERS
}
text_id! {
    /// Meta's id of an uploaded or received file. An inbound one can be fetched for 7 days (§10).
    MediaId, "media id", PATH_BREAKERS
}

/// What an id that becomes a segment of a Graph URL may not contain: it would ask for another node.
const PATH_BREAKERS: &[char] = &['/', '\\', '?', '#', '.', '%', ' '];

fn opaque(text: String, what: &'static str, forbidden: &[char]) -> Result<String, IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { what });
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong { what, seen: text.len(), max: ID_BYTES_MAX });
    }
    match text.chars().find(|c| c.is_control() || forbidden.contains(c)) {
        Some(seen) => Err(IdError::Character { what, seen }),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_would_change_a_graph_url_is_refused() {
        for bad in ["", "..", "1/messages", "1?fields=token", "1#x", "1 2", "1\n2", "%2e%2e"] {
            assert!(PhoneNumberId::new(bad).is_err(), "{bad:?}");
            assert!(MediaId::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(PhoneNumberId::new("106540352242922").unwrap().as_str(), "106540352242922");
    }

    #[test]
    fn a_message_id_is_opaque_but_bounded() {
        assert!(Wamid::new("wamid.HBgLMTY1/+==").is_ok());
        assert!(matches!(Wamid::new("x".repeat(513)), Err(IdError::TooLong { seen: 513, max: 512, .. })));
    }

    #[test]
    fn stored_ids_are_checked_when_they_are_read_back() {
        assert!(serde_json::from_str::<WabaId>("\"a/b\"").is_err());
        assert_eq!(serde_json::to_string(&WabaId::new("42").unwrap()).unwrap(), "\"42\"");
    }
}
