//! A person's wish about marketing messages (field `user_preferences`, §7 and §14).

use serde::Serialize;

use super::sender::{Contacts, Sender};
use crate::json::Object;

/// One element of `user_preferences[]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preference {
    pub person: Sender,
    /// `marketing_messages` is the only one known.
    pub category: Option<String>,
    pub wish: Wish,
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// No marketing from now on.
    Stop,
    /// `resume` or `signup`: marketing is welcome again.
    Allow,
    Other(String),
}

impl Preference {
    pub(crate) fn read(preference: &Object<'_>, contacts: &Contacts) -> Option<Self> {
        let wish = preference.text("value")?;
        Some(Self {
            person: contacts.complete(Sender::read(preference, ["wa_id", "user_id", "parent_user_id"])),
            category: preference.text("category"),
            wish: match wish.as_str() {
                "stop" => Wish::Stop,
                "resume" | "signup" => Wish::Allow,
                _ => Wish::Other(wish),
            },
            detail: preference.text("detail"),
        })
    }
}
