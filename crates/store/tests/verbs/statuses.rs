use crate::world::*;
use proptest::prelude::*;
use rapport_store::*;

fn item(world: &World, send: &QueuedSend, status: Status, at: i64) -> StatusItem {
    StatusItem {
        account: world.account,
        wamid: "wamid.out".into(),
        status,
        at,
        tag: Some(send.key().tag()),
        recipient: send.to.clone(),
        error: (status == Status::Failed).then(|| serde_json::json!({"code": 131_049})),
        pricing: None,
        accepted_at: NOON,
    }
}

async fn apply(world: &World, item: StatusItem) -> StatusOutcome {
    world.store.accept_statuses(vec![item]).await.remove(0).unwrap()
}

async fn one_send(world: &World) -> QueuedSend {
    let basis = world.conversation("1650").await;
    world.send(&basis, &["hello"]).await.remove(0)
}

/// The state that a set of statuses leaves, whatever their order of arrival.
fn expected(statuses: &[Status]) -> &'static str {
    use Status::{Delivered, Failed, Played, Read, Sent};
    for (status, word) in
        [(Played, "played"), (Read, "read"), (Delivered, "delivered"), (Failed, "failed"), (Sent, "sent")]
    {
        if statuses.contains(&status) {
            return word;
        }
    }
    "sent"
}

#[tokio::test]
async fn statuses_only_climb() {
    use Status::{Delivered, Failed, Read, Sent};
    for (arrival, state) in [
        (&[Sent, Delivered, Read][..], "read"),
        (&[Read, Delivered, Sent], "read"),
        (&[Sent, Failed], "failed"),
        (&[Failed, Sent], "failed"),
        (&[Failed, Delivered], "delivered"),
        (&[Delivered, Failed], "delivered"),
        (&[Read, Failed], "read"),
    ] {
        let world = World::new().await;
        let send = one_send(&world).await;
        world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
        for (at, status) in (0..).zip(arrival) {
            let outcome = apply(&world, item(&world, &send, *status, NOON + at)).await;
            assert!(matches!(outcome, StatusOutcome::Applied { settled: false, .. }), "{arrival:?}");
            let again = apply(&world, item(&world, &send, *status, NOON + 99)).await;
            assert_eq!(again, StatusOutcome::Unchanged, "{arrival:?}");
        }
        let sent = world.sent(&send).await;
        assert_eq!(sent.state, state, "{arrival:?}");
        let time_of = |status| (0..).zip(arrival).find(|(_, one)| **one == status).map(|(at, _)| NOON + at);
        assert_eq!(sent.delivered_at, time_of(Delivered), "{arrival:?}");
        assert_eq!(sent.read_at, time_of(Read), "{arrival:?}");
    }
}

#[tokio::test]
async fn a_status_settles_a_send_without_a_known_fate() {
    let world = World::new().await;
    let send = one_send(&world).await;
    world.settle(&send, Fate::Unknown).await;
    let outcome = apply(&world, item(&world, &send, Status::Delivered, NOON)).await;
    assert_eq!(outcome, StatusOutcome::Applied { send: send.key(), settled: true });
    assert!(world.queued().await.is_empty());
    let sent = world.sent(&send).await;
    assert_eq!((sent.state.as_str(), sent.wamid.as_deref()), ("delivered", Some("wamid.out")));
    let resolved = world.store.resolve_unknown_sends(world.account, i64::MAX, 0, true).await.unwrap();
    assert_eq!(resolved, Resolved::default());
    // The send's own answer comes last and changes nothing.
    world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
    assert_eq!(world.sent(&send).await.state, "delivered");
}

#[tokio::test]
async fn a_status_settles_a_send_that_was_left_to_people() {
    let world = World::new().await;
    let send = one_send(&world).await;
    world.settle(&send, Fate::Unknown).await;
    world.store.resolve_unknown_sends(world.account, NOON + HOUR, 0, false).await.unwrap();
    let outcome = apply(&world, item(&world, &send, Status::Sent, NOON)).await;
    assert_eq!(outcome, StatusOutcome::Applied { send: send.key(), settled: false });
    assert_eq!(world.sent(&send).await.state, "sent");
}

#[tokio::test]
async fn a_failed_status_settles_too_and_keeps_its_error() {
    let world = World::new().await;
    let send = one_send(&world).await;
    let outcome = apply(&world, item(&world, &send, Status::Failed, NOON)).await;
    assert_eq!(outcome, StatusOutcome::Applied { send: send.key(), settled: true });
    let sent = world.sent(&send).await;
    assert_eq!((sent.state.as_str(), sent.error), ("failed", Some(serde_json::json!({"code": 131_049}))));
    assert!(world.queued().await.is_empty());
}

#[tokio::test]
async fn a_status_without_our_tag_is_found_by_recipient_and_id() {
    let world = World::new().await;
    let send = one_send(&world).await;
    let untagged = StatusItem { tag: None, ..item(&world, &send, Status::Read, NOON) };
    // It overtakes the send's answer: parked, then found.
    assert_eq!(apply(&world, untagged.clone()).await, StatusOutcome::Parked);
    assert_eq!(world.store.queues(world.account).await.unwrap().parked_statuses, 1);
    assert_eq!(world.store.retry_parked_statuses(world.account, NOON + 1, 60_000).await.unwrap(), 0);
    world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
    assert_eq!(world.store.retry_parked_statuses(world.account, NOON + 1, 60_000).await.unwrap(), 1);
    assert_eq!(world.sent(&send).await.state, "read");
    let delivered = StatusItem { status: Status::Delivered, ..untagged };
    assert!(matches!(apply(&world, delivered).await, StatusOutcome::Applied { .. }));
    // Of another application: parked, then forgotten.
    let foreign = StatusItem {
        tag: Some("campaign-7".into()),
        wamid: "wamid.foreign".into(),
        ..item(&world, &send, Status::Sent, NOON)
    };
    assert_eq!(apply(&world, foreign).await, StatusOutcome::Parked);
    assert_eq!(world.store.retry_parked_statuses(world.account, NOON + 60_000, 60_000).await.unwrap(), 0);
    assert_eq!(world.store.queues(world.account).await.unwrap().parked_statuses, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_arrival_means_nothing(
        arrival in prop::collection::vec(prop::sample::select(vec![
            Status::Sent, Status::Delivered, Status::Read, Status::Played, Status::Failed,
        ]), 0..10),
        answer_at in 0..10usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let send = one_send(&world).await;
            for (index, status) in arrival.iter().enumerate() {
                if index == answer_at {
                    world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
                }
                apply(&world, item(&world, &send, *status, NOON)).await;
            }
            if answer_at >= arrival.len() {
                world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
            }
            prop_assert_eq!(world.sent(&send).await.state, expected(&arrival));
            prop_assert!(world.queued().await.is_empty());
            Ok(())
        })?;
    }
}
