//! What the author of a flow should know: seen in the text before publishing, or in the exchange of a call.

use crate::source::Span;
use serde::{Deserialize, Serialize};

/// How much a finding matters. An error blocks publishing and ends `rapport check` with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

/// A finding about one document or one exchange. [`crate::document::Source::locate`] turns its span into lines and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable and documented, such as `doubled-braces`.
    pub code: &'static str,
    pub severity: Severity,
    /// Where in the source; `None` for a finding about an exchange without a place in the text.
    pub span: Option<Span>,
    /// The step it concerns.
    pub step: Option<String>,
    /// What we saw, in one sentence with the names of the case.
    pub message: String,
    /// What it usually means.
    pub cause: String,
    /// What to change.
    pub mend: String,
    /// The change itself, where it can be made by a machine.
    pub fix: Option<Fix>,
}

/// Edits that carry out a mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Whether `rapport check --fix` applies it unasked; others are only offered.
    pub safe: bool,
    pub edits: Vec<Edit>,
}

/// The only way in which a document changes: bytes of the source replaced by a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub range: Span,
    pub text: String,
}

impl Finding {
    /// A finding with empty place, cause and mend, to be filled by the `with_` functions.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity,
            span: None,
            step: None,
            message: message.into(),
            cause: String::new(),
            mend: String::new(),
            fix: None,
        }
    }

    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    #[must_use]
    pub fn in_step(mut self, step: impl Into<String>) -> Self {
        self.step = Some(step.into());
        self
    }

    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    /// Offers edits that `--fix` applies unasked.
    #[must_use]
    pub fn safe_fix(mut self, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safe: true, edits });
        self
    }

    /// Offers edits that a person has to accept.
    #[must_use]
    pub fn offered_fix(mut self, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safe: false, edits });
        self
    }
}
