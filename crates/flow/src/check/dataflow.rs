//! Which variables are set when a step begins: on every way to it (`must`), or on some (`may`).

use super::graph::{Exit, ExitKind, Graph};
use crate::condition::{Expression, Operand};
use crate::flow::{Flow, Step};
use crate::steps::Action;
use crate::steps::api_request::{ApiRequest, WhenMissing};
use crate::steps::run_flow::RunFlow;
use crate::template::{FilterKind, JsonTemplate, Reference};
use indexmap::IndexSet;

/// Sets of variables, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) must: Vec<bool>,
    pub(crate) may: Vec<bool>,
}

/// The variables of a flow and their state on entry to each step.
#[derive(Debug)]
pub(crate) struct Dataflow<'f> {
    /// Every name that something sets: inputs, saved answers and rows, and calls by their step's name.
    pub(crate) names: IndexSet<&'f str>,
    /// On entry; `None` for a step that is never reached.
    pub(crate) entry: Vec<Option<State>>,
}

impl<'f> Dataflow<'f> {
    pub(crate) fn new(flow: &'f Flow, graph: &Graph<'f>) -> Self {
        let mut names: IndexSet<&'f str> = flow.inputs.iter().map(|input| input.value.as_str()).collect();
        for step in &graph.steps {
            names.extend(sets(step));
        }
        let mut dataflow = Dataflow { names, entry: vec![None; graph.steps.len()] };
        dataflow.run(flow, graph);
        dataflow
    }

