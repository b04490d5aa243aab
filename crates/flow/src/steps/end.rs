//! `end`: ends the flow here; a called flow returns to its caller.
//!
//! ```yaml
//! done: {type: end}
//! ```

use crate::Value;
use crate::document::{Fields, Reader, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;

#[derive(Debug, Clone, Default)]
pub struct End;

impl End {
    #[expect(clippy::unused_self, reason = "all steps are run alike")]
    pub(crate) fn run(&self, _: &Step, _: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        Next::End
    }
}

/// Reads `{type: end}`.
#[expect(clippy::unnecessary_wraps, reason = "all steps are read alike")]
pub(crate) fn read(_: &mut Fields<'_>, _: &mut Reader) -> Option<End> {
    Some(End)
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    schema::step("Ends the flow here; a called flow returns to its caller.", &[], &[])
}
