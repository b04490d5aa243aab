//! What a session lives through: new revisions, flows that go, results that nobody waits for, long texts.

use rapport_flow::bot::{Bot, Settings};
use rapport_flow::document::{Source, read_flow};
use rapport_flow::engine::call_findings;
use rapport_flow::request::{Exchange, Outcome, Sent};
use rapport_flow::session::{Session, Waiting};
use rapport_flow::turn::{Ambient, Channel, Contact, Effect, Fact, Input, Message, Outgoing, Turn};
use rapport_flow::{Flow, advance};
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: i64 = 1_767_780_000_000;
const HOUR: i64 = 3_600_000;

fn flow(revision: u32, flow: &Value) -> Arc<Flow> {
    let (read, findings) = read_flow(&Source::new("flow.json", flow.to_string()));
    let mut flow = read.unwrap_or_else(|| panic!("{findings:#?}"));
    flow.revision = revision;
    Arc::new(flow)
}

fn ambient(now: i64) -> Ambient {
    Ambient {
        now,
        turn_id: format!("t{}", now - NOW),
        ids: 0,
        contact: Contact { id: "c".into(), ..Contact::default() },
        channel: Channel::default(),
        with_team_since: None,
    }
}

fn say(bot: &Bot, session: Option<Session>, now: i64, text: &str) -> Turn {
    let message = Message {
        id: "m".into(),
        kind: "text".into(),
        text: Some(text.into()),
        sent_at: now,
        accepted_at: now,
        ..Message::default()
    };
    advance(bot, session, Input::Message(message), &mut ambient(now))
}

