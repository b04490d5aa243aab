//! A conversation without the world: the engine of production on a clock that moves when told.

use crate::bot::Bot;
use crate::engine;
use crate::finding::Finding;
use crate::request::{Exchange, PreparedRequest};
use crate::session::{Frame, Session, Waiting};
use crate::template::print;
use crate::turn::{
    Ambient, ButtonParameter, Channel, Choice, Contact, Effect, Event, Fact, Input, Message, Outgoing,
};
use crate::{Value, Values};
use std::collections::VecDeque;
use std::time::Duration;

/// Time that passes before each of the customer's messages: nobody types in no time, and an answer is later than its
/// question.
const TYPING_MS: i64 = 1000;
/// Wake-ups in one [`Simulator::wait`], so that a loop of short waits ends.
const WAKES_MAX: u32 = 10_000;

/// One contact, one conversation, and the bot.
///
/// The caller answers calls: while [`Simulator::pending_call`] is some, messages wait behind it as in production.
#[derive(Debug, Clone)]
pub struct Simulator {
    bot: Bot,
    ambient: Ambient,
    start_with: Values,
    session: Option<Session>,
    last: Option<Frame>,
    held: VecDeque<Message>,
    pending: Option<PendingCall>,
    turns: u32,
    messages: u32,
    transcript: Vec<Entry>,
}

/// A call that waits for its result.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingCall {
    /// The effect's id.
    pub effect: String,
    pub flow: String,
    pub step: String,
    pub request: PreparedRequest,
}

/// Something that happened, and when, epoch milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: i64,
    pub what: Happened,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// The customer wrote or tapped.
    Received(Message),
    /// The bot sent.
    Sent { id: String, flow: Option<String>, step: Option<String>, message: Outgoing },
    /// A call was ordered.
    Called(PendingCall),
    /// A call came back; its findings with their causes and mends.
    Answered { effect: String, step: String, exchange: Box<Exchange>, findings: Vec<Finding> },
    /// A fact of a turn.
    Fact(Event),
}

/// A tap on what is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no button or row \"{wanted}\"; shown so far: {}", if .shown.is_empty() { "none".to_owned() } else { .shown.join(", ") })]
pub struct NoSuchButton {
    pub wanted: String,
    /// Titles, the latest message first.
    pub shown: Vec<String>,
}

impl Simulator {
    /// A conversation that begins at `now` (epoch milliseconds).
    pub fn new(bot: Bot, contact: Contact, channel: Channel, now: i64) -> Self {
        let ambient =
            Ambient { now, turn_id: String::new(), ids: 0, contact, channel, with_team_since: None };
        Simulator {
            bot,
            ambient,
            start_with: Values::new(),
            session: None,
            last: None,
            held: VecDeque::new(),
            pending: None,
            turns: 0,
            messages: 0,
            transcript: Vec::new(),
        }
    }

    /// Variables that every session starts with.
    #[must_use]
    pub fn starting_with(mut self, variables: Values) -> Self {
        self.start_with = variables;
        self
    }

    /// The customer writes.
    pub fn say(&mut self, text: impl Into<String>) {
        self.receive(Message { kind: "text".into(), text: Some(text.into()), ..Message::default() });
    }

    /// A message of any kind arrives; its id and times are set here where they are empty.
    pub fn receive(&mut self, mut message: Message) {
        self.ambient.now += TYPING_MS;
        self.messages += 1;
        if message.id.is_empty() {
            message.id = format!("m{}", self.messages);
        }
        if message.sent_at == 0 {
            message.sent_at = self.ambient.now;
        }
        message.accepted_at = self.ambient.now;
        message.first = self.messages == 1;
        self.note(Happened::Received(message.clone()));
        self.held.push_back(message);
        self.deliver();
    }

