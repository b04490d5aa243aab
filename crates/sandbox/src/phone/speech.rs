//! What a customer can do with the phone, and how Meta words it in a webhook.

use serde_json::{Value, json};

use super::bubble::{Bubble, ChoiceKind, Side};

/// Longest text a customer can send, in characters. Source: Cloud API text messages.
pub(crate) const TEXT_CHARS_MAX: usize = 4096;

/// One act of a customer.
#[derive(Debug, Clone, PartialEq)]
pub enum Speech {
    Text(String),
    /// Presses a button or picks a row: by its id, or by its title. `message` names the bubble; without it the
    /// newest bubble that offers the choice is taken.
    Tap {
        choice: String,
        message: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    Image {
        caption: Option<String>,
    },
    Document {
        filename: String,
        caption: Option<String>,
    },
    Voice,
    Contact {
        name: String,
        phone: String,
    },
    /// An empty emoji takes the reaction back.
    Reaction {
        message: String,
        emoji: String,
    },
    /// A message object as Meta would put it into `messages[]`, with `type` and its object; ids, times and the
    /// sender are filled in where absent.
    Raw(Value),
}

/// An act that cannot be done.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SpeechError {
    #[error("a customer's text has 1 to {TEXT_CHARS_MAX} characters; this one has {0}")]
    Length(usize),
    #[error("nothing on the phone offers `{0}`; offered now: {1}")]
    NoChoice(String, String),
    #[error("`{0}` is not understood: {1}")]
    Shape(&'static str, &'static str),
    #[error("`{0}` is not a phone number: 7 to 15 digits, such as 919820000001")]
    Phone(String),
    #[error("the sandbox holds too many customers; reset it")]
    Full,
}

/// `type` and the type's object, plus the message it answers.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) kind: String,
    pub(crate) content: Value,
    pub(crate) reply_to: Option<String>,
    /// Keys beside `type` and its object, of a raw message.
    pub(crate) extra: Option<Value>,
}

impl Said {
    fn plain(kind: &str, content: Value) -> Self {
        Self { kind: kind.to_owned(), content, reply_to: None, extra: None }
    }
}

impl Speech {
    /// Reads the page's and the script API's form: `{"type": "text", "text": "…"}` and so on.
    pub fn from_json(value: &Value) -> Result<Self, SpeechError> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let need = |key: &'static str| text(key).ok_or(SpeechError::Shape(key, "a text is needed here"));
        match value["type"].as_str().unwrap_or("text") {
            "text" => Ok(Self::Text(need("text")?)),
            "tap" => Ok(Self::Tap { choice: need("id")?, message: text("message_id") }),
            "location" => Ok(Self::Location {
                latitude: value["latitude"]
                    .as_f64()
                    .ok_or(SpeechError::Shape("latitude", "a number is needed"))?,
                longitude: value["longitude"]
                    .as_f64()
                    .ok_or(SpeechError::Shape("longitude", "a number is needed"))?,
                name: text("name"),
                address: text("address"),
            }),
            "image" => Ok(Self::Image { caption: text("caption") }),
            "document" => Ok(Self::Document {
                filename: text("filename").unwrap_or_else(|| "note.pdf".into()),
                caption: text("caption"),
            }),
            "audio" => Ok(Self::Voice),
            "contact" => Ok(Self::Contact { name: need("name")?, phone: need("phone")? }),
            "reaction" => {
                Ok(Self::Reaction { message: need("message_id")?, emoji: text("emoji").unwrap_or_default() })
            }
            "raw" if value["message"].is_object() => Ok(Self::Raw(value["message"].clone())),
            "raw" => Err(SpeechError::Shape("message", "an object as in Meta's messages[] is needed")),
            _ => Err(SpeechError::Shape(
                "type",
                "one of text, tap, location, image, document, audio, contact, reaction, raw",
            )),
        }
    }

    /// Turns the act into Meta's words. `media` stores a file of a MIME type and gives its webhook object.
    pub(crate) fn said(
        &self,
        bubbles: &mut dyn DoubleEndedIterator<Item = &Bubble>,
        media: &mut dyn FnMut(&str) -> Value,
    ) -> Result<Said, SpeechError> {
        match self {
            Self::Text(text) => {
                let length = text.chars().count();
                if !(1..=TEXT_CHARS_MAX).contains(&length) {
                    return Err(SpeechError::Length(length));
                }
                Ok(Said::plain("text", json!({"body": text})))
            }
            Self::Tap { choice, message } => tap(choice, message.as_deref(), bubbles),
            Self::Location { latitude, longitude, name, address } => {
                let mut content = json!({"latitude": latitude, "longitude": longitude});
                put(&mut content, "name", name.as_deref());
                put(&mut content, "address", address.as_deref());
                // An answer to a location request quotes it.
                let asked = bubbles.rev().find(|b| b.from == Side::Business);
                let reply_to =
                    asked.filter(|b| b.content["type"] == "location_request_message").map(|b| b.id.clone());
                Ok(Said { reply_to, ..Said::plain("location", content) })
            }
            Self::Image { caption } => {
                let mut content = media("image/png");
                put(&mut content, "caption", caption.as_deref());
                Ok(Said::plain("image", content))
            }
            Self::Document { filename, caption } => {
                let mut content = media("application/pdf");
                put(&mut content, "filename", Some(filename));
                put(&mut content, "caption", caption.as_deref());
                Ok(Said::plain("document", content))
            }
            Self::Voice => {
                let mut content = media("audio/ogg; codecs=opus");
                content["voice"] = json!(true);
                Ok(Said::plain("audio", content))
            }
            Self::Contact { name, phone } => {
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                let first = name.split_whitespace().next().unwrap_or(name);
                Ok(Said::plain(
                    "contacts",
                    json!([{"name": {"formatted_name": name, "first_name": first},
                            "phones": [{"phone": format!("+{digits}"), "wa_id": digits, "type": "CELL"}]}]),
                ))
            }
            Self::Reaction { message, emoji } => {
                let mut content = json!({"message_id": message});
                put(&mut content, "emoji", Some(emoji.as_str()).filter(|e| !e.is_empty()));
                Ok(Said::plain("reaction", content))
            }
            Self::Raw(message) => {
                let kind =
                    message["type"].as_str().ok_or(SpeechError::Shape("message", "it needs a `type`"))?;
                Ok(Said { extra: Some(message.clone()), ..Said::plain(kind, message[kind].clone()) })
            }
        }
    }
}

