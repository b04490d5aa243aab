//! `hand_over`: ends the session and gives the conversation to people.
//!
//! ```yaml
//! support: {type: hand_over, team: support, text: A team member will pick this up., note: "Plan {{plan}}"}
//! ```

use crate::Value;
use crate::document::{Fields, Reader, schema};
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::template::Template;
use crate::turn::Outgoing;

#[derive(Debug, Clone, Default)]
pub struct HandOver {
    pub text: Option<Template>,
    pub team: Option<Template>,
    /// What the team reads.
    pub note: Option<Template>,
}

impl HandOver {
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, _: Option<&Resume<'_>>) -> Next {
        if let Some(text) = &self.text {
            let text = turn.text(text);
            turn.send(Outgoing::Text { text });
        }
        let team = turn.optional_text(self.team.as_ref());
        let note = turn.optional_text(self.note.as_ref());
        Next::HandOver { team, note }
    }
}

/// Reads `text`, `team` and `note`.
#[expect(clippy::unnecessary_wraps, reason = "all steps are read alike")]
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<HandOver> {
    Some(HandOver {
        text: fields.template(reader, "text"),
        team: fields.template(reader, "team"),
        note: fields.template(reader, "note"),
    })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    schema::step(
        "Ends the session and gives the conversation to people.",
        &[
            ("text", schema::text("Said to the customer.")),
            ("team", schema::text("The team that gets the conversation.")),
            ("note", schema::text("What the team reads; the customer does not.")),
        ],
        &[],
    )
}
