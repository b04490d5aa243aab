//! `send_message`: one message of any kind.
//!
//! ```yaml
//! receipt:
//!   type: send_message
//!   document: {link: "https://files.example.com/{{order_id}}.pdf", filename: receipt.pdf, caption: Your receipt}
//!   next: end
//! ```

use crate::Value;
use crate::document::{Fields, Node, Reader, Shape, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::template::Template;
use crate::turn::{ContactCard, MediaKind, MediaSource, Outgoing};
use serde_json::json;

#[derive(Debug, Clone, PartialEq)]
pub struct SendMessage {
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `text: …`
    Text(Template),
    /// `image|document|video|audio: https://…` or `{link|id, caption, filename}`
    Media(Media),
    /// `location: {latitude, longitude, name, address}`
    Location { latitude: Template, longitude: Template, name: Option<Template>, address: Option<Template> },
    /// `contacts: [{name, phone, email, organization}]`
    Contacts(Vec<Card>),
    /// `url_button: {title, url}` beside `text`
    UrlButton { text: Template, title: Template, url: Template },
    /// `request_location: …` (the text above WhatsApp's "Send location" button)
    LocationRequest(Template),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    pub kind: MediaKind,
    pub source: Source,
    pub caption: Option<Template>,
    pub filename: Option<Template>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    Link(Template),
    Id(Template),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub name: Template,
    pub phone: Option<Template>,
    pub email: Option<Template>,
    pub organization: Option<Template>,
}

impl SendMessage {
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        match self.content.fill(turn) {
            Ok(message) => {
                turn.send(message);
            }
            Err(reason) => turn.withhold(reason),
        }
        Next::done()
    }
}

impl Content {
    /// The message; or why there is none.
    fn fill(&self, turn: &mut TurnBuilder<'_>) -> Result<Outgoing, String> {
        Ok(match self {
            Content::Text(text) => Outgoing::Text { text: turn.text(text) },
            Content::Media(media) => {
                let (source, filename) = media.fill(turn);
                let caption = turn.optional_text(media.caption.as_ref());
                Outgoing::Media { kind: media.kind, source, caption, filename }
            }
            Content::Location { latitude, longitude, name, address } => Outgoing::Location {
                latitude: degrees(turn, "latitude", latitude)?,
                longitude: degrees(turn, "longitude", longitude)?,
                name: turn.optional_text(name.as_ref()),
                address: turn.optional_text(address.as_ref()),
            },
            Content::Contacts(cards) => {
                Outgoing::Contacts(cards.iter().map(|card| card.fill(turn)).collect())
            }
            Content::UrlButton { text, title, url } => Outgoing::UrlButton {
                text: turn.text(text),
                title: turn.text(title).trim().to_owned(),
                url: turn.text(url).trim().to_owned(),
            },
            Content::LocationRequest(text) => Outgoing::LocationRequest { text: turn.text(text) },
        })
    }
}

impl Media {
    /// Source and file name.
    pub(super) fn fill(&self, turn: &mut TurnBuilder<'_>) -> (MediaSource, Option<String>) {
        let source = match &self.source {
            Source::Link(link) => MediaSource::Link(turn.text(link).trim().to_owned()),
            Source::Id(id) => MediaSource::Id(turn.text(id).trim().to_owned()),
        };
        (source, turn.optional_text(self.filename.as_ref()))
    }
}

impl Card {
    fn fill(&self, turn: &mut TurnBuilder<'_>) -> ContactCard {
        ContactCard {
            name: turn.text(&self.name),
            phone: turn.optional_text(self.phone.as_ref()),
            email: turn.optional_text(self.email.as_ref()),
            organization: turn.optional_text(self.organization.as_ref()),
        }
    }
}

/// Degrees as a number; the reason to withhold the message when it is none.
pub(super) fn degrees(turn: &mut TurnBuilder<'_>, name: &str, template: &Template) -> Result<f64, String> {
    let text = turn.text(template);
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(format!("the {name} is not a number: \"{}\"", text.trim())),
    }
}

const KINDS: [&str; 8] =
    ["text", "image", "document", "video", "audio", "location", "contacts", "request_location"];

/// Reads the one message that the step sends.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<SendMessage> {
    let given: Vec<&str> = KINDS.into_iter().filter(|kind| fields.has(kind)).collect();
    let content = match given.as_slice() {
        [] => {
            for kind in KINDS {
                fields.take(kind);
            }
            fields.take("url_button");
            fields.report_missing(reader, "message", "text: Hello");
            None
        }
        [kind] => content(kind, fields, reader),
        [_, second, ..] => {
            let place = fields.key(second).unwrap_or_default();
            for kind in KINDS {
                fields.take(kind);
            }
            let message = format!("a send_message step sends one message; `{second}` is a second one");
            reader.wrong_fields_at(
                place,
                message,
                "Use a step for each, or the `caption` of an image, video or document.",
            );
            None
        }
    };
    Some(SendMessage { content: content? })
}

