//! Any inputs on any valid flow: the turn ends within its budget, never panics, is equal for equal arguments, and leaves
//! a session that comes back from its storage as it was.

#![expect(clippy::unwrap_used, reason = "a test may stop at what should not happen")]

use proptest::prelude::*;
use rapport_flow::bot::{Bot, Settings};
use rapport_flow::document::{Source, read_flow};
use rapport_flow::request::{Attempt, Exchange, Outcome, Sent};
use rapport_flow::session::{Session, Waiting};
use rapport_flow::turn::{Ambient, Channel, Contact, Effect, Fact, Input, Message, Outgoing, Turn};
use rapport_flow::{Flow, advance};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

const STEPS: usize = 7;
const BUDGET: u32 = 20;

/// A step's name, or `end`.
fn target() -> impl Strategy<Value = String> {
    (0..=STEPS).prop_map(|at| if at == STEPS { "end".into() } else { format!("s{at}") })
}

fn variable() -> impl Strategy<Value = String> {
    prop_oneof![Just("a"), Just("b"), Just("c")].prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let hole = prop_oneof![
        variable().prop_map(|name| format!("{{{{{name}}}}}")),
        Just("{{contact.name}}".to_owned()),
        Just("{{message.text | upper}}".to_owned()),
        Just("{{s1.status}}".to_owned()),
        Just("{{new_id}} {{now | date}}".to_owned()),
    ];
    (hole, "[a-z ]{0,8}").prop_map(|(hole, words)| format!("{words}{hole}"))
}

fn step() -> impl Strategy<Value = Value> {
    let with_next = |step: Value, next: Option<String>| {
        let mut step = step;
        if let Some(next) = next {
            step["next"] = json!(next);
        }
        step
    };
    let next = || proptest::option::of(target());
    prop_oneof![
        (text(), next()).prop_map(move |(text, next)| with_next(json!({"type": "send_message", "text": text}), next)),
        (text(), next()).prop_map(move |(text, next)| {
            with_next(json!({"type": "send_template", "template": "t", "language": "en", "category": "marketing", "body": [text]}), next)
        }),
        (expect(), variable(), next(), 1u32..4, any::<bool>(), any::<bool>()).prop_map(
            move |(expect, name, next, attempts, join, timeout)| {
                let mut step = json!({"type": "ask_question", "text": "?", "expect": expect, "save_as": name, "attempts": attempts});
                if expect == "choice" {
                    step["show"] = json!("buttons");
                    step["choices"] = json!([{"id": "x", "title": "Left", "next": "s0"}, {"keyword": "RIGHT"}]);
                }
                if join {
                    step["join"] = json!("3s");
                }
                if timeout {
                    step["timeout"] = json!("30m");
                    step["exits"] = json!({"timeout": "s1"});
                }
                with_next(step, next)
            }
        ),
        (variable(), target(), proptest::option::of(target())).prop_map(|(name, yes, no)| {
            let mut step = json!({"type": "condition", "branches": [{"when": format!("{name} > 2 or {name} is set"), "next": yes}]});
            if let Some(no) = no {
                step["otherwise"] = json!(no);
            }
            step
        }),
        (variable(), text(), next()).prop_map(move |(name, text, next)| {
            with_next(json!({"type": "set_variable", "set": {name: text, "n": 1}}), next)
        }),
        (variable(), text(), next(), proptest::option::of(target())).prop_map(move |(name, text, next, failed)| {
            let mut step = json!({
                "type": "api_request", "method": "POST", "url": "https://api.example.com/{{a}}/x",
                "body": {"json": {"text": text}}, "response": "json", "save": {name: "data[0].id", "rest": "$"},
            });
            if let Some(failed) = failed {
                step["exits"] = json!({"failed": failed, "404": "end"});
            }
            with_next(step, next)
        }),
        text().prop_map(|text| json!({"type": "hand_over", "text": text, "team": "x"})),
        (any::<bool>(), next()).prop_map(move |(other, next)| {
            let flow = if other { "other" } else { "main" };
            with_next(json!({"type": "run_flow", "flow": flow, "with": {"a": "{{b}}"}, "save": {"c": "a"}}), next)
        }),
        (prop_oneof![Just("0s"), Just("5m"), Just("30h")], next())
            .prop_map(move |(time, next)| with_next(json!({"type": "wait", "for": time}), next)),
        (text(), next()).prop_map(move |(text, next)| with_next(json!({"type": "wait", "until": text}), next)),
        (text(), next()).prop_map(move |(tag, next)| with_next(json!({"type": "tag_contact", "add": [tag], "remove": ["x"]}), next)),
        (text(), next()).prop_map(move |(text, next)| with_next(json!({"type": "update_contact", "set": {"name": text, "plan": "{{a}}"}}), next)),
        Just(json!({"type": "end"})),
    ]
}

