//! The commands as people run them: the built program, its output and what it ends with.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "commands/program.rs"]
mod program;

#[path = "commands/administration.rs"]
mod administration;
#[path = "commands/beside_a_server.rs"]
mod beside_a_server;
#[path = "commands/call.rs"]
mod call;
#[path = "commands/chat.rs"]
mod chat;
#[path = "commands/check.rs"]
mod check;
#[path = "commands/connection.rs"]
mod connection;
#[path = "commands/dialogue_tests.rs"]
mod dialogue_tests;
#[path = "commands/usage.rs"]
mod usage;
