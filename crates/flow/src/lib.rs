//! Rapport's pure core. A flow is text ([`document`]); read, it is a [`Flow`] of [`steps`]; [`advance`] takes a session
//! and one input to the next session, the events that happened and the effects to carry out.
//!
//! Nothing here does I/O, reads a clock or draws randomness: equal arguments give equal results, in production, in the
//! simulator, on the command line and in tests.

pub mod bot;
pub mod check;
pub mod condition;
pub mod diagnosis;
pub mod dialogue;
pub mod document;
pub mod engine;
pub mod finding;
pub mod flow;
pub mod limits;
pub mod path;
pub mod phone;
pub mod request;
pub mod scope;
pub mod session;
pub mod source;
pub mod spelling;
pub mod steps;
pub mod template;
pub mod turn;

pub use bot::Bot;
pub use engine::advance;
pub use finding::{Finding, Severity};
pub use flow::Flow;
pub use session::Session;
pub use turn::{Ambient, Effect, Event, Input, Turn};

/// A value of a flow: text, number (digits kept as they came), boolean, null, list, object. *Unset* is no value: the
/// name is absent from its map.
pub type Value = serde_json::Value;
/// Names and their values, in the order in which they were set.
pub type Values = serde_json::Map<String, Value>;
