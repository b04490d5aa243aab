//! What a verb hands to a backend: statements that are committed together or not at all.

use crate::ids::AccountId;

/// A value of a statement or a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Word(&'static str),
    Blob(Vec<u8>),
}

/// What the number of changed rows means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing.
    Any,
    /// None: the whole unit is stale and nothing of it is kept.
    Must,
    /// None: the row is there already. The rest of the unit is left out, what came before is kept; so gates come first.
    Gate,
}

/// One statement. Parameters are written `$1`, `$2`, …, in any order; both dialects read them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value>,
    pub(crate) rule: Rule,
}

/// Statements that are committed together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Whose change number it raises.
    pub(crate) account: AccountId,
    pub(crate) statements: Vec<Statement>,
}

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done(Changes),
    /// A gate found its row there already.
    Duplicate,
    Stale,
}

/// Which statements of a unit changed a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Changes(u64);

impl Changes {
    pub(crate) fn note(&mut self, statement: usize) {
        // Only leading statements are ever asked about; the last bit stands for all beyond it.
        self.0 |= 1 << statement.min(63);
    }

    pub(crate) fn at(self, statement: usize) -> bool {
        self.0 & (1 << statement.min(63)) != 0
    }

    pub(crate) fn any(self) -> bool {
        self.0 != 0
    }
}

impl Unit {
    pub(crate) fn new(account: AccountId) -> Self {
        Unit { account, statements: Vec::new() }
    }

    pub(crate) fn any(&mut self, sql: &'static str, values: impl Into<Vec<Value>>) {
        self.statements.push(Statement { sql, values: values.into(), rule: Rule::Any });
    }

    pub(crate) fn must(&mut self, sql: &'static str, values: impl Into<Vec<Value>>) {
        self.statements.push(Statement { sql, values: values.into(), rule: Rule::Must });
    }

    pub(crate) fn gate(&mut self, sql: &'static str, values: impl Into<Vec<Value>>) {
        self.statements.push(Statement { sql, values: values.into(), rule: Rule::Gate });
    }
}

/// The values of a statement, each by what it is in Rust.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::unit::Value::from($value)),*] };
}
pub(crate) use values;

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

macro_rules! from_ids {
    ($($id:ident)*) => {$(
        impl From<crate::ids::$id> for Value {
            fn from(id: crate::ids::$id) -> Self {
                Value::Int(id.0)
            }
        }
    )*};
}
from_ids!(AccountId ChannelId ContactId MessageId TurnId);
