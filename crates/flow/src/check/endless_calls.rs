//! Flows call each other in a circle, or too deeply.
//!
//! A `run_flow` step keeps the calling flow until the called one ends. Flows that call each other in a circle stand on one
//! another, and at most 8 may; one more is a fault, and people take over. Let the called flow end (`next: end`): the caller
//! then goes on by `returned`, and can run it again.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::flow::Flow;
use crate::steps::Action;
use crate::steps::run_flow::{DEPTH_MAX, RunFlow};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::RunFlow(run) = &step.action else { continue };
        let mut way = vec![checked.flow.name.as_str()];
        let (severity, message) = match follow(checked, run, &mut way) {
            Deep::Circle => {
                (Severity::Warning, format!("flows call each other in a circle: {}", way.join(" → ")))
            }
            Deep::Much => (
                Severity::Error,
                format!("more than {DEPTH_MAX} flows stand on one another: {}", way.join(" → ")),
            ),
            Deep::Fine => continue,
        };
        let finding = Finding::new("endless-calls", severity, message)
            .at(run.flow.place.span.clone())
            .in_step(&step.name)
            .because(format!("At most {DEPTH_MAX} flows may stand on one another."))
            .mend("Let the called flow end instead of calling back; the caller goes on by `returned`.");
        findings.push(finding);
    }
}

enum Deep {
    Fine,
    /// Back to a flow that is still open.
    Circle,
    Much,
}

/// Follows a call, writing the flows that stand on one another into `way`.
fn follow<'c>(checked: &Checked<'c>, run: &RunFlow, way: &mut Vec<&'c str>) -> Deep {
    // Each flow with the calls of it that are still to be followed.
    let mut open: Vec<Vec<&'c Flow>> = vec![checked.other(&run.flow.value).into_iter().collect()];
    let mut done: std::collections::HashSet<&'c str> = std::collections::HashSet::new();
    while let Some(next) = open.last_mut() {
        let Some(flow) = next.pop() else {
            open.pop();
            if !open.is_empty()
                && let Some(name) = way.pop()
            {
                done.insert(name);
            }
            continue;
        };
        let name = flow.name.as_str();
        let first = way[0];
        if name == first {
            way.push(name);
            return Deep::Circle;
        }
        if way.contains(&name) || done.contains(name) {
            continue;
        }
        way.push(name);
        if way.len() > DEPTH_MAX {
            return Deep::Much;
        }
        let calls = flow.steps.values().filter_map(|step| match &step.action {
            Action::RunFlow(run) => checked.other(&run.flow.value),
            _ => None,
        });
        open.push(calls.collect());
    }
    Deep::Fine
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in};
    use crate::flow::Flow;

    fn calls(name: &str, called: &str) -> String {
        format!("flow: {name}\nsteps: {{a: {{type: run_flow, flow: {called}, next: end}}}}\n")
    }

    fn messages(others: &[Flow]) -> Vec<String> {
        let flows: Vec<&Flow> = others.iter().collect();
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        let found = found_in("endless-calls", &calls("main", "f1"), &context);
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_circle_is_shown() {
        let found = messages(&[flow(&calls("f1", "f2")), flow(&calls("f2", "main"))]);
        assert!(found[0].ends_with("main → f1 → f2 → main"), "{found:?}");
        assert!(
            messages(&[flow(&calls("f1", "f2")), flow("flow: f2\nsteps: {a: {type: end}}\n")]).is_empty()
        );
        // A circle among others is theirs to tell.
        assert!(messages(&[flow(&calls("f1", "f2")), flow(&calls("f2", "f1"))]).is_empty());
    }

    #[test]
    fn a_tower_of_nine() {
        let mut others: Vec<Flow> =
            (1..8).map(|n| flow(&calls(&format!("f{n}"), &format!("f{}", n + 1)))).collect();
        others.push(flow("flow: f8\nsteps: {a: {type: end}}\n"));
        assert_eq!(messages(&others).len(), 1);
        others.remove(6);
        assert!(messages(&others).is_empty());
    }
}
