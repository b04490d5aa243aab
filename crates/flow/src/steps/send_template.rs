//! `send_template`: an approved template, the only message outside the 24-hour service window.
//!
//! ```yaml
//! remind:
//!   type: send_template
//!   template: appointment_reminder
//!   language: en_US
//!   category: utility
//!   body: {name: "{{contact.name}}", day: "{{day | date}}"}
//!   buttons: [{index: 0, payload: CONFIRM}]
//!   next: wait_for_answer
//! ```

use crate::Value;
use crate::document::{Fields, Node, Reader, Shape, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::steps::send_message::{MEDIA, Media, degrees, location, media};
use crate::template::Template;
use crate::turn::{self, ButtonParameter, Outgoing, TemplateBody, TemplateButton, TemplateHeader};
use serde_json::json;

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
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
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

/// A parameter's text. The platform refuses line breaks, tabs and more than four blanks in a row (132018): each run of
/// white space with one of them becomes one blank.
fn parameter(turn: &mut TurnBuilder<'_>, name: &str, template: &Template) -> Result<String, String> {
    let text = turn.optional_text(Some(template)).ok_or_else(|| format!("{name} is empty"))?;
    let mut line = String::with_capacity(text.len());
    let mut blanks = String::new();
    for letter in text.trim().chars() {
        if letter.is_whitespace() {
            blanks.push(letter);
            continue;
        }
        let refused = blanks.chars().count() > 4 || blanks.contains(['\n', '\r', '\t']);
        line.push_str(if refused { " " } else { &blanks });
        blanks.clear();
        line.push(letter);
    }
    Ok(line)
}

/// Reads the template's name, its language and its parameters.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<SendTemplate> {
    let template = fields.require(reader, "template", "template: order_update");
    let template = template.and_then(|node| reader.template(node, "`template`"));
    let language = fields.require(reader, "language", "language: en_US");
    let language = language.and_then(|node| reader.template(node, "`language`"));
    let category = fields.take("category").and_then(|node| {
        let words = ["marketing", "utility", "authentication"].map(|word| (word, word.to_owned()));
        reader.word(node, "`category`", &words)
    });
    let header = fields.take("header").map(|node| header(node, reader));
    let body = fields.take("body").map_or(Some(Body::Numbered(Vec::new())), |node| body(node, reader));
    let buttons = fields.take("buttons").map(|node| reader.list(node, "`buttons`")).unwrap_or_default();
    let buttons: Vec<Option<Button>> = buttons.into_iter().map(|item| button(item, reader)).collect();
    let header = match header {
        Some(header) => Some(header?),
        None => None,
    };
    let buttons = buttons.into_iter().collect::<Option<_>>()?;
    Some(SendTemplate { template: template?, language: language?, category, header, body: body?, buttons })
}

fn header(node: Node<'_>, reader: &mut Reader) -> Option<Header> {
    let mut fields = reader.fields(node, "`header`")?;
    let mut found = None;
    if fields.has("text") {
        let text = fields.template(reader, "text");
        let name = fields.text(reader, "name").map(|name| name.value);
        found = text.map(|text| Header::Text { name, text });
    } else if let Some(node) = fields.take("location") {
        found = location(node, reader).map(|(latitude, longitude, name, address)| Header::Location {
            latitude,
            longitude,
            name,
            address,
        });
    } else if let Some((name, kind, node)) =
        MEDIA.into_iter().find_map(|(name, kind)| Some((name, kind, fields.take(name)?)))
    {
        found = media(node, name, kind, reader).map(Header::Media);
    } else {
        fields.take("text");
        fields.report_missing(reader, "content", "image: https://example.com/picture.png");
    }
    fields.finish(reader);
    found
}

/// A list for numbered parameters, a map for named ones.
fn body(node: Node<'_>, reader: &mut Reader) -> Option<Body> {
    match node.shape() {
        Shape::List => {
            let items: Vec<_> = node.items().map(|item| reader.template(item, "a parameter")).collect();
            items.into_iter().collect::<Option<_>>().map(Body::Numbered)
        }
        Shape::Map => {
            let rows = reader.rows(node, "`body`").into_iter();
            let rows: Vec<_> = rows
                .map(|(name, value)| {
                    Some((name.value.clone(), reader.template(value, &format!("`{}`", name.value))?))
                })
                .collect();
            rows.into_iter().collect::<Option<_>>().map(Body::Named)
        }
        _ => {
            reader.wrong(node, "`body`", "a list of parameters, or a map where they have names");
            None
        }
    }
}

fn button(node: Node<'_>, reader: &mut Reader) -> Option<Button> {
    let mut fields = reader.fields(node, "a button")?;
    let index = fields.require(reader, "index", "index: 0");
    let index = index
        .and_then(|node| reader.whole(node, "`index`", 0..=9))
        .and_then(|index| u8::try_from(index).ok());
    let payload = fields.template(reader, "payload").map(Parameter::Payload);
    let suffix = fields.template(reader, "url_suffix").map(Parameter::UrlSuffix);
    let coupon = fields.template(reader, "coupon_code").map(Parameter::CouponCode);
    let mut parameters = [payload, suffix, coupon].into_iter().flatten();
    let parameter = parameters.next();
    if parameters.next().is_some() {
        reader.wrong_fields(
            node,
            "a button has one parameter",
            "Keep `payload`, `url_suffix` or `coupon_code`.",
        );
    } else if parameter.is_none() {
        fields.report_missing(reader, "parameter", "payload: YES");
    }
    fields.finish(reader);
    Some(Button { index: index?, parameter: parameter? })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let parameter = schema::text("Fills the parameter; may hold holes.");
    let media = json!({"anyOf": [schema::plain_text(), {"type": "object"}]});
    schema::step(
        "Sends an approved template: the only message outside the 24-hour service window.",
        &[
            ("template", schema::text("Name of the template as approved.")),
            ("language", schema::text("Its language, such as en_US.")),
            (
                "category",
                schema::words(
                    "What it was approved as. Marketing is withheld from who opted out.",
                    &["marketing", "utility", "authentication"],
                ),
            ),
            (
                "header",
                schema::object(
                    "What the header's parameter is filled with.",
                    &[
                        ("text", parameter.clone()),
                        ("name", schema::text("Name of the header's parameter, where it has one.")),
                        ("image", media.clone()),
                        ("document", media.clone()),
                        ("video", media.clone()),
                        ("audio", media),
                        ("location", schema::location()),
                    ],
                    &[],
                ),
            ),
            (
                "body",
                json!({
                    "description": "Parameters of the body: a list for {{1}}, {{2}}, …; a map where they have names.",
                    "anyOf": [{"type": "array", "items": parameter}, {"type": "object", "additionalProperties": parameter}],
                }),
            ),
            (
                "buttons",
                json!({"description": "Parameters of the template's buttons.", "type": "array", "items": schema::object(
                    "One parameter of one button.",
                    &[
                        ("index", json!({"description": "Which button, from 0, counting all.", "type": "integer", "minimum": 0, "maximum": 9})),
                        ("payload", schema::text("What a quick reply sends back.")),
                        ("url_suffix", schema::text("The end of the button's address.")),
                        ("coupon_code", schema::text("The code to copy.")),
                    ],
                    &["index"],
                )}),
            ),
        ],
        &["template", "language"],
    )
}
