//! The steps as a graph: which exits a step has, and where each leads.

use crate::flow::{END, Flow, Step, Target};
use crate::source::Span;
use crate::steps::Action;
use std::fmt::Write;

/// A step's exits as they can really be taken.
#[derive(Debug)]
pub(crate) struct Graph<'f> {
    pub(crate) steps: Vec<&'f Step>,
    /// By step, in the order in which its exits are tried.
    pub(crate) exits: Vec<Vec<Exit<'f>>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Exit<'f> {
    pub(crate) kind: ExitKind<'f>,
    /// As drawn; `None` where nothing is drawn.
    pub(crate) target: Option<&'f Target>,
    /// Index of the step it leads to; `None` when it ends the flow, hands over, or names no step.
    pub(crate) to: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ExitKind<'f> {
    /// `next`, or an exit by its name.
    Named(&'f str),
    /// The n-th branch of a condition.
    Branch(usize),
    Otherwise,
    /// The n-th choice of a question.
    Choice(usize),
}

impl ExitKind<'_> {
    /// For messages: `failed`, `branch 2`, `choice 1`.
    pub(crate) fn words(self) -> String {
        match self {
            ExitKind::Named(name) => name.to_owned(),
            ExitKind::Branch(at) => format!("branch {}", at + 1),
            ExitKind::Otherwise => "otherwise".to_owned(),
            ExitKind::Choice(at) => format!("choice {}", at + 1),
        }
    }
}

impl<'f> Graph<'f> {
    pub(crate) fn new(flow: &'f Flow) -> Self {
        let steps: Vec<&Step> = flow.steps.values().collect();
        let exits = steps.iter().map(|step| exits(flow, step)).collect();
        Graph { steps, exits }
    }

    /// Every exit with the step it leaves.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (usize, &Exit<'f>)> {
        self.exits.iter().enumerate().flat_map(|(from, exits)| exits.iter().map(move |exit| (from, exit)))
    }

    /// Which steps can be reached from the first.
    pub(crate) fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.steps.len()];
        let mut open: Vec<usize> = if self.steps.is_empty() { vec![] } else { vec![0] };
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                open.extend(self.exits[at].iter().filter_map(|exit| exit.to));
            }
        }
        reached
    }

    /// A way from the first step to `goal` that never takes an exit which `closed` refuses: the steps passed with the exit
    /// taken at each, the shortest first found.
    pub(crate) fn way(
        &self,
        goal: usize,
        closed: impl Fn(usize, &Exit<'f>) -> bool,
    ) -> Option<Vec<(usize, String)>> {
        let mut came: Vec<Option<(usize, usize)>> = vec![None; self.steps.len()];
        let mut seen = vec![false; self.steps.len()];
        let mut open = std::collections::VecDeque::from([0]);
        *seen.first_mut()? = true;
        while let Some(at) = open.pop_front() {
            if at == goal {
                let mut way = Vec::new();
                let mut here = at;
                while let Some((from, exit)) = came[here] {
                    way.push((from, self.exits[from][exit].kind.words()));
                    here = from;
                }
                way.reverse();
                return Some(way);
            }
            for (number, exit) in self.exits[at].iter().enumerate() {
                if let Some(to) = exit.to
                    && !seen[to]
                    && !closed(at, exit)
                {
                    seen[to] = true;
                    came[to] = Some((at, number));
                    open.push_back(to);
                }
            }
        }
        None
    }

    /// `ask_email → find_contact (failed) → sorry`; exits are named where they are not the main one.
    pub(crate) fn words_of(&self, way: &[(usize, String)], goal: usize) -> String {
        let mut out = String::new();
        for (step, exit) in way {
            out.push_str(&self.steps[*step].name);
            if self.steps[*step].action.main_exit() != Some(exit) {
                let _ = write!(out, " ({exit})");
            }
            out.push_str(" → ");
        }
        out.push_str(&self.steps[goal].name);
        out
    }

    /// The source of a step's name.
    pub(crate) fn name_span(&self, step: usize) -> Span {
        self.steps[step].name_span.clone()
    }
}

fn exits<'f>(flow: &'f Flow, step: &'f Step) -> Vec<Exit<'f>> {
    let exit = |kind, target: Option<&'f Target>| {
        let to = target
            .filter(|target| target.step != END)
            .and_then(|target| flow.steps.get_index_of(&target.step));
        Exit { kind, target, to }
    };
    match &step.action {
        Action::Branch(branch) => {
            let mut exits: Vec<Exit<'f>> = branch
                .branches
                .iter()
                .enumerate()
                .map(|(at, when)| exit(ExitKind::Branch(at), Some(&when.next)))
                .collect();
            exits.push(exit(ExitKind::Otherwise, branch.otherwise.as_ref()));
            exits
        }
        Action::AskQuestion(question) => {
            let mut exits: Vec<Exit<'f>> = question
                .choices
                .iter()
                .enumerate()
                .filter(|(_, choice)| choice.next.is_some())
                .map(|(at, choice)| exit(ExitKind::Choice(at), choice.next.as_ref()))
                .collect();
            let all_drawn = !question.choices.is_empty() && exits.len() == question.choices.len();
            if !all_drawn || step.exits.contains_key("answered") {
                exits.push(exit(ExitKind::Named("answered"), step.exits.get("answered")));
            }
            if question.timeout.is_some() || step.exits.contains_key("timeout") {
                exits.push(exit(ExitKind::Named("timeout"), step.exits.get("timeout")));
            }
            exits.push(exit(ExitKind::Named("invalid"), step.exits.get("invalid")));
            exits
        }
        action => {
            let main = action.main_exit().map(|main| exit(ExitKind::Named(main), step.exits.get(main)));
            let main_name = action.main_exit().unwrap_or_default();
            let others = step.exits.iter().filter(|(name, _)| *name != main_name);
            let others = others.map(|(name, target)| exit(ExitKind::Named(name), Some(target)));
            let mut exits: Vec<Exit<'f>> = main.into_iter().chain(others).collect();
            if matches!(action, Action::ApiRequest(_)) && !step.exits.contains_key("failed") {
                exits.push(exit(ExitKind::Named("failed"), None));
            }
            exits
        }
    }
}
