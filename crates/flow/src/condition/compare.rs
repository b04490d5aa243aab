//! Comparing values.
//!
//! By value: numbers by their decimal value (`1.0 = 1`), a number with a text of a number (`0 = "0"`, never `7 = "007"`),
//! a boolean with its text (answers in XML and forms have only texts), texts letter by letter, lists and objects item by
//! item. For order, two texts that are both numbers count as numbers, others compare letter by letter, which is right
//! for dates written `2026-11-23`.

use super::decimal::Decimal;
use crate::Value;
use std::cmp::Ordering;

pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
            text == if *flag { "true" } else { "false" }
        }
        (Value::Number(_), Value::Number(_) | Value::String(_)) | (Value::String(_), Value::Number(_)) => {
            numbers(left, right) == Some(Ordering::Equal)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => false,
    }
}

/// The order of two values; `None` where they have none.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    numbers(left, right).or_else(|| match (left, right) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    })
}

fn numbers(left: &Value, right: &Value) -> Option<Ordering> {
    let read = |value: &Value| match value {
        Value::Number(number) => Decimal::read(&number.to_string()),
        Value::String(text) => Decimal::read(text),
        _ => None,
    };
    Some(read(left)?.compare(&read(right)?))
}
