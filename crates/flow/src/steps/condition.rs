//! `condition`: the first branch that holds is taken.
//!
//! ```yaml
//! found:
//!   type: condition
//!   branches:
//!     - {when: total_count = 0, next: nobody}
//!     - {when: 'plan in ["pro", "max"]', next: priority}
//!   otherwise: greet
//! ```

use crate::Value;
use crate::condition::Condition;
use crate::document::{Fields, Node, Reader, schema, target};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::flow::Target;
use serde_json::json;

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
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
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

/// Reads `branches` and `otherwise`.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Branch> {
    let node = fields.require(reader, "branches", "branches: [{when: total_count = 0, next: nobody}]");
    let items = node.map(|node| reader.list(node, "`branches`")).unwrap_or_default();
    let branches: Vec<Option<When>> = items.into_iter().map(|item| branch(item, reader)).collect();
    let otherwise = fields.take("otherwise").and_then(|node| target(node, "`otherwise`", reader));
    node?;
    Some(Branch { branches: branches.into_iter().collect::<Option<_>>()?, otherwise })
}

fn branch(node: Node<'_>, reader: &mut Reader) -> Option<When> {
    let mut fields = reader.fields(node, "a branch")?;
    let when = fields.require(reader, "when", "when: total_count = 0");
    let when = when.and_then(|node| reader.text(node, "`when`"));
    let when = when.and_then(|text| match Condition::parse(text) {
        Ok(condition) => Some(condition),
        Err(finding) => {
            reader.report(finding);
            None
        }
    });
    let next = fields.require(reader, "next", "next: found");
    let next = next.and_then(|node| target(node, "`next`", reader));
    fields.finish(reader);
    Some(When { when: when?, next: next? })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let branch = schema::object(
        "A condition and where it leads.",
        &[
            (
                "when",
                schema::text(
                    "Such as `total_count = 0 and plan in [\"pro\", \"max\"]`. No braces; texts in quotes.",
                ),
            ),
            ("next", schema::target("The step when it holds.")),
        ],
        &["when", "next"],
    );
    schema::step(
        "Goes on at the first branch that holds.",
        &[
            ("branches", json!({"description": "Tried in order.", "type": "array", "items": branch})),
            ("otherwise", schema::target("The step when none holds.")),
        ],
        &["branches"],
    )
}
