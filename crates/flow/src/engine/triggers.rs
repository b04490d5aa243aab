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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::Settings;
    use crate::document::{Source, read_flow};

    /// One flow for each name and trigger.
    fn bot(triggers: &[(&str, Value)]) -> Bot {
        let flows = triggers.iter().map(|(name, trigger)| {
            let flow = json!({"flow": name, "triggers": [trigger], "steps": {"s": {"type": "end"}}});
            let (flow, findings) = read_flow(&Source::new("flow.json", flow.to_string()));
            Arc::new(flow.unwrap_or_else(|| panic!("{findings:?}")))
        });
        Bot::new(Settings::default(), flows.collect::<Vec<_>>())
    }

    fn said(text: &str) -> Message {
        Message { kind: "text".into(), text: Some(text.into()), ..Message::default() }
    }

    fn started(bot: &Bot, message: &Message) -> Option<String> {
        find(bot, message).map(|hit| hit.flow.name.clone())
    }

    #[test]
    fn the_nearest_trigger_wins() {
        let bot = bot(&[
            ("any", json!({"any_message": true})),
            ("first", json!({"first_message": true})),
            ("pattern", json!({"keywords": ["order [0-9]+"], "match": "pattern"})),
            ("word", json!({"keywords": ["order"]})),
            ("phrase", json!({"keywords": ["my order"], "match": "phrase"})),
            ("exact", json!({"keywords": ["where is my order"], "match": "exact"})),
            ("global", json!({"keywords": ["stop"], "global": true})),
            ("button", json!({"button": "TRACK"})),
            ("ad", json!({"referral": {"source_id": "77"}})),
            ("referral", json!({"referral": true})),
        ]);
        for (text, flow) in [
            ("hello", "any"),
            ("ORDER 12 please", "word"),
            ("reorder 12", "pattern"),
            ("about my order", "phrase"),
            ("Where is  my order", "exact"),
            ("where is my order, stop", "global"),
        ] {
            assert_eq!(started(&bot, &said(text)).as_deref(), Some(flow), "{text}");
        }
        assert_eq!(started(&bot, &Message { first: true, ..said("hello") }).as_deref(), Some("first"));
        assert_eq!(started(&bot, &Message { first: true, ..said("order") }).as_deref(), Some("word"));
        let tapped = Message { reply_id: Some("TRACK".into()), ..said("my order") };
        assert_eq!(started(&bot, &tapped).as_deref(), Some("button"));
        let from = |id: &str| Message { referral: json!({"source_id": id}), ..said("my order") };
        assert_eq!(started(&bot, &from("77")).as_deref(), Some("ad"));
        assert_eq!(started(&bot, &from("78")).as_deref(), Some("referral"));
    }

    #[test]
    fn a_word_is_a_whole_word_in_any_script() {
        for (keyword, text, meets) in [
            ("account", "my account?", true),
            ("account", "my accounts", false),
            ("account", "ACCOUNT.", true),
            ("café", "un CAFÉ!", true),
            ("cafe", "cafeteria", false),
            ("खाता", "मेरा खाता दिखाओ", true),
            ("खात", "मेरा खाता", false),
            ("счёт", "мой СЧЁТ", true),
            ("帮助", "请帮助我", true),
            ("ช่วย", "กรุณาช่วยด้วย", true),
            ("حساب", "ما هو حساب؟", true),
            ("👍", "great 👍", true),
            ("order status", "my order   STATUS please", true),
            ("order status", "order my status", false),
        ] {
            let matching = if keyword.contains(' ') { "phrase" } else { "word" };
            let bot = bot(&[("flow", json!({"keywords": [keyword], "match": matching}))]);
            assert_eq!(started(&bot, &said(text)).is_some(), meets, "{keyword} in {text}");
        }
    }

    #[test]
    fn only_global_keywords_interrupt() {
        let bot = bot(&[
            ("word", json!({"keywords": ["order"]})),
            ("any", json!({"any_message": true})),
            ("global", json!({"keywords": ["^stop$"], "match": "pattern", "global": true})),
        ]);
        assert!(global(&bot, &said("order")).is_none());
        let hit = global(&bot, &said("Stop")).unwrap();
        assert_eq!(hit.by, "keyword ^stop$");
        assert_eq!(hit.trigger, json!({"by": "keyword", "text": "Stop", "keyword": "^stop$"}));
    }
}
