//! `wait`: for a time, or until a moment.
//!
//! ```yaml
//! pause: {type: wait, for: 25h, next: remind}
//! ```

use crate::Value;
use crate::document::{Fields, Reader, schema};
use crate::engine::later;
use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
use crate::session::Waiting;
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

impl Wait {
    /// A moment that is past does not wait.
    pub(crate) fn run(&self, step: &Step, turn: &mut TurnBuilder<'_>, resume: Option<&Resume<'_>>) -> Next {
        if resume.is_some() {
            return Next::done();
        }
        let until = match &self.until {
            Until::For(time) => later(turn.now(), *time),
            Until::Moment(template) => {
                let text = turn.text(template);
                match moment(text.trim(), &turn.bot().settings.timezone) {
                    Some(moment) => moment,
                    None => {
                        return Next::Fault(format!(
                            "The step \"{}\" should wait until \"{}\", which is no date or time such as 2026-07-31 or \
                             2026-07-31T09:00:00+02:00.",
                            step.name,
                            text.trim()
                        ));
                    }
                }
            }
        };
        if until <= turn.now() { Next::done() } else { Next::Wait(Waiting::Time { until }) }
    }
}

/// Epoch milliseconds of an RFC 3339 time, of a time without offset in `zone`, or of the start of a date in `zone`.
fn moment(text: &str, zone: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let time = match text.parse::<jiff::civil::DateTime>() {
        Ok(time) => time,
        Err(_) => text.parse::<jiff::civil::Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
    };
    Some(time.to_zoned(zone).ok()?.timestamp().as_millisecond())
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
