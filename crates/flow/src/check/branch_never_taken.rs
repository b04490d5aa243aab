//! A branch of a condition can never be taken.
//!
//! Branches are tried in order, and the first that holds is taken. A branch that asks the same as one before it, that
//! follows one which always holds, or that compares fixed values which differ, is never reached. Correct or remove it.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::scope::Plain;
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::Branch(condition) = &step.action else { continue };
        let mut always: Option<usize> = None;
        for (at, branch) in condition.branches.iter().enumerate() {
            let earlier = condition.branches[..at]
                .iter()
                .position(|other| other.when.expression == branch.when.expression);
            let fixed = branch.when.mentions().is_empty().then(|| branch.when.holds(&Plain::default()));
            let cause = if let Some(earlier) = earlier {
                format!("Branch {} asks the same and is tried first.", earlier + 1)
            } else if let Some(always) = always {
                format!("Branch {} always holds.", always + 1)
            } else if fixed == Some(false) {
                "It compares fixed values, and they differ.".to_owned()
            } else {
                if fixed == Some(true) {
                    always = Some(at);
                }
                continue;
            };
            let finding = Finding::new(
                "branch-never-taken",
                Severity::Warning,
                format!("branch {} is never taken", at + 1),
            )
            .at(branch.when.place.span.clone())
            .in_step(&step.name)
            .because(cause)
            .mend("Correct the condition, or remove the branch.");
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn condition(branches: &str) -> String {
        format!("  a: {{type: condition, branches: [{branches}], otherwise: end}}\n")
    }

    #[test]
    fn twins_and_constants() {
        let twins =
            condition("{when: x = 1, next: end}, {when: x  =  1, next: end}, {when: x = 2, next: end}");
        assert_eq!(places("branch-never-taken", &twins), ["x  =  1"]);
        let fixed = condition("{when: 1 = 2, next: end}, {when: 1 = 1, next: end}, {when: x = 2, next: end}");
        assert_eq!(places("branch-never-taken", &fixed), ["1 = 2", "x = 2"]);
    }

    #[test]
    fn different_questions_are_fine() {
        none("branch-never-taken", &condition("{when: x = 1, next: end}, {when: x = 2, next: end}"));
    }
}
