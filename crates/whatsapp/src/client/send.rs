//! Sending a message, and telling that one was read.

use bytes::Bytes;

use super::Client;
use super::http::Answer;
use crate::error::SendError;
use crate::ids::{BusinessScopedId, PhoneNumberId, WaId, Wamid};
use crate::message::read_receipt;

/// WhatsApp has accepted a message. It is not sent yet: a status says what becomes of it (§11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub id: Wamid,
    /// How WhatsApp writes the number; it may differ from the one we gave.
    pub wa_id: Option<WaId>,
    /// When a business-scoped id is involved.
    pub scoped: Option<BusinessScopedId>,
    pub status: MessageStatus,
}

/// What Meta does with an accepted message; other than [`MessageStatus::Accepted`] for templates only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageStatus {
    Accepted,
    /// Held while Meta gathers feedback on the template; sent or dropped later.
    Held,
    Paused,
    Other(String),
}

impl Client {
    /// Sends a body made by [`crate::Message::to_wire`] from the number. Never tries twice.
    pub async fn send(&self, from: &PhoneNumberId, body: impl Into<Bytes>) -> Result<Sent, SendError> {
        let answer = self.post_json(self.node(&[from.as_str(), "messages"]), body.into()).await?;
        sent(&answer).ok_or_else(|| answer.without(self))
    }

    /// Marks a message and all before it as read, and shows the typing indicator where wanted.
    pub async fn mark_read(
        &self,
        at: &PhoneNumberId,
        message: &Wamid,
        typing: bool,
    ) -> Result<(), SendError> {
        let url = self.node(&[at.as_str(), "messages"]);
        self.post_json(url, read_receipt(message, typing).into()).await.map(drop)
    }
}

fn sent(answer: &Answer) -> Option<Sent> {
    let object = answer.object();
    let message = object.objects("messages").into_iter().next()?;
    let contact = object.objects("contacts").into_iter().next();
    Some(Sent {
        id: message.id("id")?,
        wa_id: contact.as_ref().and_then(|contact| contact.id("wa_id")),
        scoped: contact.as_ref().and_then(|contact| contact.id("user_id")),
        status: match message.text("message_status") {
            None => MessageStatus::Accepted,
            Some(status) => match status.as_str() {
                "accepted" => MessageStatus::Accepted,
                "held_for_quality_assessment" => MessageStatus::Held,
                "paused" => MessageStatus::Paused,
                _ => MessageStatus::Other(status),
            },
        },
    })
}
