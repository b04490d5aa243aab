//! No way leads to a step.
//!
//! A flow begins at its first step, and a step runs only when an exit of another leads to it. Draw an exit to it, or remove
//! it. Often a `next` was forgotten, or the step that should come first does not stand first.

use super::Checked;
use crate::finding::{Finding, Severity};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (at, step) in checked.graph.steps.iter().enumerate() {
        if checked.reached[at] {
            continue;
        }
        let finding =
            Finding::new("unreachable-step", Severity::Warning, format!("no way leads to `{}`", step.name))
                .at(step.name_span.clone())
                .in_step(&step.name)
                .because("The flow begins at its first step and follows exits from there.")
                .mend("Draw an exit to it, or remove it.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn islands_are_found_whole() {
        let steps = "  a: {type: end}\n  b: {type: send_message, text: x, next: c}\n  c: {type: send_message, text: y, next: b}\n";
        assert_eq!(places("unreachable-step", steps), ["b", "c"]);
    }

    #[test]
    fn every_kind_of_exit_counts() {
        none(
            "unreachable-step",
            "  q: {type: ask_question, text: x, timeout: 5m, choices: [{keyword: A, next: a}], next: b, exits: {timeout: c, invalid: d}}\n  \
             a: {type: condition, branches: [{when: 1 = 1, next: e}], otherwise: f}\n  \
             b: {type: end}\n  c: {type: end}\n  d: {type: end}\n  e: {type: end}\n  f: {type: end}\n",
        );
    }
}
