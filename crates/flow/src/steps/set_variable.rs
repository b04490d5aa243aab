//! `set_variable`: computes values and keeps them under names.
//!
//! ```yaml
//! prepare:
//!   type: set_variable
//!   set: {greeting: "Hello {{contact.name | default: 'there'}}", tries: 0}
//!   next: greet
//! ```

use crate::Value;
use crate::document::{Fields, Reader, schema, variable_name};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::source::Text;
use crate::template::JsonTemplate;
use serde_json::json;

#[derive(Debug, Clone)]
pub struct SetVariable {
    /// In the author's order; a later one sees the earlier ones.
    pub set: Vec<(Text, JsonTemplate)>,
}

impl SetVariable {
    /// A value that is exactly one unset hole unsets the variable: nothing of an earlier round stays behind.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        for (name, template) in &self.set {
            match turn.value(template) {
                Some(value) => turn.set_variable(&name.value, value),
                None => turn.unset_variable(&name.value),
            }
        }
        Next::done()
    }
}

/// Reads `set`.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<SetVariable> {
    let node = fields.require(reader, "set", "set: {greeting: \"Hello {{contact.name}}\"}")?;
    let rows = reader.rows(node, "`set`");
    let set =
        rows.into_iter().map(|(name, value)| (variable_name(name, reader), reader.json(value))).collect();
    Some(SetVariable { set })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let set = json!({"description": "Names and their values; a later one sees the earlier ones.", "type": "object"});
    schema::step("Computes values and keeps them under names.", &[("set", set)], &["set"])
}
