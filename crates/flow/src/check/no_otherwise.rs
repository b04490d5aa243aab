//! A condition has no `otherwise`.
//!
//! When none of the branches holds, the flow ends there without a word. Write `otherwise:` with the step for all other
//! cases, or `otherwise: end`.

use super::Checked;
use super::graph::ExitKind;
use crate::finding::{Finding, Severity};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (from, exit) in checked.graph.edges() {
        if exit.kind != ExitKind::Otherwise || exit.target.is_some() {
            continue;
        }
        let step = checked.graph.steps[from];
        let message = format!("`{}` says nothing for the case that no branch holds", step.name);
        let finding = Finding::new("no-otherwise", Severity::Warning, message)
            .at(step.name_span.clone())
            .in_step(&step.name)
            .because("The flow ends there without a word.")
            .mend("Write `otherwise:` and a step, or `otherwise: end`.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn a_condition_should_say_what_else() {
        assert_eq!(
            places("no-otherwise", "  a: {type: condition, branches: [{when: 1 = 1, next: end}]}\n"),
            ["a"]
        );
        none(
            "no-otherwise",
            "  a: {type: condition, branches: [{when: 1 = 1, next: end}], otherwise: end}\n",
        );
    }
}
