//! The guard: two trees are equal but for what was meant.

use super::super::tree::{Document, Node, Shape, Style};

/// What a document says, without how it is written. Only whether a text is plain is kept: a plain `42` may be a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Empty,
    Text { value: String, plain: bool },
    Map(Vec<(String, Meaning)>),
    List(Vec<Meaning>),
}

pub(super) fn of(node: Node<'_>) -> Meaning {
    match node.shape() {
        Shape::Empty => Meaning::Empty,
        Shape::Scalar => Meaning::Text {
            value: node.scalar().unwrap_or_default().to_owned(),
            plain: node.style() == Some(Style::Plain),
        },
        Shape::List => Meaning::List(node.items().map(of).collect()),
        Shape::Map => Meaning::Map(
            node.entries()
                .map(|(key, value)| (key.scalar().unwrap_or_default().to_owned(), of(value)))
                .collect(),
        ),
    }
}

/// The comments as written, in order.
pub(super) fn comments<'d>(document: &'d Document<'_>) -> Vec<&'d str> {
    document.comments().iter().map(|span| &document.source().text[span.clone()]).collect()
}

impl Meaning {
    /// The value at the end of a way of keys and indexes, counted in `Map` by position.
    pub(super) fn at_mut(&mut self, way: &[super::Segment]) -> Option<&mut Meaning> {
        way.iter().try_fold(self, |meaning, segment| match (meaning, segment) {
            (Meaning::Map(entries), super::Segment::Key(key)) => {
                entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            (Meaning::List(items), super::Segment::Index(index)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// Equal, where a text may have become plain or quoted.
    pub(super) fn same_but_quotes(&self, other: &Meaning) -> bool {
        match (self, other) {
            (Meaning::Text { value, .. }, Meaning::Text { value: other, .. }) => value == other,
            (one, other) => one == other,
        }
    }
}
