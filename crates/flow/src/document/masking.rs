//! Reads past mistakes. The parser stops at its first error; most errors are a value that only lacks quotes, so such a
//! value is reported, masked by letters of the same length (every other place stays true), and the parser tried again.

use super::events::{Built, Stopped, build};
use super::scalar::quote;
use super::source::{Format, Source};
use super::tree::{Kind, Style};
use super::value_at::{self, Candidate, Meant, comment_in};
use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;

/// Values that are masked at most.
const ROUNDS_MAX: usize = 32;
/// Bytes that all tries together may parse: a large file gets fewer rounds.
const WORK_BYTES_MAX: usize = 24 * 1024 * 1024;

struct Mask {
    range: Span,
    text: String,
}

/// Parses the source past its mistakes. No tree when one of them cannot be masked.
pub(super) fn read(source: &Source) -> (Option<Built>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut masks: Vec<Mask> = Vec::new();
    let mut masked = source.text.clone();
    let mut result = build(&masked, &source.text);
    let mut tries = (WORK_BYTES_MAX / source.text.len().max(1)).min(ROUNDS_MAX * 6);
    loop {
        let stopped = match result {
            Ok(mut built) => {
                show_meant(&mut built, masks);
                findings.append(&mut built.findings);
                return (Some(built), findings);
            }
            Err(stopped) => stopped,
        };
        if stopped.limit || source.format == Format::Json || masks.len() >= ROUNDS_MAX {
            return (None, given_up(findings, syntax(source, &stopped)));
        }
        let mut next = None;
        for candidate in value_at::candidates(&masked, stopped.at) {
            if tries == 0 {
                break;
            }
            tries -= 1;
            // Masks are as long in bytes, not in letters: a range of the masked text may cut one of the source's.
            if source.text.get(candidate.range.clone()).is_none() {
                continue;
            }
            if candidate.meant == Meant::Text
                && reads_alone(&masked[candidate.range.clone()], candidate.block)
            {
                continue;
            }
            let Some(attempt) = mask(&masked, &candidate) else { continue };
            let outcome = build(&attempt, &source.text);
            if outcome
                .as_ref()
                .err()
                .is_none_or(|error| error.at > stopped.at && error.at > candidate.range.start)
            {
                next = Some((candidate, attempt, outcome));
                break;
            }
        }
        let Some((candidate, attempt, outcome)) = next else {
            return (None, given_up(findings, syntax(source, &stopped)));
        };
        let (finding, text) = explain(&source.text, &candidate);
        findings.push(finding);
        if let Some(text) = text {
            masks.push(Mask { range: candidate.range, text });
        }
        masked = attempt;
        result = outcome;
    }
}

/// The findings of a text that is not read to its end: what its values are is then a guess, so no fix is safe.
fn given_up(mut findings: Vec<Finding>, reason: Finding) -> Vec<Finding> {
    for fix in findings.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
        fix.safe = false;
    }
    findings.push(reason);
    findings
}

/// Whether a value is one text to YAML when nothing stands around it: then quotes would mend nothing.
fn reads_alone(value: &str, block: bool) -> bool {
    let probe = if block { format!("a: {value}\nb: c\n") } else { format!("{{a: {value}, b: c}}\n") };
    let Ok(built) = build(&probe, &probe) else { return false };
    let Kind::Map { entries, .. } = &built.nodes[built.root].kind else { return false };
    let [(_, value), _] = entries.as_slice() else { return false };
    matches!(built.nodes[*value].kind, Kind::Scalar(..)) && built.findings.is_empty()
}

/// The text with the candidate's value made harmless, byte for byte as long.
fn mask(text: &str, candidate: &Candidate) -> Option<String> {
    let mut masked = text.to_owned();
    match candidate.meant {
        Meant::Tabs => {
            let spaced: String = text.split_inclusive('\n').map(spaced).collect();
            return (spaced != text).then_some(spaced);
        }
        Meant::MissingSpace => {
            let rest = candidate.range.len().checked_sub(1).filter(|rest| *rest > 0)?;
            masked.replace_range(candidate.range.clone(), &format!(" {}", "x".repeat(rest)));
        }
        _ => masked.replace_range(candidate.range.clone(), &"x".repeat(candidate.range.len())),
    }
    (masked != text).then_some(masked)
}

/// Tabs of the indentation as blanks.
fn spaced(line: &str) -> String {
    let body = line.trim_start_matches([' ', '\t']);
    let indent = line.len() - body.len();
    format!("{}{body}", " ".repeat(indent))
}

