//! Response paths: `data[0].custom_attributes.plan`, `[0].id`, `["odd key"]`, `$` and RFC 9535 JSONPath.

mod nearest;
mod parse;
mod read;

pub use nearest::{How, Nearest, nearest};
pub(crate) use parse::join;
pub use read::{Missing, Read, Why};

/// Longest path, in bytes.
pub const PATH_BYTES_MAX: usize = 512;

/// Most values of an answer that a JSONPath with `match` or `search` is tried on: patterns are compiled for each item.
pub const PATTERN_VALUES_MAX: usize = 10_000;

/// A parsed response path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path {
    pub kind: PathKind,
    /// As written.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PathKind {
    /// Keys and indexes; empty for the whole answer (`$` alone).
    Steps(Vec<PathStep>),
    /// A JSONPath query; its first match counts.
    Query(Box<serde_json_path::JsonPath>),
}

impl Default for PathKind {
    fn default() -> Self {
        PathKind::Steps(Vec::new())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A key; one of digits alone (`data.0.id`) is an index where the value is a list.
    Key(String),
    Index(usize),
}
