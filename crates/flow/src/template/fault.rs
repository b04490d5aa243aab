//! A mistake in a small text (a template, a path, a condition), on its way to a finding in the document.

use crate::finding::{Edit, Finding, Severity};
use crate::source::{Place, Span};

/// What is wrong, where in the text, and how to mend it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    /// Range in the text.
    pub(crate) at: Span,
    pub(crate) message: String,
    pub(crate) cause: String,
    pub(crate) mend: String,
    /// Ranges in the text and what goes there, and whether a machine may do it unasked.
    pub(crate) fix: Option<(Vec<(Span, String)>, bool)>,
}

impl Fault {
    pub(crate) fn new(code: &'static str, at: Span, message: impl Into<String>) -> Self {
        Fault {
            code,
            severity: Severity::Error,
            at,
            message: message.into(),
            cause: String::new(),
            mend: String::new(),
            fix: None,
        }
    }

    pub(crate) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    pub(crate) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(crate) fn safe_fix(mut self, at: Span, text: impl Into<String>) -> Self {
        self.fix = Some((vec![(at, text.into())], true));
        self
    }

    pub(crate) fn offered_fix(mut self, at: Span, text: impl Into<String>) -> Self {
        self.fix = Some((vec![(at, text.into())], false));
        self
    }

    /// The finding at its place in the document. The fix is dropped where the source of the text is not known exactly.
    pub(crate) fn finding(self, place: &Place) -> Finding {
        let finding = Finding::new(self.code, self.severity, self.message)
            .at(place.within(self.at))
            .because(self.cause)
            .mend(self.mend);
        let Some((changes, safe)) = self.fix else { return finding };
        let edits: Option<Vec<Edit>> =
            changes.into_iter().map(|(range, text)| edit_of(place, range, text)).collect();
        match edits {
            Some(edits) if safe => finding.safe_fix(edits),
            Some(edits) => finding.offered_fix(edits),
            None => finding,
        }
    }
}

/// An edit of the source for a range of the text; `None` where the text does not stand in the source as it reads.
pub(crate) fn edit_of(place: &Place, range: Span, text: impl Into<String>) -> Option<Edit> {
    let length = range.len();
    let span = place.within(range);
    (!place.runs.is_empty() && span.len() == length).then(|| Edit { range: span, text: text.into() })
}