fn tap(
    wanted: &str,
    message: Option<&str>,
    bubbles: &mut dyn DoubleEndedIterator<Item = &Bubble>,
) -> Result<Said, SpeechError> {
    let mut offered = Vec::new();
    for bubble in bubbles.rev().filter(|b| message.is_none_or(|id| b.id == id)) {
        let choices = bubble.choices();
        let found = choices
            .iter()
            .find(|c| c.id == wanted)
            .or_else(|| choices.iter().find(|c| c.title.eq_ignore_ascii_case(wanted)));
        if let Some(choice) = found {
            let (kind, content) = match choice.kind {
                ChoiceKind::Button => (
                    "interactive",
                    json!({"type": "button_reply", "button_reply": {"id": choice.id, "title": choice.title}}),
                ),
                ChoiceKind::Row => {
                    let mut row = json!({"id": choice.id, "title": choice.title});
                    put(&mut row, "description", choice.description.as_deref());
                    ("interactive", json!({"type": "list_reply", "list_reply": row}))
                }
                ChoiceKind::TemplateButton => ("button", json!({"payload": choice.id, "text": choice.title})),
            };
            return Ok(Said { reply_to: Some(bubble.id.clone()), ..Said::plain(kind, content) });
        }
        offered.extend(choices.into_iter().map(|c| c.id));
    }
    let offered = if offered.is_empty() { "nothing".into() } else { offered.join(", ") };
    Err(SpeechError::NoChoice(wanted.to_owned(), offered))
}

fn put(object: &mut Value, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[key] = json!(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(id: &str, buttons: &[(&str, &str)]) -> Bubble {
        let buttons: Vec<Value> = buttons
            .iter()
            .map(|(id, title)| json!({"type": "reply", "reply": {"id": id, "title": title}}))
            .collect();
        Bubble {
            number: 0,
            id: id.into(),
            from: Side::Business,
            kind: "interactive".into(),
            content: json!({"type": "button", "body": {"text": "Which?"}, "action": {"buttons": buttons}}),
            at_ms: 0,
            status: "sent".into(),
            error: None,
            opaque: None,
            step: None,
            reply_to: None,
            reaction: None,
        }
    }

    #[test]
    fn a_tap_takes_the_newest_bubble_that_offers_it_and_quotes_it() {
        let bubbles = [offer("old", &[("a", "Apples")]), offer("new", &[("a", "Apples"), ("b", "Bread")])];
        let say = |choice: &str, message: Option<&str>| {
            let speech = Speech::Tap { choice: choice.into(), message: message.map(str::to_owned) };
            speech.said(&mut bubbles.iter(), &mut |_| Value::Null)
        };
        assert_eq!(say("a", None).unwrap().reply_to.as_deref(), Some("new"));
        assert_eq!(say("a", Some("old")).unwrap().reply_to.as_deref(), Some("old"));
        assert_eq!(say("bread", None).unwrap().content["button_reply"]["id"], "b");
        assert_eq!(
            say("z", None).unwrap_err().to_string(),
            "nothing on the phone offers `z`; offered now: a, b, a"
        );
    }

    #[test]
    fn words_hold_the_body_and_the_titles() {
        assert_eq!(offer("x", &[("a", "Apples")]).words(), "Which?\n[Apples]");
    }
}
