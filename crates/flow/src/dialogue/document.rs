//! Reading `<flow>.test.yaml`.

use crate::document::{self, Fields, Node, Reader, Shape, Source};
use crate::finding::{Finding, Severity};
use crate::request::{Method, Outcome};
use crate::source::{Span, Spanned, Text};
use crate::turn::{Contact, Message};
use crate::{Value, Values};
use std::time::Duration;

/// A file of dialogue tests.
#[derive(Debug, Clone)]
pub struct TestDocument {
    pub source: Source,
    /// The flow under test, as a path beside the test.
    pub flow: Text,
    /// The contact of cases that have none of their own.
    pub contact: Option<Contact>,
    /// Tried after a case's own.
    pub mocks: Vec<Mock>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    /// The case's name in the file.
    pub span: Span,
    pub mocks: Vec<Mock>,
    pub contact: Option<Contact>,
    /// Variables the session starts with.
    pub variables: Values,
    /// When it plays, epoch milliseconds.
    pub now: Option<i64>,
    pub lines: Vec<Spanned<Line>>,
    /// A flow to check instead of one to talk to.
    pub check: Option<Check>,
}

/// `check`, `finds` and `repaired`: a flow as text, and what the checker must say to it.
#[derive(Debug, Clone)]
pub struct Check {
    pub text: Text,
    /// Codes that must be among the findings.
    pub finds: Vec<String>,
    /// What the text must hold once the mends of those findings are made.
    pub repaired: Option<String>,
}

/// One line of a dialogue: what happens, or what must have happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// `customer: …`, a text or a map (`{text, image, video, audio, document, location, contacts, referral, payload}`)
    Customer(Box<Message>),
    /// `tap: …`, a title or value
    Tap(String),
    /// `wait: 25h`
    Wait(Duration),
    /// `webhook: {…}`, a Meta webhook as recorded
    Webhook(Value),
    /// `bot: …`, the words of the next message
    Bot(String),
    /// `sends: {…}`, a subset of the next message
    Sends(Value),
    /// `called: {…}`, or a step's name
    Called(Value),
    /// `variables: {…}`
    Variables(Value),
    /// `unset: […]`
    Unset(Vec<String>),
    /// `outcome: {step: outcome}`
    Outcome(Value),
    /// `findings: {step: [codes]}`: these are among what the step's last call gave; `[]` wants none
    Findings(Value),
    /// `handed_over: team`, `true`, or `{team, note}`, where `*` in the note stands for any run of characters
    HandedOver(Value),
    /// `ended: finished`, or another reason; `false` while the session runs
    Ended(Value),
    /// `withheld: window_closed`
    Withheld(String),
    /// `contact: {…}`
    Contact(Value),
}

#[derive(Debug, Clone)]
pub struct Mock {
    pub method: Method,
    /// With `*` for any run of characters.
    pub url: String,
    pub span: Span,
    pub reply: Reply,
}

#[derive(Debug, Clone)]
pub enum Reply {
    /// One answer, written beside `when`.
    Always(MockAnswer),
    /// `answers`, one for each attempt.
    InTurn(Vec<MockAnswer>),
}

#[derive(Debug, Clone, Default)]
pub struct MockAnswer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The transport's word instead of an answer.
    pub fails: Option<Outcome>,
}

impl MockAnswer {
    pub(super) fn refusing(outcome: Outcome) -> Self {
        MockAnswer { fails: Some(outcome), ..MockAnswer::default() }
    }
}

/// Reads a test file. Without a document the findings say why; with one they may still hold warnings.
pub fn read_tests(source: &Source) -> (Option<TestDocument>, Vec<Finding>) {
    let (tree, findings) = document::parse(source);
    let Some(tree) = tree else { return (None, findings) };
    let mut reader = Reader::new(findings);
    let tests = read(&mut reader, source, tree.root());
    let findings = reader.into_findings();
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    (tests.filter(|_| sound), findings)
}

fn read(reader: &mut Reader, source: &Source, root: Node<'_>) -> Option<TestDocument> {
    let mut fields = reader.fields(root, "a test file")?;
    let flow = fields.require(reader, "flow", "flow: customer-context.yaml");
    let flow = flow.and_then(|node| reader.text(node, "`flow`"));
    let contact = fields.take("contact").and_then(|node| contact(reader, node));
    let mocks = fields.take("mocks").map(|node| mocks(reader, node)).unwrap_or_default();
    let cases = fields.require(reader, "cases", "cases: [{name: …, dialogue: […]}]");
    let cases = cases.map(|node| reader.list(node, "`cases`")).unwrap_or_default();
    fields.finish(reader);
    let cases = cases.into_iter().filter_map(|node| case(reader, node)).collect();
    Some(TestDocument { source: source.clone(), flow: flow?, contact, mocks, cases })
}

