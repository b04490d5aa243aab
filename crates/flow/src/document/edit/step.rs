//! Inserts, removes and renames steps that stand on lines of their own.

use super::super::flow::is_name;
use super::super::source::Source;
use super::super::tree::{Document, Node, Shape};
use super::compare::{self, Meaning};
use super::{EditError, Edited, apply, readable, value};
use crate::finding::Edit;
use crate::flow::END;
use crate::source::Span;

/// Writes a new step behind `after`, or behind the last one. `body` is its map as YAML: `{type: end}` on one line, or
/// `type: end` and further lines without indentation.
pub fn insert_step(
    source: &Source,
    after: Option<&str>,
    name: &str,
    body: &str,
) -> Result<Edited, EditError> {
    let document = readable(source)?;
    let steps = steps(&document)?;
    check_name(steps, name)?;
    let neighbour = match after {
        Some(after) => entry(steps, after)?,
        None => steps.entries().last().ok_or(EditError::InBraces)?,
    };
    let position = steps.entries().position(|(key, _)| key.span() == neighbour.0.span()).unwrap_or(0) + 1;
    let at = end_of_lines(source, neighbour);
    let indent = " ".repeat(column(source, neighbour.0.span().start));
    let line_end = line_end(&source.text);
    let mut lines = lines_of_step(name, body, &indent)?;
    if next_line_is_blank(source, at) {
        lines.insert(0, String::new());
    }
    let mut text = lines.iter().fold(String::new(), |text, line| text + line + line_end);
    if at == source.text.len() && !source.text.ends_with(['\n', '\r']) {
        text = format!("{line_end}{}", text.trim_end_matches(['\n', '\r']));
    }
    let edit = Edit { range: at..at, text };
    let mut wanted = compare::of(document.root());
    let probe = Source::new("step.yaml", lines_of_step(name, body, "")?.join("\n"));
    let probe = readable(&probe).map_err(|_| EditError::NotAStep).map(|probe| compare::of(probe.root()))?;
    match (wanted.at_mut(&["steps".into()]), probe) {
        (Some(Meaning::Map(entries)), Meaning::Map(mut new)) if new.len() == 1 => {
            entries.insert(position, new.remove(0));
        }
        _ => return Err(EditError::NotAStep),
    }
    guarded(source, vec![edit], &wanted)
}

/// Takes a step out: its lines, and the comment lines that touch it from above.
pub fn remove_step(source: &Source, name: &str) -> Result<Edited, EditError> {
    let document = readable(source)?;
    let steps = steps(&document)?;
    let step = entry(steps, name)?;
    if steps.entries().count() == 1 {
        return Err(EditError::LastStep);
    }
    let line = source.position(step.0.span().start).0;
    let indent = column(source, step.0.span().start);
    let mut first = line;
    while first > 1 && comment_line(source, first - 1) == Some(indent) {
        first -= 1;
    }
    let mut start = source.line_span(first).start;
    let mut end = end_of_lines(source, step);
    let above_blank = first > 1 && source.line(first - 1).trim().is_empty();
    // Of the blank lines around a step one goes with it.
    if above_blank && (next_line_is_blank(source, end) || end == source.text.len()) {
        start = source.line_span(first - 1).start;
    }
    // The last line of a text without a final line break takes the one before with it.
    if end == source.text.len() && !source.text.ends_with(['\n', '\r']) {
        let kept = source.text[..start].trim_end_matches(['\n', '\r']).len();
        let breaks = &source.text[kept..start];
        start -= if breaks.ends_with("\r\n") { 2 } else { usize::from(!breaks.is_empty()) };
        end = source.text.len();
    }
    let mut wanted = compare::of(document.root());
    if let Some(Meaning::Map(entries)) = wanted.at_mut(&["steps".into()]) {
        entries.retain(|(key, _)| key != name);
    }
    guarded(source, vec![Edit { range: start..end, text: String::new() }], &wanted)
}

/// Gives a step another name, in every exit that leads to it and in the layout. Holes that read a call by its step's name
/// are not changed; the checker finds them.
pub fn rename_step(source: &Source, old: &str, new: &str) -> Result<Edited, EditError> {
    let document = readable(source)?;
    let steps = steps(&document)?;
    check_name(steps, new)?;
    let mut targets = vec![entry(steps, old)?.0];
    for (_, step) in steps.entries() {
        targets.extend(step.get("next"));
        targets.extend(step.get("otherwise"));
        targets.extend(step.get("exits").into_iter().flat_map(Node::entries).map(|(_, value)| value));
        for list in ["branches", "choices"] {
            targets
                .extend(step.get(list).into_iter().flat_map(Node::items).filter_map(|item| item.get("next")));
        }
    }
    let layout = document.root().get("layout");
    targets.extend(layout.into_iter().flat_map(Node::entries).map(|(key, _)| key));
    let spans: Vec<Span> =
        targets.into_iter().filter(|node| node.scalar() == Some(old)).map(Node::span).collect();
    let edits: Vec<Edit> =
        spans.iter().map(|span| Edit { range: span.clone(), text: named(source, span, new) }).collect();
    let mut wanted = compare::of(document.root());
    rename_meaning(&mut wanted, old, new);
    guarded(source, edits, &wanted)
}

