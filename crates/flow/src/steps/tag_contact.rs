//! `tag_contact`: adds and removes tags of the contact.
//!
//! ```yaml
//! tag: {type: tag_contact, add: [vip, "{{plan}}"], remove: trial, next: end}
//! ```

use crate::Value;
use crate::document::{Fields, Node, Reader, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::template::Template;
use crate::turn::Fact;
use serde_json::json;

#[derive(Debug, Clone, Default)]
pub struct TagContact {
    pub add: Vec<Template>,
    pub remove: Vec<Template>,
}

impl TagContact {
    /// Adds, then removes; a tag that the contact has (or has not) already is no event.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        for tag in &self.add {
            let tag = turn.text(tag).trim().to_owned();
            if !tag.is_empty() && turn.contact_mut().tags.insert(tag.clone()) {
                turn.event(Fact::ContactTagged { tag });
            }
        }
        for tag in &self.remove {
            let tag = turn.text(tag).trim().to_owned();
            if turn.contact_mut().tags.remove(&tag) {
                turn.event(Fact::ContactUntagged { tag });
            }
        }
        Next::done()
    }
}

/// Reads `add` and `remove`, each a list or one tag.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<TagContact> {
    if !fields.has("add") && !fields.has("remove") {
        fields.report_missing(reader, "tags", "add: [vip]");
    }
    let add = fields.take("add").map(|node| tags(node, "`add`", reader)).unwrap_or_default();
    let remove = fields.take("remove").map(|node| tags(node, "`remove`", reader)).unwrap_or_default();
    (!add.is_empty() || !remove.is_empty()).then_some(TagContact { add, remove })
}

fn tags(node: Node<'_>, field: &str, reader: &mut Reader) -> Vec<Template> {
    let items = reader.one_or_more(node, field);
    items.into_iter().filter_map(|item| reader.template(item, "a tag")).collect()
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let tags = |what: &str| json!({"description": what, "anyOf": [schema::plain_text(), {"type": "array", "items": schema::plain_text()}]});
    schema::step(
        "Adds and removes tags of the contact.",
        &[("add", tags("Tags to add.")), ("remove", tags("Tags to remove."))],
        &[],
    )
}
