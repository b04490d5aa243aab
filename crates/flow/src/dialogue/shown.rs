//! Messages as the fields of a `send_message` step, so that a test reads as the flow does.

use crate::turn::{
    ButtonParameter, Choice, ContactCard, MediaKind, MediaSource, Outgoing, Template, TemplateBody,
    TemplateHeader,
};
use crate::{Value, Values};
use serde_json::json;

/// A message as a value: `{text}`, `{image, caption}`, `{location: {…}}`, `{contacts: […]}`, `{text, url_button: {…}}`,
/// `{request_location}`, `{text, buttons: […]}`, `{text, list: […], button}`, `{template, language, …}`.
///
/// Media are named by their link or id. A button or row is its title; one with a description `{title, description}`.
pub fn as_value(message: &Outgoing) -> Value {
    match message {
        Outgoing::Text { text } => json!({"text": text}),
        Outgoing::Media { kind, source, caption, filename } => {
            let mut value = media(*kind, source);
            optional(&mut value, "caption", caption.as_deref());
            optional(&mut value, "filename", filename.as_deref());
            Value::Object(value)
        }
        Outgoing::Location { latitude, longitude, name, address } => {
            json!({"location": place(*latitude, *longitude, name.as_deref(), address.as_deref())})
        }
        Outgoing::Contacts(cards) => json!({"contacts": cards.iter().map(card).collect::<Vec<_>>()}),
        Outgoing::UrlButton { text, title, url } => {
            json!({"text": text, "url_button": {"title": title, "url": url}})
        }
        Outgoing::LocationRequest { text } => json!({"request_location": text}),
        Outgoing::Buttons { text, buttons } => json!({"text": text, "buttons": choices(buttons)}),
        Outgoing::List { text, button, rows } => {
            json!({"text": text, "button": button, "list": choices(rows)})
        }
        Outgoing::Template(sent) => Value::Object(template(sent)),
    }
}

/// The words of a message, if it has some.
pub(super) fn words(message: &Outgoing) -> Option<&str> {
    match message {
        Outgoing::Text { text }
        | Outgoing::UrlButton { text, .. }
        | Outgoing::LocationRequest { text }
        | Outgoing::Buttons { text, .. }
        | Outgoing::List { text, .. } => Some(text),
        Outgoing::Media { caption, .. } => caption.as_deref(),
        Outgoing::Location { .. } | Outgoing::Contacts(_) | Outgoing::Template(_) => None,
    }
}

fn media(kind: MediaKind, source: &MediaSource) -> Values {
    let name = match kind {
        MediaKind::Image => "image",
        MediaKind::Document => "document",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
    };
    let (MediaSource::Link(source) | MediaSource::Id(source)) = source;
    Values::from_iter([(name.to_owned(), json!(source))])
}

fn place(latitude: f64, longitude: f64, name: Option<&str>, address: Option<&str>) -> Value {
    let mut value = Values::new();
    value.insert("latitude".into(), json!(latitude));
    value.insert("longitude".into(), json!(longitude));
    optional(&mut value, "name", name);
    optional(&mut value, "address", address);
    Value::Object(value)
}

fn card(card: &ContactCard) -> Value {
    let mut value = Values::new();
    value.insert("name".into(), json!(card.name));
    optional(&mut value, "phone", card.phone.as_deref());
    optional(&mut value, "email", card.email.as_deref());
    optional(&mut value, "organization", card.organization.as_deref());
    Value::Object(value)
}

fn choices(choices: &[Choice]) -> Vec<Value> {
    let shown = |choice: &Choice| match &choice.description {
        Some(description) => json!({"title": choice.title, "description": description}),
        None => json!(choice.title),
    };
    choices.iter().map(shown).collect()
}

fn template(template: &Template) -> Values {
    let mut value = Values::new();
    value.insert("template".into(), json!(template.name));
    value.insert("language".into(), json!(template.language));
    optional(&mut value, "category", template.category.as_deref());
    match &template.header {
        None => {}
        Some(TemplateHeader::Text { text, .. }) => {
            value.insert("header".into(), json!({"text": text}));
        }
        Some(TemplateHeader::Media { kind, source, filename }) => {
            let mut header = media(*kind, source);
            optional(&mut header, "filename", filename.as_deref());
            value.insert("header".into(), Value::Object(header));
        }
        Some(TemplateHeader::Location { latitude, longitude, name, address }) => {
            let place = place(*latitude, *longitude, name.as_deref(), address.as_deref());
            value.insert("header".into(), json!({"location": place}));
        }
    }
    let body = match &template.body {
        TemplateBody::Numbered(texts) => json!(texts),
        TemplateBody::Named(rows) => {
            Value::Object(rows.iter().map(|(name, text)| (name.clone(), json!(text))).collect())
        }
    };
    value.insert("body".into(), body);
    let buttons: Vec<Value> = template
        .buttons
        .iter()
        .map(|button| match &button.parameter {
            ButtonParameter::Payload(text) => json!({"index": button.index, "payload": text}),
            ButtonParameter::UrlSuffix(text) => json!({"index": button.index, "url_suffix": text}),
            ButtonParameter::CouponCode(text) => json!({"index": button.index, "coupon_code": text}),
        })
        .collect();
    if !buttons.is_empty() {
        value.insert("buttons".into(), json!(buttons));
    }
    value
}

fn optional(value: &mut Values, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        value.insert(name.to_owned(), json!(text));
    }
}
