//! `update_contact`: writes fields of the contact (`name`, `email`, or a custom field).

use crate::source::Text;
use crate::template::JsonTemplate;

#[derive(Debug, Clone)]
pub struct UpdateContact {
    pub set: Vec<(Text, JsonTemplate)>,
}
