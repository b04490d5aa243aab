//! What a line of a dialogue says must have happened.

use super::{Player, Wrong};
use crate::dialogue::document::Line;
use crate::dialogue::simulator::{Entry, Happened};
use crate::dialogue::{compare, mock, shown};
use crate::request::Sent;
use crate::spelling::nearest;
use crate::template::print;
use crate::turn::{Event, Fact};
use crate::{Value, Values};
use serde_json::json;

impl Player<'_> {
    /// Messages that no line has named yet, with their places in the transcript.
    pub(super) fn unnamed(&self) -> Vec<(usize, Value)> {
        let entries = self.simulator.transcript().iter().enumerate().skip(self.next_message);
        entries
            .filter_map(|(at, entry)| match &entry.what {
                Happened::Sent { message, .. } => Some((at, shown::as_value(message))),
                _ => None,
            })
            .collect()
    }

    /// Something must have happened.
    pub(super) fn holds(&mut self, line: &Line) -> Result<(), Wrong> {
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
        let untouched = || self.facts().next().is_none().then(|| "no trigger meets the message".to_owned());
        reason.or_else(untouched).map_or(String::new(), |reason| format!(" ({reason})"))
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

    /// The codes must be among those of the step's last call; an empty list wants none.
    fn findings(&self, wanted: &Value) -> Result<(), Wrong> {
        for (step, codes) in wanted.as_object().into_iter().flatten() {
            let codes: Vec<&str> = match codes {
                Value::Array(codes) => codes.iter().filter_map(Value::as_str).collect(),
                one => one.as_str().into_iter().collect(),
            };
            let last = self.facts().rev().find_map(|event| match &event.fact {
                Fact::CallFinished { findings, .. } if event.step.as_ref() == Some(step) => Some(findings),
                _ => None,
            });
            let Some(came) = last else {
                return Err(Wrong::new(format!("`{step}` made no call"), codes.join("\n"), ""));
            };
            let lacking = codes.iter().find(|code| !came.iter().any(|found| found == *code));
            if lacking.is_some() || (codes.is_empty() && !came.is_empty()) {
                let message = match lacking {
                    Some(code) => format!("the call of `{step}` has no finding `{code}`"),
                    None => format!("the call of `{step}` has findings"),
                };
                return Err(Wrong::new(message, codes.join("\n"), came.join("\n")));
            }
        }
        Ok(())
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
    for (name, value) in mock::pairs(encoded) {
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
