//! What runs beside the webhooks as long as the server does: wakes, the safety net, retention, news from other processes.

use crate::app::App;
use crate::{calls, clock, publish, sends};
use rapport_store::Retention;
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
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// Rows of each kind forgotten in one step.
const PURGE_ROWS: usize = 500;
/// How long a status that overtook the answer of its send is kept.
const PARKED_MS: i64 = 10 * 60 * 1000;

/// Starts all of it.
pub(crate) fn start(app: &Arc<App>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(wake(Arc::clone(app))),
        tokio::spawn(safety_net(Arc::clone(app))),
        tokio::spawn(sends::resolve_unknown(Arc::clone(app))),
        tokio::spawn(purge(Arc::clone(app))),
    ]
}

/// Takes up what a process before this one left: once, before anything is accepted.
pub(crate) async fn recover(app: &Arc<App>) -> Result<(), rapport_store::StoreError> {
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

async fn wake(app: Arc<App>) {
    while !app.stopping.sleep(WAKE_EVERY).await {
        match app.store.due_wakes(app.account, clock::now(), WAKES_MAX).await {
            Ok(due) => due.into_iter().for_each(|key| app.look(key)),
            Err(error) => tracing::error!(%error, "sessions that want to be woken could not be read"),
        }
    }
}

async fn safety_net(app: Arc<App>) {
    let mut seen = app.store.change_number(app.account).await.unwrap_or(0);
    while !app.stopping.sleep(NET_EVERY).await {
        if let Err(error) = cast(&app, &mut seen).await {
            tracing::error!(%error, "the ledger could not be searched for open work");
        }
    }
}

async fn cast(app: &Arc<App>, seen: &mut i64) -> Result<(), rapport_store::StoreError> {
    let number = app.store.change_number(app.account).await?;
    if number != *seen {
        *seen = number;
        refresh_flows(app).await?;
    }
    sends::take_up(app, LEFT_ALONE).await?;
    look_for_messages(app).await?;
    app.store.retry_parked_statuses(app.account, clock::now(), PARKED_MS).await?;
    Ok(())
}

/// Reads the flows again when another process published one.
async fn refresh_flows(app: &Arc<App>) -> Result<(), rapport_store::StoreError> {
    let bot = app.bot();
    let current = app.store.current_flows(app.account).await?;
    let same = current.len() == bot.flows().count()
        && current
            .iter()
            .all(|stored| bot.current(&stored.name).is_some_and(|flow| flow.revision == stored.revision));
    if same {
        return Ok(());
    }
    let mut fresh = publish::load_bot(&app.store, app.account).await?;
    for old in bot.flows() {
        fresh.keep(Arc::clone(old));
    }
    tracing::info!(flows = current.len(), "flows were published; new sessions run them");
    app.set_bot(fresh);
    Ok(())
}

async fn look_for_messages(app: &Arc<App>) -> Result<(), rapport_store::StoreError> {
    for key in app.store.unconsumed(app.account, UNCONSUMED_MAX).await? {
        app.look(key);
    }
    Ok(())
}

async fn purge(app: Arc<App>) {
    while !app.stopping.sleep(PURGE_EVERY).await {
        loop {
            match app.store.purge(app.account, clock::now(), Retention::default(), PURGE_ROWS).await {
                Ok(0) => break,
                Ok(rows) => tracing::debug!(rows, "old rows were forgotten"),
                Err(error) => {
                    tracing::error!(%error, "old rows could not be forgotten");
                    break;
                }
            }
            if app.stopping.begun() {
                return;
            }
        }
    }
}
