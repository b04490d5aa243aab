//! Texts with holes: `{{name}}` and `{{name | filter: arg}}`, and only that.
//!
//! A text is cut once, when the flow is read ([`Template::parse`]); rendering walks its parts. What a hole prints is a
//! matter of the place it stands in: [`Template::render_message`] is for messages, [`crate::request`] fills requests.

mod date;
pub mod doubled_braces;
mod fault;
mod filter;
mod hole;
mod parse;
mod print;
pub(crate) mod reference;
mod render;

use crate::Value;
use crate::path::Path;
use crate::source::{Place, Span};

pub(crate) use fault::{Fault, edit_of};
pub use print::print;
pub(crate) use render::depth;

/// Longest hole, in bytes, braces included.
pub const HOLE_BYTES_MAX: usize = 1024;
/// Deepest nesting of a value that a flow may hold; deeper ones could not be kept in a session.
pub const VALUE_DEPTH_MAX: usize = 64;

/// A text cut at its holes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    pub parts: Vec<Part>,
    /// The text as written, for messages and repairs.
    pub text: String,
    pub place: Place,
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

/// What a filter does to a value. Unset and null go through every filter but `default` untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// First letter in upper case, the rest as it is.
    Capitalize,
    Upper,
    Lower,
    /// Without white space at both ends.
    Trim,
    /// The argument in place of unset or null. An empty text is a value and stays.
    Default,
    /// The value as text: `"value": "{{n | text}}"`.
    Text,
    /// The value as number, digits kept; what is no number becomes unset.
    Number,
    /// Only the digits: `+91 98200` becomes `9198200`.
    Digits,
    /// A phone number in E.164 with `+`; what is none becomes unset. The argument is a country: `phone: "IN"`.
    Phone,
    /// A date or time in words, in the bot's time zone: `date: "d MMM yyyy"`, `date: "long"`.
    Date,
    /// The items of a list with the argument between them (`, ` without one).
    Join,
    /// The value as JSON text.
    Json,
    /// Percent-encoded. In an address holes are encoded anyway, and this one not twice.
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

impl Template {
    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        })
    }

    /// The hole, where the text is exactly one: its value keeps its type in a structure.
    pub fn single_hole(&self) -> Option<&Hole> {
        match self.parts.as_slice() {
            [Part::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// The text, where it has no hole.
    pub fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl Hole {
    pub fn has(&self, kind: FilterKind) -> bool {
        self.filters.iter().any(|filter| filter.kind == kind)
    }
}

impl Reference {
    /// The secret's name, of `secret.name`; of `secret` alone or with a longer path the text after the root.
    pub fn secret(&self) -> Option<&str> {
        (self.root == "secret").then_some(self.path.text.as_str())
    }

    /// The value this reference names, given its root's value.
    pub fn within<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.path.read(root).found()
    }
}

impl JsonTemplate {
    /// All templates in it with the way to each (`query.value[0]`), in order.
    pub fn templates(&self) -> Vec<(String, &Template)> {
        let mut found = Vec::new();
        let mut open = vec![(String::new(), self)];
        while let Some((way, node)) = open.pop() {
            match node {
                JsonTemplate::Literal(_) => {}
                JsonTemplate::Text(template) => found.push((way, template)),
                JsonTemplate::List(items) => {
                    open.extend(
                        items.iter().enumerate().rev().map(|(i, item)| (format!("{way}[{i}]"), item)),
                    );
                }
                JsonTemplate::Object(entries) => {
                    open.extend(entries.iter().rev().map(|(key, item)| (crate::path::join(&way, key), item)));
                }
            }
        }
        found
    }
}
