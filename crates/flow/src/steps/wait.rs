//! `wait`: for a time, or until a moment.
//!
//! ```yaml
//! pause: {type: wait, for: 25h, next: remind}
//! ```

use crate::Value;
use crate::document::schema;
use crate::document::{Fields, Reader};
use crate::template::Template;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Wait {
    pub until: Until,
}

#[derive(Debug, Clone)]
pub enum Until {
    /// `for: 25h`
    For(Duration),
    /// `until: "{{time}}"`: a date or a time, RFC 3339 or as `expect: date` keeps it.
    Moment(Template),
}

/// Reads `for` or `until`.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Wait> {
    let span = fields.take("for");
    let moment = fields.take("until");
    let until = match (span, moment) {
        (Some(node), None) => reader.duration(node, "`for`").map(Until::For),
        (None, Some(node)) => reader.template(node, "`until`").map(Until::Moment),
        (Some(_), Some(node)) => {
            reader.wrong_fields(node, "a wait has `for` or `until`, not both", "Remove one of them.");
            None
        }
        (None, None) => {
            fields.report_missing(reader, "`for` or `until`", "for: 25h");
            None
        }
    };
    Some(Wait { until: until? })
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    schema::step(
        "Waits for a time, or until a moment.",
        &[
            ("for", schema::duration("How long.")),
            ("until", schema::text("A date or a time, such as \"{{appointment}}\".")),
        ],
        &[],
    )
}
