//! A name is read that is set on some ways to the step, but not on all.
//!
//! The finding names one way on which it stays unset. There, a hole in a message prints nothing and a request is refused
//! (`bad_template`). Set the name on that way too, ask for it with a condition (`name is set`), or give a default:
//! `{{name | default: …}}`. After a failed API request the names that it maps are unset, whatever they held before.

use super::Checked;
use super::dataflow::State;
use super::graph::Exit;
use super::uses::Use;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    each_unset(checked, |step, found, state, number| {
        if !state.may[number] || found.guarded {
            return;
        }
        let name = &found.reference.root;
        let message = format!("`{name}` may be unset here");
        let way = way_without(checked, step, number);
        let cause = match way {
            Some(way) => format!("It is not set on the way {way}."),
            None => "It is not set on every way to this step.".to_owned(),
        };
        let finding = Finding::new("possibly-unset", Severity::Warning, message)
            .at(found.span.clone())
            .in_step(&checked.graph.steps[step].name)
            .because(cause)
            .mend(format!("Set it on that way too, or write a default: `{{{{{name} | default: \"…\"}}}}`."));
        findings.push(finding);
    });
}

/// Calls `tell` for every use of a name that is not surely set there.
pub(super) fn each_unset<'c>(checked: &Checked<'c>, mut tell: impl FnMut(usize, &Use<'c>, &State, usize)) {
    for (step, found) in checked.uses() {
        let Some(number) = checked.dataflow.number(found.reference) else { continue };
        let Some(mut state) = checked.dataflow.entry[step].clone() else { continue };
        if let Action::SetVariable(action) = &checked.graph.steps[step].action {
            for (name, value) in &action.set[..found.after] {
                checked.dataflow.assign(&mut state, &name.value, value);
            }
        }
        if !state.must[number] {
            tell(step, found, &state, number);
        }
    }
}

/// A way to the step behind which the name is unset, in words.
fn way_without(checked: &Checked<'_>, goal: usize, number: usize) -> Option<String> {
    let graph = &checked.graph;
    let count = checked.dataflow.names.len();
    // Taken alone, does this exit leave the name set?
    let sets = |at: usize, exit: &Exit<'_>| {
        let empty = State { must: vec![false; count], may: vec![false; count] };
        let exit = Exit { kind: exit.kind, target: None, to: exit.to };
        checked.dataflow.leave(graph.steps[at], &exit, empty).must[number]
    };
    let way = graph.way(goal, sets)?;
    Some(graph.words_of(&way, goal))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    const STEPS: &str = "  a: {type: ask_question, text: Vip?, choices: [{keyword: YES, next: b}, {keyword: NO, next: c}]}\n  \
                         b: {type: ask_question, text: Code?, save_as: code, next: c}\n  \
                         c: {type: send_message, text: \"{{code}}\", next: end}\n";

    #[test]
    fn the_way_is_named() {
        assert_eq!(places("possibly-unset", STEPS), ["{{code}}"]);
        let cause = &found("possibly-unset", STEPS)[0].cause;
        assert!(cause.contains("a (choice 2) → c"), "{cause}");
    }

    #[test]
    fn a_condition_that_asks_settles_it() {
        let asked = STEPS.replace(
            "  c: {type: send_message, text: \"{{code}}\"",
            "  c: {type: condition, branches: [{when: code is set and code != \"\", next: d}], otherwise: end}\n  \
             d: {type: send_message, text: \"{{code}}\"",
        );
        none("possibly-unset", &asked);
        let not = asked.replace("code is set and code != \\\"\\\"", "code is set");
        none("possibly-unset", &not);
    }

    #[test]
    fn a_copy_of_an_unset_name_is_unset() {
        let steps = STEPS.replace(
            "  c: {type: send_message, text: \"{{code}}\"",
            "  c: {type: set_variable, set: {copy: \"{{code | default: 0}}\", other: \"{{code}}\"}, next: d}\n  \
             d: {type: send_message, text: \"{{copy}} {{other}}\"",
        );
        assert_eq!(places("possibly-unset", &steps), ["{{code}}", "{{other}}"]);
    }

    #[test]
    fn a_question_that_timed_out_saved_nothing() {
        let steps = "  a: {type: ask_question, text: Name?, save_as: name, timeout: 5m, next: b, exits: {timeout: b}}\n  \
                     b: {type: send_message, text: \"{{name}}\", next: end}\n";
        assert_eq!(places("possibly-unset", steps), ["{{name}}"]);
    }
}
