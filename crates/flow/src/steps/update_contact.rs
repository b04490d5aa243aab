//! `update_contact`: writes fields of the contact (`name`, `email`, or a custom field).
//!
//! ```yaml
//! keep: {type: update_contact, set: {email: "{{customer_email}}", plan: "{{plan}}"}, next: end}
//! ```

use crate::Value;
use crate::document::schema;
use crate::document::{Fields, Reader};
use crate::source::Text;
use crate::template::JsonTemplate;
use serde_json::json;

#[derive(Debug, Clone)]
pub struct UpdateContact {
    pub set: Vec<(Text, JsonTemplate)>,
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