fn case(reader: &mut Reader, node: Node<'_>) -> Option<Case> {
    let mut fields = reader.fields(node, "a case")?;
    let name_node = fields.require(reader, "name", "name: a known customer sees the plan")?;
    let name = reader.text(name_node, "`name`")?.value;
    let mocks = fields.take("mocks").map(|node| mocks(reader, node)).unwrap_or_default();
    let contact = fields.take("contact").and_then(|node| contact(reader, node));
    let variables =
        fields.take("variables").map(|node| values(reader, node, "`variables`")).unwrap_or_default();
    let now = fields.take("now").and_then(|node| moment(reader, node));
    let check = check(reader, &mut fields);
    let dialogue = match &check {
        Some(_) => fields.take("dialogue"),
        None => fields.require(reader, "dialogue", "dialogue: [{customer: Hello}]"),
    };
    let dialogue = dialogue.map(|node| reader.list(node, "`dialogue`")).unwrap_or_default();
    fields.finish(reader);
    let lines = dialogue
        .into_iter()
        .filter_map(|node| Some(Spanned { value: line(reader, node)?, span: node.span() }))
        .collect();
    Some(Case { name, span: name_node.span(), mocks, contact, variables, now, lines, check })
}

fn check(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<Check> {
    let text = fields.text(reader, "check")?;
    let codes = fields.require(reader, "finds", "finds: [doubled-braces]");
    let codes = codes.map(|node| reader.one_or_more(node, "`finds`")).unwrap_or_default();
    let finds = codes.into_iter().filter_map(|node| Some(reader.text(node, "`finds`")?.value)).collect();
    let repaired = fields.text(reader, "repaired").map(|text| text.value);
    Some(Check { text, finds, repaired })
}

/// The words that begin a line, as they stand in [`Line`].
const LINES: &str = "customer, tap, wait, webhook, bot, sends, called, variables, unset, outcome, findings, handed_over, \
                     ended, withheld, contact";

fn line(reader: &mut Reader, node: Node<'_>) -> Option<Line> {
    let mut entries = node.entries();
    let (Some((key, value)), None) = (entries.next(), entries.next()) else {
        reader.wrong(node, "a line of a dialogue", &format!("one `word: …`, the word one of {LINES}"));
        return None;
    };
    let word = key.scalar().unwrap_or_default();
    let field = format!("`{word}`");
    Some(match word {
        "customer" => Line::Customer(Box::new(message(reader, value)?)),
        "tap" => Line::Tap(reader.text(value, &field)?.value),
        "wait" => Line::Wait(reader.duration(value, &field)?),
        "webhook" => Line::Webhook(reader.value(value)),
        "bot" => Line::Bot(reader.text(value, &field)?.value),
        "sends" => Line::Sends(reader.value(value)),
        "called" => Line::Called(reader.value(value)),
        "variables" => Line::Variables(Value::Object(values(reader, value, &field))),
        "unset" => {
            let nodes = reader.one_or_more(value, &field);
            Line::Unset(nodes.into_iter().filter_map(|node| Some(reader.text(node, &field)?.value)).collect())
        }
        "outcome" => Line::Outcome(Value::Object(values(reader, value, &field))),
        "findings" => Line::Findings(Value::Object(values(reader, value, &field))),
        "handed_over" => Line::HandedOver(reader.value(value)),
        "ended" => Line::Ended(reader.value(value)),
        "withheld" => Line::Withheld(reader.text(value, &field)?.value),
        "contact" => Line::Contact(Value::Object(values(reader, value, &field))),
        _ => {
            let known = LINES.split(", ").map(str::trim);
            let mend = match crate::spelling::nearest(word, known) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The words are {LINES}."),
            };
            reader.bad_value(key, format!("no line of a dialogue begins with `{word}`"), mend);
            return None;
        }
    })
}

fn message(reader: &mut Reader, node: Node<'_>) -> Option<Message> {
    if node.shape() == Shape::Scalar {
        let text = reader.text(node, "`customer`")?.value;
        return Some(Message { kind: "text".into(), text: Some(text), ..Message::default() });
    }
    let mut fields = reader.fields(node, "a message of the customer")?;
    let mut message = Message { kind: "text".into(), ..Message::default() };
    message.text = fields.text(reader, "text").map(|text| text.value);
    message.referral = fields.take("referral").map(|node| reader.value(node)).unwrap_or_default();
    message.id = fields.text(reader, "id").map(|text| text.value).unwrap_or_default();
    if let Some(payload) = fields.text(reader, "payload") {
        message.kind = "button".into();
        message.text.get_or_insert_with(|| payload.value.clone());
        message.reply_id = Some(payload.value);
    }
    for kind in ["image", "video", "audio", "document", "sticker", "location", "contacts"] {
        if let Some(node) = fields.take(kind) {
            message.kind = kind.into();
            // `image: 7` is short for `image: {id: 7}`.
            message.content = match reader.value(node) {
                content @ (Value::Object(_) | Value::Array(_)) => content,
                _ => serde_json::json!({"id": node.scalar().unwrap_or_default()}),
            };
        }
    }
    if let Some(caption) = fields.text(reader, "caption") {
        message.text = Some(caption.value);
    }
    fields.finish(reader);
    Some(message)
}

