//! Steps run in a circle without ever waiting.
//!
//! A turn goes on until a step waits: for an answer, for a call, for a time. A circle of steps that never wait would run until
//! the step budget of the turn is used up, and then people have to take over. Put a question or a wait into the circle, or
//! lead one of its exits out.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let waits = |action: &Action| {
        matches!(
            action,
            Action::AskQuestion(_) | Action::Wait(_) | Action::ApiRequest(_) | Action::RunFlow(_)
        )
    };
    for circle in circles(checked, waits) {
        let first = circle[0];
        let names: Vec<&str> =
            circle.iter().chain([&first]).map(|at| checked.graph.steps[*at].name.as_str()).collect();
        let message = format!("`{}` run in a circle without ever waiting", names.join(" → "));
        let finding = Finding::new("loop-without-wait", Severity::Error, message)
            .at(checked.graph.name_span(first))
            .in_step(names[0])
            .because("Such a circle uses up the steps that one turn may run.")
            .mend("Put a question or a wait into the circle, or lead one of its exits out.");
        findings.push(finding);
    }
}

/// Circles of steps of which none `waits`, each told once, by the steps on it.
pub(super) fn circles(checked: &Checked<'_>, waits: impl Fn(&Action) -> bool) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let graph = &checked.graph;
    let skipped = |at: usize| !checked.reached[at] || waits(&graph.steps[at].action);
    let mut marks = vec![Mark::New; graph.steps.len()];
    let mut circles = Vec::new();
    for start in 0..graph.steps.len() {
        if marks[start] != Mark::New || skipped(start) {
            continue;
        }
        // The way from `start`, each step with the number of exits already followed.
        let mut way = vec![(start, 0)];
        marks[start] = Mark::Open;
        while let Some((at, next)) = way.last_mut() {
            let exit = graph.exits[*at].get(*next);
            *next += 1;
            let Some(exit) = exit else {
                marks[*at] = Mark::Done;
                way.pop();
                continue;
            };
            let Some(to) = exit.to.filter(|to| !skipped(*to)) else { continue };
            match marks[to] {
                Mark::New => {
                    marks[to] = Mark::Open;
                    way.push((to, 0));
                }
                Mark::Open => {
                    let from = way.iter().position(|(step, _)| *step == to).unwrap_or(0);
                    circles.push(way[from..].iter().map(|(step, _)| *step).collect());
                }
                Mark::Done => {}
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    #[test]
    fn a_circle_is_told_once_with_its_steps() {
        let steps = "  a: {type: send_message, text: Hi, next: b}\n  b: {type: set_variable, set: {x: 1}, next: c}\n  \
                     c: {type: condition, branches: [{when: x = 1, next: b}], otherwise: end}\n";
        assert_eq!(places("loop-without-wait", steps), ["b"]);
        assert!(found("loop-without-wait", steps)[0].message.contains("b → c → b"));
    }

    #[test]
    fn a_step_may_be_its_own_circle() {
        assert_eq!(places("loop-without-wait", "  a: {type: send_message, text: Hi, next: a}\n"), ["a"]);
    }

    #[test]
    fn a_question_breaks_the_circle() {
        none(
            "loop-without-wait",
            "  a: {type: send_message, text: Hi, next: b}\n  b: {type: ask_question, text: Again?, next: a}\n",
        );
    }
}
