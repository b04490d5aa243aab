//! Reads a flow: its head, its triggers and its steps.

use super::reader::{Fields, Reader, list_of, shorten};
use super::tree::{Node, Shape};
use super::{Source, parse};
use crate::finding::{Edit, Finding, Severity};
use crate::flow::{END, Flow, Step, Target, Trigger};
use crate::source::{Span, Spanned};
use crate::spelling::nearest;
use crate::steps::{self, Action};
use indexmap::IndexMap;

/// Version of the format that this program reads.
const VERSION: u32 = 1;

/// Reads a flow. `None` as soon as one finding is an error; the others still come.
pub fn read_flow(source: &Source) -> (Option<Flow>, Vec<Finding>) {
    let (document, findings) = parse(source);
    let mut reader = Reader::new(findings);
    let flow = document.as_ref().and_then(|document| read(document.root(), &mut reader));
    let mut findings = reader.into_findings();
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    (flow.filter(|_| !broken), findings)
}

fn read(root: Node<'_>, reader: &mut Reader) -> Option<Flow> {
    let first_line = 0..root.document.source.line(1).len();
    let mut fields = reader.fields(root, "the flow")?.missing_at(first_line);
    if let Some(node) = fields.take("rapport")
        && reader
            .whole(node, "`rapport` (the version of the format)", 1..=u32::MAX)
            .is_some_and(|v| v > VERSION)
    {
        reader.bad_value(
            node,
            "this flow was written for a newer Rapport",
            format!("Update Rapport; this one reads version {VERSION}."),
        );
    }
    let name = fields.require(reader, "flow", "flow: customer-context");
    let name = name.and_then(|node| flow_name(node, reader));
    let title = fields.text(reader, "title").map(|text| text.value);
    let inputs = fields.take("inputs").map(|node| inputs(node, reader)).unwrap_or_default();
    let triggers = fields.take("triggers").map(|node| triggers(node, reader)).unwrap_or_default();
    let steps = fields.require(reader, "steps", "steps: {hello: {type: send_message, text: Hello}}");
    let steps = steps.map(|node| read_steps(node, reader)).unwrap_or_default();
    if let Some(node) = fields.take("layout") {
        layout(node, &steps, reader);
    }
    fields.finish(reader);
    Some(Flow { name: name?, title, revision: 0, inputs, triggers, steps })
}

/// A name that files, addresses and `run_flow` can use: letters, digits, `-` and `_`.
fn flow_name(node: Node<'_>, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node, "`flow`")?.value;
    if is_name(&text) {
        return Some(text);
    }
    let message = format!("`{}` cannot be the name of a flow", shorten(&text));
    reader.bad_value(node, message, "Use letters, digits, - and _, beginning with a letter or _.");
    None
}

fn inputs(node: Node<'_>, reader: &mut Reader) -> Vec<Spanned<String>> {
    let mut inputs: Vec<Spanned<String>> = Vec::new();
    for item in reader.list(node, "`inputs`") {
        let Some(text) = reader.text(item, "an input") else { continue };
        let text = variable_name(text, reader);
        if inputs.iter().any(|input| input.value == text.value) {
            reader.bad_value(item, format!("the input `{}` stands twice", text.value), "Remove one of them.");
            continue;
        }
        inputs.push(Spanned { value: text.value, span: text.place.span });
    }
    inputs
}

fn triggers(node: Node<'_>, reader: &mut Reader) -> Vec<Trigger> {
    let items = reader.list(node, "`triggers`");
    items.into_iter().filter_map(|item| super::trigger::read(item, reader)).collect()
}

fn read_steps(node: Node<'_>, reader: &mut Reader) -> IndexMap<String, Step> {
    let mut steps = IndexMap::new();
    if node.shape() != Shape::Map {
        reader.wrong(node, "`steps`", "a map of steps by name");
        return steps;
    }
    for (key, value) in node.entries() {
        let Some(name) = key.scalar() else { continue };
        reader.enter_step(Some(name));
        if name == END {
            let finding = Finding::new("reserved-name", Severity::Error, "a step cannot be called `end`")
                .at(key.span())
                .because("`next: end` ends the flow.")
                .mend("Give the step another name.");
            reader.report(finding);
        } else if !is_name(name) {
            let message = format!("`{}` cannot be the name of a step", shorten(name));
            reader.bad_value(key, message, "Use letters, digits, - and _, beginning with a letter or _.");
        }
        if let Some(step) = read_step(name, key, value, reader) {
            steps.insert(name.to_owned(), step);
        }
    }
    reader.enter_step(None);
    steps
}

fn read_step(name: &str, key: Node<'_>, value: Node<'_>, reader: &mut Reader) -> Option<Step> {
    let mut fields = reader.fields(value, format!("the step `{name}`"))?.missing_at(key.span());
    let kind = fields.require(reader, "type", "type: send_message")?;
    let words: Vec<(&str, &str)> = Action::TYPES.iter().map(|word| (*word, *word)).collect();
    let word = reader.word(kind, "`type`", &words)?;
    fields.call(format!("the {word} step `{name}`"));
    let action = steps::read(word, &mut fields, reader);
    // Exits are read by the type's word, so that a mistake elsewhere in the step does not hide theirs.
    let exits = exits(word, &mut fields, reader);
    fields.finish(reader);
    let span = key.span().start..value.span().end;
    Some(Step { name: name.to_owned(), name_span: key.span(), span, action: action?, exits })
}

