//! Outgoing messages from the ledger to a known fate. Sends of one contact leave in order, each after the answer to the
//! one before; contacts do not wait for each other.
//!
//! | killed after | then |
//! | --- | --- |
//! | the turn was committed, nothing dialled | the row is queued; after an unclean stop its fate counts as unknown |
//! | dialled, no answer yet | unknown: the status webhook that carries our tag settles it, or it is sent once more |
//! | answered, not settled | the same: the status settles it under the id that Meta gave |
//! | settled | nothing is left to do |

use crate::app::{App, Channel};
use crate::{clock, translate};
use rapport_store::{ConversationKey, Fate, QueuedSend, SendKey, SendResult, SendState, StoreError};
use rapport_whatsapp::error::{Backoff, Recourse, Scope, SendError, pair_delay};
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// The service window opens for so long with each message of the customer. Source: Cloud API, customer service windows.
pub(crate) const WINDOW_MS: i64 = 24 * 3600 * 1000;
/// Most sends without a known fate that are read at once.
const READ_MAX: usize = 500;
/// How often unknown sends are looked at.
const RESOLVE_EVERY: Duration = Duration::from_secs(1);
/// A wait in memory is not longer than this; the rest is left to the row's due time.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Sends in the hands of this process.
#[derive(Debug, Default)]
pub(crate) struct Sends {
    state: Mutex<Queues>,
}

#[derive(Debug, Default)]
struct Queues {
    /// What waits behind the send that a conversation's task has in hand. Present exactly while there is a task.
    lanes: HashMap<ConversationKey, VecDeque<QueuedSend>>,
    /// Everything whose result is not durable yet: in `lanes`, in hand, or answered and being written. Whoever reads an
    /// unsettled row and then finds it absent here may take it; nobody else has it.
    held: HashMap<SendKey, Option<oneshot::Sender<Verdict>>>,
}

/// What ends the wait of a send without a known fate.
#[derive(Debug)]
enum Verdict {
    Settled,
    Again(Box<QueuedSend>),
}

