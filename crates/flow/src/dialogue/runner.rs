//! Plays the cases of a test file and says where one goes another way than it should.

use super::compare;
use super::document::{Case, Check, Line, TestDocument};
use super::mock::Mocks;
use super::shown;
use super::simulator::{Entry, Happened, Simulator};
use crate::bot::Bot;
use crate::document::{Source, read_flow};
use crate::finding::Edit;
use crate::flow::{Flow, Trigger, TriggerKind};
use crate::request::Sent;
use crate::source::{Span, Spanned};
use crate::spelling::nearest;
use crate::template::print;
use crate::turn::{Channel, Contact, Event, Fact, Message};
use crate::{Value, Values};
use serde_json::json;
use std::sync::Arc;

/// Turns a recorded Meta webhook into the messages that reach a flow; the flow crate knows nothing of Meta's words.
pub type Webhook<'a> = &'a dyn Fn(&Value) -> Vec<Message>;

/// When cases play that do not say: a Wednesday morning, so that times in a test are the same on every day.
const NOW: i64 = 1_767_780_000_000;

/// How one case went.
#[derive(Debug, Clone)]
pub struct CaseResult {
    pub name: String,
    /// The case's name in the test file.
    pub span: Span,
    pub passed: bool,
    pub failure: Option<Failure>,
    pub transcript: Vec<Entry>,
}

/// Where a case went another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The line of the dialogue in the test file.
    pub span: Span,
    /// From 1.
    pub line: usize,
    /// What was expected and what came, in words.
    pub message: String,
    pub expected: String,
    pub came: String,
    /// Lines marked `- ` (expected), `+ ` (came), or shared.
    pub diff: String,
}

/// Plays every case against the flows of `bot`, each in a conversation of its own.
///
/// - The first message meets the triggers as in production. A flow under test (named by the file's `flow`, without its
///   ending) that has no trigger starts with any message.
/// - Calls are answered by the mocks as soon as they are made; one that no mock answers fails the case.
/// - `bot` and `sends` take the next message that the dialogue has not named yet, and a stretch between two of the
///   customer's lines that names one message has to name them all. `called` takes the next call that fits.
/// - Everything else looks at the conversation as it stands.
pub fn run_tests(tests: &TestDocument, bot: &Bot, webhook: Webhook<'_>) -> Vec<CaseResult> {
    let bot = startable(bot, &tests.flow.value);
    tests.cases.iter().map(|case| Player::play(tests, case, bot.clone(), webhook)).collect()
}

/// Gives the flow under test a trigger where it has none.
fn startable(bot: &Bot, file: &str) -> Bot {
    let mut bot = bot.clone();
    let base = file.rsplit('/').next().unwrap_or(file);
    let name = [".yaml", ".yml", ".json"].iter().find_map(|ending| base.strip_suffix(ending)).unwrap_or(base);
    if let Some(flow) = bot.current(name).filter(|flow| flow.triggers.is_empty()) {
        let mut flow = Flow::clone(flow);
        flow.triggers.push(Trigger { kind: TriggerKind::AnyMessage, span: 0..0 });
        bot.publish(Arc::new(flow));
    }
    bot
}

struct Player<'t> {
    tests: &'t TestDocument,
    mocks: Mocks<'t>,
    simulator: Simulator,
    webhook: Webhook<'t>,
    /// Messages before it are named, or belong to an earlier stretch.
    next_message: usize,
    /// Calls before it are named.
    next_call: usize,
    /// Whether this stretch named a message.
    named: bool,
}

/// Why a line failed; its place is added where it is known.
struct Wrong {
    message: String,
    expected: String,
    came: String,
}

impl Wrong {
    fn new(message: impl Into<String>, expected: impl Into<String>, came: impl Into<String>) -> Self {
        Wrong { message: message.into(), expected: expected.into(), came: came.into() }
    }
}

