//! A question's choices and what it expects do not go together.
//!
//! `expect: choice` needs `choices`, and `choices` are only looked at when a choice is expected. Leave `expect` out where
//! there are choices, or remove them.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;
use crate::steps::ask_question::Expect;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::AskQuestion(question) = &step.action else { continue };
        let (message, mend) = match (question.expect == Expect::Choice, question.choices.is_empty()) {
            (true, true) => {
                ("a choice is expected, and there are none", "Add `choices: [{keyword: YES, next: …}]`.")
            }
            (false, false) => (
                "the choices are never looked at: no choice is expected",
                "Write `expect: choice`, or remove the choices.",
            ),
            _ => continue,
        };
        let finding = Finding::new("choices-not-expected", Severity::Error, message);
        findings.push(finding.at(step.name_span.clone()).in_step(&step.name).mend(mend));
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn both_or_neither() {
        assert_eq!(
            places(
                "choices-not-expected",
                "  a: {type: ask_question, text: Hi, expect: choice, next: end}\n"
            ),
            ["a"]
        );
        assert_eq!(
            places(
                "choices-not-expected",
                "  a: {type: ask_question, text: Hi, expect: email, choices: [{keyword: A}], next: end}\n"
            ),
            ["a"]
        );
        none(
            "choices-not-expected",
            "  a: {type: ask_question, text: Hi, choices: [{keyword: A}], next: end}\n",
        );
    }
}
