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

use crate::document::{Fields, Reader, schema, variable_name};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::session::Frame;
use crate::source::Text;
use crate::template::JsonTemplate;
use crate::{Value, Values};
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

impl RunFlow {
    /// The called flow has variables of its own, and the revision that is current now.
    pub(crate) fn run(&self, step: &Step, turn: &mut TurnBuilder<'_>, resume: Option<&Resume<'_>>) -> Next {
        if let Some(Resume::Returned(theirs)) = resume {
            return self.returned(turn, theirs);
        }
        let Some(flow) = turn.bot().current(&self.flow.value).cloned() else {
            return Next::Fault(format!(
                "The step \"{}\" runs the flow \"{}\", which is not published.",
                step.name, self.flow.value
            ));
        };
        if turn.frames().len() >= DEPTH_MAX {
            let stack: Vec<&str> = turn.frames().iter().map(|frame| frame.flow.as_str()).collect();
            return Next::Fault(format!(
                "The step \"{}\" would run a flow inside {DEPTH_MAX} others ({}), which is too deep.",
                step.name,
                stack.join(" > ")
            ));
        }
        let mut inputs = Values::new();
        for (name, template) in &self.with {
            if let Some(value) = turn.value(template) {
                inputs.insert(name.value.clone(), value);
            }
        }
        Next::Enter(Frame::entering(&flow, inputs))
    }

    /// What the called flow left unset is unset here too.
    fn returned(&self, turn: &mut TurnBuilder<'_>, theirs: &Values) -> Next {
        for (ours, name) in &self.save {
            match theirs.get(&name.value) {
                Some(value) => turn.set_variable(&ours.value, value.clone()),
                None => turn.unset_variable(&ours.value),
            }
        }
        Next::exit("returned")
    }
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
