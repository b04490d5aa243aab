//! `update_contact`: writes fields of the contact (`name`, `email`, or a custom field).
//!
//! ```yaml
//! keep: {type: update_contact, set: {email: "{{customer_email}}", plan: "{{plan}}"}, next: end}
//! ```

use crate::Value;
use crate::document::{Fields, Reader, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::source::Text;
use crate::template::JsonTemplate;
use crate::turn::Fact;
use serde_json::json;

#[derive(Debug, Clone)]
pub struct UpdateContact {
    pub set: Vec<(Text, JsonTemplate)>,
}

impl UpdateContact {
    /// A value that is unset leaves the field as it is: what a system does not know takes nothing from what we know.
    /// A written `null` clears it. Later holes of the same turn see the change.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        for (name, template) in &self.set {
            let Some(value) = turn.value(template) else { continue };
            if value.is_null() && !matches!(template, JsonTemplate::Literal(Value::Null)) {
                continue;
            }
            let field = name.value.clone();
            let contact = turn.contact_mut();
            match field.as_str() {
                "name" => contact.name = printed(&value),
                "email" => contact.email = printed(&value),
                _ if value.is_null() => {
                    contact.fields.shift_remove(&field);
                }
                _ => {
                    contact.fields.insert(field.clone(), value.clone());
                }
            }
            turn.event(Fact::ContactUpdated { field, value });
        }
        Next::done()
    }
}

fn printed(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| crate::template::print(value).into_owned())
}

/// Reads `set`.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<UpdateContact> {
    let node = fields.require(reader, "set", "set: {email: \"{{customer_email}}\"}")?;
    let set =
        reader.rows(node, "`set`").into_iter().map(|(name, value)| (name, reader.json(value))).collect();
    Some(UpdateContact { set })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let set = json!({"description": "Fields (`name`, `email`, or a custom one) and their values.", "type": "object"});
    schema::step("Writes fields of the contact.", &[("set", set)], &["set"])
}
