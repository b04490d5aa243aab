//! `tag_contact`: adds and removes tags of the contact.

use crate::template::Template;

#[derive(Debug, Clone, Default)]
pub struct TagContact {
    pub add: Vec<Template>,
    pub remove: Vec<Template>,
}
