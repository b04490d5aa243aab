//! The verbs against a real SQLite file in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]
#![expect(clippy::similar_names, reason = "a `send` is ordered, and then it is `sent`")]

mod accepting;
mod calling;
mod crashing;
mod identities;
mod model;
mod opening;
mod publishing;
mod sending;
mod statuses;
mod team;
mod turns;
mod world;
