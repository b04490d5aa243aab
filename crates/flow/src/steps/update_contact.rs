//! `update_contact`: writes fields of the contact (`name`, `email`, or a custom field).

use crate::document::{Fields, Reader};
use crate::source::Text;
use crate::template::JsonTemplate;

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
