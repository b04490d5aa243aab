//! An exit leads to a step that does not exist.
//!
//! `next`, `otherwise`, an entry of `exits`, a branch or a choice names a step, and the flow has none of that name. Correct
//! the name, add the step, or write `end` to end the flow there. Steps are told apart by upper and lower case.

use super::Checked;
use crate::finding::{Edit, Finding, Severity};
use crate::flow::END;
use crate::spelling::nearest;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (from, exit) in checked.graph.edges() {
        let Some(target) = exit.target else { continue };
        if exit.to.is_some() || target.step == END {
            continue;
        }
        let message = format!("there is no step `{}`", target.step);
        let finding = Finding::new("unknown-target", Severity::Error, message)
            .at(target.span.clone())
            .in_step(&checked.graph.steps[from].name);
        let steps = checked.flow.steps.keys().map(String::as_str).chain([END]);
        findings.push(match nearest(&target.step, steps) {
            Some(near) => finding
                .mend(format!("Did you mean `{near}`?"))
                .offered_fix(vec![Edit { range: target.span.clone(), text: near.to_owned() }]),
            None => finding.mend("Add a step of this name, or write `end`."),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    #[test]
    fn names_the_place_and_the_nearest_step() {
        let steps = "  a: {type: send_message, text: Hi, next: fnd}\n  find: {type: end}\n";
        assert_eq!(places("unknown-target", steps), ["fnd"]);
        assert!(found("unknown-target", steps)[0].mend.contains("`find`"));
    }

    #[test]
    fn end_is_always_there() {
        none("unknown-target", "  a: {type: send_message, text: Hi, next: end}\n");
    }
}
