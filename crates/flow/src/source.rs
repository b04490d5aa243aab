//! Where a thing stands in the text it was read from.

use std::ops::Range;

/// Byte range in the source of a document.
pub type Span = Range<usize>;

/// Maps offsets in a text, as read, to the source that it was written in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The whole scalar in the source, quotes included.
    pub span: Span,
    /// Runs that stand in the source exactly as they read, as (offset in the text, offset in the source), rising.
    /// Empty where the text was written with escapes or folded: then only the whole span is known.
    pub runs: Vec<(usize, usize)>,
}

impl Place {
    /// A text that stands at `start` of the source exactly as it reads.
    pub fn verbatim(start: usize, length: usize) -> Self {
        Place { span: start..start + length, runs: vec![(0, start)] }
    }

    /// The source of `range` of the text; the whole scalar where that is not known.
    pub fn within(&self, range: Span) -> Span {
        match (self.at(range.start), self.at(range.end)) {
            (Some(start), Some(end)) if start <= end && end <= self.span.end => start..end,
            _ => self.span.clone(),
        }
    }

    fn at(&self, offset: usize) -> Option<usize> {
        let run = self.runs.iter().rev().find(|(text, _)| *text <= offset)?;
        Some(run.1 + (offset - run.0))
    }
}

/// A text of a document and its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    pub place: Place,
}

/// A value of a document and the source it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}
