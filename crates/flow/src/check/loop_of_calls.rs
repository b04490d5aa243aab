//! API requests follow each other in a circle without a pause.
//!
//! A request that fails and leads back to itself is made again at once, and again, for as long as it fails. The step has
//! `retries` of its own for that. Put a question or a wait into the circle, or hand over when it fails.

use super::Checked;
use super::loop_without_wait::circles;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let waits =
        |action: &Action| matches!(action, Action::AskQuestion(_) | Action::Wait(_) | Action::RunFlow(_));
    for circle in circles(checked, waits) {
        let called =
            circle.iter().find(|at| matches!(checked.graph.steps[**at].action, Action::ApiRequest(_)));
        let Some(called) = called.copied() else { continue };
        let name = &checked.graph.steps[called].name;
        let message = format!("`{name}` is called again and again without a pause");
        let finding = Finding::new("loop-of-calls", Severity::Warning, message)
            .at(checked.graph.name_span(called))
            .in_step(name)
            .because("One of its exits leads back to it through steps that never wait.")
            .mend("Put a question or a `wait` into the circle; for passing faults there is `retries`.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn a_call_that_leads_back_to_itself() {
        let call =
            "  a: {type: api_request, method: GET, url: https://example.com, exits: {ok: end, failed: ";
        assert_eq!(places("loop-of-calls", &format!("{call}a}}}}\n")), ["a"]);
        none("loop-of-calls", &format!("{call}b}}}}\n  b: {{type: wait, for: 30s, next: a}}\n"));
    }
}
