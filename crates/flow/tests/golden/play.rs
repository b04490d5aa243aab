//! Playing JSON cases in the simulator and comparing what came with what they expect.

use rapport_flow::Bot;
use rapport_flow::bot::Settings;
use rapport_flow::dialogue::{Happened, Simulator, message_as_value};
use rapport_flow::document::{Source, read_bot, read_flow};
use rapport_flow::finding::Severity;
use rapport_flow::request::{Attempt, Exchange, Outcome, PreparedBody, Sent};
use rapport_flow::session::Waiting;
use rapport_flow::turn::{Channel, Contact, Fact, Message};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Wednesday, 2026-01-07 10:00 in UTC.
pub(crate) const NOW: i64 = 1_767_780_000_000;

/// A conversation that was played to its end.
pub(crate) struct Play {
    simulator: Simulator,
}

impl Play {
    /// Plays `case` against the flows of `document` (`flow`, `flows`): says "go" unless `first` says otherwise, then the
    /// `inputs`, while `replies` answer the calls in order.
    pub(crate) fn new(document: &Value, case: &Value) -> Play {
        let flows =
            [&document["flow"]].into_iter().chain(items(&document["flows"])).chain(items(&case["flows"]));
        let flows: Vec<_> =
            flows.filter(|flow| !flow.is_null()).map(|flow| Arc::new(read(flow, case))).collect();
        let bot = Bot::new(settings(&case["bot"]), flows);
        let variables = case["with_variables"].as_object().cloned().unwrap_or_default();
        let channel = Channel { name: "main".into(), phone: Some("+15550199".into()) };
        let simulator =
            Simulator::new(bot, contact(&case["with_contact"]), channel, NOW).starting_with(variables);
        let mut play = Play { simulator };
        let replies: Vec<&Value> = items(&case["replies"]).collect();
        let mut replies = replies.into_iter();
        let late = case["late_replies"] == json!(true);
        let go = json!("go");
        let first = if case["first"].is_null() { &go } else { &case["first"] };
        for input in [first].into_iter().chain(items(&case["inputs"])) {
            let left = play.input(input, &case["about"]);
            if !late {
                play.answer(left, &mut replies, &case["about"]);
            }
        }
        if late && replies.len() > 0 {
            play.answer(Duration::ZERO, &mut replies, &case["about"]);
        }
        play
    }

    /// Returns the time left of a wait that a call stopped.
    fn input(&mut self, input: &Value, about: &Value) -> Duration {
        let mut left = Duration::ZERO;
        match input {
            Value::String(text) => self.simulator.say(text),
            Value::Object(input) => {
                let (what, value) = input.iter().next().expect("an input names what it is");
                match what.as_str() {
                    "tap" => self
                        .simulator
                        .tap(value.as_str().unwrap())
                        .unwrap_or_else(|error| panic!("{about}: {error}")),
                    "wait_s" => left = self.simulator.wait(Duration::from_secs(value.as_u64().unwrap())),
                    "contact" => {
                        self.simulator.contact_mut().stopped = value["stopped"] == json!(true);
                        self.simulator.contact_mut().opted_out = value["opted_out"] == json!(true);
                    }
                    "release" => self.simulator.release(),
                    kind => self.simulator.receive(message(kind, value)),
                }
            }
            other => panic!("{about}: {other} is no input"),
        }
        left
    }

