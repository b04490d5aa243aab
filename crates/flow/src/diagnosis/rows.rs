//! What kind of miss each mapped row is; five diagnoses share it, so that each row is told once.

use super::outline::rewrite;
use super::seen::Seen;
use crate::finding::{Finding, Severity};
use crate::path::{How, Nearest, Why, nearest};
use crate::request::MissingRow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    OtherList,
    Case,
    ThroughNull,
    AttributeNotSet,
    NotFound,
}

/// Rows that miss in this way, with the nearest path that exists.
pub(super) fn of<'s>(seen: &'s Seen<'_>, wanted: Miss) -> Vec<(&'s MissingRow, Option<Nearest>)> {
    let rows = seen.finished.missing.iter();
    rows.filter_map(|row| {
        let (miss, near) = kind(seen, row)?;
        (miss == wanted).then_some((row, near))
    })
    .collect()
}

/// `None` for a row that is told otherwise: an empty list, or an answer that is empty or could not be read.
fn kind(seen: &Seen<'_>, row: &MissingRow) -> Option<(Miss, Option<Nearest>)> {
    let answer = seen.finished.answer.as_ref()?;
    if matches!(row.missing.why, Why::IndexPastEnd { length: 0, .. }) {
        return None;
    }
    if row.missing.why == Why::ThroughNull {
        return Some((Miss::ThroughNull, None));
    }
    let path = written(seen, row).map(|row| &row.path)?;
    let near = nearest(path, answer);
    let miss = match near.as_ref().map(|near| near.how) {
        Some(How::Case) => Miss::Case,
        Some(How::OtherList | How::BareList) => Miss::OtherList,
        None if holds_attributes(&row.missing.existing) => Miss::AttributeNotSet,
        // The next list item, the next page: they end somewhere.
        None if matches!(row.missing.why, Why::IndexPastEnd { .. }) => return None,
        Some(_) | None => Miss::NotFound,
    };
    Some((miss, near))
}

fn holds_attributes(existing: &str) -> bool {
    let last = existing.rsplit(['.', ']']).next().unwrap_or("");
    ["custom_attributes", "custom_fields", "user_fields"].contains(&last)
}

fn written<'s>(seen: &Seen<'s>, row: &MissingRow) -> Option<&'s crate::steps::api_request::Row> {
    let rows = if row.of_error { &seen.step.save_error } else { &seen.step.save };
    rows.iter().find(|known| known.name.value == row.name)
}

/// A finding about a row, at its path, with the edit that puts the nearest one there.
pub(super) fn finding(
    seen: &Seen<'_>,
    code: &'static str,
    row: &MissingRow,
    near: Option<&Nearest>,
    message: String,
) -> Finding {
    let severity = match (row.required, row.has_default) {
        (true, _) => Severity::Error,
        (false, true) => Severity::Hint,
        (false, false) => Severity::Warning,
    };
    let finding = Finding::new(code, severity, message);
    let Some(written) = written(seen, row) else { return finding };
    let text = &written.path_text;
    let finding = finding.at(text.place.span.clone());
    match near.and_then(|near| rewrite(&text.value, &text.place, &near.path)) {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    }
}
