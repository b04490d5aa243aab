//! Typed reading: takes fields from maps, records every finding at its place, and goes on.

use super::scalar;
use super::tree::{Node, Shape};
use crate::finding::{Edit, Finding, Severity};
use crate::source::{Span, Text};
use crate::spelling::nearest;
use crate::template::{JsonTemplate, Template};
use crate::{Value, Values};
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Collects what is wrong while a document is read. A function that could not read its field returns `None` after it has
/// reported why.
#[derive(Debug, Default)]
pub struct Reader {
    findings: Vec<Finding>,
    step: Option<String>,
}

impl Reader {
    pub fn new(findings: Vec<Finding>) -> Self {
        Reader { findings, step: None }
    }

    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Findings reported from here on belong to this step.
    pub fn enter_step(&mut self, step: Option<&str>) {
        self.step = step.map(str::to_owned);
    }

    pub fn report(&mut self, mut finding: Finding) {
        if finding.step.is_none() {
            finding.step.clone_from(&self.step);
        }
        self.findings.push(finding);
    }

    /// The fields of a map; `what` names it in messages (`a step`, `the body`).
    pub fn fields<'d>(&mut self, node: Node<'d>, what: impl Into<String>) -> Option<Fields<'d>> {
        let what = what.into();
        if node.shape() != Shape::Map {
            self.wrong(node, &what, "a map (`key: value` rows)");
            return None;
        }
        let rows = node.entries().map(|(key, value)| Row { key, value, taken: false }).collect();
        Some(Fields { node, what, missing_at: None, rows, known: Vec::new() })
    }

    /// Reports that `node`, the value of `field`, should have been `wanted`.
    pub fn wrong(&mut self, node: Node<'_>, field: &str, wanted: &str) {
        let finding = if node.shape() == Shape::Empty {
            Finding::new("missing-value", Severity::Error, format!("{field} has no value; it needs {wanted}"))
                .mend("Write the value behind the colon, or remove the line.")
        } else {
            let seen = match node.scalar() {
                Some(text) => format!("`{}`", shorten(text)),
                None => node.shape().words().to_owned(),
            };
            let mend = if wanted == "a text" && node.shape() != Shape::Scalar {
                "Put the text in quotes, or write it on lines of its own under `|-`."
            } else {
                "Change the value to that form."
            };
            Finding::new("wrong-type", Severity::Error, format!("{field} needs {wanted}, and this is {seen}"))
                .mend(mend)
        };
        self.report(finding.at(place_of(node)));
    }

    /// Reports a value that is none of those allowed.
    pub fn bad_value(&mut self, node: Node<'_>, message: impl Into<String>, mend: impl Into<String>) {
        self.report(Finding::new("bad-value", Severity::Error, message).at(place_of(node)).mend(mend));
    }

    /// Reports fields that do not go together.
    pub fn wrong_fields(&mut self, node: Node<'_>, message: impl Into<String>, mend: impl Into<String>) {
        self.wrong_fields_at(place_of(node), message, mend);
    }

    /// As [`Reader::wrong_fields`], at a place.
    pub fn wrong_fields_at(&mut self, span: Span, message: impl Into<String>, mend: impl Into<String>) {
        self.report(Finding::new("wrong-fields", Severity::Error, message).at(span).mend(mend));
    }

    /// A text as written: `2.10` stays `2.10`.
    pub fn text(&mut self, node: Node<'_>, field: &str) -> Option<Text> {
        let text = node.text();
        if text.is_none() {
            self.wrong(node, field, "a text");
        }
        text
    }

    /// A text with holes.
    pub fn template(&mut self, node: Node<'_>, field: &str) -> Option<Template> {
        let text = self.text(node, field)?;
        Some(self.holes(text))
    }

    fn holes(&mut self, text: Text) -> Template {
        let (template, findings) = Template::parse(text);
        for finding in findings {
            self.report(finding);
        }
        template
    }

    /// The entries of a list; nothing after a report when it is none.
    pub fn list<'d>(&mut self, node: Node<'d>, field: &str) -> Vec<Node<'d>> {
        if node.shape() != Shape::List {
            self.wrong(node, field, "a list");
        }
        node.items().collect()
    }

    /// The entries of a list, or the one value that stands without brackets.
    pub fn one_or_more<'d>(&mut self, node: Node<'d>, field: &str) -> Vec<Node<'d>> {
        if node.shape() == Shape::Scalar { vec![node] } else { self.list(node, field) }
    }

    /// Names and their values, in order; a duplicate was reported when the tree was built.
    pub fn rows<'d>(&mut self, node: Node<'d>, field: &str) -> Vec<(Text, Node<'d>)> {
        if node.shape() != Shape::Map {
            self.wrong(node, field, "a map (`name: value` rows)");
        }
        node.entries().filter_map(|(key, value)| Some((key.text()?, value))).collect()
    }

    pub fn boolean(&mut self, node: Node<'_>, field: &str) -> Option<bool> {
        match node.scalar() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                self.wrong(node, field, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, node: Node<'_>, field: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let number = node.scalar().and_then(|text| text.parse().ok());
        match number {
            Some(number) if bounds.contains(&number) => Some(number),
            _ => {
                let (least, most) = (bounds.start(), bounds.end());
                self.wrong(node, field, &format!("a whole number from {least} to {most}"));
                None
            }
        }
    }

    /// `30s`, `5m`, `25h`, `2d`.
    pub fn duration(&mut self, node: Node<'_>, field: &str) -> Option<Duration> {
        let Some(text) = node.scalar() else {
            self.wrong(node, field, "a duration such as 30s, 5m, 25h or 2d");
            return None;
        };
        let duration = scalar::duration(text);
        if duration.is_none() {
            let message = format!("{field} is `{}`, which is no duration", shorten(text));
            let finding = Finding::new("bad-duration", Severity::Error, message)
                .at(place_of(node))
                .because("A duration is a whole number and one of s, m, h, d, without a blank between.")
                .mend("Write for example 30s, 5m, 25h or 2d.");
            self.report(finding);
        }
        duration
    }

    /// One of some words.
    pub fn word<T: Clone>(&mut self, node: Node<'_>, field: &str, words: &[(&str, T)]) -> Option<T> {
        let Some(text) = node.scalar() else {
            self.wrong(node, field, &format!("one of {}", list_of(words.iter().map(|pair| pair.0))));
            return None;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(value.clone());
        }
        let near = nearest(text, words.iter().map(|pair| pair.0));
        let allowed = list_of(words.iter().map(|pair| pair.0));
        let message = format!("{field} is `{}`, which is not one of {allowed}", shorten(text));
        let mut finding = Finding::new("bad-value", Severity::Error, message).at(place_of(node));
        finding = match near {
            Some(near) => {
                let edit = Edit { range: node.span(), text: near.to_owned() };
                let finding = finding.mend(format!("Write `{near}`."));
                if near.eq_ignore_ascii_case(text) {
                    finding.safe_fix(vec![edit])
                } else {
                    finding.offered_fix(vec![edit])
                }
            }
            None => finding.mend(format!("Write one of {allowed}.")),
        };
        self.report(finding);
        None
    }

    /// A JSON value without holes: of a test, a sample, a default.
    pub fn value(&mut self, node: Node<'_>) -> Value {
        match node.shape() {
            Shape::Empty => Value::Null,
            Shape::Scalar => match self.json_scalar(node) {
                Some(value) => value,
                None => Value::String(node.scalar().unwrap_or_default().to_owned()),
            },
            Shape::List => node.items().map(|item| self.value(item)).collect(),
            Shape::Map => {
                let mut values = Values::new();
                for (key, value) in node.entries() {
                    values.insert(key.scalar().unwrap_or_default().to_owned(), self.value(value));
                }
                Value::Object(values)
            }
        }
    }

    /// A JSON structure whose texts may hold holes.
    pub fn json(&mut self, node: Node<'_>) -> JsonTemplate {
        match node.shape() {
            Shape::Empty => JsonTemplate::Literal(Value::Null),
            Shape::Scalar => match (self.json_scalar(node), node.text()) {
                (Some(value), _) => JsonTemplate::Literal(value),
                (None, Some(text)) => JsonTemplate::Text(self.holes(text)),
                (None, None) => JsonTemplate::Literal(Value::Null),
            },
            Shape::List => JsonTemplate::List(node.items().map(|item| self.json(item)).collect()),
            Shape::Map => {
                let mut rows = Vec::new();
                for (key, value) in node.entries() {
                    let name = key.scalar().unwrap_or_default();
                    if name.contains("{{") {
                        self.hole_in_key(key, name);
                    }
                    rows.push((name.to_owned(), self.json(value)));
                }
                JsonTemplate::Object(rows)
            }
        }
    }

    fn hole_in_key(&mut self, key: Node<'_>, name: &str) {
        let message = format!("the key `{}` holds a hole", shorten(name));
        let finding = Finding::new("hole-in-key", Severity::Error, message)
            .at(key.span())
            .because("Keys are sent as written: a value can never change the shape of a request.")
            .mend("Write the key out, or type the body as text (`json: |`).");
        self.report(finding);
    }

    /// What a plain scalar means in JSON; `None` for a text. One that only looks like a number asks for quotes.
    fn json_scalar(&mut self, node: Node<'_>) -> Option<Value> {
        match scalar::json(node) {
            scalar::Json::Value(value) => Some(value),
            scalar::Json::Text => None,
            scalar::Json::Doubtful => {
                let text = node.scalar().unwrap_or_default();
                let message =
                    format!("`{}` looks like a number but is not how JSON writes one", shorten(text));
                let finding = Finding::new("number-needs-quotes", Severity::Error, message)
                    .at(node.span())
                    .because("Read as a number it would lose its sign, its zeros or its letter.")
                    .mend(format!("Put it in quotes to send it as it stands: \"{text}\"."))
                    .safe_fix(vec![Edit { range: node.span(), text: format!("\"{text}\"") }]);
                self.report(finding);
                None
            }
        }
    }
}

