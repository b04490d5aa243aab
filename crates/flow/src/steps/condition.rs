//! `condition`: the first branch that holds is taken.

use crate::condition::Condition;
use crate::flow::Target;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;

#[derive(Debug, Clone)]
pub struct Branch {
    pub branches: Vec<When>,
    pub otherwise: Option<Target>,
}

#[derive(Debug, Clone)]
pub struct When {
    pub when: Condition,
    pub next: Target,
}

impl Branch {
    /// Leaves by `branches[0]`, `branches[1]`, … or `otherwise`. Without an `otherwise`, the flow ends there.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
        for (index, branch) in self.branches.iter().enumerate() {
            if branch.when.holds(turn) {
                return Next::To { exit: format!("branches[{index}]"), target: branch.next.clone() };
            }
        }
        match &self.otherwise {
            Some(target) => Next::To { exit: "otherwise".into(), target: target.clone() },
            None => Next::exit("otherwise"),
        }
    }
}
