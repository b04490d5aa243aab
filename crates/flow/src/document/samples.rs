//! Reads `<flow>.samples.yaml`: recorded answers by step, for the checker and the editor. Not part of a revision.

use super::reader::{Reader, list_of};
use super::tree::Node;
use super::{Source, parse};
use crate::Value;
use crate::finding::{Finding, Severity};
use std::collections::BTreeMap;

/// Recorded answers by the step that got them.
pub type Samples = BTreeMap<String, Sample>;

/// `find_contact: {status: 200, json: {…}}`
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub status: u16,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Json(Value),
    Xml(String),
    Text(String),
}

/// Reads the samples of a flow. `None` as soon as one finding is an error.
pub fn read_samples(source: &Source) -> (Option<Samples>, Vec<Finding>) {
    let (document, findings) = parse(source);
    let mut reader = Reader::new(findings);
    let mut samples = Samples::new();
    if let Some(document) = &document {
        for (step, node) in reader.rows(document.root(), "the file") {
            if let Some(sample) = sample(node, &mut reader) {
                samples.insert(step.value, sample);
            }
        }
    }
    let findings = reader.into_findings();
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    (document.filter(|_| !broken).map(|_| samples), findings)
}

fn sample(node: Node<'_>, reader: &mut Reader) -> Option<Sample> {
    const KINDS: [&str; 3] = ["json", "xml", "text"];
    let mut fields = reader.fields(node, "a sample")?;
    let status = fields.take("status").and_then(|node| reader.whole(node, "`status`", 100..=599));
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let json = fields.take("json").map(|node| Answer::Json(reader.value(node)));
    let xml = fields.text(reader, "xml").map(|text| Answer::Xml(text.value));
    let text = fields.text(reader, "text").map(|text| Answer::Text(text.value));
    let mut answers = [json, xml, text].into_iter().flatten();
    let answer = answers.next();
    if answers.next().is_some() {
        let message = format!("a sample has one of {}", list_of(KINDS));
        reader.wrong_fields(node, message, "Keep one of them.");
    } else if answer.is_none() {
        fields.report_missing(reader, "answer", "json: {id: 1}");
    }
    fields.finish(reader);
    Some(Sample { status, answer: answer? })
}
