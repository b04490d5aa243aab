//! A step and a variable have the same name.
//!
//! An API request can be read by its step's name (`find_contact.status`). A variable of that name hides it, so that the hole
//! reads something else than it says. The same holds for a step that is called like one of the names Rapport fills itself.
//! Rename one of the two.

use super::Checked;
use crate::document::RESERVED;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let inputs: Vec<&str> = checked.flow.inputs.iter().map(|input| input.value.as_str()).collect();
    for step in &checked.graph.steps {
        if !matches!(step.action, Action::ApiRequest(_)) {
            continue;
        }
        let name = step.name.as_str();
        let setter = checked.graph.steps.iter().find(|other| {
            let own = usize::from(matches!(other.action, Action::ApiRequest(_)) && other.name == name);
            super::dataflow::sets(other).iter().filter(|set| **set == name).count() > own
        });
        let cause = if RESERVED.contains(&name) {
            format!("`{name}` is filled by Rapport.")
        } else if let Some(setter) = setter {
            format!("`{}` sets a variable of this name.", setter.name)
        } else if inputs.contains(&name) {
            "The flow has an input of this name.".to_owned()
        } else {
            continue;
        };
        let message = format!("holes cannot tell the call `{name}` from a value of that name");
        let finding = Finding::new("name-clash", Severity::Error, message)
            .at(step.name_span.clone())
            .in_step(name)
            .because(cause)
            .mend("Rename the step or the variable.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn call(name: &str, save: &str) -> String {
        format!(
            "  {name}: {{type: api_request, method: GET, url: https://example.com, save: {{{save}: x}}, next: end}}\n"
        )
    }

    #[test]
    fn a_call_needs_a_name_of_its_own() {
        assert_eq!(places("name-clash", &call("order", "order")), ["order"]);
        assert_eq!(places("name-clash", &call("contact", "x")), ["contact"]);
        none("name-clash", &call("find_order", "order"));
        none("name-clash", "  message: {type: send_message, text: Hi, next: end}\n");
    }
}
