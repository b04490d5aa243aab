//! Whether a condition holds.

use super::compare::{equal, order};
use super::{Condition, Expression, Operand, Operator};
use crate::Value;
use crate::scope::Scope;
use crate::template::print;
use std::borrow::Cow;
use std::cmp::Ordering;

impl Condition {
    /// Whether it holds. An unset operand makes a comparison false, `!=` included; only `is set` and `is empty` see it.
    pub fn holds(&self, scope: &dyn Scope) -> bool {
        holds(&self.expression, scope)
    }
}

// As deep as the parser let it become: `NESTING_MAX`.
fn holds(expression: &Expression, scope: &dyn Scope) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|part| holds(part, scope)),
        Expression::Or(parts) => parts.iter().any(|part| holds(part, scope)),
        Expression::Not(inner) => !holds(inner, scope),
        Expression::Compare { left, operator, right } => match (value(left, scope), value(right, scope)) {
            (Some(left), Some(right)) => compare(&left, *operator, &right),
            _ => false,
        },
        Expression::IsSet(operand) => value(operand, scope).is_some_and(|value| !value.is_null()),
        Expression::IsEmpty(operand) => value(operand, scope).is_none_or(|value| is_empty(&value)),
        Expression::In { left, list } => value(left, scope).is_some_and(|left| {
            list.iter().any(|item| match value(item, scope) {
                Some(item) => match (item.as_ref(), item_is_list(&left)) {
                    (Value::Array(items), false) => items.iter().any(|item| equal(&left, item)),
                    (item, _) => equal(&left, item),
                },
                None => false,
            })
        }),
        Expression::Matches { left, pattern } => match value(left, scope).as_deref() {
            None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => false,
            Some(value) => pattern.0.is_match(&print(value)),
        },
    }
}

fn item_is_list(value: &Value) -> bool {
    value.is_array()
}

fn value<'s>(operand: &'s Operand, scope: &'s dyn Scope) -> Option<Cow<'s, Value>> {
    match operand {
        Operand::Literal(value) => Some(Cow::Borrowed(value)),
        Operand::Reference { reference, .. } if reference.secret().is_some() => None,
        Operand::Reference { reference, .. } => scope.get(reference),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn compare(left: &Value, operator: Operator, right: &Value) -> bool {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Less => order(left, right) == Some(Ordering::Less),
        Operator::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::Greater => order(left, right) == Some(Ordering::Greater),
        Operator::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::Contains => match left {
            Value::Array(items) => items.iter().any(|item| equal(item, right)),
            Value::Object(entries) => right.as_str().is_some_and(|key| entries.contains_key(key)),
            _ => texts(left, right).is_some_and(|(left, right)| left.contains(right.as_ref())),
        },
        Operator::StartsWith => {
            texts(left, right).is_some_and(|(left, right)| left.starts_with(right.as_ref()))
        }
        Operator::EndsWith => texts(left, right).is_some_and(|(left, right)| left.ends_with(right.as_ref())),
    }
}

/// Both as text; `None` where one is null, a list or an object.
fn texts<'v>(left: &'v Value, right: &'v Value) -> Option<(Cow<'v, str>, Cow<'v, str>)> {
    let text = |value: &'v Value| match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        value => Some(print(value)),
    };
    Some((text(left)?, text(right)?))
}
