//! From a message to the answer that a question expects.

use super::{Expect, date, number};
use crate::Value;
use crate::turn::Message;
use regex::Regex;
use serde_json::json;
use std::sync::LazyLock;

/// What the reading of numbers, dates and phones depends on.
pub(super) struct Local<'a> {
    /// ISO code.
    pub(super) country: Option<&'a str>,
    /// IANA name.
    pub(super) zone: &'a str,
    /// Epoch milliseconds.
    pub(super) now: i64,
}

/// Kinds of a message that count as media.
const MEDIA: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// The answer as it is kept, or `None` when the message does not fit.
///
/// - text: the words, without white space around them
/// - email: the one address in the words, as typed
/// - phone: E.164 with `+`; also from a shared contact card
/// - number: a JSON number
/// - date: `2026-07-31`
/// - location: `{latitude, longitude, name, address}`
/// - media: `{kind, id, mime_type, filename, sha256, caption}`
/// - any: the words where there are any and nothing else; else what the message holds
pub(super) fn read(expect: Expect, message: &Message, local: &Local<'_>) -> Option<Value> {
    let text = message.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match expect {
        Expect::Text => text.map(|text| json!(text)),
        Expect::Email => email(text?).map(|email| json!(email)),
        Expect::Phone => phone(message, text, local.country).map(|phone| json!(phone)),
        Expect::Number => number::read(text?),
        Expect::Date => date::read(text?, local).map(|date| json!(date.to_string())),
        Expect::Choice => None,
        Expect::Location => (message.kind == "location" && message.content.get("latitude").is_some())
            .then(|| message.content.clone()),
        Expect::Media => MEDIA.contains(&message.kind.as_str()).then(|| media(message, text)),
        Expect::Any => any(message, text),
    }
}

/// The only address in the words: people write "it's priya@example.com." as well.
fn email(text: &str) -> Option<&str> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        // What mail systems accept in practice; quoted local parts and address literals are not what people type.
        Regex::new(
            r"(?x) [\p{L}\p{N}!\#$%&'*+/=?^_`{|}~-]+ (?: \. [\p{L}\p{N}!\#$%&'*+/=?^_`{|}~-]+ )*
              @ (?: [\p{L}\p{N}] (?: [\p{L}\p{N}-]* [\p{L}\p{N}] )? \. )+
              (?: \p{L}{2,63} | xn--[a-z0-9-]{1,59} )",
        )
        .expect("a constant pattern")
    });
    // "mailto:" comes along when an address is pasted; the colon ends it for the pattern.
    let mut found = ADDRESS.find_iter(text);
    let address = found.next()?;
    // "a@b.co@c.co" or "priya@example.com-pany" is something else than the address found in it.
    let follows = text[address.end()..].chars().next();
    let precedes = text[..address.start()].chars().next_back();
    let whole = !follows.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '-' | '_'))
        && !precedes.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '.'));
    // WhatsApp's own marks for bold, strike and code.
    let address = address.as_str().trim_start_matches(['*', '~', '`']);
    (whole && found.next().is_none() && address.len() <= 254).then_some(address)
}

fn phone(message: &Message, text: Option<&str>, country: Option<&str>) -> Option<String> {
    let read = |text: &str, country: Option<&str>| Some(crate::phone::parse(text, country)?.into_string());
    if let Some(text) = text {
        return read(text, country);
    }
    // A shared card: `wa_id` is E.164 without the plus, `phone` as the sender's address book has it.
    let number = message.content.get(0)?.get("phones")?.get(0)?;
    let text = |key: &str| number.get(key).and_then(Value::as_str);
    let known = text("wa_id").and_then(|digits| read(&format!("+{digits}"), None));
    known.or_else(|| read(text("phone")?, country))
}

fn media(message: &Message, caption: Option<&str>) -> Value {
    let mut value = json!({"kind": message.kind});
    if let (Value::Object(value), Value::Object(content)) = (&mut value, &message.content) {
        value.extend(content.clone());
        if let Some(caption) = caption {
            value.insert("caption".into(), json!(caption));
        }
    }
    value
}

fn any(message: &Message, text: Option<&str>) -> Option<Value> {
    if MEDIA.contains(&message.kind.as_str()) {
        return Some(media(message, text));
    }
    match (text, &message.content) {
        (Some(text), _) => Some(json!(text)),
        (None, Value::Null) => None,
        (None, content) => Some(content.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, text: &str) -> Message {
        Message { kind: kind.into(), text: Some(text.into()), ..Message::default() }
    }

    #[test]
    fn an_address_is_found_in_a_sentence() {
        for (text, address) in [
            ("priya@example.com", "priya@example.com"),
            ("It's priya@example.com.", "priya@example.com"),
            ("<Priya.Sharma+test@Mail.Example.co.uk>", "Priya.Sharma+test@Mail.Example.co.uk"),
            ("*priya@example.com*", "priya@example.com"),
            ("mailto:priya@example.com", "priya@example.com"),
            ("jörg@bücher.example", "jörg@bücher.example"),
        ] {
            assert_eq!(email(text), Some(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_single_address_is_refused() {
        for text in [
            "priya",
            "priya@",
            "@example.com",
            "priya@example",
            "priya@@example.com",
            "priya @example.com",
            "a@b.example@c.example",
            "one@example.com or two@example.com",
            "priya@-example.com",
            "priya@example.c",
            "..@example.com",
        ] {
            assert_eq!(email(text), None, "{text}");
        }
    }

    #[test]
    fn a_picture_is_media_and_keeps_its_caption() {
        let message = Message { content: json!({"id": "7"}), ..said("image", " my invoice ") };
        let local = Local { country: None, zone: "UTC", now: 0 };
        let expected = json!({"kind": "image", "id": "7", "caption": "my invoice"});
        assert_eq!(read(Expect::Media, &message, &local), Some(expected));
        assert_eq!(read(Expect::Media, &said("text", "no"), &local), None);
        assert_eq!(read(Expect::Text, &message, &local), Some(json!("my invoice")));
    }

    #[test]
    fn a_place_is_a_location_even_at_zero() {
        let place = json!({"latitude": 0.0, "longitude": 0.0});
        let message = Message { kind: "location".into(), content: place.clone(), ..Message::default() };
        let local = Local { country: None, zone: "UTC", now: 0 };
        assert_eq!(read(Expect::Location, &message, &local), Some(place.clone()));
        assert_eq!(read(Expect::Any, &message, &local), Some(place));
        assert_eq!(read(Expect::Location, &said("text", "here"), &local), None);
    }
}
