//! Changes to a document as edits of ranges: comments, order and every byte that was not meant stay.
//!
//! Each change is guarded: it is applied, read again and compared. What was not meant must be equal, or nothing is changed.

mod compare;
mod step;
mod value;

pub use step::{insert_step, remove_step, rename_step};
pub use value::set;

use super::parse;
use super::source::Source;
use super::tree::{Document, Node};
use crate::finding::{Edit, Finding, Severity};
use std::fmt::Write;

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the document cannot be read as it stands; correct it first")]
    NotReadable,
    #[error("there is nothing at `{0}`")]
    NotFound(String),
    #[error("`{0}` is no single value")]
    NotAValue(String),
    #[error("there is a step `{0}` already")]
    Exists(String),
    #[error("`{0}` cannot be the name of a step")]
    BadName(String),
    #[error("the last step of a flow cannot be removed")]
    LastStep,
    #[error("steps inside braces cannot be changed one by one; write them on lines of their own")]
    InBraces,
    #[error("the step given is not one YAML map")]
    NotAStep,
    #[error("two edits overlap at byte {0}")]
    Overlap(usize),
    #[error("an edit reaches outside the text at byte {0}")]
    OutOfText(usize),
    #[error("the change would have changed more than it should; nothing was done")]
    Guard,
}

/// A changed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// What was done to the old text; one at least unless nothing had to change.
    pub edits: Vec<Edit>,
}

/// A step of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Key(String),
    /// From 0.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Segment::Key(key.to_owned())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Segment::Index(index)
    }
}

/// Carries out edits. They may come in any order, and must neither overlap nor leave the text.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        if edit.range.start < at {
            return Err(EditError::Overlap(edit.range.start));
        }
        let before = text.get(at..edit.range.start).ok_or(EditError::OutOfText(edit.range.start))?;
        if edit.range.end < edit.range.start || text.get(edit.range.clone()).is_none() {
            return Err(EditError::OutOfText(edit.range.end));
        }
        out.push_str(before);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(&text[at..]);
    Ok(out)
}

/// Rounds in which fixes are applied; one fix may uncover another.
const FIX_ROUNDS_MAX: usize = 16;

/// Applies all safe fixes again and again until none is left. `find` gives the findings of a text: reading alone, or
/// reading and checking. A round that would bring new errors or lose a key is not kept.
pub fn fix(source: &Source, find: &dyn Fn(&Source) -> Vec<Finding>) -> String {
    let errors =
        |findings: &[Finding]| findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let mut source = source.clone();
    let mut findings = find(&source);
    for _ in 0..FIX_ROUNDS_MAX {
        let edits = compatible(&findings);
        if edits.is_empty() {
            break;
        }
        let Ok(text) = apply(&source.text, &edits) else { break };
        let next = Source::new(source.file.clone(), text);
        let next_findings = find(&next);
        // An error may hide others behind it, but a text that could be read must stay so, with all its keys.
        let keys = keys_in(&source);
        if keys_in(&next) < keys
            || (errors(&next_findings) > errors(&findings) && keys.is_some())
            || next.text == source.text
        {
            break;
        }
        source = next;
        findings = next_findings;
    }
    source.text
}

/// How many keys are read, at any depth; `None`, which is less than all numbers, when nothing can be read.
fn keys_in(source: &Source) -> Option<usize> {
    let document = parse(source).0?;
    let mut open = vec![document.root()];
    let mut keys = 0;
    while let Some(node) = open.pop() {
        keys += node.entries().count();
        open.extend(node.entries().map(|(_, value)| value).chain(node.items()));
    }
    Some(keys)
}

/// Edits of all safe fixes that do not touch each other, the first first.
fn compatible(findings: &[Finding]) -> Vec<Edit> {
    let mut taken: Vec<Edit> = Vec::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safe) {
        let free = fix.edits.iter().all(|edit| {
            taken.iter().all(|other| edit.range.end < other.range.start || other.range.end < edit.range.start)
        });
        if free {
            taken.extend(fix.edits.iter().cloned());
        }
    }
    taken
}

/// The document of a source that can be read without an error of YAML's.
fn readable(source: &Source) -> Result<Document<'_>, EditError> {
    let (document, findings) = parse(source);
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    document.filter(|_| !broken).ok_or(EditError::NotReadable)
}

/// The value at the end of a way.
fn find<'d>(root: Node<'d>, way: &[Segment]) -> Option<Node<'d>> {
    way.iter().try_fold(root, |node, segment| match segment {
        Segment::Key(key) => node.get(key),
        Segment::Index(index) => node.items().nth(*index),
    })
}

/// `steps.find_contact.save[0]`, for messages.
fn words(way: &[Segment]) -> String {
    let mut out = String::new();
    for segment in way {
        match segment {
            Segment::Key(key) if out.is_empty() => out.push_str(key),
            Segment::Key(key) => {
                out.push('.');
                out.push_str(key);
            }
            Segment::Index(index) => {
                let _ = write!(out, "[{index}]");
            }
        }
    }
    out
}
