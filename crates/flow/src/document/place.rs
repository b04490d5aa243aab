//! Maps a text, as read, to the source it was written in, so that a finding inside a hole stands where the hole stands.

use super::tree::Style;
use crate::source::{Place, Span};

/// The place of `value`, written at `span` of `source` in `style`. Runs are left out where the writing folds lines or an
/// escape cannot be followed: then only the whole span is known.
pub(super) fn of(source: &str, value: &str, style: Style, span: Span) -> Place {
    let raw = source.get(span.clone()).unwrap_or_default();
    let runs = match style {
        Style::Plain | Style::Mended if raw == value => Some(vec![(0, span.start)]),
        Style::Single | Style::Double => quoted(raw, value, span.start),
        Style::Literal => literal(raw, value, span.start),
        _ => None,
    };
    Place { span, runs: runs.unwrap_or_default() }
}

/// One line in quotes: a new run after each escape.
fn quoted(raw: &str, value: &str, start: usize) -> Option<Vec<(usize, usize)>> {
    let quote = raw.chars().next()?;
    let inner = raw.get(1..raw.len().checked_sub(1)?)?;
    if inner.contains(['\n', '\r']) {
        return None;
    }
    if inner == value {
        return Some(vec![(0, start + 1)]);
    }
    let mut runs = vec![(0, start + 1)];
    let (mut read, mut written) = (0, 0);
    while written < inner.len() {
        let seen = inner[written..].chars().next()?;
        let decoded = value.get(read..)?.chars().next()?;
        if (quote == '\'' && seen == '\'') || (quote == '"' && seen == '\\') {
            written += if quote == '\'' { 2 } else { escape_length(&inner[written..], decoded)? };
            read += decoded.len_utf8();
            runs.push((read, start + 1 + written));
        } else if seen == decoded {
            written += seen.len_utf8();
            read += seen.len_utf8();
        } else {
            return None;
        }
    }
    (read == value.len()).then_some(runs)
}

/// Bytes of the escape at the start of `rest`; one beyond the first plane may be written as two surrogates.
fn escape_length(rest: &str, decoded: char) -> Option<usize> {
    Some(match rest.as_bytes().get(1)? {
        b'x' => 4,
        b'u' if decoded as u32 > 0xFFFF => 12,
        b'u' => 6,
        b'U' => 10,
        byte if byte.is_ascii() => 2,
        _ => return None,
    })
}

/// One run a line, behind its indentation.
fn literal(raw: &str, value: &str, start: usize) -> Option<Vec<(usize, usize)>> {
    let mut lines = Vec::new();
    let mut offset = start;
    for line in raw.split_inclusive('\n') {
        lines.push((offset, line));
        offset += line.len();
    }
    let body = lines.get(1..)?;
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let (read, (_, written)) =
        value.lines().zip(body).find(|(read, _)| !read.trim_start_matches(' ').is_empty())?;
    let indent = blanks(written).checked_sub(blanks(read))?;
    let mut runs = Vec::new();
    let mut at = 0;
    for (read, (line_start, line)) in value.split_inclusive('\n').zip(body) {
        let text = line.trim_end_matches(['\n', '\r']);
        let skipped = indent.min(text.len());
        if text.get(skipped..)? != read.trim_end_matches('\n') {
            return None;
        }
        runs.push((at, line_start + skipped));
        at += read.len();
    }
    Some(runs)
}