    fn answer<'c>(
        &mut self,
        mut left: Duration,
        replies: &mut impl Iterator<Item = &'c Value>,
        about: &Value,
    ) {
        loop {
            while self.simulator.pending_call().is_some() {
                let reply = replies.next().unwrap_or_else(|| panic!("{about}: a call without a reply"));
                self.simulator.answer_call(exchange(reply));
            }
            if left.is_zero() {
                return;
            }
            left = self.simulator.wait(left);
        }
    }

    /// Facts of one step, without those of the session.
    pub(crate) fn facts_of_step(&self, step: &str) -> Vec<Value> {
        let facts = self.simulator.transcript().iter().filter_map(|entry| match &entry.what {
            Happened::Fact(event) if event.step.as_deref() == Some(step) => Some(fact(&event.fact)),
            _ => None,
        });
        facts.collect()
    }

    /// All facts with the steps that they are of.
    pub(crate) fn facts(&self) -> Vec<Value> {
        let facts = self.simulator.transcript().iter().filter_map(|entry| match &entry.what {
            Happened::Fact(event) => Some(match &event.step {
                Some(step) => json!([step, fact(&event.fact)]),
                None => json!([fact(&event.fact)]),
            }),
            _ => None,
        });
        facts.collect()
    }

    /// The whole conversation, one line each: what was received, sent, called, and the facts.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.simulator.transcript().iter().map(|entry| match &entry.what {
            Happened::Received(message) => {
                json!({"received": message.text.as_ref().unwrap_or(&message.kind)})
            }
            Happened::Sent { step, message, .. } => json!({"sent": message_as_value(message), "by": step}),
            Happened::Called(call) => {
                json!({"called": format!("{} {}", call.request.method.as_str(), call.request.url.redacted())})
            }
            Happened::Answered { step, exchange, .. } => {
                json!({"answered": step, "outcome": exchange.outcome})
            }
            Happened::Fact(event) => match &event.step {
                Some(step) => json!({"fact": fact(&event.fact), "in": step}),
                None => json!({"fact": fact(&event.fact)}),
            },
        });
        lines.collect()
    }

    pub(crate) fn sends(&self) -> Vec<Value> {
        let sends = self.simulator.transcript().iter().filter_map(|entry| match &entry.what {
            Happened::Sent { message, .. } => Some(message_as_value(message)),
            _ => None,
        });
        sends.collect()
    }

    pub(crate) fn calls(&self) -> Vec<Value> {
        let calls = self.simulator.transcript().iter().filter_map(|entry| match &entry.what {
            Happened::Called(call) => {
                let request = &call.request;
                let body = match &request.body {
                    PreparedBody::None => Value::Null,
                    PreparedBody::Text { text, .. } => {
                        let text = text.redacted();
                        serde_json::from_str(&text).unwrap_or(json!(text))
                    }
                    PreparedBody::Multipart(parts) => json!(parts.len()),
                };
                let mut value = json!({"method": request.method, "url": request.url.redacted()});
                if !body.is_null() {
                    value["body"] = body;
                }
                Some(value)
            }
            _ => None,
        });
        calls.collect()
    }

    pub(crate) fn variables(&self) -> Value {
        Value::Object(self.simulator.variables().cloned().unwrap_or_default())
    }

    pub(crate) fn contact(&self) -> Value {
        let contact = self.simulator.contact();
        let mut value = json!({"name": contact.name, "email": contact.email, "tags": contact.tags});
        value["fields"] = Value::Object(contact.fields.clone());
        value
    }

    /// `answer`, `call`, a number of seconds from now, `team`, or `nothing`.
    pub(crate) fn waiting(&self) -> Value {
        match self.simulator.session().map(|session| &session.waiting) {
            Some(Waiting::Answer { .. }) => json!("answer"),
            Some(Waiting::Call { .. }) => json!("call"),
            Some(Waiting::Time { until }) => json!((until - self.simulator.now()) / 1000),
            None if self.simulator.with_team() => json!("team"),
            None => json!("nothing"),
        }
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn read(flow: &Value, case: &Value) -> rapport_flow::Flow {
    let (read, findings) = read_flow(&Source::new("case.json", flow.to_string()));
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{}: {errors:#?}", case["about"]);
    read.unwrap()
}

fn settings(bot: &Value) -> Settings {
    if bot.is_null() {
        return Settings::default();
    }
    let (settings, findings) = read_bot(&Source::new("bot.json", bot.to_string()));
    settings.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn contact(given: &Value) -> Contact {
    let text = |name: &str| given[name].as_str().map(str::to_owned);
    Contact {
        id: "contact".into(),
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        fields: given["fields"].as_object().cloned().unwrap_or_default(),
        tags: items(&given["tags"]).map(|tag| tag.as_str().unwrap().to_owned()).collect(),
        opted_out: given["opted_out"] == json!(true),
        ..Contact::default()
    }
}

/// `{kind: content}`; `text` and `referral` within it are the message's own.
fn message(kind: &str, value: &Value) -> Message {
    let mut content = value.clone();
    let mut message = Message { kind: kind.into(), ..Message::default() };
    if let Value::Object(content) = &mut content {
        message.text = content.shift_remove("text").map(|text| text.as_str().unwrap().to_owned());
        message.reply_id = content.shift_remove("reply_id").map(|id| id.as_str().unwrap().to_owned());
        message.referral = content.shift_remove("referral").unwrap_or_default();
    }
    message.content = if content.as_object().is_some_and(Map::is_empty) { Value::Null } else { content };
    message
}

fn exchange(reply: &Value) -> Exchange {
    let fault = serde_json::from_value::<Outcome>(reply["fails"].clone()).ok();
    let status = fault
        .is_none()
        .then(|| reply["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap()));
    let outcome = fault.unwrap_or_else(|| Outcome::of_status(status.unwrap()));
    let headers = reply["headers"].as_object().into_iter().flatten();
    Exchange {
        outcome,
        status,
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        body: match (&reply["json"], reply["text"].as_str()) {
            (_, Some(text)) => text.to_owned(),
            (Value::Null, None) => String::new(),
            (json, None) => json.to_string(),
        },
        sent: Sent::default(),
        attempts: vec![Attempt { outcome, status, elapsed_ms: 120, waited_ms: 0 }],
        elapsed_ms: 120,
        detail: reply["detail"].as_str().map(str::to_owned),
        redirect_to: None,
    }
}

/// A fact without findings, which change as the diagnosis learns.
fn fact(fact: &Fact) -> Value {
    let mut value = serde_json::to_value(fact).unwrap();
    if let Some(Value::Object(call)) = value.get_mut("call_finished") {
        call.shift_remove("findings");
    }
    value
}

/// Adds to `wrong` what came in another way than `case` expects; under `UPDATE_GOLDEN` changes the case instead.
pub(crate) fn compare(case: &mut Value, observed: &Map<String, Value>, name: &str, wrong: &mut Vec<String>) {
    let mut expects = 0;
    for (key, came) in observed {
        let Some(expected) = case.get_mut(key) else { continue };
        expects += 1;
        if expected == came {
            continue;
        }
        if updating() {
            *expected = came.clone();
        } else {
            wrong.push(format!("{name}\n  {key}\n  expected {expected}\n  came     {came}"));
        }
    }
    assert!(expects > 0, "{name} expects nothing");
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Writes the cases back under `UPDATE_GOLDEN`, laid out so that a change of one expectation is a change of few lines.
pub(crate) fn update(file: &Path, cases: &[Value]) {
    if updating() {
        let cases: Vec<String> = cases.iter().map(|case| format!("  {}", lines(case, 2))).collect();
        std::fs::write(file, format!("[\n{}\n]\n", cases.join(",\n"))).unwrap();
    }
}

/// On one line where it is short; else each entry on a line of its own.
fn laid_out(value: &Value, indent: usize) -> String {
    let line = one_line(value);
    if indent + line.chars().count() <= 140 { line } else { lines(value, indent) }
}

fn lines(value: &Value, indent: usize) -> String {
    let inner = " ".repeat(indent + 2);
    let (open, entries, close): (_, Vec<String>, _) = match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{inner}{}: {}", json!(key), laid_out(value, indent + 2))
            };
            ('{', map.iter().map(entry).collect(), '}')
        }
        Value::Array(list) => {
            let entry = |value| format!("{inner}{}", laid_out(value, indent + 2));
            ('[', list.iter().map(entry).collect(), ']')
        }
        other => return other.to_string(),
    };
    format!("{open}\n{}\n{}{close}", entries.join(",\n"), " ".repeat(indent))
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", json!(key), one_line(value));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
