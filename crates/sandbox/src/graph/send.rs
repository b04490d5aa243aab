//! `POST /{phone-id}/messages`: sends, read marks, typing indicators.

use serde_json::{Value, json};

use super::fault::Fault;
use super::{After, Around, Graph, interactive, template_fill, validate};
use crate::http_call::{Answer, Call};
use crate::phone::{Bubble, Side};

/// Longest `biz_opaque_callback_data`, in characters.
const OPAQUE_CHARS_MAX: usize = 512;
/// Meta's burst to one recipient, and the time one message is paid back in.
const PAIR_BURST: u32 = 45;
const PAIR_EVERY_MS: i64 = 6_000;
/// How long a typing indicator shows, in seconds.
const TYPING_SECONDS: i64 = 25;

/// Kinds that may be sent, and kinds that exist only inbound (131051).
const SENDABLE: [&str; 12] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
];
const INBOUND_ONLY: [&str; 7] =
    ["order", "system", "button", "unsupported", "edit", "revoke", "request_welcome"];

impl Graph {
    pub(super) fn post_message(
        &mut self,
        call: &Call,
        around: &mut Around<'_>,
        after: &mut Vec<After>,
    ) -> Result<Answer, Fault> {
        // A body that is not JSON reads to Graph like one without any parameter.
        let body = call.json().unwrap_or(Value::Null);
        match &body["messaging_product"] {
            Value::String(product) if product == "whatsapp" => {}
            Value::Null => return Err(Fault::parameter("The parameter messaging_product is required.")),
            _ => return Err(Fault::parameter("Param messaging_product must be one of {WHATSAPP}.")),
        }
        if !body["status"].is_null() {
            return mark_read(&body, around, after);
        }
        let recipient = self.recipient(&body, around)?;
        let kind = kind_of(&body)?;
        if !(body[kind].is_object() || kind == "contacts" && body[kind].is_array()) {
            return Err(if body[kind].is_null() {
                Fault::missing(kind)
            } else {
                Fault::parameter(format!("Param {kind} must be a JSON object."))
            });
        }
        let opaque = opaque_of(&body)?;
        let reply_to = context_of(&body)?;
        self.check_pace(&recipient.wa_id, around)?;
        let (content, category) = self.check_content(kind, &body)?;
        if category == "authentication" && recipient.by_user_id {
            return Err(Fault::coded(131_062, "Authentication templates need a phone number as recipient."));
        }

        let seconds = around.now_ms.div_euclid(1000);
        let open = around
            .phones
            .open(&recipient.wa_id, None)
            .map(|customer| (customer.on_whatsapp, customer.window_open(seconds), customer.user_id.clone()));
        let Some((on_whatsapp, window_open, user_id)) = open else {
            return Err(Fault::coded(131_000, "The sandbox holds too many customers; reset it."));
        };
        let fault = if !on_whatsapp {
            let fault =
                Fault::coded(131_026, "Message Undeliverable. The recipient's number is not on WhatsApp.");
            Self::recipient_fault(around.manners, fault)?
        } else if kind != "template" && !window_open {
            let details = "Message failed to send because more than 24 hours have passed since the customer last replied to this number.";
            Self::recipient_fault(around.manners, Fault::coded(131_047, details))?
        } else {
            None
        };

        let id = wamid(around);
        let reacted = (kind == "reaction").then(|| react(&recipient.wa_id, &content, around)).transpose()?;
        if reacted.is_none()
            && let Some(customer) = around.phones.get_mut(&recipient.wa_id)
        {
            customer.typing_until = 0;
            customer.push(Bubble {
                number: 0,
                id: id.clone(),
                from: Side::Business,
                kind: kind.to_owned(),
                content,
                at_ms: around.now_ms,
                status: "accepted".into(),
                error: None,
                opaque,
                step: None,
                reply_to,
                reaction: None,
            });
        }
        let mut contact = json!({"input": recipient.input});
        if recipient.by_user_id {
            contact["user_id"] = json!(user_id);
        } else {
            contact["wa_id"] = json!(recipient.wa_id);
        }
        let mut message = json!({"id": id});
        if kind == "template" {
            message["message_status"] = json!("accepted");
        }
        after.push(After::Accepted {
            wa_id: recipient.wa_id,
            message: id,
            category,
            by_user_id: recipient.by_user_id,
            fault,
        });
        Ok(Answer::json(
            200,
            &json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}),
        ))
    }

    fn recipient(&self, body: &Value, around: &Around<'_>) -> Result<Recipient, Fault> {
        match &body["recipient_type"] {
            Value::Null => {}
            Value::String(kind) if kind == "individual" => {}
            Value::String(kind) if kind == "group" => {
                return Err(Fault::coded(131_020, "The sandbox has no groups."));
            }
            _ => return Err(Fault::parameter("Param recipient_type must be one of {INDIVIDUAL, GROUP}.")),
        }
        let recipient = match (&body["to"], &body["recipient"]) {
            (Value::String(to), _) => {
                let digits: String = to.chars().filter(char::is_ascii_digit).collect();
                let shaped = to
                    .chars()
                    .enumerate()
                    .all(|(at, c)| c.is_ascii_digit() || " -()".contains(c) || (c == '+' && at == 0));
                if !shaped || !(7..=15).contains(&digits.len()) {
                    return Err(Fault::invalid(format!("to: '{}' is not a phone number", clipped(to))));
                }
                Recipient { wa_id: digits, input: to.clone(), by_user_id: false }
            }
            (Value::Null, Value::String(user_id)) => {
                let wa_id = around.phones.wa_id_of(user_id).ok_or_else(|| {
                    Fault::invalid(format!("recipient: no user has the id '{}'", clipped(user_id)))
                })?;
                Recipient { wa_id, input: user_id.clone(), by_user_id: true }
            }
            (Value::Null, Value::Null) => return Err(Fault::parameter("The parameter to is required.")),
            _ => return Err(Fault::parameter("Param to must be a string.")),
        };
        let own: String = self.business.display_phone_number.chars().filter(char::is_ascii_digit).collect();
        if recipient.wa_id == own {
            return Err(Fault::coded(131_021, "Sender and recipient phone number is the same."));
        }
        Ok(recipient)
    }

    fn check_pace(&mut self, wa_id: &str, around: &Around<'_>) -> Result<(), Fault> {
        let per_second = around.manners.messages_per_second;
        if per_second > 0
            && !self.throughput.take(around.now_ms, per_second, i64::from(1000 / per_second).max(1))
        {
            return Err(Fault::coded(
                130_429,
                "Message failed to send because there were too many messages sent from this phone number in a short period of time.",
            ));
        }
        if !around.manners.pair_limit {
            return Ok(());
        }
        let bucket = self.pairs.entry(wa_id.to_owned()).or_default();
        if bucket.take(around.now_ms, PAIR_BURST, PAIR_EVERY_MS) {
            Ok(())
        } else {
            Err(Fault::coded(
                131_056,
                "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
            ))
        }
    }

    /// The content as the phone shows it, and its price category.
    fn check_content(&self, kind: &str, body: &Value) -> Result<(Value, &'static str), Fault> {
        let content = &body[kind];
        let known = |id: &str| self.media.has(id);
        match kind {
            "text" => validate::text_message(content)?,
            "location" => validate::location(content, "location")?,
            "contacts" => validate::contacts(content)?,
            "reaction" => validate::reaction(content)?,
            "interactive" => interactive::check(content, &known)?,
            "template" => return template_fill::fill(content, &self.templates, &known),
            "pin" => return Err(Fault::coded(131_051, "Pins exist only in groups.")),
            media => validate::media(content, media, &known)?,
        }
        Ok((content.clone(), "service"))
    }
}

