//! What a finished call means: findings for the author, words for the team.

use crate::bot::Bot;
use crate::diagnosis;
use crate::finding::Finding;
use crate::flow::Step;
use crate::request::{Exchange, Finished, Outcome, finish};
use crate::session::{Session, Waiting};
use crate::steps::Action;
use crate::steps::api_request::ApiRequest;

/// The findings of a call's exchange, with causes and mends, for the record that people read; the same that the turn
/// notes as codes. `session` is the one that waits for the call, before the turn; empty for any other.
pub fn call_findings(bot: &Bot, session: &Session, effect: &str, exchange: &Exchange) -> Vec<Finding> {
    if !matches!(&session.waiting, Waiting::Call { effect: awaited } if awaited == effect) {
        return Vec::new();
    }
    let step = session.frame().and_then(|frame| bot.at(&frame.flow, frame.revision)?.steps.get(&frame.step));
    match step.map(|step| (step, &step.action)) {
        Some((step, Action::ApiRequest(request))) => {
            findings(step, request, exchange, &finish(request, exchange))
        }
        _ => Vec::new(),
    }
}

/// The findings of a call of `step`, which they name.
pub(crate) fn findings(
    step: &Step,
    request: &ApiRequest,
    exchange: &Exchange,
    finished: &Finished,
) -> Vec<Finding> {
    let findings = diagnosis::of_exchange(request, exchange, finished);
    findings.into_iter().map(|finding| finding.in_step(&step.name)).collect()
}

/// Why a call failed, for the person who takes over: the outcome, what was seen, what to change.
pub(crate) fn in_words(
    step: &Step,
    outcome: Outcome,
    exchange: Option<&Exchange>,
    findings: &[Finding],
) -> String {
    let status = exchange.and_then(|exchange| exchange.status);
    let status = status.map_or_else(String::new, |status| format!(", HTTP {status}"));
    let mut words = format!("The API request \"{}\" failed ({}{status}).", step.name, outcome.as_str());
    let mut say = |sentence: &str| {
        let sentence = sentence.trim();
        if sentence.is_empty() {
            return;
        }
        words.push(' ');
        let mut letters = sentence.chars();
        words.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        words.push_str(letters.as_str());
        if !sentence.ends_with(['.', '!', '?']) {
            words.push('.');
        }
    };
    match findings.first() {
        Some(finding) => {
            say(&finding.message);
            say(&finding.mend);
        }
        None => say(exchange.and_then(|exchange| exchange.detail.as_deref()).unwrap_or_default()),
    }
    words
}