/// The new name in the quotes of the old one.
fn named(source: &Source, span: &Span, new: &str) -> String {
    match source.text[span.clone()].chars().next() {
        Some(mark @ ('"' | '\'')) => format!("{mark}{new}{mark}"),
        _ => new.to_owned(),
    }
}

fn rename_meaning(wanted: &mut Meaning, old: &str, new: &str) {
    let rename = |meaning: Option<&mut Meaning>| {
        if let Some(Meaning::Text { value, .. }) = meaning
            && value == old
        {
            new.clone_into(value);
        }
    };
    for map in ["steps", "layout"] {
        if let Some(Meaning::Map(entries)) = wanted.at_mut(&[map.into()]) {
            entries.iter_mut().filter(|(key, _)| key == old).for_each(|(key, _)| new.clone_into(key));
        }
    }
    let Some(Meaning::Map(steps)) = wanted.at_mut(&["steps".into()]) else { return };
    for (_, step) in steps {
        rename(step.at_mut(&["next".into()]));
        rename(step.at_mut(&["otherwise".into()]));
        if let Some(Meaning::Map(exits)) = step.at_mut(&["exits".into()]) {
            for (_, value) in exits {
                rename(Some(value));
            }
        }
        for list in ["branches", "choices"] {
            if let Some(Meaning::List(items)) = step.at_mut(&[list.into()]) {
                for item in items {
                    rename(item.at_mut(&["next".into()]));
                }
            }
        }
    }
}

/// Applies the edits and compares.
fn guarded(source: &Source, edits: Vec<Edit>, wanted: &Meaning) -> Result<Edited, EditError> {
    let next = Source::new(source.file.clone(), apply(&source.text, &edits)?);
    let document = readable(&next).map_err(|_| EditError::Guard)?;
    if compare::of(document.root()) != *wanted {
        return Err(EditError::Guard);
    }
    Ok(Edited { text: next.text, edits })
}

/// The steps, where they stand on lines of their own.
fn steps<'d>(document: &'d Document<'_>) -> Result<Node<'d>, EditError> {
    let steps = document.root().get("steps").ok_or_else(|| EditError::NotFound("steps".into()))?;
    let on_lines = steps.shape() == Shape::Map && !steps.is_flow() && !steps.in_flow();
    if on_lines { Ok(steps) } else { Err(EditError::InBraces) }
}

fn entry<'d>(steps: Node<'d>, name: &str) -> Result<(Node<'d>, Node<'d>), EditError> {
    let found = steps.entries().find(|(key, _)| key.scalar() == Some(name));
    found.ok_or_else(|| EditError::NotFound(format!("steps.{name}")))
}

fn check_name(steps: Node<'_>, name: &str) -> Result<(), EditError> {
    if !is_name(name) || name == END || !value::stays_plain(name, false) {
        return Err(EditError::BadName(name.to_owned()));
    }
    if steps.get(name).is_some() {
        return Err(EditError::Exists(name.to_owned()));
    }
    Ok(())
}

/// The lines of a step at an indentation.
fn lines_of_step(name: &str, body: &str, indent: &str) -> Result<Vec<String>, EditError> {
    let body = body.trim_end();
    if body.is_empty() || body.contains('\r') || body.starts_with([' ', '\t']) {
        return Err(EditError::NotAStep);
    }
    if body.starts_with('{') && !body.contains('\n') {
        return Ok(vec![format!("{indent}{name}: {body}")]);
    }
    let mut lines = vec![format!("{indent}{name}:")];
    lines.extend(
        body.lines().map(|line| if line.is_empty() { String::new() } else { format!("{indent}  {line}") }),
    );
    Ok(lines)
}

/// Where the lines of a step end: behind its last value, a comment on that line, and comment lines that stand deeper.
fn end_of_lines(source: &Source, (key, value): (Node<'_>, Node<'_>)) -> usize {
    let indent = column(source, key.span().start);
    let last = value.span().end.max(key.span().end);
    let mut line = source.position(last).0;
    while line < source.line_count() && comment_line(source, line + 1).is_some_and(|at| at > indent) {
        line += 1;
    }
    source.line_span(line).end
}

/// The column of a comment that has the line for itself, from 0.
fn comment_line(source: &Source, line: usize) -> Option<usize> {
    let text = source.line(line);
    let body = text.trim_start_matches(' ');
    body.starts_with('#').then_some(text.len() - body.len())
}

fn next_line_is_blank(source: &Source, at: usize) -> bool {
    let rest = &source.text[at..];
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    !rest.is_empty() && line.trim().is_empty()
}

/// From 0.
fn column(source: &Source, at: usize) -> usize {
    source.position(at).1 - 1
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
