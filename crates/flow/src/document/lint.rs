//! Valid YAML of another meaning than its author had in mind: cut texts, holes that are maps, duplicate keys, tabs.

use super::events::Built;
use super::scalar::quote;
use super::shorten;
use super::source::{Format, Source};
use super::tree::{Data, Id, Kind, Style};
use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// Findings of one kind that are shown at most.
const TABS_MAX: usize = 20;

/// Finds what YAML does silently. Where the meaning is beyond doubt the tree is corrected, so that reading can go on
/// without follow-up errors; the finding is then an error.
pub(super) fn lint(built: &mut Built, source: &Source, indented_by_tabs: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let replaced = holes(built, source, &mut findings);
    keys(built, source, &replaced, &mut findings);
    if source.format == Format::Yaml {
        comments(built, source, &mut findings);
        tabs(built, source, indented_by_tabs, &mut findings);
    }
    findings
}

/// `{{name}}` without quotes is a map with a map as its key. Returns what was replaced, whose children no longer count.
fn holes(built: &mut Built, source: &Source, findings: &mut Vec<Finding>) -> Vec<Span> {
    let mut replaced: Vec<Span> = Vec::new();
    for id in 0..built.nodes.len() {
        let range = built.nodes[id].range.clone();
        if replaced.last().is_some_and(|last| range.start < last.end) {
            continue;
        }
        let Kind::Map { entries, flow: true } = &built.nodes[id].kind else { continue };
        let map_as_key =
            entries.first().is_some_and(|(key, _)| matches!(built.nodes[*key].kind, Kind::Map { .. }));
        let raw = source.text.get(range.clone()).unwrap_or_default();
        if !map_as_key || !raw.starts_with("{{") {
            continue;
        }
        let (finding, text) = super::doubled_braces(range.clone(), raw).unwrap_or_else(|| {
            let message = format!("`{}` is a map to YAML, not a hole", shorten(raw));
            let finding = Finding::new("unquoted-hole", Severity::Error, message)
                .at(range.clone())
                .because("A `{` opens a map.")
                .mend("Put the hole in quotes.")
                .safe_fix(vec![Edit { range: range.clone(), text: quote(raw) }]);
            (finding, raw.to_owned())
        });
        findings.push(finding);
        built.nodes[id].kind = Kind::Scalar(text, Style::Mended);
        replaced.push(range);
    }
    replaced
}

/// Duplicate keys, keys that are no plain word, and commas that cut a text.
fn keys(built: &mut Built, source: &Source, replaced: &[Span], findings: &mut Vec<Finding>) {
    for id in 0..built.nodes.len() {
        let range = built.nodes[id].range.clone();
        let at = replaced.partition_point(|span| span.end <= range.start);
        if replaced.get(at).is_some_and(|span| span.start < range.start) {
            continue;
        }
        let Kind::Map { entries, flow } = &built.nodes[id].kind else { continue };
        let (entries, flow) = (entries.clone(), *flow);
        let entries = if flow { cut_texts(built, source, &entries, findings) } else { entries };
        let entries = glued(built, source, entries, flow, findings);
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match key_text(&built.nodes[key], source) {
                Err(finding) => findings.push(*finding),
                Ok(text) => {
                    let span = built.nodes[key].range.clone();
                    if let Some(first) = seen.get(&text) {
                        let (line, _) = source.position(first.start);
                        let message =
                            format!("`{}` stands twice; the first is in line {line}", shorten(&text));
                        let finding = Finding::new("duplicate-key", Severity::Error, message).at(span);
                        findings.push(finding.mend("Remove one of them, or give it another name."));
                        continue;
                    }
                    seen.insert(text, span);
                    kept.push((key, value));
                }
            }
        }
        built.nodes[id].kind = Kind::Map { entries: kept, flow };
    }
}