struct Recipient {
    wa_id: String,
    input: String,
    by_user_id: bool,
}

fn kind_of(body: &Value) -> Result<&str, Fault> {
    match &body["type"] {
        Value::Null => Ok("text"),
        Value::String(kind) if SENDABLE.contains(&kind.as_str()) => Ok(kind),
        Value::String(kind) if INBOUND_ONLY.contains(&kind.as_str()) => {
            Err(Fault::coded(131_051, format!("Messages of type {kind} cannot be sent.")))
        }
        Value::String(kind) => {
            let all = SENDABLE.join(", ").to_uppercase();
            Err(Fault::parameter(format!("Param type must be one of {{{all}}} - got \"{}\".", clipped(kind))))
        }
        _ => Err(Fault::parameter("Param type must be a string.")),
    }
}

fn opaque_of(body: &Value) -> Result<Option<String>, Fault> {
    match &body["biz_opaque_callback_data"] {
        Value::Null => Ok(None),
        Value::String(text) if text.chars().count() <= OPAQUE_CHARS_MAX => Ok(Some(text.clone())),
        Value::String(_) => Err(Fault::parameter(format!(
            "Param biz_opaque_callback_data must be at most {OPAQUE_CHARS_MAX} characters long."
        ))),
        _ => Err(Fault::parameter("Param biz_opaque_callback_data must be a string.")),
    }
}

