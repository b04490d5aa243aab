//! `set_variable`: computes values and keeps them under names.

use crate::source::Text;
use crate::template::JsonTemplate;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;

#[derive(Debug, Clone)]
pub struct SetVariable {
    /// In the author's order; a later one sees the earlier ones.
    pub set: Vec<(Text, JsonTemplate)>,
}

impl SetVariable {
    /// A value that is exactly one unset hole unsets the variable: nothing of an earlier round stays behind.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
        for (name, template) in &self.set {
            match turn.value(template) {
                Some(value) => turn.set_variable(&name.value, value),
                None => turn.unset_variable(&name.value),
            }
        }
        Next::done()
    }
}
