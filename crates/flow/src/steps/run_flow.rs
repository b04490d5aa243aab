//! `run_flow`: runs another flow and comes back by `returned`.
//!
//! ```yaml
//! orders:
//!   type: run_flow
//!   flow: order-status
//!   with: {email: "{{customer_email}}"}
//!   save: {last_order: order_id}
//!   next: end
//! ```

use crate::Value;
use crate::document::schema;
use crate::document::{Fields, Reader, variable_name};
use crate::source::Text;
use crate::template::JsonTemplate;
use serde_json::json;

/// Flows that may stand on one another.
pub const DEPTH_MAX: usize = 8;

#[derive(Debug, Clone)]
pub struct RunFlow {
    pub flow: Text,
    /// Their input, our value.
    pub with: Vec<(Text, JsonTemplate)>,
    /// Our variable, their variable.
    pub save: Vec<(Text, Text)>,
}

/// Reads `flow`, `with` and `save`.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<RunFlow> {
    let flow = fields.require(reader, "flow", "flow: order-status");
    let flow = flow.and_then(|node| reader.text(node, "`flow`"));
    let with = fields.take("with").map(|node| reader.rows(node, "`with`")).unwrap_or_default();
    let with = with.into_iter().map(|(name, value)| (name, reader.json(value))).collect();
    let save = fields.take("save").map(|node| reader.rows(node, "`save`")).unwrap_or_default();
    let save = save.into_iter().filter_map(|(ours, theirs)| {
        let theirs = reader.text(theirs, &format!("`{}` (their variable)", ours.value))?;
        Some((variable_name(ours, reader), theirs))
    });
    let save = save.collect();
    Some(RunFlow { flow: flow?, with, save })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    schema::step(
        "Runs another flow, which has variables of its own, and comes back.",
        &[
            ("flow", schema::text("Name of the flow.")),
            ("with", json!({"description": "Their inputs and our values.", "type": "object"})),
            ("save", json!({"description": "Our variables and theirs: `ours: theirs`.", "type": "object"})),
        ],
        &["flow"],
    )
}