/// The finding of a masked value, and the text that was surely meant.
fn explain(source: &str, candidate: &Candidate) -> (Finding, Option<String>) {
    let range = candidate.range.clone();
    let value = source[range.clone()].to_owned();
    let quoted = |text: &str| vec![Edit { range: range.clone(), text: quote(text) }];
    match candidate.meant {
        Meant::Tabs => {
            let finding = Finding::new("tab", Severity::Error, "lines are indented with tabs")
                .at(range)
                .because("YAML indents with blanks only.")
                .mend("Replace each tab by two blanks.");
            (finding.safe_fix(tab_edits(source)), None)
        }
        Meant::MissingSpace => {
            let colon = range.start - 1;
            let finding = Finding::new("missing-space", Severity::Error, "the colon has no blank behind it")
                .at(colon..range.end)
                .because("Without a blank YAML reads key and value as one text.")
                .mend("Put a blank behind the colon.")
                .safe_fix(vec![Edit { range: range.start..range.start, text: " ".into() }]);
            (finding, Some(value))
        }
        Meant::Lines { indent } => {
            let lines: Vec<&str> = value.lines().map(str::trim).collect();
            let text = lines.join("\n");
            let blanks = " ".repeat(indent);
            let literal = lines.iter().fold(String::new(), |text, line| text + "\n" + &blanks + line);
            let finding = Finding::new(
                "needs-quotes",
                Severity::Error,
                "this text of several lines cannot stand as it is",
            )
            .at(range.clone())
            .because("One of its lines looks like a `key: value` row to YAML.")
            .mend("Write `|-` behind the colon and the text below it.")
            .offered_fix(vec![Edit { range, text: format!("|-{literal}") }]);
            (finding, Some(text))
        }
        Meant::ClosedQuote => {
            let mark = value.chars().next().unwrap_or('"');
            let finding = Finding::new(
                "unclosed-quote",
                Severity::Error,
                format!("the {mark} that opens here is not closed"),
            )
            .at(range.clone())
            .mend(format!("Close it with {mark} at the end."))
            .offered_fix(vec![Edit { range: range.end..range.end, text: mark.to_string() }]);
            (finding, Some(value[1..].to_owned()))
        }
        Meant::InnerQuote => {
            let inner = value[1..value.len() - 1].to_owned();
            let finding =
                Finding::new("needs-quotes", Severity::Error, "a quote inside the text ends it too early")
                    .at(range.clone())
                    .because("In '…' an apostrophe is written twice, in \"…\" a quote needs a backslash.")
                    .mend(format!("Write {}.", quote(&inner)))
                    .safe_fix(quoted(&inner));
            (finding, Some(inner))
        }
        Meant::Text => {
            let comment = comment_in(&value).filter(|_| !candidate.block);
            let quoted_before = comment.is_some() && value.starts_with(['"', '\'']);
            let sure = candidate.block || !(value.contains(',') || quoted_before);
            let finding = match comment {
                Some(at) => {
                    let start = range.start + at;
                    let end =
                        source[start..].find(['\n', '\r']).map_or(source.len(), |length| start + length);
                    comment_cuts(source, start..end)
                }
                None => needs_quotes(&value, candidate.block).at(range.clone()),
            };
            let finding =
                if sure { finding.safe_fix(quoted(&value)) } else { finding.offered_fix(quoted(&value)) };
            (finding, Some(value))
        }
    }
}

/// A `#` inside `{…}` that takes the rest of the line along, its closing bracket too.
fn comment_cuts(source: &str, comment: Span) -> Finding {
    let words = super::shorten(&source[comment.clone()]);
    Finding::new("comment-cuts-text", Severity::Error, format!("YAML takes `{words}` for a comment"))
        .at(comment)
        .because("A `#` behind a blank begins a comment; this one takes the closing bracket along.")
        .mend("Put the text in quotes, or the comment behind the bracket.")
}

/// What is wrong with a value that lacks quotes.
fn needs_quotes(value: &str, block: bool) -> Finding {
    let shown = super::shorten(value);
    let quoted = super::shorten(&quote(value));
    let (code, message, cause) = if value.starts_with("{{") || (!block && value.contains("{{")) {
        let message = format!("`{shown}` holds a hole without quotes");
        ("unquoted-hole", message, "To YAML a `{` opens a map.".to_owned())
    } else if value.starts_with('[') {
        let cause = "A plain text cannot begin with `[`.".to_owned();
        ("unquoted-path", format!("`{shown}` is a list to YAML, not a path"), cause)
    } else if value.starts_with('*') {
        let cause = "A plain text cannot begin with `*`.".to_owned();
        ("unquoted-bold", format!("`{shown}` begins with an alias to YAML, not bold text"), cause)
    } else {
        let cause = match value.chars().next() {
            Some('"' | '\'') => "The text goes on behind its closing quote.".to_owned(),
            Some(first) if "@`%&!|>{}],?-#".contains(first) => {
                format!("A plain text cannot begin with `{first}`.")
            }
            _ if value.contains(": ") || value.ends_with(':') => {
                "A plain text cannot hold a colon followed by a blank.".to_owned()
            }
            _ => "Some of its signs mean something to YAML.".to_owned(),
        };
        ("needs-quotes", format!("`{shown}` needs quotes"), cause)
    };
    Finding::new(code, Severity::Error, message).because(cause).mend(format!("Write {quoted}."))
}

fn tab_edits(source: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        for (at, letter) in line[..indent].char_indices() {
            if letter == '\t' {
                edits.push(Edit { range: offset + at..offset + at + 1, text: "  ".into() });
            }
        }
        offset += line.len();
    }
    edits
}

/// An error that nothing could be made of.
fn syntax(source: &Source, stopped: &Stopped) -> Finding {
    let text = &source.text;
    let mut at = stopped.at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text[at..]
        .chars()
        .next()
        .filter(|letter| *letter != '\n')
        .map_or(at, |letter| at + letter.len_utf8());
    let (name, what) = match source.format {
        Format::Yaml => ("YAML", "indentation, brackets and quotes of this line and the one before"),
        Format::Json => ("JSON", "brackets, commas and quotes around this place"),
    };
    if stopped.limit {
        return Finding::new("too-deep", Severity::Error, "maps and lists stand in one another too deeply")
            .at(at..end)
            .mend("Write the structure flatter, or send the body as text.");
    }
    Finding::new("syntax", Severity::Error, format!("this is not {name}: {}", stopped.words))
        .at(at..end)
        .mend(format!("Look at {what}."))
}

/// Puts the texts that were meant where their masks stand.
fn show_meant(built: &mut Built, masks: Vec<Mask>) {
    for mask in masks {
        let found = built.nodes.iter_mut().find(|node| {
            matches!(node.kind, Kind::Scalar(..))
                && node.range.start < mask.range.end
                && mask.range.start < node.range.end
        });
        if let Some(node) = found {
            node.kind = Kind::Scalar(mask.text, Style::Mended);
            node.range = mask.range;
        }
    }
}
