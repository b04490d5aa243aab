//! How many units a second the store commits: `cargo run --release --example units -- [FOLDER] [SECONDS]`.
//!
//! Each producer plays conversations as the server would: a stranger's message with its turn, the result of the answer,
//! a second message with a turn that orders a call, the call's result with a turn that answers, its result. Five units,
//! of which the two results of sends are small. The folder should be on the disk that is to be measured.

#![expect(clippy::print_stdout, reason = "it is a command that prints a table")]
#![expect(clippy::cast_precision_loss, reason = "its figures are read as ±10 %")]

use rapport_flow::request::{
    Attempt, Exchange, Method, Outcome, PreparedAuth, PreparedBody, PreparedRequest, ResponseKind,
    SecretText, Sent,
};
use rapport_flow::session::{Frame, Waiting};
use rapport_flow::turn::{Event, Fact, Message, Outgoing};
use rapport_flow::{Effect, Session, Turn};
use rapport_store::{
    Accept, Accepted, AccountId, Address, ChannelId, Committed, ContactId, Fate, FinishedCall, Incoming,
    MessageId, SendResult, Settings, Store, TurnCommit, TurnId, TurnOutcome,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

const NOW: i64 = 1_800_000_000_000;

struct Bench {
    store: Store,
    account: AccountId,
    channel: ChannelId,
    ids: AtomicI64,
    ended: AtomicBool,
    conversations: AtomicU64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target".into());
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(4.0);
    println!(
        "producers  conversations/s  units/s  units a commit  commit us (mean)  writer CPU us a conversation  p50 ms  p99 ms"
    );
    for producers in [1, 64, 512] {
        let path = format!("{folder}/units-{producers}.db");
        remove(&path);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()
            .expect("a runtime starts");
        runtime.block_on(run(&path, producers, Duration::from_secs_f64(seconds)));
        drop(runtime);
        remove(&path);
    }
}

fn remove(path: &str) {
    for end in ["", "-wal", "-shm", ".lock"] {
        // It need not exist.
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
}

async fn run(path: &str, producers: usize, time: Duration) {
    let store = Store::open(&Settings::new(path), NOW).expect("the folder can be written");
    let account = store.ensure_account("main", NOW).await.expect("an account");
    let channel = store.ensure_channel(account, "main", "1", None, NOW).await.expect("a channel").id;
    let bench = Arc::new(Bench {
        store,
        account,
        channel,
        ids: AtomicI64::new(1_800_000_000_000_000_000),
        ended: AtomicBool::new(false),
        conversations: AtomicU64::new(0),
    });
    let before = (bench.store.writer_stats(), writer_cpu());
    let begun = Instant::now();
    let tasks: Vec<_> = (0..producers).map(|_| tokio::spawn(Arc::clone(&bench).produce())).collect();
    tokio::time::sleep(time).await;
    bench.ended.store(true, Relaxed);
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("a producer ends"));
    }
    let elapsed = begun.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |part: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let index = ((latencies.len() - 1) as f64 * part) as usize;
        latencies[index].as_secs_f64() * 1000.0
    };
    let stats = bench.store.writer_stats();
    let conversations = bench.conversations.load(Relaxed) as f64;
    let (units, commits) = ((stats.units - before.0.units) as f64, (stats.commits - before.0.commits) as f64);
    println!(
        "{producers:>9}  {:>15.0}  {:>7.0}  {:>14.1}  {:>16.0}  {:>28.0}  {:>6.2}  {:>6.2}",
        conversations / elapsed,
        units / elapsed,
        units / commits,
        (stats.commit_us - before.0.commit_us) as f64 / commits,
        writer_cpu().saturating_sub(before.1).as_secs_f64() * 1e6 / conversations,
        at(0.5),
        at(0.99),
    );
}

/// What the writer thread has used of a processor; waits for one and for the disk do not count. Zero where the system
/// does not tell.
fn writer_cpu() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "store-writer")
        })
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum()
}

impl Bench {
    fn id(&self) -> i64 {
        self.ids.fetch_add(1, Relaxed)
    }

    /// Plays conversations until the end; how long each unit of a turn took.
    async fn produce(self: Arc<Self>) -> Vec<Duration> {
        let mut latencies = Vec::new();
        while !self.ended.load(Relaxed) {
            let begun = Instant::now();
            let person = self.id();
            let (first, _) = self.accept(person, "Can someone look into my account?", false).await;
            latencies.push(begun.elapsed());
            self.settle(&first).await;
            let begun = Instant::now();
            let (second, key) = self.accept(person, "priya@example.com", true).await;
            latencies.push(begun.elapsed());
            let begun = Instant::now();
            let basis = self.store.conversation(key).await.expect("readable").expect("it exists");
            let call = &second.calls[0];
            let finished = FinishedCall {
                key: call.key.clone(),
                contact: key.contact,
                outcome: Outcome::Ok,
                exchange: exchange(),
                findings: serde_json::json!([]),
                at: NOW,
            };
            let turn = self.turn(Some(finished), self.answers());
            let TurnOutcome::Committed(third) =
                self.store.commit_turn(&basis, turn).await.expect("committed")
            else {
                panic!("nobody else writes to this conversation");
            };
            latencies.push(begun.elapsed());
            self.settle(&third).await;
            self.conversations.fetch_add(1, Relaxed);
        }
        latencies
    }

