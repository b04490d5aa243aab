//! One turn: session and input in; session, events and effects out.

use crate::bot::Bot;
use crate::session::Session;
use crate::turn::{Ambient, Input, Turn};

/// Runs one turn.
///
/// `session` is the contact's running session, if any. A message without one is tried against the triggers; one that a
/// person has the conversation of is only kept. Never panics and runs at most `bot.settings.step_budget` steps: a fault
/// ends the session, hands the conversation over and says so in the events.
pub fn advance(bot: &Bot, session: Option<Session>, input: Input, ambient: &mut Ambient) -> Turn {
    let _ = (bot, input, ambient);
    Turn { session, ..Turn::default() }
}
