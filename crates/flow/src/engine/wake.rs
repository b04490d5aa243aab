//! When a session wants to be woken, and what is due then.

use super::builder::{Resume, TurnBuilder};
use crate::session::{Session, Waiting};
use std::time::Duration;

/// When `session` wants [`crate::Input::Wake`].
///
/// The session's own time-out runs while a question without a time-out of its own is open, from the customer's last
/// word or the question, whichever is later; an author's `timeout` or `wait` may be longer than it. For a call it is
/// only the last resort, should the result never come.
pub(super) fn due(session: &Session, session_timeout: Duration, now: i64) -> i64 {
    match &session.waiting {
        Waiting::Answer { timeout_at, join_until, .. } => {
            let end = timeout_at.unwrap_or_else(|| expiry(session, session_timeout).unwrap_or(i64::MAX));
            join_until.map_or(end, |join| join.min(end))
        }
        Waiting::Call { .. } => later(now, session_timeout),
        Waiting::Time { until } => *until,
    }
}

/// When a session ends by itself, if what it waits for lets it.
fn expiry(session: &Session, session_timeout: Duration) -> Option<i64> {
    match &session.waiting {
        Waiting::Answer { timeout_at: None, asked_at, .. } => {
            Some(later(session.active_at.max(*asked_at), session_timeout))
        }
        _ => None,
    }
}

/// `moment` and a time, in epoch milliseconds.
pub(crate) fn later(moment: i64, time: Duration) -> i64 {
    moment.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

impl TurnBuilder<'_> {
    /// Does what is due; nothing when it is too early. A call whose result never came is a fault: nobody is left waiting.
    pub(super) fn take_wake(&mut self) {
        let Some(session) = &self.session else { return };
        if self.ambient.with_team_since.is_some() {
            return self.end_session("handed_over");
        }
        let now = self.ambient.now;
        let (due, goes_on) = match &session.waiting {
            Waiting::Time { until } => (*until, true),
            Waiting::Answer { timeout_at, join_until, .. } => {
                let joined = join_until.is_some_and(|at| at <= now);
                let timed_out = timeout_at.is_some_and(|at| at <= now);
                (session.wake_at, joined || timed_out)
            }
            Waiting::Call { .. } => (session.wake_at, false),
        };
        if due > now {
            return;
        }
        match &session.waiting {
            _ if goes_on => self.run(Some(Resume::Wake)),
            Waiting::Call { effect } => {
                let lost =
                    format!("The result of the call {effect} never came; the conversation waited for it.");
                self.fault(lost);
            }
            _ => self.end_session("timeout"),
        }
    }

    /// Whether the session was over before a message of this moment, although nobody has woken it yet.
    pub(super) fn expired_at(&self, moment: i64) -> bool {
        let Some(session) = &self.session else { return false };
        expiry(session, self.bot.settings.session_timeout).is_some_and(|end| end <= moment)
    }
}
