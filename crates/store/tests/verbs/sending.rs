use crate::world::*;
use rapport_flow::turn::{Outgoing, Template, TemplateBody};
use rapport_flow::{Effect, Turn};
use rapport_store::*;

const WAIT: i64 = 30_000;

fn template(id: &str) -> Effect {
    Effect::Send {
        id: id.into(),
        flow: None,
        step: None,
        message: Outgoing::Template(Template {
            name: "shipped".into(),
            language: "en".into(),
            category: None,
            header: None,
            body: TemplateBody::Numbered(Vec::new()),
            buttons: Vec::new(),
        }),
    }
}

async fn resolve(world: &World, now: i64, resend: bool) -> Resolved {
    world.store.resolve_unknown_sends(world.account, now, WAIT, resend).await.unwrap()
}

#[tokio::test]
async fn sends_leave_the_queue_with_their_fate() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let sends = world.send(&basis, &["a", "b", "c", "d"]).await;
    assert_eq!(world.queued().await, sends);
    assert_eq!(world.store.queued_sends_of(world.account, basis.key.contact).await.unwrap(), sends);
    let page = world.store.queued_sends(world.account, Some(sends[1].key()), 1).await.unwrap();
    assert_eq!(page, sends[2..3]);

    world.settle(&sends[0], Fate::Sent { wamid: "wamid.a".into() }).await;
    world.settle(&sends[1], Fate::Failed { error: serde_json::json!({"code": 131_026}) }).await;
    world.settle(&sends[2], Fate::Withheld { reason: "window_closed".into() }).await;
    world.settle(&sends[3], Fate::RetryAt { due_at: NOON + 99 }).await;
    let mut states = Vec::new();
    for send in &sends {
        states.push(world.sent(send).await.state);
    }
    assert_eq!(states, ["sent", "failed", "withheld", "queued"]);
    assert_eq!(world.sent(&sends[0]).await.wamid.as_deref(), Some("wamid.a"));
    assert_eq!(world.sent(&sends[1]).await.error, Some(serde_json::json!({"code": 131_026})));
    let left = world.queued().await;
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].due_at, left[0].attempts), (NOON + 99, 1));
}

#[tokio::test]
async fn after_a_crash_only_the_first_send_of_a_contact_is_unknown() {
    let world = World::new().await;
    for contact in ["1001", "1002"] {
        let basis = world.conversation(contact).await;
        world.send(&basis, &["a", "b"]).await;
    }
    let world = world.reopened();
    let recovery = world.store.recover(NOON).await.unwrap();
    assert_eq!(recovery, Recovery { stopped_cleanly: false, unknown_sends: 2 });
    let states: Vec<_> = world.queued().await.into_iter().map(|send| send.state).collect();
    assert_eq!(states, [SendState::Unknown, SendState::Queued, SendState::Unknown, SendState::Queued]);
    // A second crash before anything was settled changes nothing: the others still wait behind the first.
    assert_eq!(world.store.recover(NOON + 1).await.unwrap().unknown_sends, 2);
    assert_eq!(resolve(&world, NOON + WAIT, true).await.again.len(), 2);
}

#[tokio::test]
async fn after_an_orderly_stop_everything_just_goes() {
    let world = World::new().await;
    let basis = world.conversation("1001").await;
    world.send(&basis, &["a"]).await;
    world.store.record_clean_stop(NOON).await.unwrap();
    let world = world.reopened();
    let recovery = world.store.recover(NOON).await.unwrap();
    assert_eq!(recovery, Recovery { stopped_cleanly: true, unknown_sends: 0 });
    // The word is good for one start only.
    let world = world.reopened();
    assert_eq!(
        world.store.recover(NOON).await.unwrap(),
        Recovery { stopped_cleanly: false, unknown_sends: 1 }
    );
}

#[tokio::test]
async fn an_unknown_send_is_repeated_once_and_then_left_to_people() {
    let world = World::new().await;
    let basis = world.conversation("1001").await;
    let send = world.send(&basis, &["a"]).await.remove(0);
    world.settle(&send, Fate::Unknown).await;
    assert_eq!(resolve(&world, NOON + 20 + WAIT - 1, true).await, Resolved::default());
    let again = resolve(&world, NOON + 20 + WAIT, true).await.again;
    assert_eq!(again.len(), 1);
    assert!(again[0].resend);
    assert_eq!(world.queued().await, again);
    world.settle(&send, Fate::Unknown).await;
    let resolved = resolve(&world, NOON + 20 + WAIT, true).await;
    assert_eq!(resolved, Resolved { again: Vec::new(), given_up: vec![send.key()] });
    assert!(world.queued().await.is_empty());
    let sent = world.sent(&send).await;
    assert_eq!((sent.state.as_str(), sent.resend), ("unknown", true));
}

