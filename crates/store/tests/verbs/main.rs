//! The verbs against a real SQLite file in a temporary folder.

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