/// The text of a key, or why it can be none.
fn key_text(key: &Data, source: &Source) -> Result<String, Box<Finding>> {
    let raw = source.text.get(key.range.clone()).unwrap_or_default();
    let refuse = |message: &str, mend: &str| {
        let finding = Finding::new("complex-key", Severity::Error, message.to_owned());
        Err(Box::new(finding.at(key.range.clone()).mend(mend)))
    };
    let marked = source.text[..key.range.start].trim_end_matches(' ').ends_with('?');
    match &key.kind {
        Kind::Scalar(_, Style::Literal | Style::Folded) => {
            refuse("a key cannot be a block of text", "Write it on one line.")
        }
        Kind::Scalar(..) if raw.contains(['\n', '\r']) => {
            refuse("a key runs over lines", "Write it on one line.")
        }
        Kind::Scalar(..) if marked && source.format == Format::Yaml => {
            refuse("`?` marks a key in a way that flows do not use", "Write `key: value`.")
        }
        Kind::Scalar(text, _) => Ok(text.clone()),
        Kind::Empty => refuse("a key is empty", "Write a name before the colon."),
        _ => refuse("a key must be a text", "Write it as a text, in quotes if it holds brackets."),
    }
}

/// `{text: Hello, dear customer}`: behind the comma stands a key without a value. The pieces are joined again.
fn cut_texts(
    built: &mut Built,
    source: &Source,
    entries: &[(Id, Id)],
    findings: &mut Vec<Finding>,
) -> Vec<(Id, Id)> {
    let mut kept: Vec<(Id, Id)> = Vec::new();
    let mut at = 0;
    while at < entries.len() {
        let (key, value) = entries[at];
        if !is_bare(built, source, key, value) {
            kept.push((key, value));
            at += 1;
            continue;
        }
        let mut last = key;
        while let Some((next, value)) = entries.get(at)
            && is_bare(built, source, *next, *value)
        {
            last = *next;
            at += 1;
        }
        let before = kept
            .last()
            .map(|pair| pair.1)
            .filter(|id| matches!(built.nodes[*id].kind, Kind::Scalar(_, Style::Plain | Style::Mended)));
        let Some(before) = before else {
            // `{plan}`: nothing before it that could have been cut.
            kept.push((key, value));
            continue;
        };
        let range = built.nodes[before].range.start..built.nodes[last].range.end;
        let text = source.text.get(range.clone()).unwrap_or_default().to_owned();
        let finding =
            Finding::new("comma-cuts-text", Severity::Error, format!("the comma cuts `{}`", shorten(&text)))
                .at(range.clone())
                .because("Inside `{…}` a comma begins the next entry.")
                .mend("Put the text in quotes.")
                .offered_fix(vec![Edit { range: range.clone(), text: quote(&text) }]);
        findings.push(finding);
        built.nodes[before].kind = Kind::Scalar(text, Style::Mended);
        built.nodes[before].range = range;
    }
    kept
}

/// A plain key of a flow map with neither colon nor value.
fn is_bare(built: &Built, source: &Source, key: Id, value: Id) -> bool {
    let key = &built.nodes[key];
    let rest = source.text.get(key.range.end..).unwrap_or_default().trim_start();
    matches!(key.kind, Kind::Scalar(_, Style::Plain))
        && built.nodes[value].kind == Kind::Empty
        && !rest.starts_with(':')
        && !source.text[key.range.clone()].contains(':')
}

/// `{b:c}`: a key `b:c` without a value.
fn glued(
    built: &mut Built,
    source: &Source,
    entries: Vec<(Id, Id)>,
    flow: bool,
    findings: &mut Vec<Finding>,
) -> Vec<(Id, Id)> {
    if !flow || source.format == Format::Json {
        return entries;
    }
    for (key, value) in &entries {
        let range = built.nodes[*key].range.clone();
        let raw = source.text.get(range.clone()).unwrap_or_default();
        let Some((name, rest)) = raw.split_once(':') else { continue };
        let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty();
        let plain = matches!(built.nodes[*key].kind, Kind::Scalar(_, Style::Plain));
        if !word
            || !plain
            || rest.is_empty()
            || rest.starts_with(' ')
            || built.nodes[*value].kind != Kind::Empty
        {
            continue;
        }
        let colon = range.start + name.len();
        let finding = Finding::new("missing-space", Severity::Error, "the colon has no blank behind it")
            .at(range.clone())
            .because("Without a blank YAML reads key and value as one text.")
            .mend("Put a blank behind the colon.")
            .offered_fix(vec![Edit { range: colon + 1..colon + 1, text: " ".into() }]);
        findings.push(finding);
        let (name, rest) = (name.to_owned(), rest.to_owned());
        built.nodes[*key].kind = Kind::Scalar(name, Style::Mended);
        built.nodes[*key].range = range.start..colon;
        built.nodes[*value].kind = Kind::Scalar(rest, Style::Mended);
        built.nodes[*value].range = colon + 1..range.end;
    }
    entries
}

