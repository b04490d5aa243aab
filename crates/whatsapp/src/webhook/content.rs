//! What a message says: one variant per `type` of `messages[]` (§4).

use serde::Serialize;

use crate::card::ContactCard;
use crate::ids::{BusinessScopedId, MediaId, WaId, Wamid};

/// The content of a message we received.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text {
        body: String,
    },
    Image(Media),
    Video(Media),
    Audio(Media),
    Document(Media),
    Sticker(Media),
    Location(Location),
    Contacts(Vec<ContactCard>),
    Reaction(Reaction),
    /// A tap on one of our reply buttons.
    ButtonReply(Choice),
    /// A row chosen from our list.
    ListReply(Choice),
    /// A finished WhatsApp Flow, or another form (`address_message`).
    FormReply(FormReply),
    CallPermissionReply(CallPermission),
    /// A tap on a template's quick reply: `id` is its payload, which equals the label when none was set.
    TemplateButton(Choice),
    Order(Order),
    System(SystemNotice),
    Edit(Edit),
    Revoke {
        original: Wamid,
    },
    /// WhatsApp itself could not hand it over (poll, view-once, …); `of` names the real kind where Meta does.
    Unsupported {
        of: Option<String>,
    },
    /// A `type` we do not know, or one whose body is missing (then `reason` says what). The raw item has it all.
    Unknown {
        kind: String,
        reason: Option<&'static str>,
    },
}

/// A received file. It can be fetched for 7 days by its id (§10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Media {
    pub id: MediaId,
    pub mime_type: Option<String>,
    /// Base64 here, not hexadecimal.
    pub sha256: Option<String>,
    pub caption: Option<String>,
    /// The sender's words: hostile until proven otherwise, never a path.
    pub filename: Option<String>,
    /// A recorded voice note, for audio.
    pub voice: bool,
    /// For stickers.
    pub animated: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Location {
    /// Degrees; 0.0 is a valid place.
    pub latitude: f64,
    pub longitude: f64,
    pub name: Option<String>,
    pub address: Option<String>,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    pub to: Wamid,
    /// `None` takes the reaction back.
    pub emoji: Option<String>,
}

/// What was tapped or chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The id or payload we set when sending.
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormReply {
    /// `flow`, `address_message`, …
    pub name: Option<String>,
    /// The answers: JSON inside a string, usually but not always an object. Kept as the text it is.
    pub response_json: String,
    /// The token we gave when sending, from within the answers; `unused` when we gave none.
    pub flow_token: Option<String>,
}

impl FormReply {
    /// The answers as a value, where the text is JSON.
    pub fn answers(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.response_json).ok()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallPermission {
    pub accepted: bool,
    pub permanent: bool,
    /// Milliseconds since 1970.
    pub expires_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    pub catalog_id: Option<String>,
    pub text: Option<String>,
    pub items: Vec<OrderItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderItem {
    pub product_retailer_id: Option<String>,
    /// Numbers with the digits Meta sent.
    pub quantity: Option<String>,
    pub item_price: Option<String>,
    pub currency: Option<String>,
}

/// Something WhatsApp says about the person. Where an identifier changed, keep the contact and rewrite it (§5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemNotice {
    pub kind: SystemKind,
    pub body: Option<String>,
    pub old_wa_id: Option<WaId>,
    pub new_wa_id: Option<WaId>,
    pub old_scoped: Option<BusinessScopedId>,
    pub new_scoped: Option<BusinessScopedId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    NumberChanged,
    ScopedIdChanged,
    IdentityChanged,
    Other(Option<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// The message whose content is replaced.
    pub original: Wamid,
    pub content: Box<Content>,
}

/// What a person quoted, pressed or forwarded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Context {
    pub id: Option<Wamid>,
    /// The business's number or its phone number id: do not rely on either.
    pub from: Option<String>,
    pub forwarded: bool,
    pub frequently_forwarded: bool,
    /// Catalog id and product id of a product enquiry.
    pub referred_product: Option<(Option<String>, Option<String>)>,
}

/// The ad or post a person came from; only on their first message, and on any type of it (§4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Referral {
    /// `ad` or `post`.
    pub source_type: Option<String>,
    pub source_id: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub media_type: Option<String>,
    pub image_url: Option<String>,
    pub video_url: Option<String>,
    pub thumbnail_url: Option<String>,
    pub ctwa_clid: Option<String>,
    pub welcome_text: Option<String>,
}

impl Content {
    /// Meta's name of the kind, for interactive answers the inner one.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text { .. } => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::ButtonReply(_) => "button_reply",
            Self::ListReply(_) => "list_reply",
            Self::FormReply(_) => "nfm_reply",
            Self::CallPermissionReply(_) => "call_permission_reply",
            Self::TemplateButton(_) => "button",
            Self::Order(_) => "order",
            Self::System(_) => "system",
            Self::Edit(_) => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Unsupported { .. } => "unsupported",
            Self::Unknown { kind, .. } => kind,
        }
    }

    /// The file, for the five kinds that carry one.
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            _ => None,
        }
    }
}