    /// The customer taps a button or a row, named by its title or value; the latest message that shows it counts.
    /// A template's quick reply is named by its payload.
    pub fn tap(&mut self, wanted: &str) -> Result<(), NoSuchButton> {
        let folded = engine::fold(wanted);
        let mut shown = Vec::new();
        let mut found = None;
        for entry in self.transcript.iter().rev() {
            let Happened::Sent { id, message, .. } = &entry.what else { continue };
            for button in buttons(message) {
                let value = button.id.split_once(':').map_or(button.id.as_str(), |(_, value)| value);
                let named = [button.title.as_str(), value].iter().any(|name| engine::fold(name) == folded);
                if named && found.is_none() {
                    let kind =
                        if matches!(message, Outgoing::Template(_)) { "button" } else { "interactive" };
                    found = Some(Message {
                        kind: kind.into(),
                        text: Some(button.title.clone()),
                        reply_id: Some(button.id.clone()),
                        context_id: Some(id.clone()),
                        ..Message::default()
                    });
                }
                shown.push(button.title);
            }
        }
        match found {
            Some(message) => {
                self.receive(message);
                Ok(())
            }
            None => Err(NoSuchButton { wanted: wanted.to_owned(), shown }),
        }
    }

    /// Lets time pass and wakes the session where it wants to be woken. Returns the time that is left when a call stopped
    /// it; answer the call and wait on.
    pub fn wait(&mut self, time: Duration) -> Duration {
        let end = engine::later(self.ambient.now, time);
        for _ in 0..WAKES_MAX {
            if self.pending.is_some() {
                break;
            }
            let Some(at) = self.session.as_ref().map(|session| session.wake_at).filter(|at| *at <= end)
            else {
                self.ambient.now = end;
                break;
            };
            self.ambient.now = self.ambient.now.max(at);
            self.turn(&Input::Wake);
        }
        Duration::from_millis(u64::try_from(end.saturating_sub(self.ambient.now)).unwrap_or(0))
    }

    /// Lets lines that are being joined become the answer.
    pub fn settle(&mut self) {
        let Some(Session { waiting: Waiting::Answer { join_until: Some(until), .. }, .. }) = &self.session
        else {
            return;
        };
        self.ambient.now = self.ambient.now.max(*until);
        self.turn(&Input::Wake);
    }

    /// The call that waits for its result.
    pub fn pending_call(&self) -> Option<&PendingCall> {
        self.pending.as_ref()
    }

    /// Gives the pending call its result; the clock moves by `exchange.elapsed_ms`. Does nothing without one.
    pub fn answer_call(&mut self, exchange: Exchange) {
        let Some(call) = self.pending.take() else { return };
        let elapsed = Duration::from_millis(exchange.elapsed_ms);
        self.ambient.now = engine::later(self.ambient.now, elapsed);
        let findings = match &self.session {
            Some(session) => engine::call_findings(&self.bot, session, &call.effect, &exchange),
            None => Vec::new(),
        };
        self.note(Happened::Answered {
            effect: call.effect.clone(),
            step: call.step,
            exchange: Box::new(exchange.clone()),
            findings,
        });
        self.turn(&Input::Call { effect: call.effect, exchange });
        self.deliver();
    }

    /// The team gives the conversation back to the bot.
    pub fn release(&mut self) {
        self.ambient.with_team_since = None;
    }

    /// The flows that it talks to.
    pub fn bot(&self) -> &Bot {
        &self.bot
    }

    /// All that happened, in order.
    pub fn transcript(&self) -> &[Entry] {
        &self.transcript
    }

    /// Variables of the running flow, or of the last that ended.
    pub fn variables(&self) -> Option<&Values> {
        let running = self.session.as_ref().and_then(Session::frame);
        running.or(self.last.as_ref()).map(|frame| &frame.variables)
    }

    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    pub fn contact(&self) -> &Contact {
        &self.ambient.contact
    }

    /// The contact, to be changed from outside the conversation: by an agent, an import, an opt-out.
    pub fn contact_mut(&mut self) -> &mut Contact {
        &mut self.ambient.contact
    }

    /// Whether people have the conversation.
    pub fn with_team(&self) -> bool {
        self.ambient.with_team_since.is_some()
    }

    /// Epoch milliseconds.
    pub fn now(&self) -> i64 {
        self.ambient.now
    }

    /// Gives the messages that wait to the engine, as long as none has to wait behind a call.
    fn deliver(&mut self) {
        while self.pending.is_none() {
            let Some(message) = self.held.pop_front() else { return };
            self.turn(&Input::Message(message));
        }
    }

