//! A process is killed in the middle of its work. What it said was stored must be there, once, and whole.

use crate::world::*;
use rapport_flow::Turn;
use rapport_store::*;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Given to the child: the folder of the database.
const FOLDER: &str = "RAPPORT_STORE_CRASH_FOLDER";
const CONTACTS: i64 = 16;

/// Runs only as the child of the test below: accepts messages with a turn that answers each, until it is killed.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async move {
        let store = Store::open(&Settings::new(format!("{folder}/rapport.db")), NOON).unwrap();
        let account = store.ensure_account("main", NOON).await.unwrap();
        let channel = store.ensure_channel(account, "main", "1", None, NOON).await.unwrap().id;
        let tasks: Vec<_> = (0..CONTACTS)
            .map(|contact| tokio::spawn(answer_for_ever(store.clone(), account, channel, contact)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

async fn answer_for_ever(store: Store, account: AccountId, channel: ChannelId, contact: i64) {
    for n in 0.. {
        let id = contact * 10_000_000 + n * 10;
        let wamid = format!("wamid.{contact}.{n}");
        let from = number(&format!("1650{contact:04}"));
        let incoming = Incoming {
            account,
            channel,
            from: from.clone(),
            profile_name: None,
            id: MessageId(id),
            message: rapport_flow::turn::Message {
                id: wamid.clone(),
                kind: "text".into(),
                text: Some(n.to_string()),
                sent_at: NOON,
                accepted_at: NOON,
                ..Default::default()
            },
            for_flow: true,
            raw: None,
        };
        let basis =
            store.conversation_from(account, channel, &from, NOON, ContactId(contact + 1)).await.unwrap();
        let turn = TurnCommit {
            id: TurnId(id + 1),
            at: NOON,
            turn: Turn {
                session: Some(waits_until(NOON + n)),
                events: Vec::new(),
                effects: vec![send_text(&format!("{}-1", id + 1), &n.to_string())],
            },
            consumed: Vec::new(),
            finished: None,
            message_ids: vec![MessageId(id + 2)],
        };
        let accepted = store.accept(Accept { incoming, basis, turn: Some(turn) }).await.unwrap();
        assert!(matches!(accepted, Accepted::New { turn: Some(TurnOutcome::Committed(_)), .. }));
        let mut out = std::io::stdout().lock();
        writeln!(out, "stored {contact} {n}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    for acknowledged_before in [40, 333, 1500] {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crashing::child", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = BTreeMap::new();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut count = 0;
        for line in lines {
            let line = line.unwrap();
            let mut words = line.split(' ').skip_while(|word| !word.ends_with("stored")).skip(1);
            let (Some(contact), Some(n)) = (words.next(), words.next()) else { continue };
            acknowledged.insert(contact.parse::<i64>().unwrap(), n.parse::<i64>().unwrap());
            count += 1;
            if count == acknowledged_before {
                process.kill().unwrap();
            }
        }
        process.wait().unwrap();
        assert!(count >= acknowledged_before);

        let store = Store::open(&settings(&folder), NOON).unwrap();
        let account = store.ensure_account("main", NOON).await.unwrap();
        let sends = Arc::new(store.queued_sends(account, None, usize::MAX).await.unwrap());
        for (contact, last) in acknowledged {
            let key = ConversationKey { account, contact: ContactId(contact + 1), channel: ChannelId(1) };
            let entries = store.timeline(key, None, usize::MAX).await.unwrap();
            let (mut taken, mut answered) = (Vec::new(), Vec::new());
            for entry in entries {
                match entry {
                    Entry::In { message, .. } => taken.push(message.text.unwrap()),
                    Entry::Out(sent) => answered.push(sent.id.0 % 10_000_000 / 10),
                    Entry::Turn { .. } => {}
                }
            }
            // In order, once each, none missing; perhaps one more, which was stored and not yet acknowledged.
            let stored = i64::try_from(taken.len()).unwrap();
            assert!(
                stored == last + 1 || stored == last + 2,
                "{contact}: {stored} stored, {last} acknowledged"
            );
            assert_eq!(taken, (0..stored).map(|n| n.to_string()).collect::<Vec<_>>());
            assert_eq!(answered, (0..stored).collect::<Vec<_>>());
            let queued = sends.iter().filter(|send| send.conversation == key).count();
            assert_eq!(i64::try_from(queued).unwrap(), stored);
            let conversation = store.conversation(key).await.unwrap().unwrap();
            assert_eq!(conversation.version, stored);
            assert_eq!(conversation.session, Some(waits_until(NOON + stored - 1)));
            assert!(conversation.waiting.is_empty());
        }
    }
}
