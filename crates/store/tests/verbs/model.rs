//! Random verbs in random order against what a few lines say they mean.

use crate::world::*;
use proptest::prelude::*;
use rapport_flow::Turn;
use rapport_store::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
enum Step {
    /// A message from one of few people, with one of few ids, so that duplicates are common.
    Accept {
        person: usize,
        wamid: usize,
        with_turn: bool,
    },
    /// The next waiting message's turn.
    Take {
        person: usize,
        sends: usize,
    },
    /// A turn decided on what was read before the step ahead of it.
    TakeStale {
        person: usize,
    },
    Settle {
        person: usize,
        sent: bool,
    },
    Lose {
        person: usize,
    },
    Recover,
    Release {
        person: usize,
    },
    TakeOver {
        person: usize,
    },
    Reopen,
}

#[derive(Debug, Default)]
struct Person {
    key: Option<ConversationKey>,
    /// Ids of messages in order of acceptance.
    taken: Vec<String>,
    waiting: Vec<String>,
    /// Sends without a known fate, with whether that is unknown.
    queued: Vec<(MessageId, bool)>,
    with_team: bool,
    version: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let person = 0..3usize;
    prop_oneof![
        4 => (person.clone(), 0..8usize, any::<bool>())
            .prop_map(|(person, wamid, with_turn)| Step::Accept { person, wamid, with_turn }),
        4 => (person.clone(), 0..3usize).prop_map(|(person, sends)| Step::Take { person, sends }),
        1 => person.clone().prop_map(|person| Step::TakeStale { person }),
        3 => (person.clone(), any::<bool>()).prop_map(|(person, sent)| Step::Settle { person, sent }),
        1 => person.clone().prop_map(|person| Step::Lose { person }),
        1 => Just(Step::Recover),
        1 => person.clone().prop_map(|person| Step::Release { person }),
        1 => person.prop_map(|person| Step::TakeOver { person }),
        1 => Just(Step::Reopen),
    ]
}

fn sending(texts: usize) -> Turn {
    let effects = (0..texts).map(|n| send_text(&format!("x-{n}"), "hello")).collect();
    Turn { effects, ..Turn::default() }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut world = World::new().await;
    let mut people: BTreeMap<usize, Person> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Accept { person: index, wamid, with_turn } => {
                let person = people.entry(index).or_default();
                let wamid = format!("wamid.{wamid}");
                let incoming = world.text(&format!("165000{index}"), &wamid, "hello");
                let id = incoming.id;
                let turn = with_turn.then(|| world.turn(sending(1)));
                let basis = world.basis(&incoming).await;
                let accepted = world.store.accept(Accept { incoming, basis, turn }).await.unwrap();
                if person.taken.contains(&wamid) {
                    prop_assert_eq!(accepted, Accepted::Duplicate);
                    continue;
                }
                let Accepted::New { conversation, turn } = accepted else {
                    return Err(TestCaseError::fail("a new message is called a duplicate"));
                };
                person.key = Some(conversation);
                person.taken.push(wamid.clone());
                person.version = person.version.max(1);
                match turn {
                    Some(TurnOutcome::Committed(done)) => {
                        prop_assert!(with_turn && person.waiting.is_empty());
                        prop_assert!(done.sends[0].message > id);
                        person.queued.push((done.sends[0].message, false));
                        // The first turn comes with the row.
                        person.version = done.version;
                    }
                    Some(TurnOutcome::Stale) => {
                        prop_assert!(!person.waiting.is_empty());
                        person.waiting.push(wamid);
                    }
                    None => person.waiting.push(wamid),
                }
            }
            Step::Take { person, sends } => {
                let Some(person) = people.get_mut(&person) else { continue };
                let basis = world.read(person.key.unwrap()).await;
                let Some(first) = basis.waiting.first() else { continue };
                prop_assert_eq!(&first.message.id, &person.waiting[0]);
                let commit = TurnCommit { consumed: vec![first.id], ..world.turn(sending(sends)) };
                let done = committed(world.store.commit_turn(&basis, commit).await.unwrap());
                person.waiting.remove(0);
                person.queued.extend(done.sends.iter().map(|send| (send.message, false)));
                person.version += 1;
            }
            Step::TakeStale { person } => {
                let Some(person) = people.get_mut(&person) else { continue };
                let basis = world.read(person.key.unwrap()).await;
                committed(world.store.commit_turn(&basis, world.turn(sending(0))).await.unwrap());
                person.version += 1;
                let stale = world.store.commit_turn(&basis, world.turn(sending(2))).await.unwrap();
                prop_assert_eq!(stale, TurnOutcome::Stale);
            }
            Step::Settle { person, sent } => {
                let Some(person) = people.get_mut(&person) else { continue };
                if person.queued.is_empty() {
                    continue;
                }
                let (message, _) = person.queued.remove(0);
                let key = person.key.unwrap();
                let fate = if sent {
                    Fate::Sent { wamid: format!("out.{message}") }
                } else {
                    Fate::Failed { error: serde_json::json!({"code": 1}) }
                };
                let send = SendKey { account: key.account, contact: key.contact, message };
                world.store.settle_sends(vec![SendResult { send, at: NOON, fate }]).await.unwrap();
            }
            Step::Lose { person } => {
                let Some(person) = people.get_mut(&person) else { continue };
                let key = person.key.unwrap();
                let Some((message, unknown)) = person.queued.first_mut() else { continue };
                let send = SendKey { account: key.account, contact: key.contact, message: *message };
                let result = SendResult { send, at: NOON, fate: Fate::Unknown };
                world.store.settle_sends(vec![result]).await.unwrap();
                *unknown = true;
            }
            Step::Recover => {
                world.store.recover(NOON).await.unwrap();
                for person in people.values_mut() {
                    if let Some((_, unknown)) = person.queued.first_mut() {
                        *unknown = true;
                    }
                }
            }
            Step::Release { person } => {
                let Some(person) = people.get_mut(&person) else { continue };
                let released = world.store.release(person.key.unwrap()).await.unwrap();
                prop_assert_eq!(released, person.with_team);
                person.version += i64::from(released);
                person.with_team = false;
            }
            Step::TakeOver { person } => {
                let Some(person) = people.get_mut(&person) else { continue };
                let taken = world.store.take_over(person.key.unwrap(), None, None, NOON).await.unwrap();
                prop_assert_eq!(taken, !person.with_team);
                person.version += i64::from(taken);
                person.with_team = true;
            }
            Step::Reopen => world = world.reopened(),
        }
    }
    for person in people.values() {
        let key = person.key.unwrap();
        let found = world.read(key).await;
        let waiting: Vec<_> = found.waiting.iter().map(|waiting| waiting.message.id.clone()).collect();
        prop_assert_eq!(&waiting, &person.waiting);
        prop_assert_eq!(found.with_team.is_some(), person.with_team);
        prop_assert_eq!(found.version, person.version);
        let queued: Vec<_> = world
            .store
            .queued_sends_of(key.account, key.contact)
            .await
            .unwrap()
            .into_iter()
            .map(|send| (send.message, send.state == SendState::Unknown))
            .collect();
        prop_assert_eq!(&queued, &person.queued);
        let taken: Vec<_> = world
            .timeline(key)
            .await
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::In { message, .. } => Some(message.id),
                _ => None,
            })
            .collect();
        prop_assert_eq!(&taken, &person.taken);
        let expected = !person.waiting.is_empty();
        prop_assert_eq!(world.store.unconsumed(key.account, 100).await.unwrap().contains(&key), expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn verbs_mean_what_the_model_says(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps))?;
    }
}
