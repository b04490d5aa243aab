//! `condition`: the first branch that holds is taken.

use crate::condition::Condition;
use crate::flow::Target;

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
