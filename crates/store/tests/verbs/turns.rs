use crate::world::*;
use rapport_flow::Turn;
use rapport_flow::session::Waiting;
use rapport_flow::turn::Fact;
use rapport_store::*;

#[tokio::test]
async fn a_turn_is_all_or_nothing() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let turn = Turn {
        session: Some(session(Waiting::Call { effect: "5-2".into() }, NOON + HOUR)),
        events: vec![fact(Fact::QuestionAsked)],
        effects: vec![send_text("5-1", "One moment."), call("5-2", true)],
    };
    let done = committed(world.store.commit_turn(&basis, world.turn(turn.clone())).await.unwrap());
    assert_eq!((done.sends.len(), done.calls.len()), (1, 1));
    assert!(done.calls[0].awaited);

    // The same turn once more, decided on what has changed since.
    assert_eq!(world.store.commit_turn(&basis, world.turn(turn)).await.unwrap(), TurnOutcome::Stale);
    assert_eq!(world.queued().await, done.sends);
    assert_eq!(world.store.open_calls(world.account, 10).await.unwrap(), done.calls);
    let turns = |entries: Vec<Entry>| {
        entries.into_iter().filter(|entry| matches!(entry, Entry::Turn { .. })).collect::<Vec<_>>()
    };
    let entries = turns(world.timeline(basis.key).await);
    assert!(matches!(&entries[..], [Entry::Turn { events, .. }] if *events == [fact(Fact::QuestionAsked)]));
}

#[tokio::test]
async fn a_turn_that_finds_its_message_consumed_keeps_nothing_of_itself() {
    let world = World::new().await;
    world.accept(world.text("1650", "wamid.1", "hello")).await;
    let key = world.store.unconsumed(world.account, 10).await.unwrap()[0];
    let basis = world.read(key).await;
    let consumed = vec![basis.waiting[0].id];
    let commit = TurnCommit { consumed: consumed.clone(), ..world.turn(Turn::default()) };
    committed(world.store.commit_turn(&basis, commit).await.unwrap());

    let fresh = world.read(key).await;
    assert!(fresh.waiting.is_empty());
    let turn = Turn { effects: vec![send_text("8-1", "again")], ..Turn::default() };
    let commit = TurnCommit { consumed, ..world.turn(turn) };
    assert_eq!(world.store.commit_turn(&fresh, commit).await.unwrap(), TurnOutcome::Stale);
    assert_eq!(world.read(key).await.version, fresh.version);
    assert!(world.queued().await.is_empty());
    assert_eq!(world.store.writer_stats().reruns, 1);
}

#[tokio::test]
async fn units_beside_a_refused_one_are_committed() {
    let world = World::new().await;
    let one = world.conversation("1001").await;
    let other = world.conversation("1002").await;
    let bad = TurnCommit { consumed: vec![MessageId(12345)], ..world.turn(Turn::default()) };
    let good = world.turn(Turn { effects: vec![send_text("2-1", "good")], ..Turn::default() });
    let (bad, good) = tokio::join!(world.store.commit_turn(&one, bad), world.store.commit_turn(&other, good));
    assert_eq!(bad.unwrap(), TurnOutcome::Stale);
    committed(good.unwrap());
    assert_eq!(world.queued().await.len(), 1);
}

#[tokio::test]
async fn what_a_turn_says_of_the_contact_is_stored_with_it() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let update = |field: &str, value| fact(Fact::ContactUpdated { field: field.into(), value });
    let events = vec![
        update("email", "priya@example.com".into()),
        update("plan", serde_json::from_str("2.10").unwrap()),
        update("name", "Priya Sharma".into()),
        fact(Fact::ContactTagged { tag: "vip".into() }),
        fact(Fact::ContactTagged { tag: "new".into() }),
        fact(Fact::ContactUntagged { tag: "new".into() }),
    ];
    let turn = world.turn(Turn { events, ..Turn::default() });
    committed(world.store.commit_turn(&basis, turn.clone()).await.unwrap());
    let contact = world.read(basis.key).await.contact;
    assert_eq!(contact.email.as_deref(), Some("priya@example.com"));
    assert_eq!(contact.name.as_deref(), Some("Priya Sharma"));
    assert_eq!(contact.fields["plan"].to_string(), "2.10");
    assert_eq!(contact.tags.into_iter().collect::<Vec<_>>(), ["vip"]);

    let removal =
        world.turn(Turn { events: vec![update("name", serde_json::Value::Null)], ..Turn::default() });
    committed(world.store.commit_turn(&world.read(basis.key).await, removal).await.unwrap());
    assert_eq!(world.read(basis.key).await.contact.name.as_deref(), Some("Priya"));
}

