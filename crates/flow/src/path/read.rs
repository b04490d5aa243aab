//! Following a path into a value. Found null, a missing key and an empty list are three things.

use super::{PATTERN_VALUES_MAX, Path, PathKind, PathStep, join};
use crate::Value;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Read<'v> {
    /// A value, null included.
    Found(&'v Value),
    Missing(Missing),
}

/// Why nothing stands at a path, and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub why: Why,
    /// The longest beginning of the path that exists, as a path; empty for the whole answer.
    pub existing: String,
    /// Steps of the path that exist.
    pub steps: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    KeyAbsent {
        key: String,
    },
    IndexPastEnd {
        index: usize,
        length: usize,
    },
    /// The value before is null.
    ThroughNull,
    /// The value before is a text, a number, a boolean, or a list where a key was wanted or the other way round. `kind`
    /// is in words with its article, such as `a text`.
    NotAContainer {
        kind: &'static str,
    },
    /// A JSONPath matched nothing.
    NoMatch,
    /// A JSONPath with a pattern is not tried on an answer of more than [`super::PATTERN_VALUES_MAX`] values.
    TooManyValues,
}

impl<'v> Read<'v> {
    pub fn found(self) -> Option<&'v Value> {
        match self {
            Read::Found(value) => Some(value),
            Read::Missing(_) => None,
        }
    }
}

impl Path {
    /// What stands at this path of a JSON answer.
    pub fn read<'v>(&self, value: &'v Value) -> Read<'v> {
        self.follow(value, false)
    }

    /// What stands at this path of an XML answer as [`crate::request::xml::read`] gives it: a single element also
    /// answers `[0]`, an element of text alone also `#text`, and a prefix (`soap:Body`) may be left out or written.
    pub fn read_xml<'v>(&self, value: &'v Value) -> Read<'v> {
        self.follow(value, true)
    }

    fn follow<'v>(&self, value: &'v Value, xml: bool) -> Read<'v> {
        let steps = match &self.kind {
            PathKind::Steps(steps) => steps,
            PathKind::Query(query) => {
                let missing = |why| Read::Missing(Missing { why, existing: String::new(), steps: 0 });
                let has_pattern = self.text.contains("match(") || self.text.contains("search(");
                if has_pattern && has_more_values(value, PATTERN_VALUES_MAX) {
                    return missing(Why::TooManyValues);
                }
                return query.query(value).first().map_or_else(|| missing(Why::NoMatch), Read::Found);
            }
        };
        let mut here = value;
        for (count, step) in steps.iter().enumerate() {
            match enter(here, step, xml) {
                Ok(next) => here = next,
                Err(why) => {
                    return Read::Missing(Missing { why, existing: write(&steps[..count]), steps: count });
                }
            }
        }
        Read::Found(here)
    }
}

/// One step into a value.
pub(super) fn enter<'v>(value: &'v Value, step: &PathStep, xml: bool) -> Result<&'v Value, Why> {
    match (value, step) {
        (Value::Null, _) => Err(Why::ThroughNull),
        (Value::Array(items), PathStep::Index(index)) => at(items, *index),
        (Value::Array(items), PathStep::Key(key)) => match key.parse() {
            Ok(index) if key.bytes().all(|byte| byte.is_ascii_digit()) => at(items, index),
            _ => Err(Why::NotAContainer { kind: kind(value) }),
        },
        (Value::Object(entries), PathStep::Key(key)) => {
            let local = || key.rsplit_once(':').and_then(|(_, local)| entries.get(local));
            match entries.get(key.as_str()) {
                Some(found) => Ok(found),
                None if xml && is_first(step) => Ok(value),
                None => xml.then(local).flatten().ok_or_else(|| Why::KeyAbsent { key: key.clone() }),
            }
        }
        (_, step) if xml && is_first(step) => Ok(value),
        (Value::String(_), PathStep::Key(key)) if xml && key == "#text" => Ok(value),
        (_, PathStep::Index(index)) if xml => Err(Why::IndexPastEnd { index: *index, length: 1 }),
        (other, _) => Err(Why::NotAContainer { kind: kind(other) }),
    }
}

fn is_first(step: &PathStep) -> bool {
    match step {
        PathStep::Index(index) => *index == 0,
        PathStep::Key(key) => key == "0",
    }
}

