//! `end`: ends the flow here; a called flow returns to its caller.

use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;

#[derive(Debug, Clone, Default)]
pub struct End;

impl End {
    pub(crate) fn run(&self, _: &Step, _: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
        Next::End
    }
}
