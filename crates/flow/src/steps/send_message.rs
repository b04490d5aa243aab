//! `send_message`: one message of any kind.

use crate::template::Template;
use crate::turn::MediaKind;

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
