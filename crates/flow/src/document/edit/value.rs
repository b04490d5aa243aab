//! Sets one value and keeps the way it is written.

use super::super::parse;
use super::super::scalar::{double_quote, quote};
use super::super::source::{Format, Source};
use super::super::tree::{Node, Shape, Style};
use super::compare::{self, Meaning};
use super::{EditError, Edited, Segment, apply, find, readable, words};
use crate::finding::Edit;

/// Writes `text` as the value at the end of `way`, in the style that stands there: plain stays plain where that is safe, a
/// literal keeps its header and its indentation.
pub fn set(source: &Source, way: &[Segment], text: &str) -> Result<Edited, EditError> {
    let document = readable(source)?;
    let node = find(document.root(), way).ok_or_else(|| EditError::NotFound(words(way)))?;
    if !matches!(node.shape(), Shape::Scalar | Shape::Empty) {
        return Err(EditError::NotAValue(words(way)));
    }
    if node.scalar() == Some(text) {
        return Ok(Edited { text: source.text.clone(), edits: Vec::new() });
    }
    let mut wanted = compare::of(document.root());
    let place = wanted.at_mut(way).ok_or(EditError::Guard)?;
    *place = Meaning::Text { value: text.to_owned(), plain: false };
    for written in ways_to_write(node, text) {
        let edit = Edit { range: node.span(), text: written };
        let changed = apply(&source.text, std::slice::from_ref(&edit))?;
        let next = Source::new(source.file.clone(), changed);
        if is_meant(&next, &mut wanted, way, text, &compare::comments(&document)) {
            return Ok(Edited { text: next.text, edits: vec![edit] });
        }
    }
    Err(EditError::Guard)
}

/// Whether the text reads as wanted, with the same comments.
fn is_meant(next: &Source, wanted: &mut Meaning, way: &[Segment], text: &str, comments: &[&str]) -> bool {
    let Ok(document) = readable(next) else { return false };
    let Some(place) = wanted.at_mut(way) else { return false };
    let mut read = compare::of(document.root());
    let Some(set) = read.at_mut(way) else { return false };
    if !set.same_but_quotes(&Meaning::Text { value: text.to_owned(), plain: false }) {
        return false;
    }
    // The value itself may be plain or quoted; all else must be as it was.
    *place = set.clone();
    read == *wanted && compare::comments(&document) == comments
}

/// How the text may be written at a node, the most fitting first; quotes come last, as they always fit.
fn ways_to_write(node: Node<'_>, text: &str) -> Vec<String> {
    let json = node.document.source.format == Format::Json;
    let mut ways = Vec::new();
    match node.style() {
        Some(Style::Literal | Style::Folded) => ways.extend(literal(node, text)),
        Some(Style::Single) if !text.chars().any(char::is_control) => {
            ways.push(format!("'{}'", text.replace('\'', "''")));
        }
        Some(Style::Double) => ways.push(double_quote(text)),
        Some(Style::Plain) if !json && stays_plain(text, node.in_flow()) => ways.push(text.to_owned()),
        None if !json && stays_plain(text, node.in_flow()) => ways.push(format!(" {text}")),
        _ => {}
    }
    let blank = if node.shape() == Shape::Empty { " " } else { "" };
    if !json {
        ways.push(format!("{blank}{}", quote(text)));
    }
    ways.push(format!("{blank}{}", double_quote(text)));
    ways
}

/// Whether YAML reads the text back as it is, without quotes: a probe tells.
pub(super) fn stays_plain(text: &str, in_flow: bool) -> bool {
    if text.is_empty() || text.len() > 4096 || text.contains(['\n', '\r', '\t']) {
        return false;
    }
    let probe = if in_flow { format!("{{a: {text}, b: c}}\n") } else { format!("a: {text}\nb: c\n") };
    let probe = Source::new("probe.yaml", probe);
    let (document, findings) = parse(&probe);
    let Some(document) = document.filter(|document| findings.is_empty() && document.comments().is_empty())
    else {
        return false;
    };
    let root = document.root();
    let value = root.get("a");
    value.and_then(Node::scalar) == Some(text)
        && value.and_then(Node::style) == Some(Style::Plain)
        && root.entries().count() == 2
}

/// A literal with the header of the one that stands there, or with one that fits how the text ends.
fn literal(node: Node<'_>, text: &str) -> Option<String> {
    let raw = node.raw();
    let source = &node.document.source.text;
    let header_end = raw.find(['\n', '\r']).unwrap_or(raw.len());
    let header = &raw[..header_end];
    let line_end = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let body = text.strip_suffix('\n').unwrap_or(text);
    let odd = text.chars().any(|letter| {
        letter != '\n'
            && (letter.is_control() || matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}'))
    });
    let first = body.lines().find(|line| !line.trim().is_empty())?;
    if odd || body.ends_with('\n') || first.starts_with(' ') || body.starts_with('\n') {
        return None;
    }
    let indent = raw[header_end..]
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()?;
    let rest = header
        .trim_start_matches(['|', '>'])
        .trim_start_matches(|sign: char| matches!(sign, '+' | '-') || sign.is_ascii_digit());
    let chomp = if text.ends_with('\n') { "" } else { "-" };
    let blanks = " ".repeat(indent);
    let lines: String = body
        .split('\n')
        .map(|line| if line.is_empty() { line_end.to_owned() } else { format!("{line_end}{blanks}{line}") })
        .collect();
    Some(format!("|{chomp}{rest}{lines}"))
}