fn at(items: &[Value], index: usize) -> Result<&Value, Why> {
    items.get(index).ok_or(Why::IndexPastEnd { index, length: items.len() })
}

/// Whether a value holds more than so many, itself and those in lists and objects counted.
fn has_more_values(value: &Value, most: usize) -> bool {
    let (mut count, mut open) = (0, vec![value]);
    while let Some(value) = open.pop() {
        count += 1;
        if count > most {
            return true;
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(entries) => open.extend(entries.values()),
            _ => {}
        }
    }
    false
}

/// The kind of a value, in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Steps as a path.
pub(super) fn write(steps: &[PathStep]) -> String {
    steps.iter().fold(String::new(), |way, step| match step {
        PathStep::Key(key) => join(&way, key),
        PathStep::Index(index) => format!("{way}[{index}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn missing(path: &str, value: &Value) -> (Why, String) {
        match Path::of(path).unwrap().read(value) {
            Read::Missing(missing) => (missing.why, missing.existing),
            Read::Found(value) => panic!("{path} is {value}"),
        }
    }

    #[test]
    fn tells_null_missing_and_empty_apart() {
        let answer = json!({"data": [{"phone": null, "tags": [], "name": "Priya"}], "total_count": 1});
        let found = |path: &str| Path::of(path).unwrap().read(&answer).found().cloned();
        assert_eq!(found("data[0].phone"), Some(Value::Null));
        assert_eq!(found("data[0].tags"), Some(json!([])));
        assert_eq!(found("data.0.name"), Some(json!("Priya")));
        assert_eq!(found("$"), Some(answer.clone()));
        assert_eq!(found("$.data[?@.name=='Priya'].phone"), Some(Value::Null));
        assert_eq!(
            missing("data[0].email", &answer),
            (Why::KeyAbsent { key: "email".into() }, "data[0]".into())
        );
        assert_eq!(
            missing("data[1].id", &answer),
            (Why::IndexPastEnd { index: 1, length: 1 }, "data".into())
        );
        assert_eq!(missing("data[0].phone.x", &answer), (Why::ThroughNull, "data[0].phone".into()));
        assert_eq!(
            missing("total_count.x", &answer),
            (Why::NotAContainer { kind: "a number" }, "total_count".into())
        );
        assert_eq!(missing("data.name", &answer), (Why::NotAContainer { kind: "a list" }, "data".into()));
        assert_eq!(missing("[0]", &answer), (Why::NotAContainer { kind: "an object" }, String::new()));
        assert_eq!(missing("$.data[?@.name=='X']", &answer), (Why::NoMatch, String::new()));
    }

    #[test]
    fn keys_of_digits_are_keys_of_an_object() {
        let answer = json!({"0": "a", "list": ["b"]});
        assert_eq!(Path::of("0").unwrap().read(&answer), Read::Found(&json!("a")));
        assert_eq!(Path::of("list.0").unwrap().read(&answer), Read::Found(&json!("b")));
        assert_eq!(missing("list.1", &answer).0, Why::IndexPastEnd { index: 1, length: 1 });
    }

    #[test]
    fn a_pattern_is_not_tried_on_a_huge_answer() {
        let path = Path::of("$[?match(@.name, 'Pri.*')].id").unwrap();
        assert_eq!(path.read(&json!([{"name": "Priya", "id": 7}])), Read::Found(&json!(7)));
        let huge = json!(vec![json!({"name": "x"}); PATTERN_VALUES_MAX]);
        let Read::Missing(missing) = path.read(&huge) else { panic!() };
        assert_eq!(missing.why, Why::TooManyValues);
    }

    #[test]
    fn queries_compare_numbers_by_value() {
        let answer: Value =
            serde_json::from_str(r#"{"list": [{"id": 10000000000, "n": 1.0}, {"id": 2, "n": 3}]}"#).unwrap();
        let first = |path: &str| Path::of(path).unwrap().read(&answer).found().map(ToString::to_string);
        assert_eq!(first("$.list[?@.id==10000000000].n").as_deref(), Some("1.0"));
        assert_eq!(first("$.list[?@.n>2].id").as_deref(), Some("2"));
        assert_eq!(first("$.list[?@.n==1].id").as_deref(), Some("10000000000"));
        assert_eq!(first("$.list[-1].id").as_deref(), Some("2"));
    }
}
