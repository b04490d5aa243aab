//! Values as text.

use crate::Value;
use std::borrow::Cow;

/// A value as text: texts as they are, numbers with the digits they came with, `true`, `false`; lists and objects as
/// JSON. Null prints nothing: no message ever says `null` or `undefined`.
pub fn print(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Number(number) => Cow::Owned(number.to_string()),
        list_or_object => Cow::Owned(list_or_object.to_string()),
    }
}
