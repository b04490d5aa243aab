//! A `run_flow` step gives something that the called flow does not ask for.
//!
//! `with` names inputs of the called flow, as they stand under its `inputs`. A name that is not among them is probably
//! spelled in another way there, or was never declared.

use super::Checked;
use crate::document::shorten;
use crate::finding::{Edit, Finding, Severity};
use crate::spelling::nearest;
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::RunFlow(run) = &step.action else { continue };
        let Some(called) = checked.other(&run.flow.value) else { continue };
        for (name, _) in &run.with {
            if called.inputs.iter().any(|input| input.value == name.value) {
                continue;
            }
            let message = format!("`{}` has no input `{}`", called.name, shorten(&name.value));
            let finding = Finding::new("unknown-input", Severity::Error, message)
                .at(name.place.span.clone())
                .in_step(&step.name);
            findings.push(
                match nearest(&name.value, called.inputs.iter().map(|input| input.value.as_str())) {
                    Some(near) => finding
                        .mend(format!("Did you mean `{near}`?"))
                        .offered_fix(vec![Edit { range: name.place.span.clone(), text: near.to_owned() }]),
                    None => finding
                        .mend(format!("Add it to the `inputs` of `{}`, or remove the row.", called.name)),
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in, steps};

    #[test]
    fn inputs_by_another_name() {
        let other = flow("flow: other\ninputs: [email]\nsteps: {a: {type: end}}\n");
        let flows = [&other];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let text = steps("  a: {type: run_flow, flow: other, with: {emial: x}, next: end}\n");
        assert!(found_in("unknown-input", &text, &context)[0].mend.contains("`email`"));
    }
}