#[tokio::test]
async fn never_repeats_what_must_not_be() {
    let world = World::new().await;
    let basis = world.conversation("1001").await;
    let send = world.send(&basis, &["a"]).await.remove(0);
    world.settle(&send, Fate::Unknown).await;
    assert_eq!(resolve(&world, NOON + HOUR, false).await.given_up, [send.key()]);

    let basis = world.read(basis.key).await;
    let turn = world.turn(Turn { effects: vec![template("2-1")], ..Turn::default() });
    let template = committed(world.store.commit_turn(&basis, turn).await.unwrap()).sends.remove(0);
    assert!(template.must_be_started());
    // Not begun when the process died: it is simply still to be sent.
    world.store.recover(NOON).await.unwrap();
    assert_eq!(world.queued().await[0].state, SendState::Queued);
    assert!(world.store.start_send(template.key(), NOON).await.unwrap());
    assert!(!world.store.start_send(template.key(), NOON).await.unwrap());
    assert_eq!(world.queued().await[0].state, SendState::Started);
    world.store.recover(NOON).await.unwrap();
    assert_eq!(resolve(&world, NOON + HOUR, true).await.given_up, [template.key()]);
}

#[tokio::test]
async fn a_late_answer_still_tells_the_fate_of_one_left_to_people() {
    let world = World::new().await;
    let basis = world.conversation("1001").await;
    let send = world.send(&basis, &["a"]).await.remove(0);
    world.settle(&send, Fate::Unknown).await;
    resolve(&world, NOON + HOUR, false).await;
    world.settle(&send, Fate::Sent { wamid: "wamid.a".into() }).await;
    let sent = world.sent(&send).await;
    assert_eq!((sent.state.as_str(), sent.wamid.as_deref()), ("sent", Some("wamid.a")));
    // Nothing turns a known fate back.
    world.settle(&send, Fate::Failed { error: serde_json::json!({}) }).await;
    world.settle(&send, Fate::Unknown).await;
    world.settle(&send, Fate::RetryAt { due_at: 0 }).await;
    assert_eq!(world.sent(&send).await.state, "sent");
    assert!(world.queued().await.is_empty());
}

#[tokio::test]
async fn what_was_refused_or_withheld_stays_so() {
    let world = World::new().await;
    let basis = world.conversation("1001").await;
    let sends = world.send(&basis, &["a", "b"]).await;
    world.settle(&sends[0], Fate::Failed { error: serde_json::json!({"code": 131_047}) }).await;
    world.settle(&sends[1], Fate::Withheld { reason: "stopped".into() }).await;
    for (send, state) in sends.iter().zip(["failed", "withheld"]) {
        world.settle(send, Fate::Sent { wamid: "wamid.a".into() }).await;
        let sent = world.sent(send).await;
        assert_eq!((sent.state.as_str(), sent.wamid), (state, None));
    }
}

#[tokio::test]
async fn after_a_crash_the_first_send_of_each_channel_is_unknown() {
    let world = World::new().await;
    let first = world.conversation("1001").await;
    let other = world.store.ensure_channel(world.account, "other", "2222", None, NOON).await.unwrap().id;
    let incoming = Incoming { channel: other, ..world.text("1001", "wamid.other", "hello") };
    let basis = world
        .store
        .conversation_from(world.account, other, &incoming.from, NOON, ContactId(world.id()))
        .await
        .unwrap();
    assert_eq!(basis.key.contact, first.key.contact, "one person on two numbers");
    let turn = world.turn(rapport_flow::Turn::default());
    world.store.accept(Accept { incoming, basis: basis.clone(), turn: Some(turn) }).await.unwrap();
    let second = world.read(basis.key).await;
    world.send(&first, &["a", "b"]).await;
    world.send(&second, &["c", "d"]).await;
    let world = world.reopened();
    // Both numbers send at the same time: of each, one may have left.
    assert_eq!(world.store.recover(NOON).await.unwrap().unknown_sends, 2);
}
