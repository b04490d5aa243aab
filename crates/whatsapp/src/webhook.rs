//! The body of a POST from Meta, split into items (§3 to §7).
//!
//! Parsing is total: whatever the bytes, the answer is a list of items, and what cannot be read is an item too,
//! kept raw with the reason. One bad item never stops the others, so that a POST can be answered 200 and Meta does
//! not replay the good ones for a week. Verify the signature first ([`crate::signature`]).

mod account;
mod content;
mod dedupe;
mod envelope;
mod fault;
mod inbound;
mod order;
mod preference;
mod read;
mod sender;
mod split;
mod status;
mod time;

use serde_json::value::RawValue;

pub use account::{
    AccountEvent, AccountUpdate, FlowNews, NumberQuality, Restriction, SendingStop, TemplateCategory,
    TemplateRef, TemplateStatus,
};
pub use content::{
    CallPermission, Choice, Content, Context, Edit, FormReply, Location, Media, Order, OrderItem, Reaction,
    Referral, SystemKind, SystemNotice,
};
pub use fault::Fault;
pub use inbound::InboundMessage;
pub use preference::{Preference, Wish};
pub use sender::Sender;
pub use status::{Conversation, Pricing, Recipient, Status, StatusRank, StatusState};

use crate::ids::{PhoneNumberId, WabaId};

/// One thing that happened: the unit of storage.
#[derive(Debug, Clone)]
pub struct Item {
    pub route: Route,
    /// Equal for every repetition of the same news, different otherwise; at most some hundred bytes.
    pub dedupe_key: String,
    /// Meta's time in milliseconds since 1970; `None` when absent or nonsense.
    pub at_ms: Option<i64>,
    pub kind: ItemKind,
    /// The item's own JSON, exactly as it came: the message, the status, or the value of the change.
    pub raw: Box<RawValue>,
}

/// To which channel an item belongs: by number for messages and statuses, by account for most other fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    pub number: Option<PhoneNumberId>,
    pub waba: Option<WabaId>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// A person wrote, tapped, reacted, ….
    Message(Box<InboundMessage>),
    /// News of a message we sent.
    Status(Box<Status>),
    /// Typed on the business's own phone: shown as outgoing, never an input of a flow.
    Echo(Box<Echo>),
    /// `value.errors[]`: trouble of the app or account, not of one message.
    Errors(Vec<Fault>),
    Preference(Box<Preference>),
    Account(Box<AccountEvent>),
    /// A field, or a status of payments and calls, that we do not read: acknowledge and keep.
    Unknown {
        field: String,
    },
    /// Not as documented: keep, log, go on.
    Malformed {
        reason: &'static str,
    },
}

/// A message of the business itself, reported from the Business app (field `smb_message_echoes`).
#[derive(Debug, Clone, PartialEq)]
pub struct Echo {
    /// Its `sender` is the business.
    pub message: InboundMessage,
    pub to: Sender,
}

impl ItemKind {
    /// A short name for logs and counters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Status(_) => "status",
            Self::Echo(_) => "echo",
            Self::Errors(_) => "errors",
            Self::Preference(_) => "preference",
            Self::Account(_) => "account",
            Self::Unknown { .. } => "unknown",
            Self::Malformed { .. } => "malformed",
        }
    }
}

/// Splits a body into its items, ordered by Meta's timestamp and then by position. An item without a usable time
/// stays behind the one it followed.
///
/// Total: never fails and never panics. Bytes that are not UTF-8 are replaced by U+FFFD before reading. A body that
/// is no webhook at all is one [`ItemKind::Malformed`] item.
pub fn parse(body: &[u8]) -> Vec<Item> {
    let body = String::from_utf8_lossy(body);
    let mut items = match envelope::pieces(&body) {
        Ok(pieces) => {
            let mut items = Vec::with_capacity(pieces.len());
            for piece in pieces {
                split::piece(&piece, &mut items);
            }
            items
        }
        Err(reason) => vec![split::whole_body(&body, reason)],
    };
    order::by_time(&mut items);
    items
}