fn context_of(body: &Value) -> Result<Option<String>, Fault> {
    match &body["context"] {
        Value::Null => Ok(None),
        Value::Object(context) => match context.get("message_id") {
            Some(Value::String(id)) => Ok(Some(id.clone())),
            _ => Err(Fault::missing("context['message_id']")),
        },
        _ => Err(Fault::parameter("Param context must be a JSON object.")),
    }
}

fn react(wa_id: &str, content: &Value, around: &mut Around<'_>) -> Result<(), Fault> {
    let target = content["message_id"].as_str().unwrap_or_default();
    let Some((_, bubble)) = around.phones.find_bubble(Some(wa_id), target) else {
        return Err(Fault::invalid("reaction['message_id']: this conversation has no such message"));
    };
    bubble.reaction = content["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    Ok(())
}

/// `{"status": "read", "message_id": "wamid…", "typing_indicator"?: {"type": "text"}}`: marks that message and all
/// earlier ones.
fn mark_read(body: &Value, around: &mut Around<'_>, after: &mut Vec<After>) -> Result<Answer, Fault> {
    if body["status"] != "read" {
        return Err(Fault::parameter("Param status must be one of {READ}."));
    }
    let id = validate::text(&body["message_id"], "message_id", 1, 128)?;
    let typing = match &body["typing_indicator"] {
        Value::Null => false,
        indicator if indicator["type"] == "text" => true,
        _ => return Err(Fault::parameter("Param typing_indicator['type'] must be one of {TEXT}.")),
    };
    let found = around.phones.find_bubble(None, id).filter(|(_, bubble)| bubble.from == Side::Customer);
    let Some((wa_id, _)) = found else {
        return Err(Fault::invalid("message_id: no message of a customer to this number has this id"));
    };
    if let Some(customer) = around.phones.get_mut(&wa_id) {
        for bubble in &mut customer.bubbles {
            if bubble.from == Side::Customer {
                bubble.status = "read".into();
            }
            if bubble.id == id {
                break;
            }
        }
        if typing {
            customer.typing_until = around.now_ms.div_euclid(1000) + TYPING_SECONDS;
            after.push(After::Typing { wa_id: wa_id.clone() });
        }
    }
    after.push(After::Read { wa_id, message: id.to_owned() });
    Ok(Answer::json(200, &json!({"success": true})))
}

/// A fresh message id of Meta's look.
pub(crate) fn wamid(around: &mut Around<'_>) -> String {
    new_wamid(around.chance)
}

pub(crate) fn new_wamid(chance: &mut crate::chance::Chance) -> String {
    format!("wamid.HBgM{}AA==", chance.hex(40).to_uppercase())
}

fn clipped(text: &str) -> String {
    text.chars().take(60).collect()
}