/// The fields of one map, taken by name; what is left at the end is unknown.
#[derive(Debug)]
pub struct Fields<'d> {
    pub node: Node<'d>,
    what: String,
    missing_at: Option<Span>,
    rows: Vec<Row<'d>>,
    known: Vec<&'static str>,
}

#[derive(Debug)]
struct Row<'d> {
    key: Node<'d>,
    value: Node<'d>,
    taken: bool,
}

impl<'d> Fields<'d> {
    /// Findings about missing fields stand here instead of at the map.
    #[must_use]
    pub fn missing_at(mut self, span: Span) -> Self {
        self.missing_at = Some(span);
        self
    }

    /// Names the map in messages from here on.
    pub fn call(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    /// The value under `name`, which from here on is a known field.
    pub fn take(&mut self, name: &'static str) -> Option<Node<'d>> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        let row = self.rows.iter_mut().find(|row| row.key.scalar() == Some(name))?;
        row.taken = true;
        Some(row.value)
    }

    /// Whether the map has such a field; does not take it.
    pub fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    /// Where the field's name stands.
    pub fn key(&self, name: &str) -> Option<Span> {
        self.rows.iter().find(|row| row.key.scalar() == Some(name)).map(|row| row.key.span())
    }

    /// The value under `name`; reported when it is absent. `example` is a whole line of how it may look.
    pub fn require(&mut self, reader: &mut Reader, name: &'static str, example: &str) -> Option<Node<'d>> {
        let found = self.take(name);
        if found.is_none() {
            self.report_missing(reader, &format!("`{name}`"), example);
        }
        found
    }

    /// Reports that the map lacks `field`.
    pub fn report_missing(&self, reader: &mut Reader, field: &str, example: &str) {
        let message = format!("{} has no {field}", self.what);
        let finding = Finding::new("missing-field", Severity::Error, message)
            .at(self.missing_at.clone().unwrap_or_else(|| place_of(self.node)))
            .mend(format!("Add it, for example `{example}`."));
        reader.report(finding);
    }

    pub fn text(&mut self, reader: &mut Reader, name: &'static str) -> Option<Text> {
        let node = self.take(name)?;
        reader.text(node, &format!("`{name}`"))
    }

    pub fn template(&mut self, reader: &mut Reader, name: &'static str) -> Option<Template> {
        let node = self.take(name)?;
        reader.template(node, &format!("`{name}`"))
    }

    /// Reports every field that nothing asked for.
    pub fn finish(self, reader: &mut Reader) {
        for row in self.rows.iter().filter(|row| !row.taken) {
            let Some(name) = row.key.scalar() else { continue };
            let free = self.known.iter().copied().filter(|known| !self.has(known));
            let message = format!("`{}` is not a field of {}", shorten(name), self.what);
            let mut finding = Finding::new("unknown-field", Severity::Error, message).at(row.key.span());
            finding = match nearest(name, free) {
                Some(near) => finding
                    .mend(format!("Did you mean `{near}`?"))
                    .offered_fix(vec![Edit { range: row.key.span(), text: near.to_owned() }]),
                None => finding.mend(format!("Its fields are {}.", list_of(self.known.iter().copied()))),
            };
            reader.report(finding);
        }
    }
}

/// Where a finding about a value points: all of a text; only the start of a map or list that runs over lines.
fn place_of(node: Node<'_>) -> Span {
    let span = node.span();
    match node.raw().find(['\n', '\r']) {
        Some(end) if node.shape() != Shape::Scalar => span.start..span.start + end,
        _ => span,
    }
}

/// A text for a message: one line, not long.
pub(crate) fn shorten(text: &str) -> String {
    let line: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(60).collect();
    if text.chars().count() > 60 { format!("{line}…") } else { line }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let mut out = String::new();
    for (at, word) in words.iter().enumerate() {
        let joint = match at {
            0 => "",
            _ if at + 1 == words.len() => " and ",
            _ => ", ",
        };
        let _ = write!(out, "{joint}`{word}`");
    }
    out
}
