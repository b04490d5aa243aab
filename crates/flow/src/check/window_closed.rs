//! A message would leave after the 24-hour service window has closed.
//!
//! WhatsApp takes free-form messages only within 24 hours after the customer's last message. Behind waits and unanswered
//! questions of that length together, only an approved template may be sent. Use a `send_template` step; when the customer
//! answers it, the window is open again.

use super::Checked;
use super::graph::{Exit, ExitKind};
use crate::finding::{Finding, Severity};
use crate::flow::Step;
use crate::limits::SERVICE_WINDOW;
use crate::steps::Action;
use crate::steps::wait::Until;
use std::time::Duration;

/// Longest time since the customer's last message, and the step that added to it last.
type Silence = (Duration, Option<usize>);

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (at, silence) in silences(checked).into_iter().enumerate() {
        let step = checked.graph.steps[at];
        let Some((since, waited)) = silence else { continue };
        if since < SERVICE_WINDOW || !sends_freely(&step.action) {
            continue;
        }
        let waited = waited.map_or(String::new(), |at| format!(" after `{}`", checked.graph.steps[at].name));
        let message =
            format!("24 hours or more may have passed{waited}; WhatsApp takes only a template then");
        let finding = Finding::new("window-closed", Severity::Error, message)
            .at(step.name_span.clone())
            .in_step(&step.name)
            .because("Free-form messages leave only within 24 hours after the customer's last message.")
            .mend("Send an approved template (`type: send_template`), or wait less than 24h.");
        findings.push(finding);
    }
}

fn sends_freely(action: &Action) -> bool {
    match action {
        Action::SendMessage(_) | Action::AskQuestion(_) => true,
        Action::HandOver(action) => action.text.is_some(),
        _ => false,
    }
}

/// The longest silence on entry to each step. Longer than the window is all one, so that circles come to rest.
fn silences(checked: &Checked<'_>) -> Vec<Option<Silence>> {
    let graph = &checked.graph;
    let mut entry: Vec<Option<Silence>> = vec![None; graph.steps.len()];
    let Some(first) = entry.first_mut() else { return entry };
    *first = Some((Duration::ZERO, None));
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        let Some(silence) = entry[at] else { continue };
        for exit in &graph.exits[at] {
            let Some(to) = exit.to else { continue };
            let after = leave(graph.steps[at], at, exit, silence);
            if entry[to].is_none_or(|before| after.0 > before.0) {
                entry[to] = Some(after);
                open.push(to);
            }
        }
    }
    entry
}

fn leave(step: &Step, at: usize, exit: &Exit<'_>, (since, waited): Silence) -> Silence {
    let longer = |by: Duration| ((since + by).min(SERVICE_WINDOW), Some(at));
    match &step.action {
        Action::AskQuestion(question) => match (exit.kind, question.timeout) {
            (ExitKind::Named("timeout"), Some(timeout)) => longer(timeout),
            _ => (Duration::ZERO, None),
        },
        Action::Wait(wait) => match &wait.until {
            Until::For(duration) => longer(*duration),
            // A moment that is not known yet is judged when the message is sent.
            Until::Moment(_) => (since, waited),
        },
        _ => (since, waited),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    #[test]
    fn waits_add_up_along_a_way() {
        let steps = "  a: {type: wait, for: 13h, next: b}\n  b: {type: wait, for: 12h, next: c}\n  \
                     c: {type: send_message, text: Still there?, next: end}\n";
        assert_eq!(places("window-closed", steps), ["c"]);
        assert!(found("window-closed", steps)[0].message.contains("`b`"));
    }

    #[test]
    fn an_answer_opens_the_window_again() {
        none(
            "window-closed",
            "  a: {type: wait, for: 25h, next: b}\n  \
             b: {type: send_template, template: hello, language: en, next: q}\n  \
             q: {type: wait, for: 1h, next: end}\n",
        );
        none(
            "window-closed",
            "  a: {type: wait, for: 23h, next: b}\n  b: {type: ask_question, text: Hi?, next: c}\n  \
             c: {type: wait, for: 23h, next: d}\n  d: {type: send_message, text: Hi, next: end}\n",
        );
    }

    #[test]
    fn an_unanswered_question_counts_and_circles_end() {
        let steps = "  a: {type: ask_question, text: Hi?, timeout: 10h, next: end, exits: {timeout: a}}\n";
        assert_eq!(places("window-closed", steps), ["a"]);
    }
}
