//! `/metrics`: what is healthy, what is slow, what waits.

use crate::app::App;
use crate::clock;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, OnceLock};

/// Seconds; from what a call to a neighbour takes to the longest deadline.
const CALL_BUCKETS: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0];

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. A second server in one process (tests) shares the counters of the first.
pub(crate) fn start() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("rapport_call_seconds".into()), &CALL_BUCKETS)
            .ok()?;
        let handle = builder.install_recorder().ok()?;
        describe();
        Some(handle)
    });
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("rapport_webhooks_total", "Meta webhooks with a right signature");
    describe_counter!("rapport_webhooks_refused_total", "Meta webhooks with a wrong or missing signature");
    describe_counter!("rapport_webhook_items_total", "Items of Meta webhooks by kind");
    describe_counter!("rapport_messages_total", "Messages of customers that were stored");
    describe_counter!("rapport_duplicates_total", "Messages that were delivered again");
    describe_counter!("rapport_turns_total", "Turns decided");
    describe_counter!(
        "rapport_turns_stale_total",
        "Turns decided again because the conversation had changed"
    );
    describe_counter!("rapport_turn_errors_total", "Turns that the store could not commit");
    describe_counter!("rapport_turn_panics_total", "Faults of the engine; each handed a conversation over");
    describe_counter!("rapport_sends_total", "Sends by fate: sent, failed, withheld, unknown");
    describe_counter!("rapport_sends_repeated_total", "Sends without a known fate that were sent once more");
    describe_counter!("rapport_sends_given_up_total", "Sends left to people without a known fate");
    describe_counter!("rapport_calls_total", "API request calls by outcome");
    describe_histogram!("rapport_call_seconds", Unit::Seconds, "API request calls, all attempts");
    describe_gauge!("rapport_queue", "What waits, by queue");
    describe_gauge!("rapport_queue_oldest_seconds", Unit::Seconds, "Age of the oldest that waits, by queue");
    describe_gauge!("rapport_conversations", "Conversations by state: running, with_team");
    describe_gauge!("rapport_lanes", "Conversations that are worked on now");
    describe_gauge!("rapport_sends_held", "Sends that this process has in hand");
    describe_counter!("rapport_store_commits_total", "Commits of the store");
    describe_counter!("rapport_store_units_total", "Units committed; by commits, the mean size of a batch");
    describe_counter!("rapport_store_stale_total", "Units refused as stale");
    describe_counter!("rapport_store_failures_total", "Batches that failed as a whole");
    describe_counter!("rapport_store_commit_microseconds_total", "Time spent committing");
}

/// The page. Reads what waits from the store.
pub(crate) async fn render(app: &Arc<App>) -> String {
    let Some(handle) = HANDLE.get().and_then(Option::as_ref) else {
        return "# metrics could not be started\n".to_owned();
    };
    let stats = app.store.writer_stats();
    metrics::counter!("rapport_store_commits_total").absolute(stats.commits);
    metrics::counter!("rapport_store_units_total").absolute(stats.units);
    metrics::counter!("rapport_store_stale_total").absolute(stats.stale);
    metrics::counter!("rapport_store_failures_total").absolute(stats.failures);
    metrics::counter!("rapport_store_commit_microseconds_total").absolute(stats.commit_us);
    gauge("rapport_lanes", None, app.lanes.len() as u64);
    gauge("rapport_sends_held", None, app.sends.len() as u64);
    if let Ok(queues) = app.store.queues(app.account).await {
        let now = clock::now();
        let age =
            |oldest: Option<i64>| oldest.map_or(0, |at| u64::try_from((now - at).max(0) / 1000).unwrap_or(0));
        for (name, count, oldest) in [
            ("messages", queues.unconsumed_messages, queues.oldest_unconsumed_at),
            ("sends", queues.queued_sends, queues.oldest_send_at),
            ("calls", queues.open_calls, queues.oldest_call_at),
        ] {
            gauge("rapport_queue", Some(("queue", name)), count);
            gauge("rapport_queue_oldest_seconds", Some(("queue", name)), age(oldest));
        }
        gauge("rapport_queue", Some(("queue", "unknown_sends")), queues.unknown_sends);
        gauge("rapport_queue", Some(("queue", "parked_statuses")), queues.parked_statuses);
        gauge("rapport_conversations", Some(("state", "running")), queues.running_sessions);
        gauge("rapport_conversations", Some(("state", "with_team")), queues.with_team);
    }
    handle.render()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows fit")]
fn gauge(name: &'static str, label: Option<(&'static str, &'static str)>, value: u64) {
    match label {
        Some((key, label)) => metrics::gauge!(name, key => label).set(value as f64),
        None => metrics::gauge!(name).set(value as f64),
    }
}
