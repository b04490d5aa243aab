//! Calls of API request steps: from the ledger through `connect` back into the contact's lane.
//!
//! | killed after | then |
//! | --- | --- |
//! | the turn was committed, nothing dialled | made again at the next start |
//! | started (not repeatable), no result | its outcome is `unknown`: it may or may not have been carried out |
//! | dialled (repeatable), no result | made again |
//! | answered, the result's turn not committed | the same as without an answer |
//!
//! A store that fails while the server lives loses no result: it is kept and given to the lane again.

use crate::app::App;
use crate::clock;
use crate::lanes::{self, Job};
use futures_util::FutureExt as _;
use rapport_flow::Finding;
use rapport_flow::request::{Exchange, Outcome, Sent};
use rapport_store::{CallKey, ContactId, FinishedCall, QueuedCall, StoreError};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Most calls without a result that are taken up at start.
const OPEN_MAX: usize = 100_000;

/// How long a store that failed is left alone.
const STORE_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Counts a call as out for as long as it lives: from before the dial until its result is durable.
#[derive(Debug, Clone)]
pub(crate) struct Out(#[expect(dead_code, reason = "it counts by being there")] Arc<()>);

/// Calls that are out.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    alive: Arc<()>,
}

impl Calls {
    fn goes_out(&self) -> Out {
        Out(Arc::clone(&self.alive))
    }

    pub(crate) fn out(&self) -> usize {
        Arc::strong_count(&self.alive) - 1
    }
}

/// Makes a call and gives its result to the lane.
pub(crate) fn begin(app: &Arc<App>, call: QueuedCall) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let out = app.calls.goes_out();
        let Some(exchange) = make(&app, &call).await else { return };
        metrics::counter!("rapport_calls_total", "outcome" => exchange.outcome.as_str()).increment(1);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a call fit")]
        metrics::histogram!("rapport_call_seconds").record(exchange.elapsed_ms as f64 / 1000.0);
        let job = Job::Call { call: call.key, exchange: Box::new(exchange), out };
        lanes::push(&app, call.conversation, job);
    });
}

/// `None`: it is left to the ledger, or was not ours to make.
async fn make(app: &Arc<App>, call: &QueuedCall) -> Option<Exchange> {
    if call.started {
        return Some(without_answer(
            call,
            "The server stopped while this call was out. It may or may not have been carried out, and it must not be \
             repeated.",
        ));
    }
    if app.stopping.begun() {
        return None;
    }
    if !call.request.repeatable && !written_down_as_begun(app, call).await {
        return None;
    }
    let dialed = app.dialer.call(&call.request, &call.key.effect, &*app.secrets);
    let exchange = AssertUnwindSafe(dialed).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(
            flow = call.key.flow,
            step = call.key.step,
            "a call panicked; its outcome is unknown"
        );
        without_answer(
            call,
            "Rapport made a mistake of its own in this call (a bug). It may have been carried out.",
        )
    });
    Some(exchange)
}

/// Waits for a store that fails. `false`: the server stops, or the call was begun before.
async fn written_down_as_begun(app: &App, call: &QueuedCall) -> bool {
    loop {
        match app.store.start_call(&call.key, clock::now()).await {
            Ok(ours) => return ours,
            Err(error) => tracing::error!(%error, "a call could not be written down as begun; it waits"),
        }
        if app.stopping.sleep(STORE_AGAIN_AFTER).await {
            return false;
        }
    }
}

/// Gives the result of a call to its lane again after the store could not take it.
pub(crate) fn result_again(app: &Arc<App>, conversation: rapport_store::ConversationKey, job: Job) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if !app.stopping.sleep(STORE_AGAIN_AFTER).await {
            lanes::push(&app, conversation, job);
        }
    });
}

/// Takes up the calls that have no result: those of a process that was killed.
pub(crate) async fn take_up(app: &Arc<App>) -> Result<usize, StoreError> {
    let calls = app.store.open_calls(app.account, OPEN_MAX).await?;
    let count = calls.len();
    for call in calls {
        begin(app, call);
    }
    Ok(count)
}

/// The exchange of a call of which nobody knows what came of it.
fn without_answer(call: &QueuedCall, why: &str) -> Exchange {
    Exchange {
        outcome: Outcome::Unknown,
        status: None,
        headers: Vec::new(),
        body: String::new(),
        sent: Sent {
            method: call.request.method.as_str().into(),
            url: call.request.url.redacted(),
            ..Sent::default()
        },
        attempts: Vec::new(),
        elapsed_ms: 0,
        detail: Some(why.into()),
        redirect_to: None,
    }
}

/// The row of a finished call. Its outcome is the wire's until the turn that maps the answer says otherwise.
pub(crate) fn finished(
    call: &CallKey,
    contact: ContactId,
    exchange: &Exchange,
    findings: &[Finding],
    now: i64,
) -> FinishedCall {
    let findings = findings
        .iter()
        .map(|finding| {
            serde_json::json!({
                "code": finding.code, "severity": finding.severity, "message": finding.message,
                "cause": finding.cause, "mend": finding.mend,
            })
        })
        .collect();
    FinishedCall {
        key: call.clone(),
        contact,
        outcome: exchange.outcome,
        exchange: exchange.clone(),
        findings: serde_json::Value::Array(findings),
        at: now,
    }
}
