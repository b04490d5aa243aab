//! What is fuzzed, and what must hold for any bytes: each target calls one of our total functions, the ones that meet
//! foreign bytes, and asserts what their callers rely on. A panic is a finding.
//!
//! This file is compiled twice: by the fuzz targets (`fuzz_targets/*.rs`), and by `crates/cli/tests/corpora.rs`, which
//! replays `corpus/` in `make test`. So it uses nothing but the public API, and both do the same.

use rapport_flow::check::{CheckContext, check};
use rapport_flow::condition::Condition;
use rapport_flow::document::edit::fix;
use rapport_flow::document::{Format, Source, parse, read_bot, read_flow};
use rapport_flow::finding::Edit;
use rapport_flow::path::{Path, PathKind, PathStep, Read, nearest};
use rapport_flow::request::{Exchange, Outcome, Sent, finish, prepare, xml};
use rapport_flow::scope::Plain;
use rapport_flow::source::{Place, Span, Text};
use rapport_flow::steps::Action;
use rapport_flow::template::{JsonTemplate, Part, Template};
use rapport_flow::{Finding, Flow, Severity, Value};
use rapport_whatsapp::signature::Signer;
use rapport_whatsapp::webhook;
use serde_json::json;
use std::borrow::Cow;

/// A target's name, which is that of its corpus folder, and what it does with some bytes.
type Target = (&'static str, fn(&[u8]));

pub(crate) const TARGETS: [Target; 7] = [
    ("template", template),
    ("path", path),
    ("condition", condition),
    ("flow_document", flow_document),
    ("webhook", webhook),
    ("xml_mapping", xml_mapping),
    ("json_mapping", json_mapping),
];

/// Runs the target of this name.
pub(crate) fn run(name: &str, data: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target of the list");
    target(data);
}

/// Texts stand at this offset of a pretended document, so that a span that was not shifted is noticed.
const INDENT: usize = 11;
/// Stands where a secret would be; must never be seen again.
const SECRET: &str = "5ecret-value-that-nothing-prints";

/// Holes of a text: where they stand, what is left of the text around them, what they print.
fn template(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    let (template, findings) = Template::parse(placed(text));
    assert_eq!(template.text, text);
    check_findings(&findings, text);
    let mut end = 0;
    for hole in template.holes() {
        assert!(hole.span.start >= end, "holes overlap or are out of order");
        let written = text.get(hole.span.clone()).expect("a hole's span cuts the text at letters");
        assert!(written.starts_with("{{") && written.ends_with("}}"), "{written:?} is no hole");
        end = hole.span.end;
    }
    // Without a mistake and without the braces that a hole can print, the parts are the text again.
    if findings.is_empty() && !text.contains(['\'', '"']) {
        let again: String = template
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Hole(hole) => &text[hole.span.clone()],
            })
            .collect();
        assert_eq!(again, text);
    }
    let scope = scope();
    let mut unset = Vec::new();
    let printed = template.render_message(&scope, &mut unset);
    assert!(unset.len() <= template.holes().count());
    assert!(!printed.contains(SECRET) || text.contains(SECRET), "a message printed a secret");
    assert_eq!(printed, template.render_message(&scope, &mut Vec::new()), "a text prints the same twice");
    let structure = JsonTemplate::Object(vec![("value".to_owned(), JsonTemplate::Text(template))]);
    let value = structure.evaluate(&scope).map(|value| value.to_string()).unwrap_or_default();
    assert!(!value.contains(SECRET) || text.contains(SECRET), "a variable holds a secret");
}

/// A response path, on an answer of ours. What was read can be written and read again; what is missing exists up to a
/// point.
fn path(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    match Path::parse(&placed(text)) {
        Ok(path) => follow(&path, &answer()),
        Err(finding) => check_findings(&[finding], text),
    }
}

/// A condition, on values of ours: holds or not, and its negation the other way round.
fn condition(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    match Condition::parse(placed(text)) {
        Ok(condition) => {
            assert_eq!(condition.text, text);
            for mention in condition.mentions() {
                assert_eq!(text.get(mention.span), Some(mention.reference.text.as_str()));
            }
            let holds = condition.holds(&scope());
            assert_eq!(holds, condition.holds(&scope()), "a condition answers the same twice");
            // Too long or too deep when wrapped: then it is refused, which is fine.
            if let Ok(not) = Condition::parse(placed(&format!("not ({text})"))) {
                assert_eq!(not.holds(&scope()), !holds, "not (…) is the opposite");
            }
        }
        Err(finding) => check_findings(&[finding], text),
    }
}

