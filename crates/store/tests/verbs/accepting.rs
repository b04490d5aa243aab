use crate::world::*;
use rapport_flow::Turn;
use rapport_store::*;
use std::sync::Arc;

#[tokio::test]
async fn a_message_is_stored_as_it_came_and_waits_for_its_turn() {
    let world = World::new().await;
    let mut incoming = world.text("16505551234", "wamid.1", "hello");
    incoming.message.kind = "location".into();
    incoming.message.content = serde_json::json!({"latitude": 37.4, "longitude": -122.10});
    incoming.message.reply_id = Some("b1".into());
    let expected = incoming.message.clone();
    let Accepted::New { conversation, turn: None } = world.accept(incoming).await else {
        panic!("it is new")
    };

    let found = world.read(conversation).await;
    assert_eq!(found.waiting.len(), 1);
    let message = &found.waiting[0].message;
    assert!(message.first);
    assert_eq!(*message, rapport_flow::turn::Message { first: true, ..expected });
    assert_eq!(found.contact.name.as_deref(), Some("Priya"));
    assert_eq!(found.contact.phone.as_deref(), Some("+16505551234"));
    assert_eq!(found.contact.window_until, NOON + 24 * HOUR);
    assert_eq!(world.store.unconsumed(world.account, 10).await.unwrap(), [conversation]);
}