impl<'t> Player<'t> {
    fn play(tests: &'t TestDocument, case: &'t Case, bot: Bot, webhook: Webhook<'t>) -> CaseResult {
        let contact = case.contact.clone().or_else(|| tests.contact.clone()).unwrap_or_else(somebody);
        let now = case.now.unwrap_or(NOW);
        let simulator =
            Simulator::new(bot, contact, Channel::default(), now).starting_with(case.variables.clone());
        let mocks = Mocks::new(case.mocks.iter().chain(&tests.mocks));
        let mut player =
            Player { tests, mocks, simulator, webhook, next_message: 0, next_call: 0, named: false };
        let failure = player.lines(case).err();
        CaseResult {
            name: case.name.clone(),
            span: case.span.clone(),
            passed: failure.is_none(),
            failure,
            transcript: player.simulator.transcript().to_vec(),
        }
    }

    fn lines(&mut self, case: &Case) -> Result<(), Failure> {
        if let Some(check) = &case.check {
            checked(check).map_err(|wrong| self.failure(&check.text.place.span, wrong))?;
        }
        for Spanned { value, span } in &case.lines {
            self.line(value).map_err(|wrong| self.failure(span, wrong))?;
        }
        let end = case.lines.last().map_or(&case.span, |line| &line.span);
        self.settle().and_then(|()| self.all_named()).map_err(|wrong| self.failure(end, wrong))
    }

    fn failure(&self, span: &Span, wrong: Wrong) -> Failure {
        let diff = compare::diff(&wrong.expected, &wrong.came);
        let line = self.tests.source.position(span.start).0;
        let Wrong { message, expected, came } = wrong;
        Failure { span: span.clone(), line, message, expected, came, diff }
    }

    fn line(&mut self, line: &Line) -> Result<(), Wrong> {
        match line {
            Line::Customer(_) | Line::Tap(_) | Line::Webhook(_) | Line::Wait(_) => {
                self.all_named()?;
                self.happens(line)?;
                self.answer_calls()
            }
            _ => {
                self.settle()?;
                self.holds(line)
            }
        }
    }