fn contact(reader: &mut Reader, node: Node<'_>) -> Option<Contact> {
    let mut fields = reader.fields(node, "the contact")?;
    let mut contact = Contact { id: "contact".into(), ..Contact::default() };
    let text =
        |fields: &mut Fields<'_>, reader: &mut Reader, name| fields.text(reader, name).map(|t| t.value);
    contact.name = text(&mut fields, reader, "name");
    contact.email = text(&mut fields, reader, "email");
    contact.phone = text(&mut fields, reader, "phone");
    if let Some(id) = text(&mut fields, reader, "id") {
        contact.id = id;
    }
    if let Some(node) = fields.take("tags") {
        let tags = reader.one_or_more(node, "`tags`");
        contact.tags = tags.into_iter().filter_map(|node| Some(reader.text(node, "`tags`")?.value)).collect();
    }
    contact.fields = fields.take("fields").map(|node| values(reader, node, "`fields`")).unwrap_or_default();
    let mut flag = |name| fields.take(name).and_then(|node| reader.boolean(node, name)).unwrap_or(false);
    contact.opted_out = flag("opted_out");
    contact.stopped = flag("stopped");
    fields.finish(reader);
    Some(contact)
}

fn mocks(reader: &mut Reader, node: Node<'_>) -> Vec<Mock> {
    reader.list(node, "`mocks`").into_iter().filter_map(|node| mock(reader, node)).collect()
}

fn mock(reader: &mut Reader, node: Node<'_>) -> Option<Mock> {
    let mut fields = reader.fields(node, "a mock")?;
    let when_node = fields.require(reader, "when", "when: POST https://api.example.com/search")?;
    let when = reader.text(when_node, "`when`")?;
    let reply = match fields.take("answers") {
        Some(list) => {
            let list = reader.list(list, "`answers`");
            let answers = list.into_iter().filter_map(|node| {
                let mut fields = reader.fields(node, "an answer")?;
                let answer = answer(reader, &mut fields);
                fields.finish(reader);
                answer
            });
            Reply::InTurn(answers.collect())
        }
        None => Reply::Always(answer(reader, &mut fields)?),
    };
    fields.finish(reader);
    let read = when
        .value
        .trim()
        .split_once(char::is_whitespace)
        .and_then(|(method, url)| Some((document_method(method)?, url.trim().to_owned())));
    let Some((method, url)) = read else {
        reader.bad_value(
            when_node,
            format!("`when` is `{}`, not a method and an address", when.value),
            "Write for example `when: POST https://api.example.com/search`; `*` stands for any run of characters.",
        );
        return None;
    };
    Some(Mock { method, url, span: node.span(), reply })
}

fn document_method(word: &str) -> Option<Method> {
    use Method::{Delete, Get, Head, Patch, Post, Put};
    [Get, Post, Put, Patch, Delete, Head].into_iter().find(|method| method.as_str() == word)
}

/// `{status, headers, json|text|xml}` or `{fails: timeout}`.
fn answer(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<MockAnswer> {
    let mut answer = MockAnswer { status: 200, ..MockAnswer::default() };
    if let Some(node) = fields.take("status") {
        answer.status = u16::try_from(reader.whole(node, "`status`", 100..=599)?).ok()?;
    }
    if let Some(node) = fields.take("headers") {
        for (name, node) in reader.rows(node, "`headers`") {
            let value = reader.text(node, "a header")?;
            answer.headers.push((name.value.to_ascii_lowercase(), value.value));
        }
    }
    if let Some(node) = fields.take("fails") {
        let words: Vec<(&str, Outcome)> =
            Outcome::FAILED.iter().map(|fault| (fault.as_str(), *fault)).collect();
        answer.fails = Some(reader.word(node, "`fails`", &words)?);
    }
    let mut body = |kind: &str, text: String| {
        if !answer.headers.iter().any(|(name, _)| name == "content-type") {
            answer.headers.push(("content-type".into(), kind.into()));
        }
        answer.body = text;
    };
    if let Some(node) = fields.take("json") {
        body("application/json", reader.value(node).to_string());
    }
    if let Some(text) = fields.text(reader, "xml") {
        body("application/xml", text.value);
    }
    if let Some(text) = fields.text(reader, "text") {
        body("text/plain", text.value);
    }
    Some(answer)
}

fn values(reader: &mut Reader, node: Node<'_>, field: &str) -> Values {
    if let Value::Object(values) = reader.value(node) {
        return values;
    }
    reader.wrong(node, field, "a map (`name: value` rows)");
    Values::new()
}

fn moment(reader: &mut Reader, node: Node<'_>) -> Option<i64> {
    let text = reader.text(node, "`now`")?;
    let moment = text.value.parse::<jiff::Timestamp>();
    if moment.is_err() {
        reader.bad_value(node, "`now` is no moment", "Write it like 2026-07-31T09:00:00Z.");
    }
    moment.ok().map(jiff::Timestamp::as_millisecond)
}
