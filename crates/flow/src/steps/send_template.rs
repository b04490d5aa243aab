//! `send_template`: an approved template, the only message outside the 24-hour service window.

use crate::steps::send_message::Media;
use crate::template::Template;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::steps::send_message::degrees;
use crate::turn::{self, ButtonParameter, Outgoing, TemplateBody, TemplateButton, TemplateHeader};

#[derive(Debug, Clone, PartialEq)]
pub struct SendTemplate {
    /// `template: order_update`
    pub template: Template,
    /// `language: en_US`
    pub language: Template,
    /// `category: marketing|utility|authentication`; marketing is withheld from who opted out.
    pub category: Option<String>,
    /// `header: {text: …}`, `{image: …}`, `{location: {…}}`
    pub header: Option<Header>,
    /// `body: [..]` for numbered, `body: {name: …}` for named parameters.
    pub body: Body,
    /// `buttons: [{index, payload|url_suffix|coupon_code}]`
    pub buttons: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Header {
    Text { name: Option<String>, text: Template },
    Media(Media),
    Location { latitude: Template, longitude: Template, name: Option<Template>, address: Option<Template> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Numbered(Vec<Template>),
    Named(Vec<(String, Template)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    pub index: u8,
    pub parameter: Parameter,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    Payload(Template),
    UrlSuffix(Template),
    CouponCode(Template),
}

impl SendTemplate {
    /// A parameter that prints nothing would be refused by the platform: the template is withheld instead.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
        match self.fill(turn) {
            Ok(template) => {
                turn.send(Outgoing::Template(template));
            }
            Err(reason) => turn.withhold(reason),
        }
        Next::done()
    }

    fn fill(&self, turn: &mut TurnBuilder<'_>) -> Result<turn::Template, String> {
        Ok(turn::Template {
            name: parameter(turn, "the template's name", &self.template)?,
            language: parameter(turn, "the language", &self.language)?,
            category: self.category.clone(),
            header: self.header.as_ref().map(|header| header.fill(turn)).transpose()?,
            body: self.body.fill(turn)?,
            buttons: self.buttons.iter().map(|button| button.fill(turn)).collect::<Result<_, _>>()?,
        })
    }
}

impl Header {
    fn fill(&self, turn: &mut TurnBuilder<'_>) -> Result<TemplateHeader, String> {
        Ok(match self {
            Header::Text { name, text } => TemplateHeader::Text {
                name: name.clone(),
                text: parameter(turn, "the header's parameter", text)?,
            },
            Header::Media(media) => {
                let (source, filename) = media.fill(turn);
                TemplateHeader::Media { kind: media.kind, source, filename }
            }
            Header::Location { latitude, longitude, name, address } => TemplateHeader::Location {
                latitude: degrees(turn, "latitude", latitude)?,
                longitude: degrees(turn, "longitude", longitude)?,
                name: turn.optional_text(name.as_ref()),
                address: turn.optional_text(address.as_ref()),
            },
        })
    }
}

impl Body {
    fn fill(&self, turn: &mut TurnBuilder<'_>) -> Result<TemplateBody, String> {
        Ok(match self {
            Body::Numbered(texts) => {
                let mut filled = Vec::with_capacity(texts.len());
                for (index, text) in texts.iter().enumerate() {
                    filled.push(parameter(turn, &format!("the body's parameter {}", index + 1), text)?);
                }
                TemplateBody::Numbered(filled)
            }
            Body::Named(rows) => {
                let mut filled = Vec::with_capacity(rows.len());
                for (name, text) in rows {
                    let text = parameter(turn, &format!("the body's parameter \"{name}\""), text)?;
                    filled.push((name.clone(), text));
                }
                TemplateBody::Named(filled)
            }
        })
    }
}

impl Button {
    fn fill(&self, turn: &mut TurnBuilder<'_>) -> Result<TemplateButton, String> {
        let name = format!("the parameter of button {}", self.index);
        let parameter = match &self.parameter {
            Parameter::Payload(text) => ButtonParameter::Payload(parameter(turn, &name, text)?),
            Parameter::UrlSuffix(text) => ButtonParameter::UrlSuffix(parameter(turn, &name, text)?),
            Parameter::CouponCode(text) => ButtonParameter::CouponCode(parameter(turn, &name, text)?),
        };
        Ok(TemplateButton { index: self.index, parameter })
    }
}

fn parameter(turn: &mut TurnBuilder<'_>, name: &str, template: &Template) -> Result<String, String> {
    turn.optional_text(Some(template)).ok_or_else(|| format!("{name} is empty"))
}
