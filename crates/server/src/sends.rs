//! Outgoing messages from the ledger to a known fate. Sends of one contact leave in order, each after the answer to the
//! one before; contacts do not wait for each other.
//!
//! | killed after | then |
//! | --- | --- |
//! | the turn was committed, nothing dialled | the row is queued; after an unclean stop its fate counts as unknown |
//! | dialled, no answer yet | unknown: the status webhook that carries our tag settles it, or it is sent once more |
//! | answered, not settled | the same: the status settles it under the id that Meta gave; the next one has not left |
//! | settled | nothing is left to do |

mod hands;

pub(crate) use hands::Sends;

use crate::app::{App, Channel};
use crate::{clock, translate};
use futures_util::FutureExt as _;
use rapport_flow::turn::Outgoing;
use rapport_store::{ConversationKey, Fate, QueuedSend, SendKey, SendResult, SendState, StoreError};
use rapport_whatsapp::error::{Backoff, Recourse, Scope, SendError, pair_delay};
use serde_json::json;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// The service window opens for so long with each message of the customer. Source: Cloud API, customer service windows.
pub(crate) const WINDOW_MS: i64 = 24 * 3600 * 1000;
/// Most sends without a known fate that are read at once.
const READ_MAX: usize = 500;
/// How often [`resolve_unknown`] is worth doing.
pub(crate) const RESOLVE_EVERY: Duration = Duration::from_secs(1);
/// How often a send without a known fate reads its own row although nobody told it to: whoever had to tell may be gone.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a store that failed is left alone.
const STORE_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A wait in memory is not longer than this; the rest is left to the row's due time.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Takes sends into hand, in their order. What is in hand already is left alone.
pub(crate) fn begin(app: &Arc<App>, mut sends: Vec<QueuedSend>) {
    app.sends.take(&mut sends);
    line_up(app, sends);
}

/// Puts held sends into their conversations' lanes, and gives a lane a task if it has none.
fn line_up(app: &Arc<App>, sends: Vec<QueuedSend>) {
    for first in app.sends.line_up(sends) {
        let app = Arc::clone(app);
        tokio::spawn(async move {
            let conversation = first.conversation;
            let mut current = Some(first);
            while let Some(send) = current {
                let key = send.key();
                if AssertUnwindSafe(deliver(&app, send)).catch_unwind().await.is_err() {
                    give_up_after_panic(&app, key).await;
                }
                current = app.sends.next(conversation);
            }
        });
    }
}

/// A bug must not keep a conversation's lane for ever. Whether the message left is not known.
async fn give_up_after_panic(app: &App, send: SendKey) {
    tracing::error!(message = %send.message, "sending a message panicked; its fate is unknown");
    write(app, &SendResult { send, at: clock::now(), fate: Fate::Unknown }).await;
    app.sends.release(send);
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
        let free = |send: &&QueuedSend| send.queued_at <= oldest && !app.sends.has(send.key());
        let mut conversations: Vec<_> = sends.iter().filter(free).map(|send| send.conversation).collect();
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
    let mut taken = queued_sends_of(app, key).await?;
    app.sends.take_conversation(key, &mut taken);
    let read = if taken.is_empty() { Ok(Vec::new()) } else { queued_sends_of(app, key).await };
    let mut sends = read.as_ref().cloned().unwrap_or_default();
    sends.retain(|send| taken.iter().any(|taken| taken.message == send.message));
    for settled in taken.iter().filter(|taken| !sends.iter().any(|send| send.message == taken.message)) {
        app.sends.release(settled.key());
    }
    let count = sends.len();
    line_up(app, sends);
    read.map(|_| count)
}

async fn queued_sends_of(app: &App, key: ConversationKey) -> Result<Vec<QueuedSend>, StoreError> {
    let mut sends = app.store.queued_sends_of(key.account, key.contact).await?;
    sends.retain(|send| send.conversation == key);
    Ok(sends)
}

/// Decides about sends whose fate stayed unknown, once.
pub(crate) async fn resolve_unknown(app: &Arc<App>) -> Result<(), StoreError> {
    let wait = app.resend_unknown_after.unwrap_or(Duration::from_secs(30));
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    let resend = app.resend_unknown_after.is_some();
    let resolved = app.store.resolve_unknown_sends(app.account, clock::now(), wait_ms, resend).await?;
    for send in resolved.again {
        metrics::counter!("rapport_sends_repeated_total").increment(1);
        tracing::warn!(message = %send.message, "a send without a known fate is sent once more");
        if !app.sends.look_again(send.key()) {
            begin(app, vec![send]);
        }
    }
    for send in resolved.given_up {
        metrics::counter!("rapport_sends_given_up_total").increment(1);
        tracing::warn!(message = %send.message, "a send stays without a known fate; people decide");
        app.sends.look_again(send);
    }
    Ok(())
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
        let Some(fate) = attempt(app, &send).await else { return app.sends.release(send.key()) };
        // The next one waits until this is durable: after a crash only the first of a contact can have left.
        let result = SendResult { send: send.key(), at: clock::now(), fate };
        write(app, &result).await;
        match result.fate {
            Fate::RetryAt { due_at } => {
                app.sends.waits(send.key());
                send.attempts += 1;
                send.due_at = due_at;
            }
            Fate::Unknown => send.state = SendState::Unknown,
            Fate::Sent { .. } | Fate::Failed { .. } | Fate::Withheld { .. } => {
                return app.sends.release(send.key());
            }
        }
    }
}

