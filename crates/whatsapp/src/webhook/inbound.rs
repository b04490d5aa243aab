//! A message a person sent us, and what it means for the conversation.

use super::content::{Content, Context, Referral};
use super::fault::Fault;
use super::read;
use super::sender::{Contacts, Sender};
use crate::ids::Wamid;
use crate::json::Object;

/// One element of `messages[]`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct InboundMessage {
    pub id: Wamid,
    pub sender: Sender,
    pub content: Content,
    pub context: Option<Context>,
    pub referral: Option<Referral>,
    /// Set when it was written in a group and not to us alone.
    pub group_id: Option<String>,
    pub errors: Vec<Fault>,
}

impl InboundMessage {
    /// Reads a message from its JSON as kept in [`super::Item::raw`]. `None` when it has no id. The name of the
    /// sender is not part of that JSON: Meta sends it beside the messages.
    pub fn from_json(raw: &str) -> Option<Self> {
        Self::read(&Object::read(raw)?, &Contacts::default())
    }

    pub(crate) fn read(message: &Object<'_>, contacts: &Contacts) -> Option<Self> {
        let sender = Sender::read(message, ["from", "from_user_id", "from_parent_user_id"]);
        Some(Self {
            id: message.id("id")?,
            sender: contacts.complete(sender),
            content: read::content(message),
            context: read::context(message),
            referral: read::referral(message),
            group_id: message.text("group_id"),
            errors: Fault::read_all(message),
        })
    }

    /// Meta's name of the kind; for interactive answers the inner one (`button_reply`).
    pub fn kind(&self) -> &str {
        self.content.kind()
    }

    /// What a flow reads as the person's words: the text, a caption, or the title of what was tapped.
    pub fn text_for_flow(&self) -> Option<&str> {
        match &self.content {
            Content::Text { body } => Some(body),
            Content::ButtonReply(choice) | Content::ListReply(choice) | Content::TemplateButton(choice) => {
                Some(&choice.title)
            }
            Content::Order(order) => order.text.as_deref(),
            other => other.media().and_then(|media| media.caption.as_deref()),
        }
    }

    /// The id or payload we gave to what was tapped.
    pub fn reply_id(&self) -> Option<&str> {
        match &self.content {
            Content::ButtonReply(choice) | Content::ListReply(choice) | Content::TemplateButton(choice) => {
                Some(&choice.id)
            }
            _ => None,
        }
    }

    /// The message this one quotes or answers. Taps may come without it.
    pub fn context_id(&self) -> Option<&Wamid> {
        self.context.as_ref()?.id.as_ref()
    }

    pub fn referral(&self) -> Option<&Referral> {
        self.referral.as_ref()
    }

    /// Whether it opens or renews the 24-hour service window (§14), counted from its own time and not from its
    /// arrival. Meta leaves open whether a reaction does, so it does not; nor does what we cannot name, or what
    /// was said in a group.
    pub fn opens_window(&self) -> bool {
        self.group_id.is_none()
            && match &self.content {
                Content::Reaction(_)
                | Content::System(_)
                | Content::Edit(_)
                | Content::Revoke { .. }
                | Content::Unknown { .. } => false,
                Content::Text { .. }
                | Content::Image(_)
                | Content::Video(_)
                | Content::Audio(_)
                | Content::Document(_)
                | Content::Sticker(_)
                | Content::Location(_)
                | Content::Contacts(_)
                | Content::ButtonReply(_)
                | Content::ListReply(_)
                | Content::FormReply(_)
                | Content::CallPermissionReply(_)
                | Content::TemplateButton(_)
                | Content::Order(_)
                | Content::Unsupported { .. } => true,
            }
    }

    /// Whether a flow may take it as input (product rule: reactions, edits, deletions, system and unsupported kinds
    /// never are, nor what was said in a group).
    pub fn reaches_flow(&self) -> bool {
        self.opens_window()
            && !matches!(self.content, Content::Unsupported { .. } | Content::CallPermissionReply(_))
    }
}
