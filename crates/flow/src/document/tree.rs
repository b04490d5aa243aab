//! The thin tree of a document: values with the bytes they stand at, kept in an arena and walked without recursion.

use super::Source;
use super::place;
use crate::source::{Span, Text};

pub(super) type Id = usize;

/// A document that was read: its nodes and comments, over the source they stand in.
#[derive(Debug, Clone)]
pub struct Document<'s> {
    pub(super) source: &'s Source,
    pub(super) nodes: Vec<Data>,
    pub(super) root: Id,
    /// From `#` to the end of the line, in order.
    pub(super) comments: Vec<Span>,
}

#[derive(Debug, Clone)]
pub(super) struct Data {
    pub(super) kind: Kind,
    pub(super) range: Span,
    /// Stands inside a `{…}` or `[…]`.
    pub(super) in_flow: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Scalar(String, Style),
    /// A key or entry with nothing behind it.
    Empty,
    Map {
        entries: Vec<(Id, Id)>,
        flow: bool,
    },
    List {
        items: Vec<Id>,
        flow: bool,
    },
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// Not valid YAML, or YAML of another meaning, read as the text that was surely meant; a finding says so.
    Mended,
}

/// A value in a document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) id: Id,
}

/// What kind of value a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Scalar,
    Empty,
    Map,
    List,
}

impl Shape {
    /// With its article, for messages.
    pub fn words(self) -> &'static str {
        match self {
            Shape::Scalar => "a text",
            Shape::Empty => "nothing",
            Shape::Map => "a map (`key: value` rows)",
            Shape::List => "a list",
        }
    }
}

impl<'s> Document<'s> {
    pub fn root(&self) -> Node<'_> {
        Node { document: self, id: self.root }
    }

    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// Comments from `#` to the end of their line, in order.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }
}

impl<'d> Node<'d> {
    fn data(self) -> &'d Data {
        &self.document.nodes[self.id]
    }

    /// Bytes of the source: quotes, brackets and a literal's header included.
    pub fn span(self) -> Span {
        self.data().range.clone()
    }

    pub fn shape(self) -> Shape {
        match self.data().kind {
            Kind::Scalar(..) => Shape::Scalar,
            Kind::Empty => Shape::Empty,
            Kind::Map { .. } => Shape::Map,
            Kind::List { .. } => Shape::List,
        }
    }

    /// The text of a scalar, escapes read.
    pub fn scalar(self) -> Option<&'d str> {
        match &self.data().kind {
            Kind::Scalar(value, _) => Some(value),
            _ => None,
        }
    }

    pub fn style(self) -> Option<Style> {
        match self.data().kind {
            Kind::Scalar(_, style) => Some(style),
            _ => None,
        }
    }

    /// Whether it stands inside `{…}` or `[…]`.
    pub fn in_flow(self) -> bool {
        self.data().in_flow
    }

    /// Whether it is itself written as `{…}` or `[…]`.
    pub fn is_flow(self) -> bool {
        matches!(self.data().kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. })
    }

    /// As it stands in the source.
    pub fn raw(self) -> &'d str {
        self.document.source.text.get(self.span()).unwrap_or_default()
    }

    /// The text of a scalar with its place.
    pub fn text(self) -> Option<Text> {
        let Kind::Scalar(value, style) = &self.data().kind else { return None };
        let place = place::of(&self.document.source.text, value, *style, self.span());
        Some(Text { value: value.clone(), place })
    }

    /// Keys and values of a map; empty for anything else.
    pub fn entries(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let entries: &[(Id, Id)] = match &self.data().kind {
            Kind::Map { entries, .. } => entries,
            _ => &[],
        };
        entries.iter().map(move |(key, value)| (self.other(*key), self.other(*value)))
    }

    /// Entries of a list; empty for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        let items: &[Id] = match &self.data().kind {
            Kind::List { items, .. } => items,
            _ => &[],
        };
        items.iter().map(move |item| self.other(*item))
    }

    /// The value under `key` of a map.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        self.entries().find(|(name, _)| name.scalar() == Some(key)).map(|(_, value)| value)
    }

    fn other(self, id: Id) -> Node<'d> {
        Node { document: self.document, id }
    }
}