/// Waits until a send without a known fate is settled (`None`) or marked to be sent once more. The row tells; a call
/// only says that it is worth reading, so that no order of status, answer and crash can leave the lane waiting for ever.
async fn unknown(app: &Arc<App>, send: &QueuedSend) -> Option<QueuedSend> {
    metrics::counter!("rapport_sends_total", "fate" => "unknown").increment(1);
    let told = app.sends.becomes_unknown(send.key());
    loop {
        match queued_sends_of(app, send.conversation).await {
            Ok(rows) => match rows.into_iter().find(|row| row.message == send.message) {
                None => {
                    app.sends.release(send.key());
                    return None;
                }
                Some(row) if row.state == SendState::Queued && row.resend && !send.resend => {
                    app.sends.waits(send.key());
                    return Some(row);
                }
                Some(_) => {}
            },
            Err(error) => tracing::error!(%error, "a send without a known fate could not be looked at"),
        }
        let _ = tokio::time::timeout(LOOK_EVERY, told.notified()).await;
    }
}

/// One try. `None`: nothing left this machine and the row stays as it is, for the server stops or somebody else has
/// settled it.
async fn attempt(app: &Arc<App>, send: &QueuedSend) -> Option<Fate> {
    let Some(channel) = app.channel(send.conversation.channel) else {
        return Some(withheld("the channel is not in the settings any more"));
    };
    let Some(to) = translate::recipient(&send.to) else {
        return Some(withheld("the contact has no address"));
    };
    let message = match translate::wire(to.clone(), &send.outgoing, send.key().tag()) {
        Ok(message) => message,
        Err(error) => return Some(failed(None, &error.to_string())),
    };
    loop {
        if !wait_for_slot(app, channel, send, &to).await {
            return None;
        }
        match refused_by_us(app, send).await {
            Ok(None) => break,
            Ok(Some(reason)) => return Some(withheld(reason)),
            Err(error) => {
                tracing::error!(%error, "a contact could not be read; a send to them waits");
                app.stopping.sleep(STORE_AGAIN_AFTER).await;
            }
        }
    }
    if !app.sends.goes_out(send.key()) {
        return None;
    }
    if send.must_be_started() && !written_down_as_begun(app, send).await {
        return None;
    }
    match channel.client.send(&channel.number, message.to_wire()).await {
        Ok(accepted) => {
            metrics::counter!("rapport_sends_total", "fate" => "sent").increment(1);
            Some(Fate::Sent { wamid: accepted.id.as_str().to_owned() })
        }
        Err(error) => Some(next_step(channel, send, &error, &to)),
    }
}

/// Waits for a store that fails. `false`: the server stops, or the send is settled.
async fn written_down_as_begun(app: &App, send: &QueuedSend) -> bool {
    loop {
        match app.store.start_send(send.key(), clock::now()).await {
            Ok(ours) => return ours,
            Err(error) => tracing::error!(%error, "a send could not be written down as begun; it waits"),
        }
        if app.stopping.sleep(STORE_AGAIN_AFTER).await {
            return false;
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
        if app.stopping.begun() {
            return false;
        }
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
        app.stopping.sleep(wait).await;
    }
}

/// The checks of the moment of sending: the window may have closed and the person may have said stop since it was queued.
/// A message that leaves at once was checked by the turn that ordered it, with minutes to spare.
async fn refused_by_us(app: &App, send: &QueuedSend) -> Result<Option<&'static str>, StoreError> {
    const FRESH_MS: i64 = 5_000;
    let by_the_bot = send.flow.is_some();
    if by_the_bot && clock::now() - send.queued_at < FRESH_MS {
        return Ok(None);
    }
    let Some(conversation) = app.store.conversation(send.conversation).await? else { return Ok(None) };
    let contact = &conversation.contact;
    if contact.stopped {
        return Ok(Some("stopped"));
    }
    Ok(match &send.outgoing {
        Outgoing::Template(template) => {
            let marketing = template.category.as_deref() == Some("marketing");
            (marketing && contact.opted_out).then_some("opted_out")
        }
        _ => (contact.window_until <= clock::now()).then_some("window_closed"),
    })
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
    let error_seen = without_words(error);
    if recourse == Recourse::PauseChannel {
        let channel = &channel.name;
        tracing::error!(
            error = error_seen,
            channel,
            "WhatsApp takes nothing from this number; a person must look"
        );
    } else {
        tracing::warn!(error = error_seen, ?recourse, message = %send.message, tries, "a send was not accepted");
    }
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

/// An error for the log. What Meta or a proxy wrote may quote the message or the number; it stands with the message only.
fn without_words(error: &SendError) -> String {
    match error {
        SendError::Refused(refusal) => {
            let trace = refusal.fbtrace_id.as_deref().unwrap_or("-");
            format!("code {}, status {}, fbtrace_id {trace}", refusal.code, refusal.status)
        }
        SendError::Unreadable { host, status, .. } => {
            format!("{host} answered status {status}, not in Graph's form")
        }
        other => other.to_string(),
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

/// Tries until it is written: while the row says nothing, the send must stay held or it would leave twice.
async fn write(app: &App, result: &SendResult) {
    while let Err(error) = app.store.settle_sends(vec![result.clone()]).await {
        tracing::error!(%error, "the result of a send could not be stored; it is tried again");
        if matches!(error, StoreError::Closed) || app.stopping.sleep(STORE_AGAIN_AFTER).await {
            return app.sends.result_is_lost();
        }
    }
}