    /// Something happens to the bot.
    fn happens(&mut self, line: &Line) -> Result<(), Wrong> {
        match line {
            Line::Customer(message) => self.simulator.receive(message.clone()),
            Line::Tap(wanted) => {
                self.simulator
                    .tap(wanted)
                    .map_err(|error| Wrong::new(error.to_string(), wanted, error.shown.join("\n")))?;
            }
            Line::Webhook(body) => {
                for message in (self.webhook)(body) {
                    self.simulator.receive(message);
                }
            }
            Line::Wait(time) => {
                let mut left = self.simulator.wait(*time);
                while !left.is_zero() {
                    if self.simulator.pending_call().is_none() {
                        let message =
                            "the bot woke so often in this time that it must be a loop of short waits";
                        return Err(Wrong::new(message, "", ""));
                    }
                    self.answer_calls()?;
                    left = self.simulator.wait(left);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn answer_calls(&mut self) -> Result<(), Wrong> {
        while let Some(call) = self.simulator.pending_call() {
            match self.mocks.exchange(&call.request) {
                Ok(exchange) => self.simulator.answer_call(exchange),
                Err(unanswered) => {
                    let step = call.step.clone();
                    let made = format!("{} {}", unanswered.method, unanswered.url);
                    return Err(Wrong::new(
                        format!("no mock answers the call of `{step}`: {made} (or its answers are used up)"),
                        "",
                        made,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Lets lines that are being joined become an answer before something is looked at.
    fn settle(&mut self) -> Result<(), Wrong> {
        self.simulator.settle();
        self.answer_calls()
    }

    /// Before the next stretch: one that named a message has to have named all.
    fn all_named(&mut self) -> Result<(), Wrong> {
        let left = self.unnamed();
        if self.named
            && let Some((_, value)) = left.first()
        {
            let came = compare::pretty(value);
            let message = "the bot sent a message that the dialogue does not name";
            return Err(Wrong::new(message, "", came));
        }
        self.next_message = self.simulator.transcript().len();
        self.named = false;
        Ok(())
    }

    /// Messages that no line has named yet, with their places in the transcript.
    fn unnamed(&self) -> Vec<(usize, Value)> {
        let entries = self.simulator.transcript().iter().enumerate().skip(self.next_message);
        entries
            .filter_map(|(at, entry)| match &entry.what {
                Happened::Sent { message, .. } => Some((at, shown::as_value(message))),
                _ => None,
            })
            .collect()
    }

    /// Something must have happened.
    fn holds(&mut self, line: &Line) -> Result<(), Wrong> {
        match line {
            Line::Bot(text) => self.next_sent(&json!({"text": text}), text),
            Line::Sends(wanted) => self.next_sent(wanted, &compare::pretty(wanted)),
            Line::Called(wanted) => self.next_called(wanted),
            Line::Variables(wanted) => {
                let came = self.simulator.variables().cloned().unwrap_or_default();
                subset("the variables", wanted, &Value::Object(came), false)
            }
            Line::Unset(names) => self.unset(names),
            Line::Outcome(wanted) => self.outcomes(wanted),
            Line::Findings(wanted) => self.findings(wanted),
            Line::HandedOver(wanted) => self.handed_over(wanted),
            Line::Ended(wanted) => self.ended(wanted),
            Line::Withheld(wanted) => self.withheld(wanted),
            Line::Contact(wanted) => {
                let contact = self.simulator.contact();
                let mut came = contact.fields.clone();
                let known = [("name", &contact.name), ("email", &contact.email), ("phone", &contact.phone)];
                for (name, value) in known {
                    came.insert(name.into(), json!(value));
                }
                came.insert("tags".into(), json!(contact.tags));
                subset("the contact", wanted, &Value::Object(came), false)
            }
            Line::Customer(_) | Line::Tap(_) | Line::Webhook(_) | Line::Wait(_) => Ok(()),
        }
    }

    fn next_sent(&mut self, wanted: &Value, expected: &str) -> Result<(), Wrong> {
        let first = self.unnamed().into_iter().next();
        self.named = true;
        let Some((at, came)) = first else {
            return Err(Wrong::new(format!("the bot sent nothing here{}", self.why_silent()), expected, ""));
        };
        self.next_message = at + 1;
        let lines = match wanted.get("text").filter(|_| wanted.as_object().is_some_and(|w| w.len() == 1)) {
            // `bot:` names the words of any kind of message.
            Some(text) => {
                let Some(Entry { what: Happened::Sent { message, .. }, .. }) =
                    self.simulator.transcript().get(at)
                else {
                    return Ok(());
                };
                match shown::words(message) {
                    Some(words) if print(text) == words => return Ok(()),
                    Some(words) => {
                        return Err(Wrong::new("the bot said something else", expected, words));
                    }
                    None => compare::missing(wanted, &came, false),
                }
            }
            None => compare::missing(wanted, &came, false),
        };
        if lines.is_empty() {
            return Ok(());
        }
        let message = format!("the bot sent something else: {}", lines.join("; "));
        Err(Wrong::new(message, expected, compare::pretty(&came)))
    }

    /// What may explain that no message came: the last thing that stopped the bot.
    fn why_silent(&self) -> String {
        let reason = self.facts().rev().find_map(|event| match &event.fact {
            Fact::MessageWithheld { reason } => Some(format!("a message was withheld: {reason}")),
            Fact::HandedOver { note, .. } => Some(match note {
                Some(note) => format!("the conversation is with the team: {note}"),
                None => "the conversation is with the team".into(),
            }),
            Fact::SessionEnded { reason } => Some(format!("the session ended: {reason}")),
            _ => None,
        });
        reason.map_or(String::new(), |reason| format!(" ({reason})"))
    }

    fn next_called(&mut self, wanted: &Value) -> Result<(), Wrong> {
        // `called: find_contact` is short for `called: {step: find_contact}`.
        let wanted = if wanted.is_string() { json!({"step": wanted}) } else { wanted.clone() };
        if let Value::Object(fields) = &wanted {
            const KNOWN: [&str; 9] =
                ["step", "method", "url", "headers", "query", "json", "form", "xml", "text"];
            if let Some(name) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
                let hint =
                    nearest(name, KNOWN).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return Err(Wrong::new(format!("`called` knows no `{name}`{hint}"), "", ""));
            }
        }
        let calls: Vec<(usize, &str, &Sent)> = self
            .simulator
            .transcript()
            .iter()
            .enumerate()
            .skip(self.next_call)
            .filter_map(|(at, entry)| match &entry.what {
                Happened::Answered { step, exchange, .. } => Some((at, step.as_str(), &exchange.sent)),
                _ => None,
            })
            .collect();
        let mut first_miss = None;
        for (at, step, sent) in &calls {
            let came = call_as_value(step, sent, &wanted);
            let lines = compare::missing(&lower_headers(&wanted), &came, true);
            if lines.is_empty() {
                self.next_call = at + 1;
                return Ok(());
            }
            first_miss.get_or_insert((lines, came));
        }
        Err(match first_miss {
            Some((lines, came)) => Wrong::new(
                format!("no call was made like this: {}", lines.join("; ")),
                compare::pretty(&wanted),
                compare::pretty(&came),
            ),
            None => Wrong::new("no call was made here", compare::pretty(&wanted), ""),
        })
    }

    fn unset(&self, names: &[String]) -> Result<(), Wrong> {
        let variables = self.simulator.variables();
        for name in names {
            if let Some(value) = variables.and_then(|variables| variables.get(name)) {
                return Err(Wrong::new(format!("`{name}` has a value"), "", compare::pretty(value)));
            }
        }
        Ok(())
    }

    fn outcomes(&self, wanted: &Value) -> Result<(), Wrong> {
        let mut came = Values::new();
        for event in self.facts() {
            if let (Some(step), Fact::CallFinished { outcome, .. }) = (&event.step, &event.fact) {
                came.insert(step.clone(), json!(outcome));
            }
        }
        subset("the outcomes", wanted, &Value::Object(came), false)
    }

    fn findings(&self, wanted: &Value) -> Result<(), Wrong> {
        let mut came = Values::new();
        for event in self.facts() {
            if let (Some(step), Fact::CallFinished { findings, .. }) = (&event.step, &event.fact) {
                came.insert(step.clone(), json!(findings));
            }
        }
        let wanted: Values = wanted
            .as_object()
            .into_iter()
            .flatten()
            .map(|(step, codes)| {
                (step.clone(), if codes.is_string() { json!([codes]) } else { codes.clone() })
            })
            .collect();
        subset("the findings", &Value::Object(wanted), &Value::Object(came), false)
    }

    fn handed_over(&self, wanted: &Value) -> Result<(), Wrong> {
        let last = self.facts().rev().find_map(|event| match &event.fact {
            Fact::HandedOver { team, note } => Some((team, note)),
            _ => None,
        });
        if *wanted == json!(false) {
            return match last {
                None => Ok(()),
                Some((team, note)) => {
                    let came = json!({"team": team, "note": note});
                    Err(Wrong::new("the conversation was handed over", "", compare::pretty(&came)))
                }
            };
        }
        let Some((team, note)) = last else {
            return Err(Wrong::new("the conversation was not handed over", compare::pretty(wanted), ""));
        };
        let wanted = match wanted {
            Value::Bool(true) => return Ok(()),
            Value::String(team) => json!({"team": team}),
            other => other.clone(),
        };
        subset("the hand-over", &wanted, &json!({"team": team, "note": note}), true)
    }

    fn ended(&self, wanted: &Value) -> Result<(), Wrong> {
        let last = self.facts().rev().find_map(|event| match &event.fact {
            Fact::SessionEnded { reason } => Some(reason.as_str()),
            _ => None,
        });
        match (wanted, last.filter(|_| self.simulator.session().is_none())) {
            (Value::Bool(false), None) | (Value::Bool(true), Some(_)) => Ok(()),
            (Value::String(reason), Some(last)) if reason == last => Ok(()),
            (wanted, Some(last)) => Err(Wrong::new("the session ended in another way", print(wanted), last)),
            (wanted, None) => Err(Wrong::new("the session has not ended", print(wanted), "")),
        }
    }

    fn withheld(&self, wanted: &str) -> Result<(), Wrong> {
        let reasons: Vec<&str> = self
            .facts()
            .filter_map(|event| match &event.fact {
                Fact::MessageWithheld { reason } => Some(reason.as_str()),
                _ => None,
            })
            .collect();
        if reasons.contains(&wanted) {
            return Ok(());
        }
        Err(Wrong::new("no message was withheld for this reason", wanted, reasons.join("\n")))
    }

    fn facts(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.simulator.transcript().iter().filter_map(|entry| match &entry.what {
            Happened::Fact(event) => Some(event),
            _ => None,
        })
    }
}

/// Checks a flow and makes its mends.
fn checked(check: &Check) -> Result<(), Wrong> {
    let source = Source::new("check.yaml", check.text.value.clone());
    let (_, findings) = read_flow(&source);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    for wanted in &check.finds {
        if !codes.contains(&wanted.as_str()) {
            let message = format!("the checker does not find `{wanted}`");
            return Err(Wrong::new(message, check.finds.join("\n"), codes.join("\n")));
        }
    }
    let Some(repaired) = &check.repaired else { return Ok(()) };
    let wanted = findings.iter().filter(|finding| check.finds.iter().any(|code| code == finding.code));
    let mut edits: Vec<&Edit> =
        wanted.filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits).collect();
    // From the end, so that the ranges of the others stay true.
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
    edits.dedup();
    let mut text = check.text.value.clone();
    for edit in edits {
        if text.get(edit.range.clone()).is_some() {
            text.replace_range(edit.range.clone(), &edit.text);
        }
    }
    if text.contains(repaired.trim()) {
        return Ok(());
    }
    Err(Wrong::new("the mended text is another one", repaired.trim(), text))
}

/// A contact for cases that name none: known by a number that belongs to nobody.
fn somebody() -> Contact {
    Contact { id: "contact".into(), phone: Some("+15550100".into()), ..Contact::default() }
}

fn subset(what: &str, wanted: &Value, came: &Value, globs: bool) -> Result<(), Wrong> {
    let lines = compare::missing(wanted, came, globs);
    if lines.is_empty() {
        return Ok(());
    }
    // Only what the test names; the rest would hide the difference.
    let came = match (wanted, came) {
        (Value::Object(wanted), Value::Object(came)) => {
            let named = came.iter().filter(|(name, _)| wanted.contains_key(*name));
            Value::Object(named.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => came.clone(),
    };
    let message = format!("{what} differ: {}", lines.join("; "));
    Err(Wrong::new(message, compare::pretty(wanted), compare::pretty(&came)))
}

/// Header names are compared in lower case.
fn lower_headers(wanted: &Value) -> Value {
    let mut wanted = wanted.clone();
    if let Some(Value::Object(headers)) = wanted.get_mut("headers") {
        *headers =
            headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(print(value)))).collect();
    }
    wanted
}

/// A call with the fields that `wanted` names.
fn call_as_value(step: &str, sent: &Sent, wanted: &Value) -> Value {
    let mut value = json!({"step": step, "method": sent.method, "text": sent.body, "xml": sent.body});
    let Value::Object(fields) = &mut value else { return value };
    let with_query = wanted.get("url").and_then(Value::as_str).is_some_and(|url| url.contains('?'));
    let (address, query) = sent.url.split_once('?').unwrap_or((&sent.url, ""));
    fields.insert("url".into(), json!(if with_query { &sent.url } else { address }));
    fields.insert("query".into(), named_values(query));
    let headers: Values =
        sent.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    fields.insert("headers".into(), Value::Object(headers));
    if let Ok(json) = serde_json::from_str(&sent.body) {
        fields.insert("json".into(), json);
    }
    fields.insert("form".into(), named_values(&sent.body));
    // Only what the test names can differ; the rest would only be noise in a diff.
    if let Some(wanted) = wanted.as_object() {
        fields.retain(|name, _| wanted.contains_key(name));
    }
    value
}

/// Decoded names and values; a name that comes twice has a list.
fn named_values(encoded: &str) -> Value {
    let mut values = Values::new();
    for (name, value) in super::mock::pairs(encoded) {
        match values.get_mut(&name) {
            None => {
                values.insert(name, json!(value));
            }
            Some(Value::Array(list)) => list.push(json!(value)),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    Value::Object(values)
}