/// Reads `next` and `exits`.
fn exits(word: &str, fields: &mut Fields<'_>, reader: &mut Reader) -> IndexMap<String, Target> {
    let mut exits = IndexMap::new();
    let main = steps::main_exit(word);
    if let Some(main) = main
        && let Some(node) = fields.take("next")
        && let Some(target) = target(node, "`next`", reader)
    {
        exits.insert(main.to_owned(), target);
    } else if main.is_none()
        && let Some(key) = fields.key("next")
    {
        fields.take("next");
        let (because, mend) = match word {
            "condition" => ("A condition leaves by its branches.", "Write `otherwise:` for the rest."),
            _ => ("The flow ends at this step.", "Remove the line, or send the text in a step before."),
        };
        let finding = Finding::new("unknown-field", Severity::Error, format!("a {word} step has no `next`"));
        reader.report(finding.at(key).because(because).mend(mend));
    }
    if main.is_none() {
        return exits;
    }
    let Some(node) = fields.take("exits") else { return exits };
    for (name, value) in reader.rows(node, "`exits`") {
        let Some(target) = target(value, &format!("the exit `{}`", name.value), reader) else { continue };
        if !steps::is_exit(word, &name.value) {
            unknown_exit(word, &name, reader);
        } else if exits.contains_key(&name.value) {
            let message = format!("the exit `{}` is drawn twice: by `next` and here", name.value);
            let finding = Finding::new("exit-drawn-twice", Severity::Error, message).at(name.place.span);
            reader.report(finding.mend("Keep one of them."));
        } else {
            exits.insert(name.value, target);
        }
    }
    exits
}

fn unknown_exit(word: &str, name: &crate::source::Text, reader: &mut Reader) {
    let known = steps::exits(word);
    let span = name.place.span.clone();
    let message = format!("a {word} step has no exit `{}`", shorten(&name.value));
    let mut finding = Finding::new("unknown-exit", Severity::Error, message).at(span.clone());
    let statuses =
        if word == "api_request" { ", or a status in quotes such as \"404\" or \"4xx\"" } else { "" };
    let all = format!("Its exits are {}{statuses}.", list_of(known.iter().copied()));
    finding = match nearest(&name.value, known.iter().copied()) {
        Some(near) => finding
            .mend(format!("Did you mean `{near}`? {all}"))
            .offered_fix(vec![Edit { range: span, text: near.to_owned() }]),
        None => finding.mend(all),
    };
    reader.report(finding);
}

/// The name of a step, or `end`. Whether the step exists is the checker's to say.
pub(crate) fn target(node: Node<'_>, field: &str, reader: &mut Reader) -> Option<Target> {
    let text = reader.text(node, field)?;
    Some(Target { step: text.value, span: text.place.span })
}

/// A name that a hole can read. Reported and passed on when it is none.
pub(crate) fn variable_name(text: crate::source::Text, reader: &mut Reader) -> crate::source::Text {
    let mend = if is_name(&text.value) && !RESERVED.contains(&text.value.as_str()) {
        return text;
    } else if RESERVED.contains(&text.value.as_str()) {
        format!("`{}` is filled by Rapport. Choose another name.", text.value)
    } else {
        "Use letters, digits, - and _, beginning with a letter or _.".to_owned()
    };
    let message = format!("`{}` cannot be the name of a variable", shorten(&text.value));
    let finding =
        Finding::new("reserved-name", Severity::Error, message).at(text.place.span.clone()).mend(mend);
    reader.report(finding);
    text
}

/// Roots of holes that no variable and no step may take.
pub const RESERVED: [&str; 14] = [
    "contact", "message", "channel", "trigger", "now", "new_id", "secret", "true", "false", "null", "and",
    "or", "not", "in",
];

/// As a hole can read it: letters, digits, `-` and `_`; the first is a letter or `_`.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().count() <= 64
        && text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
}

/// Positions on the canvas: `layout: {ask_email: {x: 40, y: 120}}`. Kept only in the text.
fn layout(node: Node<'_>, steps: &IndexMap<String, Step>, reader: &mut Reader) {
    for (name, value) in reader.rows(node, "`layout`") {
        let Some(mut fields) = reader.fields(value, "a position") else { continue };
        for axis in ["x", "y"] {
            let Some(node) = fields.require(reader, axis, &format!("{axis}: 120")) else { continue };
            if node
                .scalar()
                .and_then(|text| text.parse::<f64>().ok())
                .is_none_or(|number| !number.is_finite())
            {
                reader.wrong(node, &format!("`{axis}`"), "a number");
            }
        }
        fields.finish(reader);
        if !steps.is_empty() && !steps.contains_key(&name.value) {
            unknown_box(&name.value, name.place.span, reader);
        }
    }
}

fn unknown_box(name: &str, span: Span, reader: &mut Reader) {
    let message = format!("`layout` places `{}`, which is no step", shorten(name));
    let finding = Finding::new("layout-of-no-step", Severity::Hint, message).at(span);
    reader.report(finding.mend("Remove the row, or give it the step's new name."));
}