fn texts(turn: &Turn) -> Vec<&str> {
    let texts = turn.effects.iter().filter_map(|effect| match effect {
        Effect::Send { message: Outgoing::Text { text }, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn asking(question: &str, thanks: &str) -> Value {
    json!({"flow": "a", "triggers": [{"any_message": true}], "steps": {
        "ask": {"type": "ask_question", "text": question, "expect": "text", "next": "thanks"},
        "thanks": {"type": "send_message", "text": thanks, "next": "end"},
    }})
}

fn calling() -> Value {
    json!({"flow": "a", "triggers": [{"keywords": ["go"]}, {"keywords": ["stop"], "global": true}], "steps": {
        "which": {"type": "condition", "branches": [{"when": "trigger.keyword = \"stop\"", "next": "end"}], "otherwise": "call"},
        "call": {"type": "api_request", "method": "GET", "url": "https://api.example.com/", "next": "done"},
        "done": {"type": "send_message", "text": "done", "next": "end"},
    }})
}

fn result(effect: &str) -> Input {
    answer(effect, Outcome::Ok, 200, "{}")
}

fn answer(effect: &str, outcome: Outcome, status: u16, body: &str) -> Input {
    let exchange = Exchange {
        outcome,
        status: Some(status),
        headers: Vec::new(),
        body: body.into(),
        sent: Sent::default(),
        attempts: Vec::new(),
        elapsed_ms: 0,
        detail: None,
        redirect_to: None,
    };
    Input::Call { effect: effect.into(), exchange }
}

#[test]
fn a_running_session_keeps_its_revision() {
    let mut bot = Bot::new(Settings::default(), [flow(1, &asking("Old?", "Old thanks"))]);
    let turn = say(&bot, None, NOW, "hello");
    assert_eq!(texts(&turn), ["Old?"]);
    bot.publish(flow(2, &asking("New?", "New thanks")));
    let turn = say(&bot, turn.session, NOW + 1000, "yes");
    assert_eq!(texts(&turn), ["Old thanks"]);
    assert_eq!(texts(&say(&bot, turn.session, NOW + 2000, "hello")), ["New?"]);
}

#[test]
fn a_flow_that_is_gone_hands_over_and_says_so() {
    let bot = Bot::new(Settings::default(), [flow(1, &asking("Old?", "thanks"))]);
    let turn = say(&bot, None, NOW, "hello");
    let bot = Bot::new(Settings::default(), [flow(2, &asking("New?", "thanks"))]);
    let turn = say(&bot, turn.session, NOW + 1000, "yes");
    assert_eq!((turn.session, turn.effects), (None, Vec::new()));
    let note = turn.events.iter().find_map(|event| match &event.fact {
        Fact::HandedOver { note, .. } => note.clone(),
        _ => None,
    });
    assert_eq!(
        note.as_deref(),
        Some(
            "This conversation runs on revision 1 of the flow \"a\", which is gone. It cannot go on where it stopped."
        )
    );
}

#[test]
fn a_result_that_nobody_waits_for_wakes_nothing() {
    let bot = Bot::new(Settings::default(), [flow(1, &calling())]);
    let turn = say(&bot, None, NOW, "go");
    let Some(Waiting::Call { effect }) = turn.session.as_ref().map(|session| session.waiting.clone()) else {
        panic!("no call: {turn:#?}");
    };
    let other = advance(&bot, turn.session.clone(), result("other"), &mut ambient(NOW + 1));
    assert_eq!(other, Turn { session: turn.session.clone(), ..Turn::default() });
    let interrupted = say(&bot, turn.session.clone(), NOW + 2, "stop");
    assert_eq!(interrupted.session, None);
    assert_eq!(advance(&bot, None, result(&effect), &mut ambient(NOW + 3)), Turn::default());
    let finished = advance(&bot, turn.session, result(&effect), &mut ambient(NOW + 4));
    // Nobody wrote within the window: this ambient knows of none.
    assert!(
        finished
            .events
            .iter()
            .any(|event| event.fact == Fact::MessageWithheld { reason: "window_closed".into() })
    );
}

#[test]
fn a_failure_that_leads_nowhere_tells_the_team_in_words() {
    let bot = Bot::new(Settings::default(), [flow(1, &calling())]);
    let session = say(&bot, None, NOW, "go").session.unwrap();
    let Waiting::Call { effect } = session.waiting.clone() else { panic!("no call: {session:#?}") };
    let input = answer(&effect, Outcome::ClientError, 401, r#"{"error": "bad token"}"#);
    let Input::Call { exchange, .. } = &input else { unreachable!() };
    let findings = call_findings(&bot, &session, &effect, exchange);
    assert!(!findings.is_empty() && findings.iter().all(|finding| finding.step.as_deref() == Some("call")));
    assert!(call_findings(&bot, &session, "other", exchange).is_empty());
    let turn = advance(&bot, Some(session), input, &mut ambient(NOW + 1));
    let codes = turn.events.iter().find_map(|event| match &event.fact {
        Fact::CallFinished { findings, .. } => Some(findings.clone()),
        _ => None,
    });
    assert_eq!(codes, Some(findings.iter().map(|finding| finding.code.to_owned()).collect()));
    let note = turn.events.iter().find_map(|event| match &event.fact {
        Fact::HandedOver { note, .. } => note.clone(),
        _ => None,
    });
    let note = note.unwrap();
    assert!(note.starts_with("The API request \"call\" failed (client_error, HTTP 401). "), "{note}");
    assert!(note.contains(&findings[0].mend), "{note}");
}

#[test]
fn a_call_whose_result_never_comes_is_handed_over() {
    let bot = Bot::new(Settings::default(), [flow(1, &calling())]);
    let session = say(&bot, None, NOW, "go").session.unwrap();
    assert_eq!(session.wake_at, NOW + 24 * HOUR);
    let early = advance(&bot, Some(session.clone()), Input::Wake, &mut ambient(NOW + HOUR));
    assert_eq!(early, Turn { session: Some(session.clone()), ..Turn::default() });
    let turn = advance(&bot, Some(session), Input::Wake, &mut ambient(NOW + 24 * HOUR));
    assert!(turn.session.is_none());
    assert!(turn.events.iter().any(|event| matches!(event.fact, Fact::HandedOver { .. })));
}

#[test]
fn people_who_take_over_end_the_session_and_hear_no_bot() {
    let bot = Bot::new(Settings::default(), [flow(1, &asking("Old?", "thanks"))]);
    let session = say(&bot, None, NOW, "hello").session;
    let mut taken = Ambient { with_team_since: Some(NOW + 500), ..ambient(NOW + 1000) };
    let turn = advance(&bot, session, Input::Wake, &mut taken);
    assert_eq!((turn.session, turn.effects), (None, Vec::new()));
}

#[test]
fn a_long_text_leaves_in_parts_and_a_long_caption_as_a_text() {
    let words = "word ".repeat(1000);
    let caption = "caption ".repeat(200);
    let steps = json!({"flow": "a", "triggers": [{"any_message": true}], "steps": {
        "long": {"type": "send_message", "text": "{{message.text}}", "next": "image"},
        "image": {"type": "send_message", "image": {"link": "https://example.com/a.png", "caption": caption}, "next": "end"},
    }});
    let bot = Bot::new(Settings::default(), [flow(1, &steps)]);
    let turn = say(&bot, None, NOW, &words);
    let texts = texts(&turn);
    assert_eq!(texts.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), [4094, 905, 1600]);
    assert_eq!(format!("{} {}", texts[0], texts[1]), words);
    let captions = turn.effects.iter().filter_map(|effect| match effect {
        Effect::Send { message: Outgoing::Media { caption, .. }, .. } => Some(caption.as_deref()),
        _ => None,
    });
    assert_eq!(captions.collect::<Vec<_>>(), [None]);
}
