//! A contact card, as people share it with us and as we share one (§4, §8).

use serde::{Deserialize, Serialize};

/// One card. Everything is optional in what we receive; what we send needs a name ([`crate::message`] checks it).
/// The serialised form is Meta's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactCard {
    pub name: CardName,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<CardPhone>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<CardEmail>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<CardAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<CardOrganisation>,
    /// `YYYY-MM-DD`, as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<CardUrl>,
}

/// Declares a part of a card whose fields are all optional texts with Meta's names.
macro_rules! card_part {
    ($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$meta])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<String>,)*
        }

        impl $name {
            /// Builds the part by asking for each field under its name (`kind` is asked for as `type`).
            pub(crate) fn from_fields(mut field: impl FnMut(&str) -> Option<String>) -> Self {
                Self { $($field: field(match stringify!($field) { "kind" => "type", name => name }),)* }
            }
        }
    };
}

card_part! {
    /// The name; a card we send has `formatted_name` and at least one other part.
    CardName { formatted_name, first_name, last_name, middle_name, prefix, suffix }
}
card_part! {
    /// A telephone number as its owner wrote it; `wa_id` is there when WhatsApp knows it.
    CardPhone { phone, wa_id, #[serde(rename = "type")] kind }
}
card_part! { CardEmail { email, #[serde(rename = "type")] kind } }
card_part! { CardAddress { street, city, state, zip, country, country_code, #[serde(rename = "type")] kind } }
card_part! { CardOrganisation { company, department, title } }
card_part! { CardUrl { url, #[serde(rename = "type")] kind } }
