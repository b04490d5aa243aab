//! What runs beside the webhooks as long as the server does: wakes, the safety net, retention, news from other processes.

use crate::app::App;
use crate::{calls, clock, publish, sends};
use futures_util::FutureExt as _;
use rapport_store::{Retention, StoreError};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often sessions that want to be woken are looked for.
const WAKE_EVERY: Duration = Duration::from_millis(250);
/// Most sessions woken at a time.
const WAKES_MAX: usize = 500;
/// How often the ledger is searched for what nobody has in hand: a person's reply from the command line, a flow published
/// by another process, a message whose turn could not be committed.
const NET_EVERY: Duration = Duration::from_secs(1);
/// A send younger than this belongs to whoever ordered it.
const LEFT_ALONE: Duration = Duration::from_secs(2);
/// Most conversations with unconsumed messages taken up at a time.
const UNCONSUMED_MAX: usize = 500;
/// How often old rows are forgotten.
const PURGE_EVERY: Duration = Duration::from_mins(10);
/// Rows of each kind forgotten in one step.
const PURGE_ROWS: usize = 500;
/// How long a status that overtook the answer of its send is kept.
const PARKED_MS: i64 = 10 * 60 * 1000;

/// Starts all of it.
pub(crate) fn start(app: &Arc<App>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(every(Arc::clone(app), WAKE_EVERY, "sessions that want to be woken", wake)),
        tokio::spawn(every(Arc::clone(app), sends::RESOLVE_EVERY, "sends without a known fate", |app| {
            Box::pin(async move { sends::resolve_unknown(&app).await })
        })),
        tokio::spawn(safety_net(Arc::clone(app))),
        tokio::spawn(every(Arc::clone(app), PURGE_EVERY, "old rows", purge)),
    ]
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Does something again and again until the server stops. Neither an error nor a bug ends it.
async fn every(app: Arc<App>, pause: Duration, about: &'static str, work: fn(Arc<App>) -> Work<'static>) {
    while !app.stopping.sleep(pause).await {
        done(about, work(Arc::clone(&app))).await;
    }
}

/// Says what went wrong with one piece of work, and goes on.
async fn done(about: &'static str, work: Work<'_>) {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, about, "work beside the webhooks failed; it is tried again");
        }
        Err(_) => tracing::error!(about, "work beside the webhooks panicked; it is tried again"),
    }
}

/// Takes up what a process before this one left: once, before anything is accepted.
pub(crate) async fn recover(app: &Arc<App>) -> Result<(), StoreError> {
    let recovery = app.store.recover(clock::now()).await?;
    let calls = calls::take_up(app).await?;
    let sends = sends::take_up(app, Duration::ZERO).await?;
    look_for_messages(app).await?;
    if !recovery.stopped_cleanly && (calls > 0 || sends > 0) {
        tracing::warn!(
            calls,
            sends,
            unknown_sends = recovery.unknown_sends,
            "the server before this one was killed; its work was taken up"
        );
    }
    Ok(())
}

fn wake(app: Arc<App>) -> Work<'static> {
    Box::pin(async move {
        let due = app.store.due_wakes(app.account, clock::now(), WAKES_MAX).await?;
        for key in due {
            app.look(key);
        }
        Ok(())
    })
}

/// Each part for itself: one that fails does not keep the others.
async fn safety_net(app: Arc<App>) {
    let mut published = Published::default();
    while !app.stopping.sleep(NET_EVERY).await {
        done("published flows", Box::pin(refresh_flows(&app, &mut published))).await;
        done(
            "sends that nobody has in hand",
            Box::pin(async { sends::take_up(&app, LEFT_ALONE).await.map(drop) }),
        )
        .await;
        done("messages that wait", Box::pin(look_for_messages(&app))).await;
        done(
            "statuses that overtook their send",
            Box::pin(async {
                app.store.retry_parked_statuses(app.account, clock::now(), PARKED_MS).await.map(drop)
            }),
        )
        .await;
    }
}

/// What is known of published flows.
#[derive(Debug, Default)]
struct Published {
    /// The account's change number at the last look.
    number: i64,
    /// `None` before the first look, which reads all of it: something may have come since the start read it.
    mark: Option<publish::Mark>,
}

/// Looks for publications of other processes when anything has changed at all.
async fn refresh_flows(app: &App, known: &mut Published) -> Result<(), StoreError> {
    let number = app.store.change_number(app.account).await?;
    if number != known.number {
        publish::refresh(app, &mut known.mark).await?;
        known.number = number;
    }
    Ok(())
}

async fn look_for_messages(app: &Arc<App>) -> Result<(), StoreError> {
    for key in app.store.unconsumed(app.account, UNCONSUMED_MAX).await? {
        app.look(key);
    }
    Ok(())
}

fn purge(app: Arc<App>) -> Work<'static> {
    Box::pin(async move {
        loop {
            let rows = app.store.purge(app.account, clock::now(), Retention::default(), PURGE_ROWS).await?;
            if rows == 0 || app.stopping.begun() {
                return Ok(());
            }
            tracing::debug!(rows, "old rows were forgotten");
        }
    })
}
