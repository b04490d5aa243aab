use crate::world::*;
use rapport_flow::Turn;
use rapport_flow::turn::Fact;
use rapport_store::*;

fn both(wa_id: &str, bsuid: &str) -> Address {
    Address { wa_id: Some(wa_id.into()), bsuid: Some(bsuid.into()) }
}

fn scoped(bsuid: &str) -> Address {
    Address { wa_id: None, bsuid: Some(bsuid.into()) }
}

async fn from(world: &World, address: Address, wamid: &str) -> ConversationKey {
    let incoming = Incoming { from: address, ..world.text("0", wamid, "hello") };
    match world.accept(incoming).await {
        Accepted::New { conversation, .. } => conversation,
        Accepted::Duplicate => panic!("{wamid} is a duplicate"),
    }
}

#[tokio::test]
async fn a_person_is_known_by_either_identifier() {
    let world = World::new().await;
    let key = from(&world, number("1650"), "w1").await;
    assert_eq!(from(&world, both("1650", "US.1"), "w2").await, key);
    assert_eq!(from(&world, scoped("US.1"), "w3").await, key);
    // A number that moved to them.
    assert_eq!(from(&world, both("1999", "US.1"), "w4").await, key);
    assert_eq!(world.read(key).await.address, both("1999", "US.1"));
    assert_ne!(from(&world, number("1650"), "w5").await, key);
}

#[tokio::test]
async fn two_contacts_that_one_message_shows_to_be_one_are_joined() {
    let world = World::new().await;
    let by_number = from(&world, number("1650"), "w1").await;
    let by_id = from(&world, scoped("US.1"), "w2").await;
    assert_ne!(by_number, by_id);
    let send = world.send(&world.read(by_id).await, &["for the one that goes"]).await.remove(0);
    let tag = Turn { events: vec![fact(Fact::ContactTagged { tag: "vip".into() })], ..Turn::default() };
    committed(world.store.commit_turn(&world.read(by_id).await, world.turn(tag)).await.unwrap());

    let joined = from(&world, both("1650", "US.1"), "w3").await;
    assert_eq!(joined, by_number, "the older stays");
    assert_eq!(world.read(by_id).await.key, joined, "the other leads to it");
    let texts =
        world.timeline(joined).await.into_iter().filter(|entry| matches!(entry, Entry::In { .. })).count();
    assert_eq!(texts, 3);
    assert!(world.read(joined).await.contact.tags.contains("vip"));
    assert_eq!(world.store.conversations(world.account, None, 10).await.unwrap().len(), 1);

    // What was under way under the old key still finds its row.
    world.settle(&send, Fate::Sent { wamid: "wamid.out".into() }).await;
    let status = StatusItem {
        account: world.account,
        wamid: "wamid.out".into(),
        status: Status::Read,
        at: NOON,
        tag: Some(send.key().tag()),
        recipient: Address::default(),
        error: None,
        pricing: None,
        accepted_at: NOON,
    };
    let outcome = world.store.accept_statuses(vec![status]).await.remove(0).unwrap();
    assert!(matches!(outcome, StatusOutcome::Applied { .. }), "{outcome:?}");
    assert!(world.queued().await.is_empty());
    // A redelivery to either is still known.
    let again = Incoming { from: scoped("US.1"), ..world.text("0", "w2", "hello") };
    assert_eq!(world.accept(again).await, Accepted::Duplicate);
}

#[tokio::test]
async fn a_new_number_keeps_the_contact_and_late_messages_find_it() {
    let world = World::new().await;
    let key = from(&world, number("1650"), "w1").await;
    let change =
        IdentityChange { account: world.account, old: number("1650"), new: number("1777"), at: NOON + HOUR };
    assert_eq!(world.store.change_identity(change.clone()).await.unwrap(), Some(key.contact));
    assert_eq!(world.store.change_identity(change).await.unwrap(), Some(key.contact));
    assert_eq!(world.read(key).await.contact.phone.as_deref(), Some("+1777"));

    // Sent before the change, delivered again after it.
    assert_eq!(world.accept(world.text("1650", "w1", "hello")).await, Accepted::Duplicate);
    // Sent after it: somebody else has the number now.
    let mut stranger = world.text("1650", "w2", "hello");
    stranger.message.sent_at = NOON + 2 * HOUR;
    let Accepted::New { conversation, .. } = world.accept(stranger).await else { panic!("it is new") };
    assert_ne!(conversation, key);
    let nobody = IdentityChange { account: world.account, old: number("1"), new: number("2"), at: NOON };
    assert_eq!(world.store.change_identity(nobody).await.unwrap(), None);
}

#[tokio::test]
async fn wishes_are_recorded_and_a_message_lifts_a_full_stop() {
    let world = World::new().await;
    let key = from(&world, number("1650"), "w1").await;
    let wish = |wish, at| Preference {
        account: world.account,
        channel: world.channel,
        from: number("1650"),
        stranger: ContactId(900),
        wish,
        source: "keyword STOP".into(),
        at,
    };
    let flags = async || {
        let contact = world.read(key).await.contact;
        (contact.opted_out, contact.stopped)
    };
    world.store.record_preference(wish(Wish::StopMarketing, 1)).await.unwrap();
    assert_eq!(flags().await, (true, false));
    world.store.record_preference(wish(Wish::ResumeMarketing, 2)).await.unwrap();
    assert_eq!(flags().await, (false, false));
    // The first one, delivered again.
    world.store.record_preference(wish(Wish::StopMarketing, 1)).await.unwrap();
    assert_eq!(flags().await, (false, false));
    world.store.record_preference(wish(Wish::StopAll, 3)).await.unwrap();
    assert_eq!(flags().await, (true, true));
    from(&world, number("1650"), "w2").await;
    assert_eq!(flags().await, (true, false));

    let stranger = Preference { from: number("1888"), ..wish(Wish::StopMarketing, 4) };
    assert_eq!(world.store.record_preference(stranger).await.unwrap(), ContactId(900));
    let key = from(&world, number("1888"), "w9").await;
    assert_eq!(key.contact, ContactId(900));
    let known = world.read(key).await;
    assert!(known.contact.opted_out && known.waiting[0].message.first);
}
