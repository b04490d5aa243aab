//! Calls of API request steps: from the ledger through `connect` back into the contact's lane.
//!
//! | killed after | then |
//! | --- | --- |
//! | the turn was committed, nothing dialled | made again at the next start |
//! | started (not repeatable), no result | its outcome is `unknown`: it may or may not have been carried out |
//! | dialled (repeatable), no result | made again |
//! | answered, the result's turn not committed | the same as without an answer |

use crate::app::App;
use crate::clock;
use crate::lanes::{self, Job};
use rapport_flow::Finding;
use rapport_flow::request::{Exchange, Outcome, Sent};
use rapport_store::{CallKey, ContactId, FinishedCall, QueuedCall, StoreError};
use std::sync::Arc;

/// Most calls without a result that are taken up at start.
const OPEN_MAX: usize = 100_000;

/// Makes a call and gives its result to the lane.
pub(crate) fn begin(app: &Arc<App>, call: QueuedCall) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = make(&app, call).await {
            tracing::error!(%error, "a call could not be started; the next start takes it up");
        }
    });
}

async fn make(app: &Arc<App>, call: QueuedCall) -> Result<(), StoreError> {
    let exchange = if call.started {
        lost(&call)
    } else {
        if !call.request.repeatable && !app.store.start_call(&call.key, clock::now()).await? {
            return Ok(());
        }
        app.dialer.call(&call.request, &call.key.effect, &*app.secrets).await
    };
    metrics::counter!("rapport_calls_total", "outcome" => exchange.outcome.as_str()).increment(1);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a call fit")]
    metrics::histogram!("rapport_call_seconds").record(exchange.elapsed_ms as f64 / 1000.0);
    let job = Job::Call { call: call.key, exchange: Box::new(exchange) };
    lanes::push(app, call.conversation, job);
    Ok(())
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

/// The exchange of a call that was begun by a process that is gone.
fn lost(call: &QueuedCall) -> Exchange {
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
        detail: Some(
            "The server stopped while this call was out. It may or may not have been carried out, and it must not be \
             repeated."
                .into(),
        ),
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