impl Sends {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A status told the fate of a send that had none.
    pub(crate) fn settled_by_status(&self, send: SendKey) {
        if let Some(waiting) = self.lock().held.get_mut(&send).and_then(Option::take) {
            let _ = waiting.send(Verdict::Settled);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().held.len()
    }

    /// Sends that may be on the wire or are being written; not those that wait for a status.
    pub(crate) fn in_flight(&self) -> usize {
        self.lock().held.values().filter(|waits| waits.is_none()).count()
    }

    fn wait_for_verdict(&self, send: SendKey) -> oneshot::Receiver<Verdict> {
        let (tell, told) = oneshot::channel();
        self.lock().held.insert(send, Some(tell));
        told
    }

    /// Lets go of a send whose fate is durable.
    fn release(&self, send: SendKey) {
        self.lock().held.remove(&send);
    }

    /// The next send of a conversation; `None` gives the conversation up.
    fn next(&self, key: ConversationKey) -> Option<QueuedSend> {
        let mut queues = self.lock();
        let next = queues.lanes.get_mut(&key)?.pop_front();
        if next.is_none() {
            queues.lanes.remove(&key);
        }
        next
    }
}

/// Takes sends into hand, in their order. What is in hand already is left alone.
pub(crate) fn begin(app: &Arc<App>, mut sends: Vec<QueuedSend>) {
    {
        let held = &mut app.sends.lock().held;
        sends.retain(|send| !held.contains_key(&send.key()));
        for send in &sends {
            held.insert(send.key(), None);
        }
    }
    line_up(app, sends);
}

/// Puts held sends into their conversations' lanes, and gives a lane a task if it has none.
fn line_up(app: &Arc<App>, sends: Vec<QueuedSend>) {
    let mut first = Vec::new();
    {
        let lanes = &mut app.sends.lock().lanes;
        for send in sends {
            match lanes.get_mut(&send.conversation) {
                Some(lane) => lane.push_back(send),
                None => {
                    lanes.insert(send.conversation, VecDeque::new());
                    first.push(send);
                }
            }
        }
    }
    for send in first {
        let app = Arc::clone(app);
        tokio::spawn(async move {
            let mut current = Some(send);
            while let Some(send) = current {
                let key = send.conversation;
                deliver(&app, send).await;
                current = app.sends.next(key);
            }
        });
    }
}

/// Takes up what the ledger holds and nobody has in hand: at start, and now and then for what other processes queued.
/// Rows younger than `min_age` are left to whoever just ordered them.
pub(crate) async fn take_up(app: &Arc<App>, min_age: Duration) -> Result<usize, StoreError> {
    let oldest = clock::now() - i64::try_from(min_age.as_millis()).unwrap_or(0);
    let (mut after, mut count) = (None, 0);
    loop {
        let sends = app.store.queued_sends(app.account, after, READ_MAX).await?;
        let Some(last) = sends.last() else { return Ok(count) };
        after = Some(last.key());
        let full = sends.len() == READ_MAX;
        let mut conversations: Vec<_> = {
            let queues = app.sends.lock();
            let free =
                |send: &&QueuedSend| send.queued_at <= oldest && !queues.held.contains_key(&send.key());
            sends.iter().filter(free).map(|send| send.conversation).collect()
        };
        conversations.dedup();
        for key in conversations {
            count += take_up_conversation(app, key).await?;
        }
        if !full {
            return Ok(count);
        }
    }
}

/// Holds first and reads then: a row that is still unsettled after it was held is in nobody else's hands.
async fn take_up_conversation(app: &Arc<App>, key: ConversationKey) -> Result<usize, StoreError> {
    let candidates = queued_sends_of(app, key).await?;
    let taken: Vec<SendKey> = {
        let mut queues = app.sends.lock();
        if queues.lanes.contains_key(&key) {
            return Ok(0);
        }
        let free: Vec<_> =
            candidates.iter().map(QueuedSend::key).filter(|send| !queues.held.contains_key(send)).collect();
        for send in &free {
            queues.held.insert(*send, None);
        }
        free
    };
    let mut sends = queued_sends_of(app, key).await?;
    sends.retain(|send| taken.contains(&send.key()));
    for settled in taken.iter().filter(|key| !sends.iter().any(|send| send.key() == **key)) {
        app.sends.release(*settled);
    }
    let count = sends.len();
    line_up(app, sends);
    Ok(count)
}

async fn queued_sends_of(app: &App, key: ConversationKey) -> Result<Vec<QueuedSend>, StoreError> {
    let mut sends = app.store.queued_sends_of(key.account, key.contact).await?;
    sends.retain(|send| send.conversation == key);
    Ok(sends)
}

/// Decides about sends whose fate stayed unknown, as long as the server runs.
pub(crate) async fn resolve_unknown(app: Arc<App>) {
    let wait = app.resend_unknown_after.unwrap_or(Duration::from_secs(30));
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    while !app.stopping.sleep(RESOLVE_EVERY).await {
        let resend = app.resend_unknown_after.is_some();
        match app.store.resolve_unknown_sends(app.account, clock::now(), wait_ms, resend).await {
            Ok(resolved) => {
                for send in resolved.again {
                    metrics::counter!("rapport_sends_repeated_total").increment(1);
                    tracing::warn!(message = %send.message, "a send without a known fate is sent once more");
                    let waiting = app.sends.lock().held.get_mut(&send.key()).and_then(Option::take);
                    match waiting {
                        Some(waiting) => {
                            let _ = waiting.send(Verdict::Again(Box::new(send)));
                        }
                        None => begin(&app, vec![send]),
                    }
                }
                for send in resolved.given_up {
                    metrics::counter!("rapport_sends_given_up_total").increment(1);
                    tracing::warn!(message = %send.message, "a send stays without a known fate; people decide");
                    app.sends.settled_by_status(send);
                }
            }
            Err(error) => tracing::error!(%error, "sends without a known fate could not be looked at"),
        }
    }
}

/// Brings one message to a known fate. While it has none, what follows it to the same contact waits.
async fn deliver(app: &Arc<App>, mut send: QueuedSend) {
    loop {
        if send.state != SendState::Queued {
            match unknown(app, &send).await {
                Some(again) => send = again,
                None => return,
            }
        }
        if app.stopping.begun() {
            return app.sends.release(send.key());
        }
        let Some(channel) = app.channel(send.conversation.channel).cloned() else {
            return settle(app, &send, withheld("the channel is not in the settings any more")).await;
        };
        let Some(to) = translate::recipient(&send.to) else {
            return settle(app, &send, withheld("the contact has no address")).await;
        };
        if !wait_for_slot(app, &channel, &send, &to).await {
            return app.sends.release(send.key());
        }
        if let Some(reason) = refused_by_us(app, &send).await {
            return settle(app, &send, withheld(&reason)).await;
        }
        if send.must_be_started() {
            match app.store.start_send(send.key(), clock::now()).await {
                Ok(true) => {}
                Ok(false) => return app.sends.release(send.key()),
                Err(error) => return tracing::error!(%error, "a send could not be started; it stays queued"),
            }
        }
        let message = match translate::wire(to.clone(), &send.outgoing, send.key().tag()) {
            Ok(message) => message,
            Err(error) => return settle(app, &send, failed(None, &error.to_string())).await,
        };
        match channel.client.send(&channel.number, message.to_wire()).await {
            Ok(accepted) => {
                metrics::counter!("rapport_sends_total", "fate" => "sent").increment(1);
                return settle(app, &send, Fate::Sent { wamid: accepted.id.as_str().to_owned() }).await;
            }
            Err(error) => match next_step(&channel, &send, &error, &to) {
                Fate::RetryAt { due_at } => {
                    settle(app, &send, Fate::RetryAt { due_at }).await;
                    send.attempts += 1;
                    send.due_at = due_at;
                }
                Fate::Unknown => {
                    settle(app, &send, Fate::Unknown).await;
                    send.state = SendState::Unknown;
                }
                fate => return settle(app, &send, fate).await,
            },
        }
    }
}

/// Waits until a send without a known fate is settled (`None`) or marked to be sent once more.
async fn unknown(app: &Arc<App>, send: &QueuedSend) -> Option<QueuedSend> {
    metrics::counter!("rapport_sends_total", "fate" => "unknown").increment(1);
    match app.sends.wait_for_verdict(send.key()).await {
        Ok(Verdict::Again(again)) => Some(*again),
        Ok(Verdict::Settled) | Err(_) => {
            app.sends.release(send.key());
            None
        }
    }
}

/// Waits for the row's due time and for the pace. `false`: the server stops.
async fn wait_for_slot(
    app: &App,
    channel: &Channel,
    send: &QueuedSend,
    to: &rapport_whatsapp::Address,
) -> bool {
    loop {
        let now = clock::now();
        let ready = if send.due_at > now {
            send.due_at
        } else {
            match channel.pace.lock().unwrap_or_else(PoisonError::into_inner).take(now, to) {
                Ok(()) => return true,
                Err(ready) => ready,
            }
        };
        let wait = Duration::from_millis(u64::try_from(ready - now).unwrap_or(0)).min(WAIT_MAX);
        if app.stopping.sleep(wait).await {
            return false;
        }
    }
}

/// The checks of the moment of sending: the window may have closed and the person may have said stop since it was queued.
/// A message that leaves at once was checked by the turn that ordered it.
async fn refused_by_us(app: &App, send: &QueuedSend) -> Option<String> {
    const FRESH_MS: i64 = 5_000;
    if clock::now() - send.queued_at < FRESH_MS {
        return None;
    }
    let conversation = app.store.conversation(send.conversation).await.ok()??;
    let template = matches!(send.outgoing, rapport_flow::turn::Outgoing::Template(_));
    if conversation.contact.stopped {
        return Some("stopped".into());
    }
    (!template && conversation.contact.window_until <= clock::now()).then(|| "window_closed".into())
}

/// What an error means for the row, and for the pace of what follows.
fn next_step(
    channel: &Channel,
    send: &QueuedSend,
    error: &SendError,
    to: &rapport_whatsapp::Address,
) -> Fate {
    let now = clock::now();
    let tries = send.attempts + 1;
    let at = |wait: Duration| now + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2);
    let recourse = error.recourse();
    tracing::warn!(%error, ?recourse, message = %send.message, tries, "a send was not accepted");
    let mut pace = channel.pace.lock().unwrap_or_else(PoisonError::into_inner);
    match recourse {
        Recourse::Retry { backoff, scope } => match backoff.delay(tries, spread(send)) {
            Some(wait) => {
                if scope != Scope::Message {
                    pace.hold_number(at(wait));
                }
                Fate::RetryAt { due_at: at(wait) }
            }
            None => failed(error.code(), &error.to_string()),
        },
        Recourse::WaitForRecipient => {
            let due_at = at(pair_delay(tries));
            pace.hold_recipient(due_at, to);
            if tries > Backoff::DEFAULT.max_tries {
                failed(error.code(), &error.to_string())
            } else {
                Fate::RetryAt { due_at }
            }
        }
        Recourse::UnknownFate => Fate::Unknown,
        Recourse::Drop(_) | Recourse::StopCampaign | Recourse::PauseChannel | Recourse::NeedsTemplate => {
            failed(error.code(), &error.to_string())
        }
    }
}

