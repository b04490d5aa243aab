//! `tag_contact`: adds and removes tags of the contact.

use crate::template::Template;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::turn::Fact;

#[derive(Debug, Clone, Default)]
pub struct TagContact {
    pub add: Vec<Template>,
    pub remove: Vec<Template>,
}

impl TagContact {
    /// Adds, then removes; a tag that the contact has (or has not) already is no event.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<Resume<'_>>) -> Next {
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
