//! A `run_flow` step does not give what the called flow asks for.
//!
//! The called flow lists under `inputs` what it takes. An input that is not given stays unset there. Give it:
//! `with: {customer_email: "{{customer_email}}"}`. Variables of the calling flow are not seen by the called one.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::RunFlow(run) = &step.action else { continue };
        let Some(called) = checked.other(&run.flow.value) else { continue };
        for input in &called.inputs {
            if run.with.iter().any(|(name, _)| name.value == input.value) {
                continue;
            }
            let message = format!("`{}` asks for `{}`, which is not given", called.name, input.value);
            let finding = Finding::new("missing-input", Severity::Warning, message)
                .at(run.flow.place.span.clone())
                .in_step(&step.name)
                .because("It stays unset in the called flow.")
                .mend(format!("Add `with: {{{}: …}}`.", input.value));
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in, steps};

    #[test]
    fn inputs_that_are_not_given() {
        let other = flow("flow: other\ninputs: [email, plan]\nsteps: {a: {type: end}}\n");
        let flows = [&other];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let text = steps("  a: {type: run_flow, flow: other, with: {email: x}, next: end}\n");
        let found = found_in("missing-input", &text, &context);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("`plan`"));
    }
}
