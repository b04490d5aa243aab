//! The path that was probably meant, for findings about a path that leads nowhere.

use super::read::{enter, write};
use super::{Path, PathKind, PathStep};
use crate::Value;
use crate::spelling;

/// An existing path near to a missing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    pub path: String,
    pub how: How,
}

/// What tells it from the one written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A key's upper and lower case.
    Case,
    /// The list stands under another key, such as `conversations`.
    OtherList,
    /// The answer is the list itself.
    BareList,
    /// An item of the list has to be picked.
    ItemOfList,
    /// The value stands inside another object, such as `ticket`.
    Wrapped,
    /// The answer has no such wrapper.
    Unwrapped,
    /// A key's spelling.
    Spelling,
}

/// Most changes to a path.
const CHANGES_MAX: usize = 2;

/// The existing path that is nearest to one that is missing in `value`; `None` when it exists, when nothing is near, or
/// for JSONPath.
pub fn nearest(path: &Path, value: &Value) -> Option<Nearest> {
    let PathKind::Steps(steps) = &path.kind else { return None };
    let (found, how) = mend(steps, value, CHANGES_MAX)?;
    Some(Nearest { path: write(&found), how: how? })
}

/// The steps that lead somewhere, and the first change; `None` when more than `changes` are needed.
fn mend(steps: &[PathStep], value: &Value, changes: usize) -> Option<(Vec<PathStep>, Option<How>)> {
    let Some((step, rest)) = steps.split_first() else { return Some((Vec::new(), None)) };
    if let Ok(next) = enter(value, step, false) {
        let (mut found, how) = mend(rest, next, changes)?;
        found.insert(0, step.clone());
        return Some((found, how));
    }
    if changes == 0 {
        return None;
    }
    for (how, prefix, rest_from) in candidates(steps, value) {
        let inside = prefix.iter().try_fold(value, |value, step| enter(value, step, false).ok());
        let Some(inside) = inside else { continue };
        if let Some((tail, _)) = mend(&steps[rest_from..], inside, changes - 1) {
            let found = prefix.into_iter().chain(tail).collect();
            return Some((found, Some(how)));
        }
    }
    None
}

/// Beginnings that could replace the first steps, and from where the given steps go on; the likeliest first.
fn candidates(steps: &[PathStep], value: &Value) -> Vec<(How, Vec<PathStep>, usize)> {
    let wants_item = |at: usize| matches!(steps.get(at), Some(PathStep::Index(_)));
    let mut found = Vec::new();
    match (value, &steps[0]) {
        (Value::Object(entries), PathStep::Key(key)) => {
            let keys = || entries.keys().map(String::as_str);
            let folded = key.to_lowercase();
            found.extend(
                keys().filter(|other| other.to_lowercase() == folded).map(|other| (How::Case, one(other), 1)),
            );
            if wants_item(1) {
                found.extend(lists(value).map(|other| (How::OtherList, one(other), 1)));
            }
            found.extend(spelling::nearest(key, keys()).map(|other| (How::Spelling, one(other), 1)));
            found.extend((steps.len() > 1).then(|| (How::Unwrapped, Vec::new(), 1)));
            let wraps = |inner: &Value| enter(inner, &steps[0], false).is_ok();
            let wrappers = entries.iter().filter(|(_, inner)| inner.is_object() && wraps(inner));
            found.extend(wrappers.map(|(other, _)| (How::Wrapped, one(other), 0)));
            let items = entries.iter().filter(|(_, inner)| inner.get(0).is_some_and(wraps));
            found.extend(items.map(|(other, _)| (How::Wrapped, vec![named(other), PathStep::Index(0)], 0)));
        }
        (Value::Object(_), PathStep::Index(_)) => {
            found.extend(lists(value).map(|other| (How::OtherList, one(other), 0)));
        }
        (Value::Array(_), PathStep::Key(_)) => {
            if wants_item(1) {
                found.push((How::BareList, Vec::new(), 1));
            }
            found.push((How::ItemOfList, vec![PathStep::Index(0)], 0));
        }
        _ => {}
    }
    found
}

fn lists(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, inner)| inner.as_array().is_some_and(|items| !items.is_empty()))
        .map(|(key, _)| key.as_str())
}

fn named(key: &str) -> PathStep {
    PathStep::Key(key.to_owned())
}

fn one(key: &str) -> Vec<PathStep> {
    vec![named(key)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn near(path: &str, value: &Value) -> Option<(String, How)> {
        nearest(&Path::of(path).unwrap(), value).map(|near| (near.path, near.how))
    }

    #[test]
    fn finds_what_was_meant() {
        let contact =
            json!({"data": [{"custom_attributes": {"Plan": "pro", "Odd Key": 1}, "name": "Priya"}]});
        let plan = "data[0].custom_attributes.plan";
        assert_eq!(near(plan, &contact), Some(("data[0].custom_attributes.Plan".into(), How::Case)));
        assert_eq!(
            near("data[0].custom_atributes.plan", &contact),
            Some(("data[0].custom_attributes.Plan".into(), How::Spelling))
        );
        assert_eq!(
            near(r#"data[0].custom_attributes["odd key"]"#, &contact),
            Some((r#"data[0].custom_attributes["Odd Key"]"#.into(), How::Case))
        );
        assert_eq!(near("data.name", &contact), Some(("data[0].name".into(), How::ItemOfList)));
        assert_eq!(near("name", &contact), Some(("data[0].name".into(), How::Wrapped)));
        let conversations =
            json!({"type": "conversation.list", "conversations": [{"id": "378"}], "total_count": 1});
        assert_eq!(near("data[0].id", &conversations), Some(("conversations[0].id".into(), How::OtherList)));
        assert_eq!(near("[0].id", &conversations), Some(("conversations[0].id".into(), How::OtherList)));
        assert_eq!(near("data[0].id", &json!([{"id": 18}])), Some(("[0].id".into(), How::BareList)));
        assert_eq!(near("id", &json!({"ticket": {"id": 1}})), Some(("ticket.id".into(), How::Wrapped)));
        assert_eq!(near("ticket.id", &json!({"id": 1})), Some(("id".into(), How::Unwrapped)));
    }

    #[test]
    fn stays_silent_where_nothing_is_near() {
        assert_eq!(near("data[0].plan", &json!({"data": [{"name": "x"}]})), None);
        assert_eq!(near("data[3].id", &json!({"data": [{"id": 1}]})), None);
        assert_eq!(near("data[0].id", &json!({"data": []})), None);
        assert_eq!(near("data[0].id", &json!({"data": [{"id": 1}]})), None, "it exists");
        assert_eq!(near("a.b", &json!(null)), None);
    }
}
