//! The text of a document, and where an offset stands in it as people count.

use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;
use serde::Serialize;

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As shown in findings; a path, or any name.
    pub file: String,
    pub text: String,
    pub format: Format,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

/// How a document is written. JSON is read as YAML, but keeps tabs and its own spelling of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
}

/// A finding with its place as people count. This is the JSON that `--format json`, the API and the editor show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located {
    pub code: String,
    pub severity: Severity,
    pub file: String,
    /// From 1; 1 for a finding without a place.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub end_line: usize,
    /// In characters, from 1; the first one that does not belong to it.
    pub end_column: usize,
    pub step: Option<String>,
    pub message: String,
    pub cause: String,
    pub mend: String,
    /// The mend as edits in bytes of the source; empty where a person has to make it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// Whether `--fix` makes these edits unasked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fixable: bool,
}

impl Source {
    /// Takes the text of `file`. The format follows the name's ending (`.json`, `.yaml`, `.yml`), else the first letter.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        let (file, text) = (file.into(), text.into());
        let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let format = match ending.as_deref() {
            Some("json") => Format::Json,
            Some("yaml" | "yml") => Format::Yaml,
            _ if text.trim_start().starts_with('{') => Format::Json,
            _ => Format::Yaml,
        };
        let lines = line_starts(&text);
        Source { file, text, format, lines }
    }

    /// Line and column of a byte, in characters from 1. An offset inside a character counts as its start, one behind the
    /// end as the end.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        let column = self.text[start..offset].chars().filter(|letter| *letter != '\u{feff}').count() + 1;
        (line, column)
    }

    /// A line from 1, without its end.
    pub fn line(&self, number: usize) -> &str {
        let span = self.line_span(number);
        self.text[span].trim_end_matches(['\n', '\r'])
    }

    /// Bytes of a line from 1, its end included.
    pub(super) fn line_span(&self, number: usize) -> Span {
        let start = self.lines.get(number.wrapping_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.lines.get(number).copied().unwrap_or(self.text.len());
        start..end
    }

    /// Number of lines; at least 1.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    pub fn locate(&self, finding: &Finding) -> Located {
        let span = finding.span.clone().unwrap_or(0..0);
        let (line, column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end.max(span.start));
        Located {
            code: finding.code.to_owned(),
            severity: finding.severity,
            file: self.file.clone(),
            line,
            column,
            end_line,
            end_column,
            step: finding.step.clone(),
            message: finding.message.clone(),
            cause: finding.cause.clone(),
            mend: finding.mend.clone(),
            edits: finding.fix.as_ref().map(|fix| fix.edits.clone()).unwrap_or_default(),
            fixable: finding.fix.as_ref().is_some_and(|fix| fix.safe),
        }
    }
}

/// A lone carriage return ends a line too.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            starts.push(at + 1);
        }
    }
    starts
}
