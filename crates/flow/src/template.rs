//! Texts with holes: `{{name}}` and `{{name | filter: arg}}`, and only that.

use crate::Value;
use crate::path::Path;
use crate::finding::Finding;
use crate::source::{Place, Span, Text};

/// A text cut at its holes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    pub parts: Vec<Part>,
    /// The text as written, for messages and repairs.
    pub text: String,
    pub place: Place,
}

impl Template {
    /// Cuts a text at its holes. What cannot be read as a hole stays text and is a finding.
    pub fn parse(text: Text) -> (Template, Vec<Finding>) {
        let template =
            Template { parts: vec![Part::Text(text.value.clone())], text: text.value, place: text.place };
        (template, Vec::new())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    Hole(Hole),
}

/// `{{reference | filter | filter: argument}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    pub reference: Reference,
    pub filters: Vec<Filter>,
    /// Range in the template's text, braces included.
    pub span: Span,
}

/// A name and the way into its value: `order`, `contact.email`, `order.items[0].sku`, `find_contact.headers.location`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// A variable, `contact`, `message`, `channel`, `trigger`, `now`, `new_id`, `secret`, or a step's name.
    pub root: String,
    /// What follows the root; empty for a bare name.
    pub path: Path,
    /// As written.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub kind: FilterKind,
    pub argument: Option<Value>,
    /// Range in the template's text.
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    Capitalize,
    Upper,
    Lower,
    Trim,
    Default,
    Text,
    Number,
    Digits,
    Phone,
    Date,
    Join,
    Json,
    Url,
}

/// A JSON structure whose texts may hold holes. Keys hold none: a value can never change a request's shape.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonTemplate {
    /// Number, boolean or null as written.
    Literal(Value),
    /// A text; one that is exactly one hole keeps the type of its value.
    Text(Template),
    List(Vec<JsonTemplate>),
    Object(Vec<(String, JsonTemplate)>),
}
