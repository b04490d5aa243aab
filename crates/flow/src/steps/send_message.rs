//! `send_message`: one message of any kind.

use crate::template::Template;
use crate::turn::MediaKind;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::turn::{ContactCard, MediaSource, Outgoing};

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
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
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
            Content::Contacts(cards) => Outgoing::Contacts(cards.iter().map(|card| card.fill(turn)).collect()),
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