/// A flow and a `bot.yaml`, in YAML and in JSON: findings at their places, no flow with an error, requests that hold no
/// secret, mends that make it better.
fn flow_document(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    for name in ["fuzz.yaml", "fuzz.json"] {
        let source = Source::new(name, text);
        assert_eq!(source.format == Format::Json, name.ends_with("json"));
        let (flow, findings) = read_flow(&source);
        check_document(&source, &findings);
        let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        assert!(!(wrong && flow.is_some()), "a flow with an error was read");
        assert!(wrong || flow.is_some(), "no flow and no error that says why");
        assert_eq!(read_flow(&source).1, findings, "the same text has the same findings");
        if let Some(flow) = flow {
            check_flow(&flow, text);
            check_document(&source, &check(&flow, &CheckContext::default()));
        }
        check_document(&source, &read_bot(&source).1);
        let mended = Source::new(name, fix(&source, &|source| read_flow(source).1));
        if mended.text != text {
            check_document(&mended, &read_flow(&mended).1);
            let readable = parse(&source).0.is_none() || parse(&mended).0.is_some();
            assert!(readable, "a mend made the text unreadable: {:?}", mended.text);
        }
    }
}

fn check_flow(flow: &Flow, text: &str) {
    for (name, step) in &flow.steps {
        assert_eq!(*name, step.name);
        assert!(step.span.start <= step.name_span.start && step.name_span.end <= step.span.end);
        assert!(text.get(step.span.clone()).is_some());
        for target in step.exits.values() {
            assert!(text.get(target.span.clone()).is_some());
        }
        if let Action::ApiRequest(step) = &step.action
            && let Ok(request) = prepare(step, &scope())
        {
            let kept = serde_json::to_string(&request).expect("what the ledger keeps can be written");
            assert!(
                !kept.contains(SECRET) || text.contains(SECRET),
                "a prepared request holds a secret's value"
            );
        }
    }
}

/// The body of a Meta webhook: items in the order of their times, with keys that a repetition has too.
fn webhook(data: &[u8]) {
    let items = webhook::parse(data);
    let again = webhook::parse(data);
    assert_eq!(items.len(), again.len());
    let mut last = i64::MIN;
    for (item, twin) in items.iter().zip(&again) {
        assert!(!item.dedupe_key.is_empty());
        assert_eq!(item.dedupe_key, twin.dedupe_key, "the same news has the same key");
        assert_eq!(item.raw.get(), twin.raw.get());
        let at = item.at_ms.unwrap_or(last);
        assert!(at >= last, "items are in the order of their times");
        last = at;
        assert!(!item.kind.name().is_empty());
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(item.raw.get()).is_ok());
    }
    let signer = Signer::new("an app secret");
    assert!(signer.verify(data, Some(signer.sign(data).as_bytes())).is_ok());
    assert!(signer.verify(b"another body entirely", Some(data)).is_err());
}

/// An XML answer read by a path: the first line is the path, the rest the answer.
fn xml_mapping(data: &[u8]) {
    let (path, body) = halves(data);
    mapped("xml", &path, &body);
    let Ok(value) = xml::read(&body) else { return };
    assert!(value.is_object(), "an answer that was read has its root element");
    if let Some(path) = Path::of(&path)
        && let Read::Missing(missing) = path.read_xml(&value)
        && let PathKind::Steps(_) = path.kind
        && let Some(existing) = Path::of(if missing.existing.is_empty() { "$" } else { &missing.existing })
    {
        assert!(existing.read_xml(&value).found().is_some(), "what exists can be read");
    }
}

/// A JSON answer read by a path: the first line is the path, the rest the answer.
fn json_mapping(data: &[u8]) {
    let (path, body) = halves(data);
    mapped("json", &path, &body);
    let Ok(value) = serde_json::from_str::<Value>(&body) else { return };
    let Some(path) = Path::of(&path) else { return };
    follow(&path, &value);
}

/// The answer as a step maps it: one variable, set only by an answer that could be read.
fn mapped(response: &str, path: &str, body: &str) {
    let call = json!({
        "type": "api_request", "method": "GET", "url": "https://api.example.com", "response": response,
        "save": {"found": path}, "save_error": {"fault": path},
    });
    let source = Source::new("fuzz.json", json!({"flow": "fuzz", "steps": {"call": call}}).to_string());
    let Some(flow) = read_flow(&source).0 else { return };
    let Some(Action::ApiRequest(step)) = flow.first_step().map(|step| &step.action) else {
        panic!("the flow's one step is its call");
    };
    for (outcome, status) in [(Outcome::Ok, 200), (Outcome::ClientError, 404)] {
        let exchange = Exchange {
            outcome,
            status: Some(status),
            headers: vec![("content-type".to_owned(), format!("application/{response}"))],
            body: body.to_owned(),
            sent: Sent::default(),
            attempts: Vec::new(),
            elapsed_ms: 1,
            detail: None,
            redirect_to: None,
        };
        let finished = finish(step, &exchange);
        let names: Vec<&str> = finished.values.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["found", "fault"], "each variable stands once, set or unset");
        let set: Vec<bool> = finished.values.iter().map(|(_, value)| value.is_some()).collect();
        assert!(!set[usize::from(outcome == Outcome::Ok)], "rows of the other list are not read");
        assert_eq!(finished.unreadable.is_some(), finished.answer.is_none() && !is_blank(body));
        if finished.answer.is_none() {
            assert_eq!(set, [false, false], "nothing is read from an answer that cannot be read");
        }
        let expected = match (outcome, &finished.unreadable) {
            (Outcome::Ok, Some(_)) => Outcome::NotJson,
            (other, _) => other,
        };
        assert_eq!(finished.outcome, expected);
    }
}

