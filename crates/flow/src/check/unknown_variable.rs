//! A hole or a condition reads a name that nothing sets.
//!
//! Names come from `save_as` of a question, `save` of an API request or of `run_flow`, `set` of `set_variable` and the flow's
//! `inputs`; an API request can be read by its step's name (`find_contact.status`). Rapport itself fills `contact`,
//! `message`, `channel`, `trigger`, `now` and `new_id`. In a condition a text needs quotes: `plan = "pro"`.

use super::Checked;
use crate::document::RESERVED;
use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;
use crate::spelling::nearest;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (step, found) in checked.uses() {
        let root = found.reference.root.as_str();
        if RESERVED.contains(&root) || checked.dataflow.number(found.reference).is_some() {
            continue;
        }
        let message = format!("nothing sets `{root}`");
        let finding = Finding::new("unknown-variable", Severity::Error, message)
            .at(found.span.clone())
            .in_step(&checked.graph.steps[step].name);
        let names = checked
            .dataflow
            .names
            .iter()
            .copied()
            .chain(["contact", "message", "channel", "trigger", "now", "new_id"]);
        findings.push(if found.compared_with && found.reference.path.is_whole() {
            finding
                .because("Without quotes it is the name of a variable.")
                .mend(format!("If it is a text, write \"{root}\"."))
        } else if let Some(near) = nearest(root, names) {
            let finding = finding.mend(format!("Did you mean `{near}`?"));
            match place_of_root(checked, found.span.clone(), root) {
                Some(range) => finding.offered_fix(vec![Edit { range, text: near.to_owned() }]),
                None => finding,
            }
        } else {
            finding.mend("Ask for it, save it from an answer, or set it in a step before.")
        });
    }
}

/// Where the name stands inside its hole; only where hole and name are as long as they read.
fn place_of_root(_: &Checked<'_>, hole: Span, root: &str) -> Option<Span> {
    // `{{root}}` without blanks: the only form in which the place needs no second look at the source.
    (hole.len() == root.len() + 4).then(|| hole.start + 2..hole.end - 2)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    #[test]
    fn the_nearest_name_is_offered() {
        let steps = "  a: {type: ask_question, text: Hi, save_as: customer_email, next: b}\n  \
                     b: {type: send_message, text: \"Is it {{custmer_email}}?\", next: end}\n";
        assert_eq!(places("unknown-variable", steps), ["{{custmer_email}}"]);
        let finding = &found("unknown-variable", steps)[0];
        assert!(finding.mend.contains("`customer_email`"));
        assert_eq!(finding.fix.as_ref().expect("a fix").edits[0].text, "customer_email");
    }

    #[test]
    fn a_text_without_quotes_in_a_condition() {
        let steps = "  a: {type: ask_question, text: Hi, save_as: plan, next: b}\n  \
                     b: {type: condition, branches: [{when: plan = pro, next: end}], otherwise: end}\n";
        assert_eq!(places("unknown-variable", steps), ["pro"]);
        assert!(found("unknown-variable", steps)[0].mend.contains("\"pro\""));
    }

    #[test]
    fn all_that_sets_a_name_counts() {
        none(
            "unknown-variable",
            "  a: {type: api_request, method: GET, url: https://example.com, save: {x: x}, save_error: {y: y}, next: b}\n  \
             b: {type: run_flow, flow: other, save: {z: theirs}, next: c}\n  \
             c: {type: set_variable, set: {v: 1}, next: d}\n  \
             d: {type: send_message, text: \"{{x}}{{y}}{{z}}{{v}}{{a.status}}{{contact.name}}{{now}}{{new_id}}{{message.text}}\", next: end}\n",
        );
    }
}
