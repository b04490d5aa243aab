//! A name is read where nothing can have set it yet.
//!
//! The flow does set the name, but on no way that leads to this step. In a message the hole prints nothing, in a request the
//! call is refused (`bad_template`). Move the step that sets it before this one, or give a default: `{{name | default: …}}`.

use super::Checked;
use crate::finding::{Finding, Severity};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    super::possibly_unset::each_unset(checked, |step, found, state, number| {
        if state.may[number] || found.guarded {
            return;
        }
        let name = &found.reference.root;
        let message = format!("`{name}` is set nowhere on the way to this step");
        let finding = Finding::new("used-before-set", Severity::Error, message)
            .at(found.span.clone())
            .in_step(&checked.graph.steps[step].name)
            .because("The steps that set it come later, or stand on another way.")
            .mend(format!("Set it before, or write a default: `{{{{{name} | default: \"…\"}}}}`."));
        findings.push(finding);
    });
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn a_name_that_comes_too_late() {
        let steps = "  a: {type: send_message, text: \"Hi {{name}}\", next: b}\n  \
                     b: {type: ask_question, text: Name?, save_as: name, next: end}\n";
        assert_eq!(places("used-before-set", steps), ["{{name}}"]);
    }

    #[test]
    fn what_a_failed_call_would_have_mapped() {
        let steps = "  a: {type: api_request, method: GET, url: https://example.com, save: {x: x}, exits: {ok: end, failed: b}}\n  \
                     b: {type: send_message, text: \"{{x}} {{a.status}}\", next: end}\n";
        assert_eq!(places("used-before-set", steps), ["{{x}}"]);
    }

    #[test]
    fn a_default_or_a_question_about_it_is_enough() {
        none(
            "used-before-set",
            "  a: {type: send_message, text: \"Hi {{name | default: \\\"you\\\"}}\", next: b}\n  \
             b: {type: condition, branches: [{when: name is set, next: end}], otherwise: c}\n  \
             c: {type: ask_question, text: Name?, save_as: name, next: a}\n",
        );
    }

    #[test]
    fn assignments_of_a_step_see_the_ones_before() {
        none("used-before-set", "  a: {type: set_variable, set: {x: 1, y: \"{{x}}\"}, next: end}\n");
        let steps = "  a: {type: set_variable, set: {y: \"{{x}}\", x: 1}, next: end}\n";
        assert_eq!(places("used-before-set", steps), ["{{x}}"]);
    }
}
