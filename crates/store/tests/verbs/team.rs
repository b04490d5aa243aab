use crate::world::*;
use rapport_flow::Turn;
use rapport_flow::turn::{Fact, Outgoing};
use rapport_store::*;

#[tokio::test]
async fn a_hand_over_is_seen_answered_and_given_back() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let handed =
        fact(Fact::HandedOver { team: Some("support".into()), note: Some("find_contact timed out".into()) });
    let turn = world.turn(Turn { events: vec![handed], ..Turn::default() });
    committed(world.store.commit_turn(&basis, turn).await.unwrap());
    world.conversation("1777").await;

    let list = world.store.with_team(world.account, 10).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].key, list[0].name.as_deref(), list[0].running), (basis.key, Some("Priya"), false));
    let with_team = world.read(basis.key).await.with_team.unwrap();
    assert_eq!(with_team.team.as_deref(), Some("support"));
    assert_eq!(with_team.note.as_deref(), Some("find_contact timed out"));
    assert_eq!(with_team.acted_at, NOON + 10);

    let reply = Reply {
        conversation: basis.key,
        id: MessageId(world.id()),
        outgoing: Outgoing::Text { text: "Hello, I am looking into it.".into() },
        author: "agent".into(),
        at: NOON + HOUR,
    };
    let send = world.store.reply(reply).await.unwrap().unwrap();
    assert_eq!(world.queued().await, std::slice::from_ref(&send));
    assert_eq!(world.sent(&send).await.author.as_deref(), Some("agent"));
    assert_eq!(world.read(basis.key).await.with_team.unwrap().acted_at, NOON + HOUR);

    assert!(world.store.release(basis.key).await.unwrap());
    assert!(!world.store.release(basis.key).await.unwrap());
    assert_eq!(world.read(basis.key).await.with_team, None);
}

#[tokio::test]
async fn taking_over_ends_the_session_and_the_turn_that_was_being_decided() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let turn = world.turn(Turn { session: Some(waits_until(NOON + HOUR)), ..Turn::default() });
    committed(world.store.commit_turn(&basis, turn).await.unwrap());
    let basis = world.read(basis.key).await;
    assert!(world.store.take_over(basis.key, None, Some("called us"), NOON).await.unwrap());
    assert!(!world.store.take_over(basis.key, None, None, NOON).await.unwrap());
    assert_eq!(
        world.store.commit_turn(&basis, world.turn(Turn::default())).await.unwrap(),
        TurnOutcome::Stale
    );
    let taken = world.read(basis.key).await;
    assert_eq!(taken.session, None);
    assert_eq!(taken.with_team.unwrap().note.as_deref(), Some("called us"));
    assert!(world.store.due_wakes(world.account, i64::MAX, 10).await.unwrap().is_empty());

    let released = fact(Fact::Released);
    let turn = world.turn(Turn { events: vec![released], ..Turn::default() });
    committed(world.store.commit_turn(&world.read(basis.key).await, turn).await.unwrap());
    assert_eq!(world.read(basis.key).await.with_team, None);
}

#[tokio::test]
async fn a_timeline_is_paged_backwards() {
    let world = World::new().await;
    for n in 0..10 {
        world.accept(world.text("1650", &format!("w{n}"), &n.to_string())).await;
    }
    let key = world.store.conversations(world.account, None, 10).await.unwrap()[0].key;
    let ids = |entries: &[Entry]| {
        entries
            .iter()
            .map(|entry| match entry {
                Entry::In { id, .. } => id.0,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    let all = ids(&world.timeline(key).await);
    assert_eq!(all.len(), 10);
    let last = world.store.timeline(key, None, 4).await.unwrap();
    assert_eq!(ids(&last), all[6..]);
    let before = world.store.timeline(key, Some(all[6]), 4).await.unwrap();
    assert_eq!(ids(&before), all[2..6]);
}

#[tokio::test]
async fn conversations_are_paged_from_the_newest_contact() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for from in ["1001", "1002", "1003"] {
        keys.push(world.conversation(from).await.key);
    }
    let page = world.store.conversations(world.account, None, 2).await.unwrap();
    assert_eq!(page.iter().map(|one| one.key).collect::<Vec<_>>(), [keys[2], keys[1]]);
    let rest = world.store.conversations(world.account, Some(keys[1]), 2).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.key).collect::<Vec<_>>(), [keys[0]]);
}

#[tokio::test]
async fn queues_count_what_waits() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let turn = world.turn(Turn {
        session: Some(waits_until(NOON + HOUR)),
        events: vec![fact(Fact::HandedOver { team: None, note: None })],
        effects: vec![send_text("1-1", "a"), send_text("1-2", "b"), call("1-3", true)],
    });
    let sends = committed(world.store.commit_turn(&basis, turn).await.unwrap()).sends;
    world.settle(&sends[0], Fate::Unknown).await;
    world.accept(world.text("1777", "w", "hello")).await;
    let queues = world.store.queues(world.account).await.unwrap();
    assert_eq!(
        queues,
        Queues {
            unconsumed_messages: 1,
            oldest_unconsumed_at: Some(NOON + 5),
            queued_sends: 2,
            unknown_sends: 1,
            oldest_send_at: Some(NOON + 10),
            open_calls: 1,
            oldest_call_at: Some(NOON + 10),
            running_sessions: 1,
            with_team: 1,
            parked_statuses: 0,
        }
    );
}