fn content(kind: &str, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Content> {
    for (name, kind_of_media) in MEDIA {
        if name == kind {
            let node = fields.take(name)?;
            return media(node, name, kind_of_media, reader).map(Content::Media);
        }
    }
    match kind {
        "text" => {
            let text = fields.template(reader, "text");
            match fields.take("url_button") {
                None => text.map(Content::Text),
                Some(node) => url_button(node, text, reader),
            }
        }
        "location" => {
            let node = fields.take("location")?;
            let (latitude, longitude, name, address) = location(node, reader)?;
            Some(Content::Location { latitude, longitude, name, address })
        }
        "contacts" => {
            let node = fields.take("contacts")?;
            let cards = reader.list(node, "`contacts`").into_iter().map(|item| card(item, reader));
            cards.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map(Content::Contacts)
        }
        _ => fields.template(reader, "request_location").map(Content::LocationRequest),
    }
}

/// The field that holds a medium, and its kind.
pub(crate) const MEDIA: [(&str, MediaKind); 4] = [
    ("image", MediaKind::Image),
    ("document", MediaKind::Document),
    ("video", MediaKind::Video),
    ("audio", MediaKind::Audio),
];

/// `https://…`, or `{link|id, caption, filename}`.
pub(crate) fn media(node: Node<'_>, name: &str, kind: MediaKind, reader: &mut Reader) -> Option<Media> {
    let field = format!("`{name}`");
    if node.shape() != Shape::Map {
        let link = reader.template(node, &field)?;
        return Some(Media { kind, source: Source::Link(link), caption: None, filename: None });
    }
    let mut fields = reader.fields(node, field)?;
    let link = fields.template(reader, "link");
    let id = fields.template(reader, "id");
    let caption = match kind {
        MediaKind::Audio => None,
        _ => fields.template(reader, "caption"),
    };
    let filename = match kind {
        MediaKind::Document => fields.template(reader, "filename"),
        _ => None,
    };
    let source = match (link, id) {
        (Some(link), None) => Some(Source::Link(link)),
        (None, Some(id)) => Some(Source::Id(id)),
        (Some(_), Some(_)) => {
            reader.wrong_fields(node, "a medium has `link` or `id`, not both", "Remove one of them.");
            None
        }
        (None, None) => {
            if !fields.has("link") && !fields.has("id") {
                fields.report_missing(reader, "`link` or `id`", "link: https://example.com/picture.png");
            }
            None
        }
    };
    fields.finish(reader);
    Some(Media { kind, source: source?, caption, filename })
}

/// Latitude, longitude, name and address.
pub(crate) type Place = (Template, Template, Option<Template>, Option<Template>);

/// `{latitude, longitude, name, address}`
pub(crate) fn location(node: Node<'_>, reader: &mut Reader) -> Option<Place> {
    let mut fields = reader.fields(node, "`location`")?;
    let latitude = fields.require(reader, "latitude", "latitude: 52.52");
    let latitude = latitude.and_then(|node| reader.template(node, "`latitude`"));
    let longitude = fields.require(reader, "longitude", "longitude: 13.405");
    let longitude = longitude.and_then(|node| reader.template(node, "`longitude`"));
    let name = fields.template(reader, "name");
    let address = fields.template(reader, "address");
    fields.finish(reader);
    Some((latitude?, longitude?, name, address))
}

fn card(node: Node<'_>, reader: &mut Reader) -> Option<Card> {
    let mut fields = reader.fields(node, "a contact card")?;
    let name = fields.require(reader, "name", "name: Priya Sharma");
    let name = name.and_then(|node| reader.template(node, "`name`"));
    let phone = fields.template(reader, "phone");
    let email = fields.template(reader, "email");
    let organization = fields.template(reader, "organization");
    fields.finish(reader);
    Some(Card { name: name?, phone, email, organization })
}

fn url_button(node: Node<'_>, text: Option<Template>, reader: &mut Reader) -> Option<Content> {
    let mut fields = reader.fields(node, "`url_button`")?;
    let title = fields.require(reader, "title", "title: Open");
    let title = title.and_then(|node| reader.template(node, "`title`"));
    let url = fields.require(reader, "url", "url: https://example.com");
    let url = url.and_then(|node| reader.template(node, "`url`"));
    fields.finish(reader);
    Some(Content::UrlButton { text: text?, title: title?, url: url? })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let media = |what: &str, more: &[&str]| {
        let mut fields = vec![
            ("link", schema::text("Public https address of the file.")),
            ("id", schema::text("Id of a file uploaded to WhatsApp.")),
        ];
        fields.extend(more.iter().map(|name| (*name, schema::text("Shown with the file; may hold holes."))));
        json!({"description": what, "anyOf": [schema::plain_text(), schema::object("", &fields, &[])]})
    };
    let place = schema::text;
    let card = schema::object(
        "A contact card.",
        &[
            ("name", place("Full name.")),
            ("phone", place("With country code.")),
            ("email", place("Address for mail.")),
            ("organization", place("Company.")),
        ],
        &["name"],
    );
    schema::step(
        "Sends one message: a text, a file, a location, contact cards, a button to a page, or a request for the location.",
        &[
            (
                "text",
                schema::text("The words; may hold holes such as {{contact.name}}. At most 4,096 characters."),
            ),
            ("image", media("A picture: its https address, or a map.", &["caption"])),
            ("document", media("A file: its https address, or a map.", &["caption", "filename"])),
            ("video", media("A video: its https address, or a map.", &["caption"])),
            ("audio", media("A sound: its https address, or a map.", &[])),
            ("location", schema::location()),
            ("contacts", json!({"description": "Up to five contact cards.", "type": "array", "items": card})),
            (
                "url_button",
                schema::object(
                    "A button under `text` that opens a page.",
                    &[("title", place("At most 20 characters.")), ("url", place("The page."))],
                    &["title", "url"],
                ),
            ),
            ("request_location", schema::text("The text above WhatsApp's button that sends the location.")),
        ],
        &[],
    )
}
