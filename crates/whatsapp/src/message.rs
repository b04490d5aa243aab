//! What we send (§8, §9): typed, checked against Meta's limits, written as the exact JSON of `POST /messages`.
//!
//! A [`Message`] has two forms. Serde's is ours, for rows of the outbox; it reads back what it wrote. The wire form
//! ([`Message::to_wire`]) is Meta's and is only written.

mod interactive;
mod problem;
mod template;
mod text_rules;
mod validate;
mod wire;

use serde::{Deserialize, Serialize};

pub use interactive::{
    Body, Buttons, CtaUrl, FlowAction, FlowMessage, FlowRef, Header, List, ReplyButton, Row, Section,
};
pub use problem::{LimitProblem, Problem};
pub use template::{BodyParameter, Template, TemplateButton, TemplateButtonKind, TemplateHeader};
pub use wire::read_receipt;

use crate::card::ContactCard;
use crate::ids::{Address, MediaId, Wamid};

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub to: Address,
    pub content: Content,
    /// The message it answers, shown as a quotation. Not with reactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Wamid>,
    /// Our tag; it comes back with every status and is the surest way to find the message again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biz_opaque_callback_data: Option<String>,
    /// Refuses delivery when the person's identity changed (137000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_identity_key_hash: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text {
        body: String,
        preview_url: bool,
    },
    Image(Media),
    Video(Media),
    Audio {
        source: MediaSource,
        voice: bool,
    },
    Document {
        source: MediaSource,
        caption: Option<String>,
        filename: Option<String>,
    },
    Sticker(MediaSource),
    Location(Place),
    Contacts(Vec<ContactCard>),
    Reaction(Reaction),
    Buttons(Buttons),
    List(List),
    CtaUrl(CtaUrl),
    /// Asks the person to share a location; the answer is a location message with context.
    LocationRequest {
        text: String,
    },
    /// Asks for the telephone number; the answer is a contacts message (§5).
    ContactRequest {
        text: String,
    },
    Flow(FlowMessage),
    Template(Template),
}

/// An image or video with its caption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub source: MediaSource,
    pub caption: Option<String>,
}

/// Where Meta takes a file from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// Uploaded before with the same number (kept 30 days).
    Id(MediaId),
    /// A public https address that Meta fetches while sending; a failure comes later, as a status.
    Link(String),
}

/// A place to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees.
    pub latitude: f64,
    pub longitude: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub message_id: Wamid,
    /// Empty takes the reaction back.
    pub emoji: String,
}

impl Message {
    pub fn new(to: impl Into<Address>, content: Content) -> Self {
        let to = to.into();
        Self { to, content, context: None, biz_opaque_callback_data: None, recipient_identity_key_hash: None }
    }

    /// A plain text, with a preview of the first link in it.
    pub fn text(to: impl Into<Address>, body: impl Into<String>) -> Self {
        let body = body.into();
        let preview_url = body.contains("https://") || body.contains("http://");
        Self::new(to, Content::Text { body, preview_url })
    }

    #[must_use]
    pub fn replying_to(mut self, message: Wamid) -> Self {
        self.context = Some(message);
        self
    }

    #[must_use]
    pub fn tagged(mut self, tag: impl Into<String>) -> Self {
        self.biz_opaque_callback_data = Some(tag.into());
        self
    }

    /// Whether it may leave only while the person's 24-hour window is open (§8): all but templates.
    pub fn needs_open_window(&self) -> bool {
        !matches!(self.content, Content::Template(_))
    }

    /// What keeps Meta from taking it, so that it is not sent in vain; empty when nothing does.
    pub fn validate(&self) -> Vec<LimitProblem> {
        validate::message(self)
    }

    /// The body of `POST /{phone-number-id}/messages`.
    pub fn to_wire(&self) -> Vec<u8> {
        wire::message(self)
    }
}

impl Content {
    /// Meta's name for it: the `type`, for interactive messages the inner one.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio { .. } => "audio",
            Self::Document { .. } => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::Buttons(_) => "button",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::LocationRequest { .. } => "location_request_message",
            Self::ContactRequest { .. } => "request_contact_info",
            Self::Flow(_) => "flow",
            Self::Template(_) => "template",
        }
    }
}

#[cfg(test)]
mod tests;
