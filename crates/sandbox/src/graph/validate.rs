//! Checks of the fields of a send, each with Meta's limit and code. Lengths count Unicode code points.

use serde_json::Value;

use super::fault::Fault;

/// Most characters of a text body.
pub(super) const TEXT_CHARS_MAX: usize = 4096;
/// Most characters of a caption.
pub(super) const CAPTION_CHARS_MAX: usize = 1024;
/// Most contact cards of one message (the OpenAPI file's figure).
const CARDS_MAX: usize = 5;

/// A text of `least..=most` characters at `path`; absent is 131008, any other fault 131009.
pub(super) fn text<'v>(value: &'v Value, path: &str, least: usize, most: usize) -> Result<&'v str, Fault> {
    match value {
        Value::Null => Err(Fault::missing(path)),
        Value::String(text) if (least..=most).contains(&text.chars().count()) => Ok(text),
        Value::String(text) => Err(Fault::invalid(format!(
            "{path}: length {} is not allowed. Min length: {least}, Max length: {most}",
            text.chars().count()
        ))),
        _ => Err(Fault::parameter(format!("Param {path} must be a string."))),
    }
}

/// Like [`text`] where the field may be left out.
pub(super) fn optional_text(value: &Value, path: &str, most: usize) -> Result<(), Fault> {
    if value.is_null() { Ok(()) } else { text(value, path, 1, most).map(drop) }
}

/// A list of `least..=most` items.
pub(super) fn list<'v>(
    value: &'v Value,
    path: &str,
    least: usize,
    most: usize,
) -> Result<&'v [Value], Fault> {
    match value {
        Value::Null => Err(Fault::missing(path)),
        Value::Array(items) if (least..=most).contains(&items.len()) => Ok(items),
        Value::Array(items) => Err(Fault::invalid(format!(
            "{path}: {} items. Min count: {least}, Max count: {most}",
            items.len()
        ))),
        _ => Err(Fault::parameter(format!("Param {path} must be an array."))),
    }
}

/// `text.body`: Meta answers 100 here.
pub(super) fn text_message(content: &Value) -> Result<(), Fault> {
    let body = match &content["body"] {
        Value::Null => return Err(Fault::missing("text['body']")),
        Value::String(body) => body,
        _ => return Err(Fault::parameter("Param text['body'] must be a string.")),
    };
    match body.chars().count() {
        0 => Err(Fault::parameter("Param text['body'] must be a non-empty string.")),
        1..=TEXT_CHARS_MAX => boolean(&content["preview_url"], "text['preview_url']"),
        _ => Err(Fault::parameter(format!(
            "Param text['body'] must be at most {TEXT_CHARS_MAX} characters long."
        ))),
    }
}

/// Exactly one of `id` and `link`; the id must be known, the link must be an http(s) address.
pub(super) fn media(content: &Value, kind: &str, known: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
    if !content.is_object() {
        return Err(Fault::parameter(format!("Param {kind} must be a JSON object.")));
    }
    match (&content["id"], &content["link"]) {
        (Value::Null, Value::Null) => return Err(Fault::missing(&format!("{kind}['id'] or {kind}['link']"))),
        (Value::String(id), Value::Null) if known(id) => {}
        (Value::String(id), Value::Null) => {
            return Err(Fault::parameter(format!(
                "Param {kind}['id'] is not a valid whatsapp business account media attachment ID: {id}"
            )));
        }
        (Value::Null, Value::String(link)) if is_web_address(link) => {}
        (Value::Null, Value::String(_)) => {
            return Err(Fault::parameter(format!("Param {kind}['link'] is not a valid URI.")));
        }
        (Value::String(_), Value::String(_)) => {
            return Err(Fault::parameter(format!(
                "Only one of {kind}['id'] and {kind}['link'] may be given."
            )));
        }
        _ => return Err(Fault::parameter(format!("Param {kind}['id'] or {kind}['link'] must be a string."))),
    }
    let caption = &content["caption"];
    if !caption.is_null() && matches!(kind, "audio" | "sticker") {
        return Err(Fault::parameter(format!("Unexpected key \"caption\" on param \"{kind}\".")));
    }
    match caption.as_str() {
        Some(caption) if caption.chars().count() > CAPTION_CHARS_MAX => Err(Fault::parameter(format!(
            "Param {kind}['caption'] must be at most {CAPTION_CHARS_MAX} characters long."
        ))),
        None if !caption.is_null() => {
            Err(Fault::parameter(format!("Param {kind}['caption'] must be a string.")))
        }
        _ if kind == "document" => optional_text(&content["filename"], "document['filename']", 240),
        _ => Ok(()),
    }
}

/// Coordinates as numbers within the globe. Numeric text is taken too, as Meta's own collection sends it.
pub(super) fn location(content: &Value, path: &str) -> Result<(), Fault> {
    for (key, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = &content[key];
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        match number {
            Some(number) if number.abs() <= most => {}
            Some(_) => {
                return Err(Fault::invalid(format!("{path}['{key}'] must lie between -{most} and {most}.")));
            }
            None if value.is_null() => return Err(Fault::missing(&format!("{path}['{key}']"))),
            None => return Err(Fault::parameter(format!("Param {path}['{key}'] must be a number."))),
        }
    }
    optional_text(&content["name"], &format!("{path}['name']"), 1000)?;
    optional_text(&content["address"], &format!("{path}['address']"), 1000)
}

/// Cards with a formatted name and one more name part.
pub(super) fn contacts(content: &Value) -> Result<(), Fault> {
    for (at, card) in list(content, "contacts", 1, CARDS_MAX)?.iter().enumerate() {
        let name = &card["name"];
        text(&name["formatted_name"], &format!("contacts[{at}]['name']['formatted_name']"), 1, 1000)?;
        let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if !parts.iter().any(|part| name[*part].is_string()) {
            return Err(Fault::missing(&format!("contacts[{at}]['name']: one of {}", parts.join(", "))));
        }
        for key in ["phones", "emails", "addresses", "urls"] {
            if !card[key].is_null() && !card[key].is_array() {
                return Err(Fault::parameter(format!("Param contacts[{at}]['{key}'] must be an array.")));
            }
        }
    }
    Ok(())
}

/// `emoji` may be empty (takes the reaction back).
pub(super) fn reaction(content: &Value) -> Result<(), Fault> {
    text(&content["message_id"], "reaction['message_id']", 1, 128)?;
    text(&content["emoji"], "reaction['emoji']", 0, 20).map(drop)
}

pub(super) fn boolean(value: &Value, path: &str) -> Result<(), Fault> {
    if value.is_null() || value.is_boolean() {
        Ok(())
    } else {
        Err(Fault::parameter(format!("Param {path} must be a boolean.")))
    }
}

pub(super) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