    async fn accept(
        &self,
        person: i64,
        text: &str,
        calls: bool,
    ) -> (Committed, rapport_store::ConversationKey) {
        let from = Address {
            // Numbers are in no order.
            wa_id: Some(format!("{}", person.wrapping_mul(7_919_777_777_777) & 0xff_ffff_ffff)),
            bsuid: Some(format!("US.{}", person.wrapping_mul(104_729_333_333_333) & 0xffff_ffff_ffff)),
        };
        let incoming = Incoming {
            account: self.account,
            channel: self.channel,
            from: from.clone(),
            profile_name: Some("Priya Sharma".into()),
            id: MessageId(self.id()),
            message: Message {
                id: format!("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdB{}", self.id()),
                sent_at: NOW,
                accepted_at: NOW,
                kind: "text".into(),
                text: Some(text.into()),
                ..Message::default()
            },
            for_flow: true,
            raw: None,
        };
        let basis = self
            .store
            .conversation_from(self.account, self.channel, &from, NOW, ContactId(self.id()))
            .await
            .expect("readable");
        let turn = Some(self.turn(None, if calls { self.looks_up() } else { self.answers() }));
        let accepted = self.store.accept(Accept { incoming, basis, turn }).await.expect("accepted");
        let Accepted::New { conversation, turn: Some(TurnOutcome::Committed(committed)) } = accepted else {
            panic!("nobody else writes to this conversation");
        };
        (committed, conversation)
    }

    async fn settle(&self, committed: &Committed) {
        let results = committed
            .sends
            .iter()
            .map(|send| SendResult {
                send: send.key(),
                at: NOW,
                fate: Fate::Sent { wamid: format!("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTdB{}", send.message) },
            })
            .collect();
        self.store.settle_sends(results).await.expect("settled");
    }

    fn turn(&self, finished: Option<FinishedCall>, turn: Turn) -> TurnCommit {
        let message_ids = vec![MessageId(self.id())];
        TurnCommit { id: TurnId(self.id()), at: NOW, turn, consumed: Vec::new(), finished, message_ids }
    }

    fn answers(&self) -> Turn {
        let effect = format!("{}-1", self.id());
        Turn {
            session: Some(session(Waiting::Answer {
                asked: effect.clone(),
                asked_at: NOW,
                refused: 0,
                timeout_at: None,
                lines: Vec::new(),
                join_until: None,
            })),
            events: vec![
                event(Fact::SessionStarted { by: "keyword account".into(), revision: 1 }),
                event(Fact::QuestionAsked),
            ],
            effects: vec![Effect::Send {
                id: effect,
                flow: Some("customer-context".into()),
                step: Some("ask_email".into()),
                message: Outgoing::Text { text: "Please share the email on your account.".into() },
            }],
        }
    }

    fn looks_up(&self) -> Turn {
        let effect = format!("{}-1", self.id());
        Turn {
            session: Some(session(Waiting::Call { effect: effect.clone() })),
            events: vec![
                event(Fact::AnswerAccepted { value: "priya@example.com".into() }),
                event(Fact::CallStarted { effect: effect.clone() }),
            ],
            effects: vec![Effect::Call {
                id: effect,
                flow: "customer-context".into(),
                step: "find_contact".into(),
                request: Box::new(PreparedRequest {
                    method: Method::Post,
                    url: SecretText::plain("https://api.intercom.io/contacts/search"),
                    headers: vec![("Intercom-Version".into(), SecretText::plain("2.11"))],
                    auth: PreparedAuth::None,
                    body: PreparedBody::Text {
                        content_type: "application/json".into(),
                        text: SecretText::plain(
                            r#"{"query":{"field":"email","operator":"=","value":"priya@example.com"}}"#,
                        ),
                    },
                    response: ResponseKind::Json,
                    attempt_timeout_ms: 10_000,
                    deadline_ms: 30_000,
                    retries: 2,
                    repeatable: true,
                    idempotency_header: None,
                }),
            }],
        }
    }
}

fn event(fact: Fact) -> Event {
    Event { flow: Some("customer-context".into()), step: Some("ask_email".into()), fact }
}

fn session(waiting: Waiting) -> Session {
    let values = serde_json::json!({"customer_email": "priya@example.com", "contact_name": "Priya Sharma"});
    Session {
        id: "1800000000000000000-1".into(),
        started_at: NOW,
        active_at: NOW,
        frames: vec![Frame {
            flow: "customer-context".into(),
            revision: 1,
            step: "ask_email".into(),
            variables: values.as_object().cloned().unwrap_or_default(),
            calls: serde_json::Map::default(),
        }],
        waiting,
        wake_at: NOW + 24 * 3600 * 1000,
        trigger: serde_json::Value::Null,
        message: serde_json::json!({"text": "Can someone look into my account?"}),
    }
}

fn exchange() -> Exchange {
    Exchange {
        outcome: Outcome::Ok,
        status: Some(200),
        headers: vec![("content-type".into(), "application/json".into())],
        body: format!(
            "{{\"type\":\"list\",\"data\":[{{\"name\":\"Priya Sharma\",\"note\":\"{}\"}}]}}",
            "x".repeat(700)
        ),
        sent: Sent {
            method: "POST".into(),
            url: "https://api.intercom.io/contacts/search".into(),
            headers: vec![("authorization".into(), "Bearer {{secret.intercom_token}}".into())],
            body: r#"{"query":{"field":"email","operator":"=","value":"priya@example.com"}}"#.into(),
        },
        attempts: vec![Attempt { outcome: Outcome::Ok, status: Some(200), elapsed_ms: 4, waited_ms: 0 }],
        elapsed_ms: 4,
        detail: None,
        redirect_to: None,
    }
}
