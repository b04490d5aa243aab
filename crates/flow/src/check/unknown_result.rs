//! A `run_flow` step takes a variable from the called flow that is never set there.
//!
//! `save: {ours: theirs}` copies a variable of the called flow when it returns. `theirs` must be a name that the called flow
//! sets: an answer, a mapped value, a variable.

use super::Checked;
use super::dataflow::sets;
use crate::document::shorten;
use crate::finding::{Edit, Finding, Severity};
use crate::spelling::nearest;
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::RunFlow(run) = &step.action else { continue };
        let Some(called) = checked.other(&run.flow.value) else { continue };
        let mut names: Vec<&str> = called.inputs.iter().map(|input| input.value.as_str()).collect();
        names.extend(called.steps.values().flat_map(sets));
        for (_, theirs) in run.save.iter().filter(|(_, theirs)| !names.contains(&theirs.value.as_str())) {
            let message = format!("`{}` never sets `{}`", called.name, shorten(&theirs.value));
            let finding = Finding::new("unknown-result", Severity::Error, message)
                .at(theirs.place.span.clone())
                .in_step(&step.name);
            findings.push(match nearest(&theirs.value, names.iter().copied()) {
                Some(near) => finding
                    .mend(format!("Did you mean `{near}`?"))
                    .offered_fix(vec![Edit { range: theirs.place.span.clone(), text: near.to_owned() }]),
                None => {
                    finding.mend("Name a variable that the called flow sets; on the right stands theirs.")
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in, steps};

    #[test]
    fn results_that_never_come() {
        let other = flow("flow: other\nsteps: {a: {type: set_variable, set: {status: 1}, next: end}}\n");
        let flows = [&other];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let text = steps("  a: {type: run_flow, flow: other, save: {x: status, y: state}, next: end}\n");
        let found = found_in("unknown-result", &text, &context);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("`state`"));
    }
}
