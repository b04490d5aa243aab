//! What an input meets: a running session, a trigger, the default answer, or people.

use super::builder::{Resume, TurnBuilder};
use super::{triggers, wake};
use crate::Value;
use crate::bot::DefaultAnswer;
use crate::limits::SERVICE_WINDOW;
use crate::request::Exchange;
use crate::session::Waiting;
use crate::source::Text;
use crate::template::Template;
use crate::turn::{Fact, Message, Outgoing};
use serde_json::json;

impl TurnBuilder<'_> {
    pub(super) fn take_message(&mut self, message: &Message) {
        self.ambient.contact.stopped = false;
        let window = wake::later(message.sent_at, SERVICE_WINDOW);
        self.ambient.contact.window_until = self.ambient.contact.window_until.max(window);
        if !self.bot_may_speak() {
            return self.end_session("handed_over");
        }
        if self.expired_at(message.accepted_at) {
            self.end_session("timeout");
        }
        if self.session.is_some() {
            match triggers::global(self.bot, message) {
                Some(hit) => {
                    self.end_session("interrupted");
                    self.start(&hit.flow, hit.by, hit.trigger, as_value(message));
                }
                None => self.answer(message),
            }
            return;
        }
        match triggers::find(self.bot, message) {
            Some(hit) => self.start(&hit.flow, hit.by, hit.trigger, as_value(message)),
            None => self.default_answer(message),
        }
    }

    /// The result of a call that nobody waits for any more wakes nothing.
    pub(super) fn take_call(&mut self, effect: &str, exchange: &Exchange) {
        if self.ambient.with_team_since.is_some() {
            return self.end_session("handed_over");
        }
        if matches!(self.waiting(), Some(Waiting::Call { effect: awaited }) if awaited == effect) {
            self.run(Some(Resume::Call { effect, exchange }));
        }
    }

    /// False while people have the conversation; a message after enough idle time gives it back.
    fn bot_may_speak(&mut self) -> bool {
        let Some(since) = self.ambient.with_team_since else { return true };
        let Some(idle) = self.bot.settings.release_after else { return false };
        if self.ambient.now < wake::later(since, idle) {
            return false;
        }
        self.ambient.with_team_since = None;
        self.event_of(None, Fact::Released);
        true
    }

    fn answer(&mut self, message: &Message) {
        let Some(session) = &mut self.session else { return };
        match session.waiting {
            Waiting::Answer { .. } => {
                session.active_at = self.ambient.now;
                self.set_message(message);
                self.run(Some(Resume::Message(message)));
            }
            Waiting::Time { .. } => {
                session.active_at = self.ambient.now;
                self.set_message(message);
                self.event(Fact::MessageKept);
            }
            // The caller should have held it back; it stays in the conversation.
            Waiting::Call { .. } => self.event(Fact::MessageKept),
        }
    }

    fn default_answer(&mut self, message: &Message) {
        match &self.bot.settings.default_answer {
            None => {}
            Some(DefaultAnswer::Text(text)) => {
                let text = Text { value: text.clone(), ..Text::default() };
                let text = self.text(&Template::parse(text).0);
                self.send(Outgoing::Text { text });
            }
            Some(DefaultAnswer::Flow(name)) => match self.bot.current(name).cloned() {
                Some(flow) => {
                    let trigger = json!({"by": "default_answer", "text": message.text});
                    self.start(&flow, "default_answer".into(), trigger, as_value(message));
                }
                None => {
                    self.fault(format!("The default answer is the flow \"{name}\", which is not published."));
                }
            },
        }
    }
}

/// `message.*`: `id`, `kind`, `text`, `reply_id`, `context_id`, `content`, `sent_at` (epoch milliseconds). What a message
/// does not have is unset.
pub(super) fn as_value(message: &Message) -> Value {
    let mut value = serde_json::Map::new();
    value.insert("id".into(), json!(message.id));
    value.insert("kind".into(), json!(message.kind));
    let optional =
        [("text", &message.text), ("reply_id", &message.reply_id), ("context_id", &message.context_id)];
    for (name, text) in optional {
        if let Some(text) = text {
            value.insert(name.into(), json!(text));
        }
    }
    for (name, part) in [("content", &message.content), ("referral", &message.referral)] {
        if !part.is_null() {
            value.insert(name.into(), part.clone());
        }
    }
    value.insert("sent_at".into(), json!(message.sent_at));
    Value::Object(value)
}