    fn turn(&mut self, input: &Input) {
        self.turns += 1;
        self.ambient.turn_id = format!("t{}", self.turns);
        self.ambient.ids = 0;
        let session = self.session.take();
        let traced = engine::traced(&self.bot, session, input, &mut self.ambient, self.start_with.clone());
        self.session = traced.turn.session;
        if traced.ended.is_some() {
            self.last = traced.ended;
        }
        let mut events = traced.turn.events.into_iter();
        let mut told = 0;
        for (effect, before) in traced.turn.effects.into_iter().zip(traced.order) {
            for event in events.by_ref().take(before.saturating_sub(told)) {
                self.note(Happened::Fact(event));
            }
            told = before;
            match effect {
                Effect::Send { id, flow, step, message } => {
                    self.note(Happened::Sent { id, flow, step, message });
                }
                Effect::Call { id, flow, step, request } => {
                    let call = PendingCall { effect: id, flow, step, request: *request };
                    self.note(Happened::Called(call.clone()));
                    self.pending = Some(call);
                }
            }
        }
        for event in events {
            self.note(Happened::Fact(event));
        }
    }

    fn note(&mut self, what: Happened) {
        self.transcript.push(Entry { at: self.ambient.now, what });
    }
}

/// What can be tapped in a message.
fn buttons(message: &Outgoing) -> Vec<Choice> {
    match message {
        Outgoing::Buttons { buttons, .. } => buttons.clone(),
        Outgoing::List { rows, .. } => rows.clone(),
        Outgoing::Template(template) => {
            let payload = |parameter: &ButtonParameter| match parameter {
                ButtonParameter::Payload(payload) => Some(payload.clone()),
                _ => None,
            };
            let payloads = template.buttons.iter().filter_map(|button| payload(&button.parameter));
            payloads
                .map(|payload| Choice { id: payload.clone(), title: payload, description: None })
                .collect()
        }
        _ => Vec::new(),
    }
}

impl Entry {
    /// One line for people; `None` for facts that say nothing to an onlooker.
    pub fn words(&self) -> Option<String> {
        match &self.what {
            Happened::Received(message) => {
                let text = message.text.clone().unwrap_or_else(|| format!("({})", message.kind));
                let tapped = if message.reply_id.is_some() { "taps" } else { "customer" };
                Some(format!("{tapped}: {text}"))
            }
            Happened::Sent { message, .. } => {
                let shown = super::shown::as_value(message);
                Some(format!(
                    "bot: {}",
                    print(shown.get("text").filter(|_| is_text(message)).unwrap_or(&shown))
                ))
            }
            Happened::Called(call) => Some(format!(
                "call {}: {} {}",
                call.step,
                call.request.method.as_str(),
                call.request.url.redacted()
            )),
            Happened::Answered { step, exchange, .. } => {
                let status = exchange.status.map_or(String::new(), |status| format!(" {status}"));
                Some(format!(
                    "answer of {step}:{status} {} ({} ms)",
                    exchange.outcome.as_str(),
                    exchange.elapsed_ms
                ))
            }
            Happened::Fact(event) => fact_in_words(&event.fact),
        }
    }
}

fn is_text(message: &Outgoing) -> bool {
    matches!(message, Outgoing::Text { .. })
}

fn fact_in_words(fact: &Fact) -> Option<String> {
    let value = |value: &Value| print(value).into_owned();
    Some(match fact {
        Fact::SessionStarted { by, .. } => format!("started by {by}"),
        Fact::SessionEnded { reason } => format!("ended: {reason}"),
        Fact::MessageWithheld { reason } => format!("not sent: {reason}"),
        Fact::HandedOver { team, note } => {
            let team = team.as_deref().unwrap_or("the team");
            match note {
                Some(note) => format!("handed over to {team}: {note}"),
                None => format!("handed over to {team}"),
            }
        }
        Fact::HoleUnset { name } => format!("nothing to print for {{{{{name}}}}}"),
        Fact::ContactUpdated { field, value: new } => format!("contact {field} = {}", value(new)),
        Fact::ContactTagged { tag } => format!("contact tagged {tag}"),
        Fact::ContactUntagged { tag } => format!("contact untagged {tag}"),
        Fact::Released => "given back to the bot".into(),
        Fact::MessageKept => "kept in the conversation".into(),
        Fact::CallFinished { findings, .. } if !findings.is_empty() => {
            format!("findings: {}", findings.join(", "))
        }
        _ => return None,
    })
}
