//! `rapport serve` as the world meets it: the real binary, signed webhooks over a socket, pretend or lying services on
//! the other side, kills and restarts. Tests wait for conditions, never for times.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect, and says what it skipped"
)]

mod calls;
mod crashes;
mod dialogue;
mod faults;
mod house;
mod meta;
mod operating;
mod sends;
mod stranger;
mod timers;
mod turns;
mod webhooks;
