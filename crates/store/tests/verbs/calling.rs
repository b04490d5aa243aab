use crate::world::*;
use rapport_flow::Turn;
use rapport_flow::session::Waiting;
use rapport_store::*;

async fn ordered(world: &World, repeatable: bool) -> QueuedCall {
    let basis = world.conversation("1650").await;
    let turn = Turn {
        session: Some(session(Waiting::Call { effect: "5-1".into() }, NOON + HOUR)),
        effects: vec![call("5-1", repeatable)],
        ..Turn::default()
    };
    committed(world.store.commit_turn(&basis, world.turn(turn)).await.unwrap()).calls.remove(0)
}

#[tokio::test]
async fn a_call_that_must_not_be_repeated_is_started_once() {
    let world = World::new().await;
    let call = ordered(&world, false).await;
    assert!(world.store.start_call(&call.key, NOON).await.unwrap());
    assert!(!world.store.start_call(&call.key, NOON).await.unwrap());
    let world = world.reopened();
    let open = world.store.open_calls(world.account, 10).await.unwrap();
    assert_eq!(open, [QueuedCall { started: true, ..call }]);
}

#[tokio::test]
async fn a_result_for_a_session_that_has_ended_is_recorded_and_wakes_nothing() {
    let world = World::new().await;
    let call = ordered(&world, true).await;
    let basis = world.read(call.conversation).await;
    committed(world.store.commit_turn(&basis, world.turn(Turn::default())).await.unwrap());
    let open = world.store.open_calls(world.account, 10).await.unwrap();
    assert_eq!(open, [QueuedCall { awaited: false, ..call.clone() }]);

    let before = world.read(call.conversation).await;
    let result = finished(&call.key, call.conversation.contact, "{}");
    assert!(world.store.record_call(result.clone()).await.unwrap());
    assert!(!world.store.record_call(result).await.unwrap());
    assert_eq!(world.read(call.conversation).await, before);
    assert!(world.store.open_calls(world.account, 10).await.unwrap().is_empty());
    assert!(!world.store.start_call(&call.key, NOON).await.unwrap());
}

#[tokio::test]
async fn every_exchange_is_kept_bounded_and_every_call_counted_once() {
    let world = World::new().await;
    let call = ordered(&world, true).await;
    let body = "é".repeat(EXCHANGE_BODY_BYTES_MAX);
    world.store.record_call(finished(&call.key, call.conversation.contact, &body)).await.unwrap();
    let history =
        world.store.calls_of_step(world.account, "customer-context", "find_contact", 10).await.unwrap();
    assert_eq!(history.len(), 1);
    let exchange = history[0].exchange.clone().unwrap();
    assert!(exchange.body.ends_with(&format!("… ({EXCHANGE_BODY_BYTES_MAX} bytes more)")), "cut and says so");
    assert!(exchange.body.len() < EXCHANGE_BODY_BYTES_MAX + 40);
    assert_eq!(exchange.status, Some(200));

    let actions = world.store.actions(world.account, NOON, NOON + HOUR, 10).await.unwrap();
    assert_eq!(actions.len(), 1);
    assert_eq!((actions[0].step.as_str(), actions[0].outcome.as_str()), ("find_contact", "ok"));

    // After its retention the exchange is gone; the call, its outcome and its action stay.
    let later = NOON + 31 * 24 * HOUR;
    let retention = Retention::default();
    assert_eq!(world.store.purge(world.account, NOON + HOUR, retention, 10).await.unwrap(), 0);
    assert_eq!(world.store.purge(world.account, later, retention, 10).await.unwrap(), 1);
    assert_eq!(world.store.purge(world.account, later, retention, 10).await.unwrap(), 0);
    let history =
        world.store.calls_of_step(world.account, "customer-context", "find_contact", 10).await.unwrap();
    assert_eq!((history[0].exchange.is_none(), history[0].outcome.is_some()), (true, true));
    assert_eq!(world.store.actions(world.account, 0, i64::MAX, 10).await.unwrap().len(), 1);
}
