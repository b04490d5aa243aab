//! Delivery of Meta webhooks: signed, in order for one customer while all goes well, and again with growing gaps
//! until the answer is 200.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::world::Shared;

/// Lanes side by side; webhooks of one customer stay in one lane.
const LANES: usize = 16;
/// Webhooks waiting at most; further ones are dropped and logged.
pub(crate) const WAITING_MAX: usize = 50_000;
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// One notification.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) wa_id: String,
    /// `message` or the status's word.
    pub(crate) what: &'static str,
    pub(crate) body: Bytes,
}

#[derive(Debug)]
pub(crate) struct Lanes {
    senders: Vec<mpsc::UnboundedSender<Hook>>,
    waiting: Arc<AtomicUsize>,
}

impl Lanes {
    /// The lanes and their receiving ends, to be driven by [`run`].
    pub(crate) fn new() -> (Self, Vec<mpsc::UnboundedReceiver<Hook>>) {
        let (senders, receivers) = (0..LANES).map(|_| mpsc::unbounded_channel()).unzip();
        (Self { senders, waiting: Arc::default() }, receivers)
    }

    /// How many are not yet acknowledged.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Hands a webhook over for delivery. `false` when too many wait.
    pub(crate) fn deliver(&self, hook: Hook) -> bool {
        if self.waiting() >= WAITING_MAX {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        hook.wa_id.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let taken = self.senders.get(lane).is_some_and(|sender| sender.send(hook).is_ok());
        if !taken {
            self.done();
        }
        taken
    }

    fn done(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Drives one lane until the sandbox stops.
pub(crate) async fn run(shared: Arc<Shared>, mut lane: mpsc::UnboundedReceiver<Hook>) {
    let mut stop = shared.stop.clone();
    loop {
        let hook = tokio::select! {
            hook = lane.recv() => hook,
            _ = stop.wait_for(|stopped| *stopped) => None,
        };
        let Some(hook) = hook else { return };
        let (delay, held, twice) = draw(&shared);
        if held {
            let shared = shared.clone();
            let wait_ms = shared.world().knobs.webhooks.reorder_ms;
            tokio::spawn(async move {
                if shared.sleep(wait_ms).await {
                    first(&shared, hook, twice).await;
                }
            });
            continue;
        }
        if !shared.sleep(delay).await {
            return;
        }
        first(&shared, hook, twice).await;
    }
}

/// Signs with HMAC-SHA256 over the raw body: the value of `X-Hub-Signature-256`.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    format!("sha256={}", crate::hex::hex(&mac.finalize().into_bytes()))
}

/// What the knobs do to the next webhook: delay in ms, whether later ones overtake it, whether it comes twice.
fn draw(shared: &Shared) -> (u64, bool, bool) {
    let mut world = shared.world();
    let knobs = world.knobs.webhooks.clone();
    let jitter = if knobs.jitter_ms == 0 { 0 } else { world.chance.up_to(knobs.jitter_ms) };
    let held = world.chance.happens(knobs.reorder_percent);
    (knobs.delay_ms + jitter, held, world.chance.happens(knobs.duplicate_percent))
}

/// The first attempt; what fails goes on by itself, so that the lane moves.
async fn first(shared: &Arc<Shared>, hook: Hook, twice: bool) {
    if attempt(shared, &hook, 1).await {
        if twice {
            attempt(shared, &hook, 2).await;
        }
        shared.lanes.done();
        return;
    }
    let shared = shared.clone();
    tokio::spawn(async move {
        again(&shared, &hook).await;
        shared.lanes.done();
    });
}

async fn again(shared: &Shared, hook: &Hook) {
    let plan = shared.options.redelivery;
    let began = Instant::now();
    let mut gap = plan.first_gap;
    let mut number = 2;
    while began.elapsed().saturating_add(gap) <= plan.give_up_after {
        if !shared.sleep(u64::try_from(gap.as_millis()).unwrap_or(u64::MAX)).await {
            return;
        }
        if attempt(shared, hook, number).await {
            return;
        }
        number += 1;
        gap = gap.saturating_mul(plan.factor.max(1)).min(plan.longest_gap);
    }
}

/// One POST. Only 200 counts, as with Meta.
async fn attempt(shared: &Shared, hook: &Hook, number: u32) -> bool {
    let (url, wrong) = {
        let mut world = shared.world();
        let percent = world.knobs.webhooks.bad_signature_percent;
        let wrong = world.chance.happens(percent);
        (world.graph.subscription.override_url.clone().or_else(|| world.webhook_url.clone()), wrong)
    };
    let Some(url) = url else {
        if number == 1 {
            tell(shared, hook, number, None, Some("no webhook address is set"), 0);
        }
        return false;
    };
    let secret = if wrong { "not the app secret" } else { shared.options.app_secret.as_str() };
    let began = Instant::now();
    let sent = shared
        .client
        .post(&url)
        .timeout(ATTEMPT_TIMEOUT)
        .header("content-type", "application/json")
        .header("user-agent", "facebookexternalua")
        .header("x-hub-signature-256", signature(secret, &hook.body))
        .body(hook.body.clone())
        .send();
    let mut stop = shared.stop.clone();
    let outcome = tokio::select! {
        outcome = sent => outcome,
        _ = stop.wait_for(|stopped| *stopped) => return false,
    };
    let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Ok(answer) => {
            let status = answer.status().as_u16();
            tell(shared, hook, number, Some(status), None, elapsed_ms);
            status == 200
        }
        Err(error) => {
            let why = if error.is_timeout() {
                "no answer in time"
            } else if error.is_connect() {
                "no connection"
            } else {
                "the connection broke"
            };
            tell(shared, hook, number, None, Some(why), elapsed_ms);
            false
        }
    }
}

fn tell(
    shared: &Shared,
    hook: &Hook,
    attempt: u32,
    status: Option<u16>,
    error: Option<&str>,
    elapsed_ms: u64,
) {
    let event = json!({
        "wa_id": hook.wa_id, "what": hook.what, "attempt": attempt, "status": status, "error": error,
        "elapsed_ms": elapsed_ms, "at_ms": shared.clock.now_ms(), "bytes": hook.body.len(),
    });
    shared.log.tell("webhook", event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_in_lower_case_hex() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
