//! Filling the holes of a request, each for the place where it stands.

use super::encoding::not_in_xml;
use super::{Encoding, Piece, SecretText};
use crate::Value;
use crate::finding::{Finding, Severity};
use crate::scope::Scope;
use crate::source::Span;
use crate::template::{FilterKind, Hole, Part, Template, print};
use std::borrow::Cow;

/// Why a request could not be built; nothing was sent. The outcome is `bad_template`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct BadTemplate {
    /// Which part of the request, such as `url`, `header X-Order` or `body.query.value`.
    pub field: String,
    /// The hole as written, when one is to blame.
    pub hole: Option<String>,
    /// What is wrong; holds no value of a customer.
    pub why: String,
    pub mend: String,
    /// Where in the document.
    pub span: Option<Span>,
}

impl BadTemplate {
    pub(super) fn new(field: impl Into<String>, why: impl Into<String>, mend: impl Into<String>) -> Self {
        BadTemplate { field: field.into(), hole: None, why: why.into(), mend: mend.into(), span: None }
    }

    pub(super) fn of_hole(template: &Template, hole: &Hole, field: &str, why: &str, mend: &str) -> Self {
        BadTemplate {
            hole: template.text.get(hole.span.clone()).map(str::to_owned),
            span: Some(template.place.within(hole.span.clone())),
            ..BadTemplate::new(field, why, mend)
        }
    }

    pub(super) fn of_text(
        template: &Template,
        field: &str,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        BadTemplate { span: Some(template.place.span.clone()), ..BadTemplate::new(field, why, mend) }
    }

    /// The finding that explains it.
    pub fn finding(&self) -> Finding {
        let what = self.hole.as_ref().map_or_else(String::new, |hole| format!(" `{hole}`"));
        let finding = Finding::new(
            "bad-template",
            Severity::Error,
            format!("the request could not be built: {}{what} {}", self.field, self.why),
        )
        .because("Nothing was sent: a hole without a value, or one that would change the request's shape, stops the call.")
        .mend(self.mend.clone());
        match &self.span {
            Some(span) => finding.at(span.clone()),
            None => finding,
        }
    }
}

/// What a hole holds.
pub(super) enum Filled<'s> {
    Value(Cow<'s, Value>),
    /// The name of a secret.
    Secret(String),
}

/// Where values come from. `sample` fills each hole with a stand-in, to see the request's shape without a scope.
#[derive(Clone, Copy)]
pub(super) struct Fill<'s> {
    scope: Option<&'s dyn Scope>,
}

impl<'s> Fill<'s> {
    pub(super) fn from(scope: &'s dyn Scope) -> Self {
        Fill { scope: Some(scope) }
    }

    pub(super) fn sample() -> Self {
        Fill { scope: None }
    }

    /// What a hole holds; null is a value here, unset is an error.
    pub(super) fn hole(
        self,
        template: &Template,
        hole: &Hole,
        field: &str,
    ) -> Result<Filled<'s>, BadTemplate> {
        let refuse = |why: &str, mend: &str| Err(BadTemplate::of_hole(template, hole, field, why, mend));
        if let Some(name) = hole.reference.secret() {
            if name.is_empty() {
                return refuse("names no secret", "Write `{{secret.name}}`.");
            }
            if !hole.filters.is_empty() {
                return refuse(
                    "puts a filter on a secret",
                    "Take the filter away: a secret is written as it is kept, encoded for its place.",
                );
            }
            return Ok(Filled::Secret(name.to_owned()));
        }
        let Some(scope) = self.scope else {
            let number = hole.filters.last().is_some_and(|filter| filter.kind == FilterKind::Number);
            return Ok(Filled::Value(Cow::Owned(if number { 0.into() } else { "x".into() })));
        };
        match hole.value(scope) {
            Some(value) => Ok(Filled::Value(value)),
            None => refuse(
                "has no value",
                &format!(
                    "Set `{}` before this step, branch on `{} is set`, or give a default: `{{{{{} | default: ''}}}}`.",
                    hole.reference.text, hole.reference.root, hole.reference.text
                ),
            ),
        }
    }

    /// Like [`Fill::hole`] for a place that holds text, where null is an error too.
    pub(super) fn text(
        self,
        template: &Template,
        hole: &Hole,
        field: &str,
    ) -> Result<Filled<'s>, BadTemplate> {
        match self.hole(template, hole, field)? {
            Filled::Value(value) if value.is_null() => Err(BadTemplate::of_hole(
                template,
                hole,
                field,
                "is null",
                &format!(
                    "Branch before this step, or give a default: `{{{{{} | default: ''}}}}`.",
                    hole.reference.text
                ),
            )),
            filled => Ok(filled),
        }
    }

    /// A text whose holes are written in `encoding`; the author's own text stays as it is.
    pub(super) fn template(
        self,
        template: &Template,
        encoding: Encoding,
        field: &str,
    ) -> Result<SecretText, BadTemplate> {
        let mut pieces = Pieces::default();
        for part in &template.parts {
            match part {
                Part::Text(text) => pieces.text().push_str(text),
                Part::Hole(hole) => self.write(template, hole, encoding, field, &mut pieces)?,
            }
        }
        Ok(pieces.finish())
    }

    /// A text all of which is a value: the author's own words are encoded too.
    pub(super) fn value(
        self,
        template: &Template,
        encoding: Encoding,
        field: &str,
        pieces: &mut Pieces,
    ) -> Result<(), BadTemplate> {
        for part in &template.parts {
            match part {
                Part::Text(text) => encoding.write(text, pieces.text()),
                Part::Hole(hole) => self.write(template, hole, encoding, field, pieces)?,
            }
        }
        Ok(())
    }

    /// One hole as text in `encoding`.
    pub(super) fn write(
        self,
        template: &Template,
        hole: &Hole,
        encoding: Encoding,
        field: &str,
        pieces: &mut Pieces,
    ) -> Result<(), BadTemplate> {
        let value = match self.text(template, hole, field)? {
            Filled::Secret(name) => {
                pieces.secret(name, encoding);
                return Ok(());
            }
            Filled::Value(value) => value,
        };
        let text = print(&value);
        if encoding == Encoding::Xml && not_in_xml(&text).is_some() {
            let why = "holds a control character, which XML cannot";
            return Err(BadTemplate::of_hole(
                template,
                hole,
                field,
                why,
                "Ask for the value again, or send it as JSON.",
            ));
        }
        // `| url` has encoded it already.
        let encoded = encoding == Encoding::Percent
            && hole.filters.last().is_some_and(|filter| filter.kind == FilterKind::Url);
        let encoding = if encoded { Encoding::Plain } else { encoding };
        encoding.write(&text, pieces.text());
        Ok(())
    }
}

/// A text with secrets while it is written; neighbouring texts become one piece.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    pub(super) fn text(&mut self) -> &mut String {
        if !matches!(self.0.last(), Some(Piece::Text(_))) {
            self.0.push(Piece::Text(String::new()));
        }
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text,
            _ => unreachable!("a text was pushed above"),
        }
    }

    pub(super) fn secret(&mut self, name: String, encoding: Encoding) {
        self.0.push(Piece::Secret { name, encoding });
    }

    pub(super) fn finish(mut self) -> SecretText {
        self.0.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        SecretText(self.0)
    }
}

impl SecretText {
    /// The text with `stand_in` for each secret.
    pub(super) fn with(&self, stand_in: &str) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            out.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Secret { .. } => stand_in,
            });
        }
        out
    }
}
