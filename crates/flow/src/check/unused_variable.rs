//! A name is set and never read.
//!
//! Nothing in this flow reads the name. That costs nothing, but it is often a slip of the pen, or left over. Names that a
//! calling flow takes with `save` are read there: where no other flow is known, this is not judged for names that may be
//! such results.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::source::Text;
use crate::steps::Action;
use std::collections::HashSet;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let mut read: HashSet<&str> =
        checked.uses.iter().flatten().map(|found| found.reference.root.as_str()).collect();
    let Some(flows) = checked.context.flows else { return };
    for flow in flows.iter().copied().chain([checked.flow]) {
        for step in flow.steps.values() {
            if let Action::RunFlow(run) = &step.action
                && run.flow.value == checked.flow.name
            {
                read.extend(run.save.iter().map(|(_, theirs)| theirs.value.as_str()));
            }
        }
    }
    for step in &checked.graph.steps {
        for name in written(&step.action) {
            if !read.insert(name.value.as_str()) {
                continue;
            }
            let finding =
                Finding::new("unused-variable", Severity::Hint, format!("nothing reads `{}`", name.value))
                    .at(name.place.span.clone())
                    .in_step(&step.name)
                    .mend("Remove it if it is left over.");
            findings.push(finding);
        }
    }
}

fn written(action: &Action) -> Vec<&Text> {
    match action {
        Action::AskQuestion(question) => question.save_as.iter().collect(),
        Action::SetVariable(action) => action.set.iter().map(|(name, _)| name).collect(),
        Action::RunFlow(run) => run.save.iter().map(|(ours, _)| ours).collect(),
        Action::ApiRequest(request) => {
            request.save.iter().chain(&request.save_error).map(|row| &row.name).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in, steps};

    #[test]
    fn names_that_a_caller_takes_are_read() {
        let text = steps(
            "  a: {type: set_variable, set: {x: 1, y: 2, z: 3}, next: b}\n  b: {type: send_message, text: \"{{x}}\", next: end}\n",
        );
        let caller =
            flow("flow: caller\nsteps:\n  a: {type: run_flow, flow: test, save: {mine: y}, next: end}\n");
        let flows = [&caller];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let names: Vec<String> =
            found_in("unused-variable", &text, &context).into_iter().map(|finding| finding.message).collect();
        assert_eq!(names, ["nothing reads `z`"]);
    }
}
