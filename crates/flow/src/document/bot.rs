//! Reads `bot.yaml`: what holds for all flows of an account.

use super::reader::Reader;
use super::tree::{Node, Shape};
use super::{Source, country, parse};
use crate::bot::{DefaultAnswer, Settings};
use crate::finding::{Finding, Severity};
use std::time::Duration;

/// Most steps a turn may be given.
const STEP_BUDGET_MAX: u32 = 10_000;
/// Shortest and longest time after which a silent session ends.
const SESSION_TIMEOUT: std::ops::RangeInclusive<Duration> =
    Duration::from_mins(1)..=Duration::from_hours(30 * 24);

/// Reads the settings of a bot. `None` as soon as one finding is an error; the others still come.
pub fn read_bot(source: &Source) -> (Option<Settings>, Vec<Finding>) {
    let (document, findings) = parse(source);
    let mut reader = Reader::new(findings);
    let settings = document.as_ref().and_then(|document| {
        let root = document.root();
        if root.shape() == Shape::Empty { Some(Settings::default()) } else { read(root, &mut reader) }
    });
    let findings = reader.into_findings();
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    (settings.filter(|_| !broken), findings)
}

fn read(root: Node<'_>, reader: &mut Reader) -> Option<Settings> {
    let mut fields = reader.fields(root, "bot.yaml")?;
    let mut settings = Settings::default();
    if let Some(node) = fields.take("default_answer") {
        settings.default_answer = default_answer(node, reader);
    }
    if let Some(timeout) = fields.take("session_timeout").and_then(|node| session_timeout(node, reader)) {
        settings.session_timeout = timeout;
    }
    let budget = fields.take("step_budget");
    if let Some(budget) = budget.and_then(|node| reader.whole(node, "`step_budget`", 1..=STEP_BUDGET_MAX)) {
        settings.step_budget = budget;
    }
    settings.release_after = fields.take("release_after").and_then(|node| match node.scalar() {
        Some("never") => None,
        _ => reader.duration(node, "`release_after`"),
    });
    if let Some(timezone) = fields.take("timezone").and_then(|node| timezone(node, reader)) {
        settings.timezone = timezone;
    }
    settings.country = fields.take("country").and_then(|node| country(node, reader));
    fields.finish(reader);
    Some(settings)
}

/// A text, or `{flow: name}`.
fn default_answer(node: Node<'_>, reader: &mut Reader) -> Option<DefaultAnswer> {
    if node.shape() != Shape::Map {
        return reader.text(node, "`default_answer`").map(|text| DefaultAnswer::Text(text.value));
    }
    let mut fields = reader.fields(node, "`default_answer`")?;
    let flow = fields.require(reader, "flow", "flow: welcome").and_then(|node| reader.text(node, "`flow`"));
    fields.finish(reader);
    flow.map(|flow| DefaultAnswer::Flow(flow.value))
}

fn session_timeout(node: Node<'_>, reader: &mut Reader) -> Option<Duration> {
    let timeout = reader.duration(node, "`session_timeout`")?;
    if SESSION_TIMEOUT.contains(&timeout) {
        return Some(timeout);
    }
    reader.bad_value(node, "`session_timeout` must lie between 60s and 30d", "Write for example 24h.");
    None
}

fn timezone(node: Node<'_>, reader: &mut Reader) -> Option<String> {
    let name = reader.text(node, "`timezone`")?.value;
    if jiff::tz::TimeZone::get(&name).is_ok() {
        return Some(name);
    }
    let message = format!("`{}` is no time zone", super::shorten(&name));
    reader.bad_value(node, message, "Write an IANA name, such as Asia/Kolkata or Europe/Berlin.");
    None
}
