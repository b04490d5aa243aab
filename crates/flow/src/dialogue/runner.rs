//! Plays the cases of a test file and says where one goes another way than it should.

mod expectations;

use super::compare;
use super::document::{Case, Check, Line, TestDocument};
use super::mock::Mocks;
use super::simulator::{Entry, Simulator};
use crate::Value;
use crate::bot::Bot;
use crate::check::{CheckContext, check};
use crate::document::{Source, edit, read_flow};
use crate::finding::{Edit, Finding};
use crate::flow::{Flow, Trigger, TriggerKind};
use crate::source::{Span, Spanned};
use crate::turn::{Channel, Contact, Message};
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
            checked(check, self.simulator.bot())
                .map_err(|wrong| self.failure(&check.text.place.span, wrong))?;
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
            Line::Customer(message) => self.simulator.receive(Message::clone(message)),
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
}

/// Checks a flow as `rapport check` does, and makes the mends of the findings that the case names.
fn checked(check: &Check, bot: &Bot) -> Result<(), Wrong> {
    let source = Source::new("check.yaml", check.text.value.clone());
    let findings = every_finding(&source, bot);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    for wanted in &check.finds {
        if !codes.contains(&wanted.as_str()) {
            let message = format!("the checker does not find `{wanted}`");
            return Err(Wrong::new(message, check.finds.join("\n"), codes.join("\n")));
        }
    }
    let Some(repaired) = &check.repaired else { return Ok(()) };
    let named = findings.iter().filter(|finding| check.finds.iter().any(|code| code == finding.code));
    let mut edits: Vec<Edit> = Vec::new();
    for edit in named.filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
        // Two findings may ask for the same.
        if !edits.contains(edit) {
            edits.push(edit.clone());
        }
    }
    let text = edit::apply(&check.text.value, &edits)
        .map_err(|error| Wrong::new(format!("the mends do not fit together: {error}"), "", ""))?;
    if text.contains(repaired.trim()) {
        return Ok(());
    }
    Err(Wrong::new("the mended text is another one", repaired.trim(), text))
}

fn every_finding(source: &Source, bot: &Bot) -> Vec<Finding> {
    let (flow, mut findings) = read_flow(source);
    if let Some(flow) = flow {
        let flows: Vec<&Flow> = bot.flows().map(|flow| &**flow).collect();
        let context =
            CheckContext { flows: Some(&flows), settings: Some(&bot.settings), ..CheckContext::default() };
        findings.extend(check(&flow, &context));
    }
    findings
}

/// A contact for cases that name none: known by a number that belongs to nobody.
fn somebody() -> Contact {
    Contact { id: "contact".into(), phone: Some("+15550100".into()), ..Contact::default() }
}