fn expect() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "text", "email", "phone", "number", "date", "choice", "location", "media", "any",
    ])
}

fn flow(name: &'static str, keyword: &'static str, global: bool) -> impl Strategy<Value = Arc<Flow>> {
    proptest::collection::vec(step(), STEPS).prop_map(move |steps| {
        let steps: Map<String, Value> =
            steps.into_iter().enumerate().map(|(at, step)| (format!("s{at}"), step)).collect();
        let flow = json!({"flow": name, "inputs": ["a"], "triggers": [{"keywords": [keyword], "global": global}], "steps": steps});
        let (read, findings) = read_flow(&Source::new("flow.json", flow.to_string()));
        Arc::new(read.unwrap_or_else(|| panic!("{flow}\n{findings:#?}")))
    })
}

#[derive(Debug, Clone)]
enum Move {
    Say(String),
    /// The id of a button: of the open question, or anything.
    Tap(bool, String),
    Send(&'static str, Value),
    Reply(Outcome, Option<u16>, String),
    /// The result of a call that nobody waits for.
    Stray,
    Wait(u64),
    Stop,
    TakeOver,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => prop_oneof![
            Just("main".to_owned()), Just("other now".to_owned()), Just("1".to_owned()), Just("left".to_owned()),
            Just("priya@example.com".to_owned()), Just("+91 98200 00001".to_owned()), Just("31/7/2026".to_owned()),
            "\\PC{0,12}",
        ].prop_map(Move::Say),
        1 => (any::<bool>(), "[a-zA-Z:{}]{0,6}").prop_map(|(ours, id)| Move::Tap(ours, id)),
        1 => Just(Move::Send("location", json!({"latitude": 1.5, "longitude": 2}))),
        1 => Just(Move::Send("image", json!({"id": "7"}))),
        1 => Just(Move::Send("contacts", json!([{"phones": [{"phone": "x"}]}]))),
        4 => (proptest::sample::select(vec![(Outcome::Ok, Some(200)), (Outcome::ClientError, Some(404)), (Outcome::Timeout, None), (Outcome::RateLimited, Some(429))]),
              prop_oneof![Just(r#"{"data": [{"id": 7}]}"#.to_owned()), Just("{}".to_owned()), Just("<html>".to_owned()), "\\PC{0,20}"])
            .prop_map(|((outcome, status), body)| Move::Reply(outcome, status, body)),
        1 => Just(Move::Stray),
        3 => proptest::sample::select(vec![1u64, 3, 1800, 90_000, 200_000]).prop_map(Move::Wait),
        1 => Just(Move::Stop),
        1 => Just(Move::TakeOver),
    ];
    proptest::collection::vec(one, 1..25)
}

fn exchange(outcome: Outcome, status: Option<u16>, body: &str) -> Exchange {
    Exchange {
        outcome,
        status,
        headers: vec![("x-a".into(), "1".into()), ("x-a".into(), "2".into())],
        body: body.into(),
        sent: Sent::default(),
        attempts: vec![Attempt { outcome, status, elapsed_ms: 1, waited_ms: 0 }],
        elapsed_ms: 1,
        detail: None,
        redirect_to: None,
    }
}

/// The next input, from what the session waits for.
fn input(step: &Move, session: Option<&Session>, ambient: &mut Ambient) -> Option<Input> {
    ambient.now += 1000;
    let now = ambient.now;
    let message = |kind: &str, text: Option<String>| Message {
        id: format!("m{now}"),
        sent_at: now,
        accepted_at: now - 500,
        kind: kind.into(),
        text,
        ..Message::default()
    };
    let waiting = session.map(|session| &session.waiting);
    Some(match step {
        Move::Say(text) => Input::Message(message("text", Some(text.clone()))),
        Move::Tap(ours, id) => {
            let asked = match waiting {
                Some(Waiting::Answer { asked, .. }) if *ours => format!("{asked}:x"),
                _ => id.clone(),
            };
            Input::Message(Message { reply_id: Some(asked), ..message("interactive", Some(id.clone())) })
        }
        Move::Send(kind, content) => {
            Input::Message(Message { content: content.clone(), ..message(kind, None) })
        }
        Move::Reply(outcome, status, body) => match waiting {
            Some(Waiting::Call { effect }) => {
                Input::Call { effect: effect.clone(), exchange: exchange(*outcome, *status, body) }
            }
            _ => return None,
        },
        Move::Stray => {
            Input::Call { effect: "nobody's".into(), exchange: exchange(Outcome::Ok, Some(200), "{}") }
        }
        Move::Wait(seconds) => {
            ambient.now += i64::try_from(*seconds).unwrap() * 1000;
            Input::Wake
        }
        Move::Stop => {
            ambient.contact.stopped = true;
            return None;
        }
        Move::TakeOver => {
            ambient.with_team_since = Some(now);
            return None;
        }
    })
}

fn check(turn: &Turn, before: &Ambient, stopped: bool) {
    let left = turn.events.iter().filter(|event| matches!(event.fact, Fact::StepLeft { .. })).count();
    // The step that waited and the callers that are returned to are not run anew.
    assert!(left <= BUDGET as usize + 9, "{left} steps were left");
    let calls: Vec<&String> = turn
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Call { id, .. } => Some(id),
            Effect::Send { .. } => None,
        })
        .collect();
    assert!(calls.len() <= 1, "a turn waits for one call at most");
    if let Some(effect) = calls.first() {
        let waiting = turn.session.as_ref().map(|session| &session.waiting);
        assert_eq!(waiting, Some(&Waiting::Call { effect: (*effect).clone() }));
    }
    for effect in &turn.effects {
        let Effect::Send { message, .. } = effect else { continue };
        assert!(!stopped, "{message:?} to one who stopped");
        match message {
            Outgoing::Template(_) => assert!(!before.contact.opted_out),
            Outgoing::Text { text } => assert!(!text.trim().is_empty() && text.chars().count() <= 4096),
            _ => {}
        }
    }
    let handed_over = turn.events.iter().any(|event| matches!(event.fact, Fact::HandedOver { .. }));
    assert!(!(handed_over && turn.session.is_some()), "a hand-over ends the session");
    let ended = turn.events.iter().any(|event| matches!(event.fact, Fact::Fault { .. }));
    assert!(!ended || handed_over, "people take over after a fault");
    if let Some(session) = &turn.session {
        assert!((1..=8).contains(&session.frames.len()));
        let text = serde_json::to_string(session).unwrap();
        assert_eq!(&serde_json::from_str::<Session>(&text).unwrap(), session, "a session comes back equal");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_turn_is_bounded_deterministic_and_keeps_its_promises(
        main in flow("main", "main", false),
        other in flow("other", "other", true),
        moves in moves(),
        opted_out in any::<bool>(),
        gone_after in proptest::option::of(0usize..20),
    ) {
        let settings = Settings {
            step_budget: BUDGET,
            release_after: Some(Duration::from_hours(1)),
            country: Some("IN".into()),
            ..Settings::default()
        };
        let mut bot = Bot::new(settings.clone(), [main, Arc::clone(&other)]);
        let mut ambient = Ambient {
            now: 1_767_780_000_000,
            turn_id: String::new(),
            ids: 0,
            contact: Contact { id: "c".into(), opted_out, phone: Some("+919820000001".into()), ..Contact::default() },
            channel: Channel::default(),
            with_team_since: None,
        };
        let mut session: Option<Session> = None;
        for (at, step) in moves.iter().enumerate() {
            if gone_after == Some(at) {
                // The flow that runs is deleted under the conversation.
                bot = Bot::new(settings.clone(), [Arc::clone(&other)]);
            }
            let Some(input) = input(step, session.as_ref(), &mut ambient) else { continue };
            ambient.turn_id = format!("t{at}");
            ambient.ids = 0;
            let before = ambient.clone();
            let stopped = before.contact.stopped && !matches!(input, Input::Message(_));
            let turn = advance(&bot, session.clone(), input.clone(), &mut ambient);
            let mut again = before.clone();
            prop_assert_eq!(&advance(&bot, session, input, &mut again), &turn);
            prop_assert_eq!(&again.contact, &ambient.contact);
            check(&turn, &before, stopped);
            session = turn.session;
        }
    }
}