#[tokio::test]
async fn the_same_item_twice_changes_nothing() {
    let world = World::new().await;
    let first = world.accept(world.text("1650", "wamid.1", "hello")).await;
    assert!(matches!(first, Accepted::New { .. }));
    let before = world.store.change_number(world.account).await.unwrap();
    assert_eq!(world.accept(world.text("1650", "wamid.1", "hello")).await, Accepted::Duplicate);
    assert_eq!(world.store.change_number(world.account).await.unwrap(), before);
    // The same id on another number of ours is another message.
    let other = world.store.ensure_channel(world.account, "second", "2", None, NOON).await.unwrap().id;
    let incoming = Incoming { channel: other, ..world.text("1650", "wamid.1", "hello") };
    let basis = world
        .store
        .conversation_from(world.account, other, &incoming.from, NOON, ContactId(99))
        .await
        .unwrap();
    let accepted = world.store.accept(Accept { incoming, basis, turn: None }).await.unwrap();
    assert!(matches!(accepted, Accepted::New { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_deliveries_of_a_strangers_first_messages_make_one_contact_and_one_row_each() {
    let world = Arc::new(World::new().await);
    let mut tasks = Vec::new();
    for delivery in 0..64 {
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move {
            let incoming = world.text("16505551234", &format!("wamid.{}", delivery % 4), "hello");
            world.accept(incoming).await
        }));
    }
    let mut new = 0;
    for task in tasks {
        new += usize::from(matches!(task.await.unwrap(), Accepted::New { .. }));
    }
    assert_eq!(new, 4);
    let conversations = world.store.conversations(world.account, None, 10).await.unwrap();
    assert_eq!(conversations.len(), 1);
    assert_eq!(world.read(conversations[0].key).await.waiting.len(), 4);
}

#[tokio::test]
async fn messages_of_one_post_keep_their_order_and_one_bad_item_stops_no_other() {
    let world = World::new().await;
    let mut items = Vec::new();
    for n in 0..100 {
        let mut incoming = world.text("16505551234", &format!("wamid.{n}"), &n.to_string());
        let basis = world.basis(&incoming).await;
        if n == 50 {
            incoming.channel = ChannelId(77);
        }
        items.push(Accept { incoming, basis, turn: None });
    }
    let answers = world.store.accept_all(items).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 99);
    assert!(matches!(answers[50], Err(StoreError::Misused(_))));
    let key = world.store.conversations(world.account, None, 10).await.unwrap()[0].key;
    let texts: Vec<_> = world
        .timeline(key)
        .await
        .into_iter()
        .map(|entry| match entry {
            Entry::In { message, .. } => message.text.unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected: Vec<_> = (0..100).filter(|n| *n != 50).map(|n| n.to_string()).collect();
    assert_eq!(texts, expected);
    assert_eq!(world.read(key).await.waiting.len(), WAITING_MAX);
}

#[tokio::test]
async fn the_service_window_is_never_lowered() {
    let world = World::new().await;
    let later = world.text("1650", "wamid.1", "hello");
    world.accept(later).await;
    let mut earlier = world.text("1650", "wamid.0", "hello, late");
    earlier.message.sent_at = NOON - 20 * HOUR;
    let Accepted::New { conversation, .. } = world.accept(earlier).await else { panic!("it is new") };
    assert_eq!(world.read(conversation).await.contact.window_until, NOON + 24 * HOUR);
}

#[tokio::test]
async fn a_reaction_reaches_the_timeline_and_no_flow() {
    let world = World::new().await;
    let incoming = Incoming { for_flow: false, ..world.text("1650", "wamid.1", "👍") };
    let Accepted::New { conversation, .. } = world.accept(incoming).await else { panic!("it is new") };
    assert_eq!(world.timeline(conversation).await.len(), 1);
    assert!(world.store.unconsumed(world.account, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn accepting_and_the_first_turn_are_one_unit() {
    let world = World::new().await;
    let incoming = world.text("1650", "wamid.1", "account");
    let commit = world.turn(Turn {
        session: Some(waits_until(NOON + HOUR)),
        events: Vec::new(),
        effects: vec![send_text("7-1", "Please share the email on your account.")],
    });
    let before = world.store.writer_stats().units;
    let Accepted::New { conversation, turn: Some(TurnOutcome::Committed(committed)) } =
        world.accept_with(incoming, commit).await
    else {
        panic!("message and turn are committed")
    };
    assert_eq!(world.store.writer_stats().units, before + 1);
    let found = world.read(conversation).await;
    assert!(found.waiting.is_empty());
    assert_eq!(found.version, committed.version);
    assert_eq!(found.session, Some(waits_until(NOON + HOUR)));
    assert_eq!(world.queued().await, committed.sends);
    assert_eq!(committed.sends[0].to, number("1650"));
}

#[tokio::test]
async fn a_stale_turn_leaves_its_message_accepted() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let incoming = world.text("1650", "wamid.1", "hello");
    let commit = world.turn(Turn { effects: vec![send_text("9-1", "too late")], ..Turn::default() });
    // Another turn comes between the reading and the commit.
    world.send(&basis, &["first"]).await;
    let accepted = world.store.accept(Accept { incoming, basis, turn: Some(commit) }).await.unwrap();
    let Accepted::New { conversation, turn: Some(TurnOutcome::Stale) } = accepted else {
        panic!("{accepted:?}")
    };
    assert_eq!(world.read(conversation).await.waiting.len(), 1);
    assert_eq!(world.queued().await.len(), 1);
}

#[tokio::test]
async fn a_turn_with_its_message_does_not_overtake_one_that_waits() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    // Accepted without a turn after the basis was read.
    world.accept(world.text("1650", "wamid.1", "first")).await;
    let incoming = world.text("1650", "wamid.2", "second");
    let turn = Some(world.turn(Turn::default()));
    let accepted = world.store.accept(Accept { incoming, basis, turn }).await.unwrap();
    let Accepted::New { conversation, turn: Some(TurnOutcome::Stale) } = accepted else {
        panic!("{accepted:?}")
    };
    let waiting = world.read(conversation).await.waiting;
    let texts: Vec<_> = waiting.iter().map(|waiting| waiting.message.text.as_deref().unwrap()).collect();
    assert_eq!(texts, ["first", "second"]);
    assert!(waiting.iter().all(|waiting| !waiting.message.first));
}

#[tokio::test]
async fn unknown_kinds_are_kept_once() {
    let world = World::new().await;
    let item = RawItem {
        account: world.account,
        field: "account_update".into(),
        key: "106/1739321024/{}".into(),
        body: "{}".into(),
        accepted_at: NOON,
    };
    assert!(world.store.accept_raw(item.clone()).await.unwrap());
    assert!(!world.store.accept_raw(item.clone()).await.unwrap());
    let retention = Retention::default();
    assert_eq!(world.store.purge(world.account, NOON, retention, 10).await.unwrap(), 0);
    assert_eq!(world.store.purge(world.account, NOON + 15 * 24 * HOUR, retention, 10).await.unwrap(), 1);
    assert!(world.store.accept_raw(item).await.unwrap());
}
