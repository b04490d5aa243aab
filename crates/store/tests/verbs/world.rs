//! An open store with one account and one channel, and short ways to make what the verbs take.

use rapport_flow::request::{
    Exchange, Method, Outcome, PreparedAuth, PreparedBody, PreparedRequest, ResponseKind, SecretText, Sent,
};
use rapport_flow::session::{Frame, Waiting};
use rapport_flow::turn::{Event, Fact, Message, Outgoing};
use rapport_flow::{Effect, Session, Turn, Values};
use rapport_store::*;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

pub(crate) const NOON: i64 = 1_800_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    pub(crate) channel: ChannelId,
    pub(crate) folder: TempDir,
    next: AtomicI64,
}

pub(crate) fn settings(folder: &TempDir) -> Settings {
    Settings { synchronous: Synchronous::Off, ..Settings::new(folder.path().join("rapport.db")) }
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&settings(&folder), NOON).unwrap();
        let account = store.ensure_account("main", NOON).await.unwrap();
        let channel = store.ensure_channel(account, "main", "106540352242922", None, NOON).await.unwrap().id;
        World { store, account, channel, folder, next: AtomicI64::new(1) }
    }

    /// The same database after the process that had it is gone.
    pub(crate) fn reopened(self) -> Self {
        let World { store, account, channel, folder, next } = self;
        drop(store);
        let store = Store::open(&settings(&folder), NOON).unwrap();
        World { store, account, channel, folder, next }
    }

    pub(crate) fn id(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn text(&self, from: &str, wamid: &str, text: &str) -> Incoming {
        Incoming {
            account: self.account,
            channel: self.channel,
            from: number(from),
            profile_name: Some("Priya".into()),
            id: MessageId(self.id()),
            message: Message {
                id: wamid.into(),
                sent_at: NOON,
                accepted_at: NOON + 5,
                kind: "text".into(),
                text: Some(text.into()),
                ..Message::default()
            },
            for_flow: true,
            raw: None,
        }
    }

    pub(crate) async fn basis(&self, incoming: &Incoming) -> Conversation {
        self.store
            .conversation_from(
                self.account,
                self.channel,
                &incoming.from,
                incoming.message.sent_at,
                ContactId(self.id()),
            )
            .await
            .unwrap()
    }

    pub(crate) async fn accept(&self, incoming: Incoming) -> Accepted {
        let basis = self.basis(&incoming).await;
        self.store.accept(Accept { incoming, basis, turn: None }).await.unwrap()
    }

    pub(crate) async fn accept_with(&self, incoming: Incoming, turn: TurnCommit) -> Accepted {
        let basis = self.basis(&incoming).await;
        self.store.accept(Accept { incoming, basis, turn: Some(turn) }).await.unwrap()
    }

    /// A conversation that has one message, already consumed.
    pub(crate) async fn conversation(&self, from: &str) -> Conversation {
        let incoming = self.text(from, &format!("wamid.hello-{from}"), "hello");
        let turn = self.turn(Turn::default());
        let Accepted::New { conversation, .. } = self.accept_with(incoming, turn).await else {
            panic!("the first message is new")
        };
        self.read(conversation).await
    }

    pub(crate) async fn read(&self, key: ConversationKey) -> Conversation {
        self.store.conversation(key).await.unwrap().expect("the conversation exists")
    }

    pub(crate) fn turn(&self, turn: Turn) -> TurnCommit {
        let sends = turn.effects.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count();
        TurnCommit {
            id: TurnId(self.id()),
            at: NOON + 10,
            turn,
            consumed: Vec::new(),
            finished: None,
            message_ids: (0..sends).map(|_| MessageId(self.id())).collect(),
        }
    }

    /// Commits a turn that sends these texts and returns the sends.
    pub(crate) async fn send(&self, basis: &Conversation, texts: &[&str]) -> Vec<QueuedSend> {
        let effects = texts.iter().map(|text| send_text(&format!("e-{}", self.id()), text)).collect();
        let commit = self.turn(Turn { effects, ..Turn::default() });
        committed(self.store.commit_turn(basis, commit).await.unwrap()).sends
    }

    pub(crate) async fn settle(&self, send: &QueuedSend, fate: Fate) {
        self.store.settle_sends(vec![SendResult { send: send.key(), at: NOON + 20, fate }]).await.unwrap();
    }

    pub(crate) async fn queued(&self) -> Vec<QueuedSend> {
        self.store.queued_sends(self.account, None, 1000).await.unwrap()
    }

    pub(crate) async fn timeline(&self, key: ConversationKey) -> Vec<Entry> {
        self.store.timeline(key, None, 1000).await.unwrap()
    }

    pub(crate) async fn sent(&self, send: &QueuedSend) -> rapport_store::Sent {
        self.timeline(send.conversation)
            .await
            .into_iter()
            .find_map(|entry| match entry {
                Entry::Out(sent) if sent.id == send.message => Some(*sent),
                _ => None,
            })
            .expect("the message is in the timeline")
    }
}

pub(crate) fn number(digits: &str) -> Address {
    Address { wa_id: Some(digits.into()), bsuid: None }
}

pub(crate) fn committed(outcome: TurnOutcome) -> Committed {
    match outcome {
        TurnOutcome::Committed(committed) => committed,
        TurnOutcome::Stale => panic!("the turn is stale"),
    }
}

pub(crate) fn fact(fact: Fact) -> Event {
    Event { flow: None, step: None, fact }
}

pub(crate) fn send_text(id: &str, text: &str) -> Effect {
    Effect::Send {
        id: id.into(),
        flow: Some("customer-context".into()),
        step: Some("ask_email".into()),
        message: Outgoing::Text { text: text.into() },
    }
}

pub(crate) fn call(id: &str, repeatable: bool) -> Effect {
    Effect::Call {
        id: id.into(),
        flow: "customer-context".into(),
        step: "find_contact".into(),
        request: Box::new(PreparedRequest {
            method: Method::Post,
            url: SecretText::plain("https://api.example.com/search"),
            headers: Vec::new(),
            auth: PreparedAuth::None,
            body: PreparedBody::None,
            response: ResponseKind::Json,
            attempt_timeout_ms: 10_000,
            deadline_ms: 30_000,
            retries: 2,
            repeatable,
            idempotency_header: None,
        }),
    }
}

pub(crate) fn finished(key: &CallKey, contact: ContactId, body: &str) -> FinishedCall {
    FinishedCall {
        key: key.clone(),
        contact,
        outcome: Outcome::Ok,
        exchange: Exchange {
            outcome: Outcome::Ok,
            status: Some(200),
            headers: Vec::new(),
            body: body.into(),
            sent: Sent::default(),
            attempts: Vec::new(),
            elapsed_ms: 12,
            detail: None,
            redirect_to: None,
        },
        findings: serde_json::json!([]),
        at: NOON + 30,
    }
}

pub(crate) fn session(waiting: Waiting, wake_at: i64) -> Session {
    Session {
        id: "s-1".into(),
        started_at: NOON,
        active_at: NOON,
        frames: vec![Frame {
            flow: "customer-context".into(),
            revision: 3,
            step: "ask_email".into(),
            variables: Values::new(),
            calls: Values::new(),
        }],
        waiting,
        wake_at,
        trigger: serde_json::Value::Null,
        message: serde_json::Value::Null,
    }
}

pub(crate) fn waits_until(wake_at: i64) -> Session {
    session(Waiting::Time { until: wake_at }, wake_at)
}
