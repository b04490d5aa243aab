//! Which flow a message starts.
//!
//! Order: global keywords, a tapped button, an ad or post, then keywords (exact, phrase, word, pattern), a first message,
//! any message. What the customer tapped or where they came from says more than the words beside it. Of two equal
//! ones the flow whose name comes first wins; the checker reports such a tie.

use super::fold::{fold, words};
use crate::Value;
use crate::bot::Bot;
use crate::flow::{Flow, KeywordMatch, Trigger, TriggerKind};
use crate::turn::Message;
use serde_json::json;
use std::sync::Arc;

/// A trigger that a message met.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) flow: Arc<Flow>,
    /// For `Fact::SessionStarted`.
    pub(super) by: String,
    /// For `trigger.*`: `by` (`keyword`, `first_message`, `any_message`, `button`, `referral`, `default_answer`), `text`,
    /// and `keyword`, `payload` or `referral`.
    pub(super) trigger: Value,
}

pub(super) fn find(bot: &Bot, message: &Message) -> Option<Hit> {
    first(bot, message, false)
}

/// Only what interrupts a running session.
pub(super) fn global(bot: &Bot, message: &Message) -> Option<Hit> {
    first(bot, message, true)
}

fn first(bot: &Bot, message: &Message, only_global: bool) -> Option<Hit> {
    let said = Said::new(message);
    let mut best: Option<(u8, Hit)> = None;
    for flow in bot.flows() {
        for trigger in &flow.triggers {
            let Some((rank, by, detail)) = said.meets(trigger) else { continue };
            if only_global && rank >= GLOBAL {
                continue;
            }
            if best.as_ref().is_some_and(|(found, _)| *found <= rank) {
                continue;
            }
            let mut value = json!({"by": by.split(' ').next(), "text": message.text});
            if let (Some((name, detail)), Value::Object(value)) = (detail, &mut value) {
                value.insert(name.to_owned(), detail);
            }
            best = Some((rank, Hit { flow: Arc::clone(flow), by, trigger: value }));
        }
    }
    best.map(|(_, hit)| hit)
}

/// Ranks below it are global keywords.
const GLOBAL: u8 = 10;

type Met = (u8, String, Option<(&'static str, Value)>);

struct Said<'a> {
    message: &'a Message,
    text: &'a str,
    folded: String,
}

impl<'a> Said<'a> {
    fn new(message: &'a Message) -> Self {
        let text = message.text.as_deref().unwrap_or_default();
        Said { message, text, folded: fold(text) }
    }

    /// The rank of the trigger (lower wins), what started the session, and its detail for `trigger.*`.
    fn meets(&self, trigger: &Trigger) -> Option<Met> {
        match &trigger.kind {
            TriggerKind::Keywords { keywords, matching, global, patterns } => {
                let keyword = match matching {
                    KeywordMatch::Pattern => {
                        let found = patterns.iter().position(|pattern| pattern.is_match(self.text))?;
                        keywords.get(found)?
                    }
                    _ => keywords.iter().find(|keyword| self.has(&keyword.value, *matching))?,
                };
                let rank = match matching {
                    KeywordMatch::Exact => 3,
                    KeywordMatch::Phrase => 4,
                    KeywordMatch::Word => 5,
                    KeywordMatch::Pattern => 6,
                };
                let by = format!("keyword {}", keyword.value);
                Some((
                    if *global { rank } else { rank + GLOBAL },
                    by,
                    Some(("keyword", json!(keyword.value))),
                ))
            }
            TriggerKind::Button { payload } => {
                let tapped = self.message.reply_id.as_deref()?;
                (tapped == payload.value)
                    .then(|| (GLOBAL + 1, "button".into(), Some(("payload", json!(tapped)))))
            }
            TriggerKind::Referral { source_id } => {
                let referral = &self.message.referral;
                if referral.is_null() {
                    return None;
                }
                let came_from = referral.get("source_id").and_then(Value::as_str);
                if source_id.as_ref().is_some_and(|wanted| came_from != Some(wanted.value.as_str())) {
                    return None;
                }
                // One ad before any ad.
                let rank = GLOBAL + if source_id.is_some() { 1 } else { 2 };
                Some((rank, "referral".into(), Some(("referral", referral.clone()))))
            }
            TriggerKind::FirstMessage => {
                self.message.first.then(|| (GLOBAL + 7, "first_message".into(), None))
            }
            TriggerKind::AnyMessage => Some((GLOBAL + 8, "any_message".into(), None)),
        }
    }

    fn has(&self, keyword: &str, matching: KeywordMatch) -> bool {
        let keyword = fold(keyword);
        if keyword.is_empty() {
            return false;
        }
        if matching == KeywordMatch::Exact {
            return self.folded == keyword;
        }
        let wanted = words(&keyword);
        if wanted.is_empty() {
            // Signs and emoji have no words around which to look for boundaries.
            return self.folded.contains(&keyword);
        }
        words(&self.folded).windows(wanted.len()).any(|run| run == wanted)
    }
}
