//! Running an API request: order the call, map its result, leave by the exit that says most.

use super::ApiRequest;
use crate::engine::{Next, Resume, TurnBuilder, failure_in_words, findings_of_call};
use crate::finding::Finding;
use crate::flow::Step;
use crate::request::{self, Exchange, Finished, Outcome};
use crate::session::Waiting;
use crate::turn::{Effect, Fact};

impl ApiRequest {
    /// Orders the call; then maps its result and leaves by the exit that says most about it.
    pub(crate) fn run(&self, step: &Step, turn: &mut TurnBuilder<'_>, resume: Option<&Resume<'_>>) -> Next {
        match resume {
            Some(Resume::Call { effect, exchange }) => self.finish(step, turn, effect, exchange),
            _ => self.start(step, turn),
        }
    }

    /// The request is filled from the variables as they are, and only then what the call maps is unset: a loop may
    /// send the cursor that the last round saved, and a failed call leaves nothing behind.
    fn start(&self, step: &Step, turn: &mut TurnBuilder<'_>) -> Next {
        let prepared = request::prepare(self, turn);
        let nothing = request::unsent(self);
        turn.forget_call(&step.name);
        let effect = turn.new_id();
        match prepared {
            Ok(request) => {
                turn.map(nothing.values);
                let Some(frame) = turn.frame() else { return Next::End };
                let (flow, step) = (frame.flow.clone(), frame.step.clone());
                turn.event(Fact::CallStarted { effect: effect.clone() });
                turn.order(Effect::Call { id: effect.clone(), flow, step, request: Box::new(request) });
                Next::Wait(Waiting::Call { effect })
            }
            Err(refusal) => finished(step, turn, effect, None, nothing, &[refusal.finding()]),
        }
    }

    fn finish(&self, step: &Step, turn: &mut TurnBuilder<'_>, effect: &str, exchange: &Exchange) -> Next {
        let read = request::finish(self, exchange);
        let findings = findings_of_call(step, self, exchange, &read);
        finished(step, turn, effect.to_owned(), Some(exchange), read, &findings)
    }
}

fn finished(
    step: &Step,
    turn: &mut TurnBuilder<'_>,
    effect: String,
    exchange: Option<&Exchange>,
    finished: Finished,
    findings: &[Finding],
) -> Next {
    let (outcome, status) = (finished.outcome, exchange.and_then(|exchange| exchange.status));
    turn.map(finished.values);
    turn.remember_call(&step.name, finished.facts);
    turn.event(Fact::CallFinished {
        effect,
        outcome: outcome.as_str().to_owned(),
        status,
        findings: findings.iter().map(|finding| finding.code.to_owned()).collect(),
    });
    let note = failure_in_words(step, outcome, exchange, findings);
    Next::Exit { exit: exit_of(step, outcome, status), note: Some(note) }
}

/// The drawn exit that says most: the status, its hundred, the outcome, `failed`. A status speaks only where the answer
/// was not refused for another reason: a 200 that is not JSON is no `200`.
fn exit_of(step: &Step, outcome: Outcome, status: Option<u16>) -> String {
    let mut exits = Vec::new();
    if let Some(status) = status.filter(|status| Outcome::of_status(*status) == outcome) {
        exits.push(status.to_string());
        exits.push(format!("{}xx", status / 100));
    }
    if outcome == Outcome::Ok {
        return exits.into_iter().find(|exit| step.exits.contains_key(exit)).unwrap_or_else(|| "ok".into());
    }
    exits.push(outcome.as_str().to_owned());
    exits.into_iter().find(|exit| step.exits.contains_key(exit)).unwrap_or_else(|| "failed".into())
}