/// `Your order #{{id}} is out`: all from the `#` is a comment.
fn comments(built: &mut Built, source: &Source, findings: &mut Vec<Finding>) {
    let mut by_end: HashMap<usize, Id> = HashMap::new();
    let mut keys: HashSet<Id> = HashSet::new();
    for (id, node) in built.nodes.iter().enumerate() {
        if let Kind::Map { entries, .. } = &node.kind {
            keys.extend(entries.iter().map(|pair| pair.0));
        }
        if !node.in_flow && matches!(node.kind, Kind::Scalar(_, Style::Plain | Style::Mended) | Kind::Empty) {
            by_end.insert(node.range.end, id);
        }
    }
    for comment in built.comments.clone() {
        let words = source.text.get(comment.clone()).unwrap_or_default();
        let hole = words.contains("{{");
        if !hole && words[1..].chars().next().is_none_or(|next| next.is_whitespace() || next == '#') {
            continue;
        }
        let before = source.text[..comment.start].trim_end_matches([' ', '\t']).len();
        let Some(id) = by_end.get(&before).copied().filter(|id| !keys.contains(id)) else { continue };
        let empty = built.nodes[id].kind == Kind::Empty;
        let start = if empty { comment.start } else { built.nodes[id].range.start };
        let range = start..start + source.text[start..comment.end].trim_end().len();
        let text = source.text[range.clone()].to_owned();
        let severity = if hole || empty { Severity::Error } else { Severity::Warning };
        let finding = Finding::new(
            "comment-cuts-text",
            severity,
            format!("YAML takes `{}` for a comment", shorten(words)),
        )
        .at(comment.clone())
        .because("A `#` behind a blank begins a comment, and the text ends before it.");
        let edits = vec![Edit { range: range.clone(), text: quote(&text) }];
        findings.push(if severity == Severity::Error && !text.contains(['\n', '\r']) {
            built.nodes[id].kind = Kind::Scalar(text, Style::Mended);
            built.nodes[id].range = range;
            finding.mend("Put the whole text in quotes.").safe_fix(edits)
        } else {
            finding
                .mend("Put the whole text in quotes, or a blank behind the # of a comment.")
                .offered_fix(edits)
        });
    }
}

/// A tab between tokens; those inside texts and comments are the author's. Those of the indentation may be known already.
fn tabs(built: &Built, source: &Source, indented_by_tabs: bool, findings: &mut Vec<Finding>) {
    if !source.text.contains('\t') {
        return;
    }
    let scalars = built
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, Kind::Scalar(..)))
        .map(|node| node.range.clone());
    let mut covered: Vec<Span> = scalars.chain(built.comments.iter().cloned()).collect();
    covered.sort_by_key(|span| span.start);
    let mut next = 0;
    let mut end = 0;
    let outside = source.text.match_indices('\t').map(|(at, _)| at).filter(|at| {
        while let Some(span) = covered.get(next)
            && span.start <= *at
        {
            end = end.max(span.end);
            next += 1;
        }
        *at >= end && !(indented_by_tabs && in_indentation(&source.text, *at))
    });
    for at in outside.take(TABS_MAX) {
        let finding = Finding::new("tab", Severity::Error, "a tab stands between the words")
            .at(at..at + 1)
            .because("YAML readers disagree about tabs.")
            .mend("Write a blank.")
            .safe_fix(vec![Edit { range: at..at + 1, text: " ".into() }]);
        findings.push(finding);
    }
}

fn in_indentation(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}
