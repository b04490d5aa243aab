//! One turn: session and input in; session, events and effects out.

mod builder;
mod calls;
mod ending;
mod fold;
mod input;
mod outgoing;
mod scope;
mod triggers;
mod wake;

pub(crate) use builder::{Next, Resume, Traced, TurnBuilder};
pub use calls::call_findings;
pub(crate) use calls::{findings as findings_of_call, in_words as failure_in_words};
pub(crate) use fold::{fold, words};
pub(crate) use outgoing::chars;
pub(crate) use wake::later;

use crate::Values;
use crate::bot::Bot;
use crate::session::Session;
use crate::turn::{Ambient, Input, Turn};

/// Runs one turn.
///
/// `session` is the contact's running session, if any. A message without one is tried against the triggers; one that a
/// person has the conversation of is only kept. Never panics and runs at most `bot.settings.step_budget` steps: a fault
/// ends the session, hands the conversation over and says so in the events.
///
/// `ambient` comes out as the turn left it: ids counted on, the contact's fields and tags as the turn set them, its
/// window opened and its stop lifted by the message, `with_team_since` set by a hand-over and taken off by a release.
/// The events say the same; a caller that stores events may forget it.
#[expect(clippy::needless_pass_by_value, reason = "one input, one turn: it is used up")]
pub fn advance(bot: &Bot, session: Option<Session>, input: Input, ambient: &mut Ambient) -> Turn {
    traced(bot, session, &input, ambient, Values::new()).turn
}

/// [`advance`] with variables for a session that starts, and with what a test or a simulator wants to know besides.
pub(crate) fn traced(
    bot: &Bot,
    session: Option<Session>,
    input: &Input,
    ambient: &mut Ambient,
    start_with: Values,
) -> Traced {
    let mut turn = TurnBuilder::new(bot, session, ambient);
    turn.start_with = start_with;
    match input {
        Input::Message(message) => turn.take_message(message),
        Input::Call { effect, exchange } => turn.take_call(effect, exchange),
        Input::Wake => turn.take_wake(),
    }
    turn.finish()
}
