//! The server: Meta webhooks in, turns, sends and calls out.

pub mod clock;
pub mod config;
pub mod ids;
