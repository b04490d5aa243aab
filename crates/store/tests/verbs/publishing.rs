use crate::world::*;
use rapport_flow::Turn;
use rapport_store::*;

fn publication(world: &World, name: &str, source: &str) -> Publication {
    Publication {
        account: world.account,
        name: name.into(),
        source: source.into(),
        author: "owner".into(),
        note: None,
        at: NOON,
    }
}

#[tokio::test]
async fn publishing_the_same_text_makes_no_new_revision() {
    let world = World::new().await;
    let publish = async |name: &str, source: &str| {
        let published = world.store.publish(vec![publication(&world, name, source)]).await.unwrap()[0];
        (published.revision, published.new)
    };
    assert_eq!(publish("a", "one").await, (1, true));
    assert_eq!(publish("a", "one").await, (1, false));
    assert_eq!(publish("a", "two").await, (2, true));
    assert_eq!(publish("a", "one").await, (3, true));
    assert_eq!(publish("b", "one").await, (1, true));

    let current = world.store.current_flows(world.account).await.unwrap();
    let names: Vec<_> =
        current.iter().map(|flow| (flow.name.as_str(), flow.revision, flow.source.as_str())).collect();
    assert_eq!(names, [("a", 3, "one"), ("b", 1, "one")]);
    let second = world.store.flow_revision(world.account, "a", 2).await.unwrap().unwrap();
    assert_eq!(second.source, "two");
    let history = world.store.flow_history(world.account, "a").await.unwrap();
    assert_eq!(history.iter().map(|flow| flow.revision).collect::<Vec<_>>(), [3, 2, 1]);

    assert!(world.store.retire_flow(world.account, "a").await.unwrap());
    assert!(!world.store.retire_flow(world.account, "a").await.unwrap());
    assert_eq!(world.store.current_flows(world.account).await.unwrap().len(), 1);
    assert_eq!(publish("a", "one").await, (4, true));
}

#[tokio::test]
async fn running_sessions_tell_which_revisions_they_hold() {
    let world = World::new().await;
    let basis = world.conversation("1650").await;
    let turn = world.turn(Turn { session: Some(waits_until(NOON + HOUR)), ..Turn::default() });
    committed(world.store.commit_turn(&basis, turn).await.unwrap());
    let in_use = world.store.revisions_in_use(world.account).await.unwrap();
    assert_eq!(in_use, [("customer-context".to_owned(), 3)]);
}

#[tokio::test]
async fn secrets_are_listed_without_their_bytes() {
    let world = World::new().await;
    let secret = SealedSecret {
        name: "intercom_token".into(),
        origins: vec!["https://api.example.com".into()],
        sealed: vec![1, 2, 0, 255],
    };
    world.store.put_secret(world.account, secret.clone(), NOON).await.unwrap();
    assert_eq!(
        world.store.sealed_secret(world.account, "intercom_token").await.unwrap(),
        Some(secret.clone())
    );
    assert!(!format!("{secret:?}").contains("255"));
    let replaced = SealedSecret { origins: vec!["https://eu.example.com".into()], ..secret };
    world.store.put_secret(world.account, replaced.clone(), NOON + 1).await.unwrap();
    let entry =
        SecretEntry { name: "intercom_token".into(), origins: replaced.origins, updated_at: NOON + 1 };
    assert_eq!(world.store.secrets(world.account).await.unwrap(), [entry]);
    assert!(world.store.delete_secret(world.account, "intercom_token").await.unwrap());
    assert!(!world.store.delete_secret(world.account, "intercom_token").await.unwrap());
}

#[tokio::test]
async fn accounts_channels_and_settings_are_made_once() {
    let world = World::new().await;
    assert_eq!(world.store.ensure_account("main", NOON).await.unwrap(), world.account);
    let other = world.store.ensure_account("other", NOON).await.unwrap();
    assert_ne!(other, world.account);
    let again = world.store.ensure_channel(world.account, "new name", "106540352242922", Some("+1"), NOON);
    let again = again.await.unwrap();
    assert_eq!(
        (again.id, again.name.as_str(), again.phone.as_deref()),
        (world.channel, "new name", Some("+1"))
    );
    // The same number in another account is another channel.
    let foreign = world.store.ensure_channel(other, "x", "106540352242922", None, NOON).await.unwrap();
    assert_eq!(world.store.channels().await.unwrap(), [again, foreign]);

    assert_eq!(world.store.setting(world.account, "bot").await.unwrap(), None);
    for value in ["a", "b"] {
        world.store.put_setting(world.account, "bot", value, NOON).await.unwrap();
        assert_eq!(world.store.setting(world.account, "bot").await.unwrap().as_deref(), Some(value));
    }
    assert_eq!(world.store.setting(other, "bot").await.unwrap(), None);
}