/// A number between 0.5 and 1 that differs from message to message, so that retries do not march in step.
fn spread(send: &QueuedSend) -> f64 {
    let low = u32::try_from((send.message.0 ^ (send.message.0 >> 12)) & 0x3ff).unwrap_or(0);
    0.5 + f64::from(low) / 2048.0
}

fn failed(code: Option<i64>, text: &str) -> Fate {
    metrics::counter!("rapport_sends_total", "fate" => "failed").increment(1);
    Fate::Failed { error: json!({ "code": code, "title": text }) }
}

fn withheld(reason: &str) -> Fate {
    metrics::counter!("rapport_sends_total", "fate" => "withheld").increment(1);
    Fate::Withheld { reason: reason.to_owned() }
}

/// Writes down what came of an attempt, and lets go of the send once its fate is durable.
async fn settle(app: &Arc<App>, send: &QueuedSend, fate: Fate) {
    let result = SendResult { send: send.key(), at: clock::now(), fate };
    match result.fate {
        // The next one need not wait until the answer is durable: a status tells it after a crash.
        Fate::Sent { .. } => {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                write(&app, &result).await;
                app.sends.release(result.send);
            });
        }
        Fate::RetryAt { .. } | Fate::Unknown => write(app, &result).await,
        Fate::Failed { .. } | Fate::Withheld { .. } => {
            write(app, &result).await;
            app.sends.release(result.send);
        }
    }
}

/// Tries until it is written: while the row says nothing, the send must stay held or it would leave twice.
async fn write(app: &App, result: &SendResult) {
    const AGAIN_AFTER: Duration = Duration::from_secs(1);
    while let Err(error) = app.store.settle_sends(vec![result.clone()]).await {
        tracing::error!(%error, "the result of a send could not be stored; it is tried again");
        if matches!(error, StoreError::Closed) || app.stopping.sleep(AGAIN_AFTER).await {
            return;
        }
    }
}
