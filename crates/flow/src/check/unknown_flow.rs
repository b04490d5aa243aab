//! A `run_flow` step names a flow that does not exist.
//!
//! The name is the one behind `flow:` at the head of the other document, not its file. Until it is published the step hands
//! over to people. Correct the name, or add the flow.

use super::Checked;
use crate::document::shorten;
use crate::finding::{Edit, Finding, Severity};
use crate::spelling::nearest;
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let Some(flows) = checked.context.flows else { return };
    for step in &checked.graph.steps {
        let Action::RunFlow(run) = &step.action else { continue };
        if checked.other(&run.flow.value).is_some() {
            continue;
        }
        let message = format!("there is no flow `{}`", shorten(&run.flow.value));
        let finding = Finding::new("unknown-flow", Severity::Error, message)
            .at(run.flow.place.span.clone())
            .in_step(&step.name);
        let names = flows.iter().map(|flow| flow.name.as_str());
        findings.push(match nearest(run.flow.value.trim_end_matches(".yaml"), names) {
            Some(near) => finding
                .mend(format!("Did you mean `{near}`?"))
                .offered_fix(vec![Edit { range: run.flow.place.span.clone(), text: near.to_owned() }]),
            None => finding.mend("Add a flow of this name."),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in, none, steps};

    #[test]
    fn flows_are_known_by_their_name() {
        let other = flow("flow: order-status\nsteps: {a: {type: end}}\n");
        let flows = [&other];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let call = |name: &str| format!("  a: {{type: run_flow, flow: {name}, next: end}}\n");
        assert!(found_in("unknown-flow", &steps(&call("order-status")), &context).is_empty());
        assert!(found_in("unknown-flow", &steps(&call("test")), &context).is_empty());
        let findings = found_in("unknown-flow", &steps(&call("order_status.yaml")), &context);
        assert!(findings[0].mend.contains("order-status"));
        none("unknown-flow", &call("whatever"));
    }
}