    fn run(&mut self, flow: &'f Flow, graph: &Graph<'f>) {
        let nothing = vec![false; self.names.len()];
        let mut first = State { must: nothing.clone(), may: nothing };
        for input in &flow.inputs {
            if let Some(number) = self.names.get_index_of(input.value.as_str()) {
                first.may[number] = true;
                // A trigger starts the flow without them.
                first.must[number] = flow.triggers.is_empty();
            }
        }
        if graph.steps.is_empty() {
            return;
        }
        self.entry[0] = Some(first);
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            let Some(state) = self.entry[at].clone() else { continue };
            for exit in &graph.exits[at] {
                let Some(to) = exit.to else { continue };
                let after = self.leave(graph.steps[at], exit, state.clone());
                let joined = match &self.entry[to] {
                    None => after,
                    Some(before) => join(before, &after),
                };
                if self.entry[to].as_ref() != Some(&joined) {
                    self.entry[to] = Some(joined);
                    open.push(to);
                }
            }
        }
    }

    /// The state behind an exit.
    pub(crate) fn leave(&self, step: &'f Step, exit: &Exit<'f>, mut state: State) -> State {
        match &step.action {
            Action::AskQuestion(question) => {
                let answered = matches!(exit.kind, ExitKind::Choice(_) | ExitKind::Named("answered"));
                if let (true, Some(name)) = (answered, &question.save_as) {
                    self.set(&mut state, &name.value);
                }
            }
            Action::SetVariable(action) => {
                for (name, value) in &action.set {
                    self.assign(&mut state, &name.value, value);
                }
            }
            Action::ApiRequest(request) => self.call(&step.name, request, exit, &mut state),
            Action::RunFlow(run) => self.returned(run, &mut state),
            Action::Branch(branch) => {
                let (passed, taken) = match exit.kind {
                    ExitKind::Branch(at) => (at, branch.branches.get(at)),
                    _ => (branch.branches.len(), None),
                };
                for when in &branch.branches[..passed.min(branch.branches.len())] {
                    self.assume(&when.when.expression, false, &mut state);
                }
                if let Some(when) = taken {
                    self.assume(&when.when.expression, true, &mut state);
                }
            }
            _ => {}
        }
        state
    }

    /// Puts an assignment of `set_variable` into the state: a value that is exactly one hole may leave it unset.
    pub(crate) fn assign(&self, state: &mut State, name: &str, value: &JsonTemplate) {
        self.set(state, name);
        let JsonTemplate::Text(template) = value else { return };
        let Some(hole) = template.single_hole() else { return };
        let source = self.names.get_index_of(hole.reference.root.as_str());
        let (Some(number), Some(source)) = (self.names.get_index_of(name), source) else { return };
        if !hole.has(FilterKind::Default) && source != number {
            state.must[number] = state.must[source];
            state.may[number] = state.may[source];
        }
    }

    fn call(&self, step: &str, request: &ApiRequest, exit: &Exit<'_>, state: &mut State) {
        for row in request.save.iter().chain(&request.save_error) {
            self.unset(state, &row.name.value);
        }
        self.set(state, step);
        let ExitKind::Named(exit) = exit.kind else { return };
        if exit == "ok" {
            for row in &request.save {
                self.set(state, &row.name.value);
            }
            return;
        }
        // These exits mean that an answer came; `failed` and `unknown` say nothing of it, the others that none was read.
        let answered = exit.as_bytes()[0].is_ascii_digit()
            || matches!(exit, "client_error" | "server_error" | "rate_limited");
        let perhaps = matches!(exit, "failed" | "redirect_refused" | "not_json" | "missing_required");
        for row in &request.save_error {
            if answered || matches!(row.when_missing, WhenMissing::Default(_)) {
                self.set(state, &row.name.value);
            } else if perhaps && let Some(number) = self.names.get_index_of(row.name.value.as_str()) {
                state.may[number] = true;
            }
        }
    }

    fn returned(&self, run: &RunFlow, state: &mut State) {
        for (ours, _) in &run.save {
            self.set(state, &ours.value);
        }
    }

    /// What a condition that held, or did not, tells about its names.
    fn assume(&self, expression: &Expression, held: bool, state: &mut State) {
        match (expression, held) {
            (Expression::And(parts), true) | (Expression::Or(parts), false) => {
                for part in parts {
                    self.assume(part, held, state);
                }
            }
            (Expression::Not(inner), _) => self.assume(inner, !held, state),
            (Expression::Compare { left, right, .. }, true) => {
                self.known(left, state);
                self.known(right, state);
            }
            (Expression::In { left, .. } | Expression::Matches { left, .. }, true) => self.known(left, state),
            (Expression::IsSet(operand), true) | (Expression::IsEmpty(operand), false) => {
                self.known(operand, state);
            }
            (Expression::IsSet(Operand::Reference { reference, .. }), false) if reference.path.is_whole() => {
                self.unset(state, &reference.root);
            }
            _ => {}
        }
    }

    fn known(&self, operand: &Operand, state: &mut State) {
        if let Operand::Reference { reference, .. } = operand {
            self.set(state, &reference.root);
        }
    }

    fn set(&self, state: &mut State, name: &str) {
        if let Some(number) = self.names.get_index_of(name) {
            state.must[number] = true;
            state.may[number] = true;
        }
    }

    fn unset(&self, state: &mut State, name: &str) {
        if let Some(number) = self.names.get_index_of(name) {
            state.must[number] = false;
            state.may[number] = false;
        }
    }

    /// Number of the variable or call that a reference reads.
    pub(crate) fn number(&self, reference: &Reference) -> Option<usize> {
        self.names.get_index_of(reference.root.as_str())
    }
}

/// Names that a step sets.
pub(crate) fn sets(step: &Step) -> Vec<&str> {
    match &step.action {
        Action::AskQuestion(question) => question.save_as.iter().map(|name| name.value.as_str()).collect(),
        Action::SetVariable(action) => action.set.iter().map(|(name, _)| name.value.as_str()).collect(),
        Action::RunFlow(run) => run.save.iter().map(|(ours, _)| ours.value.as_str()).collect(),
        Action::ApiRequest(request) => {
            let rows = request.save.iter().chain(&request.save_error);
            rows.map(|row| row.name.value.as_str()).chain([step.name.as_str()]).collect()
        }
        _ => Vec::new(),
    }
}

fn join(left: &State, right: &State) -> State {
    State {
        must: left.must.iter().zip(&right.must).map(|(a, b)| *a && *b).collect(),
        may: left.may.iter().zip(&right.may).map(|(a, b)| *a || *b).collect(),
    }
}
