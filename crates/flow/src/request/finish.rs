//! From an exchange to the outcome of the call, the variables it maps, and what later steps read by the step's name.

use super::xml::{self, XmlError};
use super::{Exchange, Outcome, ResponseKind};
use crate::path::{Missing, Read, Why};
use crate::steps::api_request::{ApiRequest, Row, WhenMissing};
use crate::template::{VALUE_DEPTH_MAX, depth};
use crate::{Value, Values};

/// What a call comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub outcome: Outcome,
    /// Every variable that the step maps, each once, in the order of its rows: its new value, or `None` to unset it.
    pub values: Vec<(String, Option<Value>)>,
    /// `status` (absent without an answer), `outcome`, `headers`, `attempts`, `elapsed_ms`: read by the step's name.
    pub facts: Value,
    /// Rows that were read and found nothing, in their order.
    pub missing: Vec<MissingRow>,
    /// The answer as read, for findings; `None` when there is none or it could not be read.
    pub answer: Option<Value>,
    /// Why the answer could not be read, where it should have been.
    pub unreadable: Option<String>,
}

/// A row that found nothing in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRow {
    pub name: String,
    /// As written.
    pub path: String,
    /// Whether it stands in `save_error`.
    pub of_error: bool,
    pub missing: Missing,
    pub required: bool,
    pub has_default: bool,
}

/// The variables that a step maps, each once. They are unset before the call, so that a failed one leaves nothing of an
/// earlier customer behind.
pub fn mapped_names(step: &ApiRequest) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in step.save.iter().chain(&step.save_error) {
        if !names.contains(&row.name.value.as_str()) {
            names.push(&row.name.value);
        }
    }
    names
}

/// Reads the answer of a call.
///
/// `save` rows are read from a 2xx answer, `save_error` rows from any other that has a status; the variables of rows that
/// are not read are unset, defaults included: a default stands for what an answer lacks, not for a call that failed. A
/// missing required `save` row makes the outcome `missing_required`; the rows that were found keep their values, which
/// are of this very answer. An answer that is empty (204, HEAD) is no fault, and its rows are missing.
pub fn finish(step: &ApiRequest, exchange: &Exchange) -> Finished {
    let mut outcome = exchange.outcome;
    let (answer, unreadable) = match read_answer(step.response, &exchange.body) {
        Ok(answer) => (answer, None),
        Err(why) => (None, Some(why)),
    };
    // With response `none` nothing is read; rows that want a value are missing.
    if outcome == Outcome::Ok && unreadable.is_some() {
        outcome = Outcome::NotJson;
    }
    let (rows, of_error) = match outcome {
        Outcome::Ok => (step.save.as_slice(), false),
        Outcome::NotJson => (&[][..], false),
        _ if exchange.status.is_some() => (step.save_error.as_slice(), true),
        _ => (&[][..], true),
    };
    let mut values: Vec<(String, Option<Value>)> =
        mapped_names(step).into_iter().map(|name| (name.to_owned(), None)).collect();
    let mut missing = Vec::new();
    for row in rows {
        let (value, gap) = read_row(row, answer.as_ref(), step.response, of_error);
        missing.extend(gap);
        if let Some((_, slot)) = values.iter_mut().find(|(name, _)| *name == row.name.value) {
            *slot = value;
        }
    }
    if outcome == Outcome::Ok && missing.iter().any(|row| row.required) {
        outcome = Outcome::MissingRequired;
    }
    Finished { outcome, values, facts: facts(outcome, exchange), missing, answer, unreadable }
}

/// What a request that could not be built comes to: nothing was sent, every mapped variable is unset.
pub fn unsent(step: &ApiRequest) -> Finished {
    let values = mapped_names(step).into_iter().map(|name| (name.to_owned(), None)).collect();
    let facts = serde_json::json!({
        "outcome": Outcome::BadTemplate.as_str(), "headers": {}, "attempts": 0, "elapsed_ms": 0,
    });
    Finished {
        outcome: Outcome::BadTemplate,
        values,
        facts,
        missing: Vec::new(),
        answer: None,
        unreadable: None,
    }
}

/// The answer as a value; `None` when it is empty.
fn read_answer(kind: ResponseKind, body: &str) -> Result<Option<Value>, String> {
    let body = body.trim_start_matches('\u{feff}');
    if body.trim().is_empty() {
        return Ok(None);
    }
    let value = match kind {
        ResponseKind::None => return Ok(None),
        ResponseKind::Text => return Ok(Some(Value::String(body.to_owned()))),
        ResponseKind::Json => {
            serde_json::from_str::<Value>(body).map_err(|error| format!("not JSON: {error}"))?
        }
        ResponseKind::Xml => xml::read(body).map_err(|error: XmlError| error.to_string())?,
    };
    if depth(&value) > VALUE_DEPTH_MAX {
        return Err(format!("nested deeper than {VALUE_DEPTH_MAX} levels"));
    }
    Ok(Some(value))
}

fn read_row(
    row: &Row,
    answer: Option<&Value>,
    kind: ResponseKind,
    of_error: bool,
) -> (Option<Value>, Option<MissingRow>) {
    let read = match answer {
        Some(answer) if kind == ResponseKind::Xml => row.path.read_xml(answer),
        Some(answer) => row.path.read(answer),
        None => Read::Missing(Missing { why: Why::NoMatch, existing: String::new(), steps: 0 }),
    };
    match read {
        Read::Found(value) => (Some(value.clone()), None),
        Read::Missing(missing) => {
            let default = match &row.when_missing {
                WhenMissing::Default(value) => Some(value.clone()),
                WhenMissing::Unset | WhenMissing::Refuse => None,
            };
            let gap = MissingRow {
                name: row.name.value.clone(),
                path: row.path.text.clone(),
                of_error,
                missing,
                required: row.when_missing == WhenMissing::Refuse && !of_error,
                has_default: default.is_some(),
            };
            (default, Some(gap))
        }
    }
}

fn facts(outcome: Outcome, exchange: &Exchange) -> Value {
    let mut facts = Values::new();
    if let Some(status) = exchange.status {
        facts.insert("status".into(), status.into());
    }
    facts.insert("outcome".into(), outcome.as_str().into());
    let mut headers = Values::new();
    for (name, value) in &exchange.headers {
        match headers.get_mut(name.as_str()) {
            // RFC 9110, 5.3: several lines of one name are a list.
            Some(Value::String(before)) => {
                before.push_str(", ");
                before.push_str(value);
            }
            _ => {
                headers.insert(name.to_ascii_lowercase(), value.as_str().into());
            }
        }
    }
    facts.insert("headers".into(), Value::Object(headers));
    facts.insert("attempts".into(), exchange.attempts.len().into());
    facts.insert("elapsed_ms".into(), exchange.elapsed_ms.into());
    Value::Object(facts)
}

#[cfg(test)]
mod tests;
