//! The main exit of a step is not drawn, so the flow ends there.
//!
//! A step without `next` ends the flow when it is done. Where that is meant, write `next: end`: then everyone can see it.
//! Exits other than the main one hand over to people when they are not drawn; that needs no word.

use super::Checked;
use super::graph::ExitKind;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (from, exit) in checked.graph.edges() {
        let step = checked.graph.steps[from];
        let ExitKind::Named(name) = exit.kind else { continue };
        if exit.target.is_some() || step.action.main_exit() != Some(name) {
            continue;
        }
        let choices = matches!(&step.action, Action::AskQuestion(question) if question.choices.iter().any(|choice| choice.next.is_some()));
        let message = if choices {
            format!("`{}` has choices without a `next`; the flow ends when they are taken", step.name)
        } else {
            format!("the flow ends after `{}`", step.name)
        };
        let finding = Finding::new("exit-not-drawn", Severity::Warning, message)
            .at(step.name_span.clone())
            .in_step(&step.name)
            .because(format!("Its main exit `{name}` is not drawn."))
            .mend("Write `next:` and a step, or `next: end` where the flow should end.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn a_forgotten_next_is_told() {
        assert_eq!(places("exit-not-drawn", "  a: {type: send_message, text: Hi}\n"), ["a"]);
        assert_eq!(
            places(
                "exit-not-drawn",
                "  a: {type: ask_question, text: Hi, choices: [{keyword: A, next: end}, {keyword: B}]}\n"
            ),
            ["a"]
        );
    }

    #[test]
    fn ends_that_are_meant_are_not() {
        none("exit-not-drawn", "  a: {type: send_message, text: Hi, next: end}\n");
        none("exit-not-drawn", "  a: {type: hand_over}\n");
        none("exit-not-drawn", "  a: {type: ask_question, text: Hi, choices: [{keyword: A, next: end}]}\n");
        none(
            "exit-not-drawn",
            "  a: {type: api_request, method: GET, url: https://example.com, exits: {ok: end}}\n",
        );
    }
}