#[tokio::test]
async fn two_turns_on_different_numbers_do_not_lose_each_others_word_on_the_contact() {
    let world = World::new().await;
    let here = world.conversation("1650").await;
    let other = world.store.ensure_channel(world.account, "second", "2", None, NOON).await.unwrap().id;
    let there = world.read(ConversationKey { channel: other, ..here.key }).await;
    let tag = |tag: &str| {
        world.turn(Turn { events: vec![fact(Fact::ContactTagged { tag: tag.into() })], ..Turn::default() })
    };
    committed(world.store.commit_turn(&here, tag("one")).await.unwrap());
    assert_eq!(world.store.commit_turn(&there, tag("two")).await.unwrap(), TurnOutcome::Stale);
    committed(world.store.commit_turn(&world.read(there.key).await, tag("two")).await.unwrap());
    let tags = world.read(here.key).await.contact.tags;
    assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["one", "two"]);
}

#[tokio::test]
async fn sessions_are_woken_when_they_want_to_be() {
    let world = World::new().await;
    let mut basis = world.conversation("1650").await;
    let due = async |now| world.store.due_wakes(world.account, now, 10).await.unwrap();
    // Back, forth, gone: each time the due time is the latest word.
    for wake_at in [NOON + HOUR, NOON + 5 * HOUR, NOON + 2 * HOUR, NOON + 9 * HOUR, NOON + 3 * HOUR] {
        let turn = world.turn(Turn { session: Some(waits_until(wake_at)), ..Turn::default() });
        committed(world.store.commit_turn(&basis, turn).await.unwrap());
        assert!(due(wake_at - 1).await.is_empty(), "{wake_at}");
        assert_eq!(due(wake_at).await, [basis.key], "{wake_at}");
        basis = world.read(basis.key).await;
    }
    committed(world.store.commit_turn(&basis, world.turn(Turn::default())).await.unwrap());
    assert!(due(i64::MAX).await.is_empty());
}

#[tokio::test]
async fn an_alarm_that_is_moved_back_meanwhile_makes_an_earlier_turn_stale() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let set = async |basis: &Conversation, wake_at| {
        let turn = world.turn(Turn { session: Some(waits_until(wake_at)), ..Turn::default() });
        world.store.commit_turn(basis, turn).await.unwrap()
    };
    committed(set(&basis, NOON + HOUR).await);
    committed(set(&world.read(basis.key).await, NOON + 9 * HOUR).await);
    let read = world.read(basis.key).await;
    assert!(world.store.due_wakes(world.account, NOON + 2 * HOUR, 10).await.unwrap().is_empty());
    assert_eq!(set(&read, NOON + 3 * HOUR).await, TurnOutcome::Stale);
    committed(set(&world.read(basis.key).await, NOON + 3 * HOUR).await);
    assert_eq!(world.store.due_wakes(world.account, NOON + 3 * HOUR, 10).await.unwrap(), [basis.key]);
}

#[tokio::test]
async fn while_a_call_is_out_messages_wait_behind_it() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let turn = Turn {
        session: Some(session(Waiting::Call { effect: "5-1".into() }, NOON + HOUR)),
        effects: vec![call("5-1", true)],
        ..Turn::default()
    };
    let calls = committed(world.store.commit_turn(&basis, world.turn(turn)).await.unwrap()).calls;
    world.accept(world.text("1650", "wamid.2", "are you there?")).await;
    assert!(world.store.unconsumed(world.account, 10).await.unwrap().is_empty());

    let basis = world.read(basis.key).await;
    let result = finished(&calls[0].key, basis.key.contact, "{}");
    let commit = TurnCommit { finished: Some(result), ..world.turn(Turn::default()) };
    committed(world.store.commit_turn(&basis, commit.clone()).await.unwrap());
    assert_eq!(world.store.unconsumed(world.account, 10).await.unwrap(), [basis.key]);
    // The same result wakes nothing a second time.
    let again = world.read(basis.key).await;
    assert_eq!(world.store.commit_turn(&again, commit).await.unwrap(), TurnOutcome::Stale);
    assert_eq!(world.store.actions(world.account, 0, i64::MAX, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn too_few_message_ids_are_a_mistake_that_writes_nothing() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let mut commit = world.turn(Turn { effects: vec![send_text("1-1", "hi")], ..Turn::default() });
    commit.message_ids.clear();
    assert!(matches!(world.store.commit_turn(&basis, commit).await, Err(StoreError::Misused(_))));
    assert_eq!(world.read(basis.key).await.version, basis.version);
}
