//! How a session ends: finished, timed out, interrupted, handed over, at fault.

use super::builder::TurnBuilder;
use crate::turn::Fact;

impl TurnBuilder<'_> {
    pub(super) fn end_session(&mut self, reason: &str) {
        if let Some(session) = self.take_session() {
            let flow = session.frames.first().map(|frame| frame.flow.clone());
            self.event_of(flow, Fact::SessionEnded { reason: reason.to_owned() });
        }
    }

    /// People have the conversation from here on; the bot is silent until they give it back.
    pub(super) fn hand_over(&mut self, team: Option<String>, note: Option<String>) {
        self.event(Fact::HandedOver { team, note });
        self.ambient.with_team_since = Some(self.ambient.now);
        self.end_session("handed_over");
    }

    /// The bot cannot go on: people take over and read why.
    pub(super) fn fault(&mut self, message: String) {
        self.event(Fact::Fault { message: message.clone() });
        self.event(Fact::HandedOver { team: None, note: Some(message) });
        self.ambient.with_team_since = Some(self.ambient.now);
        self.end_session("fault");
    }
}