fn is_blank(body: &str) -> bool {
    body.trim_start_matches('\u{feff}').trim().is_empty()
}

/// Reads a path of a value and checks what is said about it.
fn follow(path: &Path, value: &Value) {
    match path.read(value) {
        Read::Found(found) => {
            assert_eq!(nearest(path, value), None, "a path that leads somewhere needs no other");
            // A number keeps its digits, whatever they are.
            let text = found.to_string();
            assert_eq!(serde_json::from_str::<Value>(&text).ok().as_ref(), Some(found));
        }
        Read::Missing(missing) => {
            if let PathKind::Steps(steps) = &path.kind {
                assert!(missing.steps < steps.len());
                let existing = if missing.existing.is_empty() { "$" } else { &missing.existing };
                if let Some(existing) = Path::of(existing) {
                    assert!(existing.read(value).found().is_some(), "what exists can be read");
                }
            }
            if let Some(near) = nearest(path, value)
                && let Some(near) = Path::of(&near.path)
            {
                assert!(near.read(value).found().is_some(), "a path that is offered leads somewhere");
            }
        }
    }
    if let PathKind::Steps(steps) = &path.kind
        && let Some(again) = Path::of(&written(steps))
    {
        assert_eq!(again.kind, path.kind, "a path that is written out is the same path");
    }
}

/// Steps as a path, every key quoted.
fn written(steps: &[PathStep]) -> String {
    if steps.is_empty() {
        return "$".to_owned();
    }
    let one = |step: &PathStep| match step {
        PathStep::Key(key) => format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")),
        PathStep::Index(index) => format!("[{index}]"),
    };
    steps.iter().map(one).collect()
}

/// Findings of a text that stands at [`INDENT`] of its document.
fn check_findings(findings: &[Finding], text: &str) {
    let document = format!("{}{text}", " ".repeat(INDENT));
    for finding in findings {
        check_finding(finding, &document, INDENT);
    }
}

fn check_document(source: &Source, findings: &[Finding]) {
    for finding in findings {
        check_finding(finding, &source.text, 0);
        let place = source.locate(finding);
        assert!((1..=source.line_count()).contains(&place.line), "{}: line {}", place.code, place.line);
        assert!((place.line, place.column) <= (place.end_line, place.end_column), "{}", place.code);
        assert!(place.column >= 1);
    }
}

/// A finding says what was seen, and its place and its edits cut the document at letters.
fn check_finding(finding: &Finding, document: &str, from: usize) {
    let code = finding.code;
    assert!(!finding.message.is_empty() && !code.is_empty());
    if let Some(span) = &finding.span {
        assert!(span.start >= from && document.get(span.clone()).is_some(), "{code} at {span:?}");
    }
    for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
        assert!(edit.range.start >= from && document.get(edit.range.clone()).is_some(), "{code}: {edit:?}");
    }
    if let Some(fix) = &finding.fix {
        assert!(apart(&fix.edits), "{code}: edits overlap: {:?}", fix.edits);
    }
}

fn apart(edits: &[Edit]) -> bool {
    let mut ranges: Vec<&Span> = edits.iter().map(|edit| &edit.range).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.windows(2).all(|pair| pair[0].end <= pair[1].start)
}

fn placed(text: &str) -> Text {
    Text { value: text.to_owned(), place: Place::verbatim(INDENT, text.len()) }
}

/// The first line and the rest.
fn halves(data: &[u8]) -> (Cow<'_, str>, Cow<'_, str>) {
    let cut = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let rest = data.get(cut + 1..).unwrap_or_default();
    (String::from_utf8_lossy(&data[..cut]), String::from_utf8_lossy(rest))
}

fn scope() -> Plain {
    let values = json!({
        "a": "{{b}}", "b": 3, "name": "Priya", "plan": "pro", "total_count": 0, "list": ["x", 2, null], "none": null,
        "contact": {"name": "Priya", "phone": "+919820000001", "tags": ["vip"]}, "order": answer(),
        "when": "2026-11-23T09:30:00Z", "secret": {"token": SECRET, "a": SECRET},
    });
    let values = values.as_object().cloned().unwrap_or_default();
    Plain { values, now: 1_795_426_200_000, zone: "Asia/Kolkata".into(), country: Some("IN".into()) }
}

fn answer() -> Value {
    json!({
        "total_count": 1,
        "data": [{"id": "64a1", "name": "Priya", "custom_attributes": {"Plan": "pro"}, "phone": null, "tags": []}],
        "conversations": [{"id": 1, "state": "open"}, {"id": 2, "state": "closed"}],
        "odd key": {"0": "zero", "a.b": true, "": "empty", "日本": "語"},
        "nested": [[["deep"]]],
    })
}
