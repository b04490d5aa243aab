//! What happened, as it is told and kept: secrets masked, times in milliseconds.

use super::attempt::Seen;
use crate::mask::Mask;
use rapport_flow::request::{Attempt, Exchange, PreparedRequest, Sent};
use std::time::Duration;
use tokio::time::Instant;

pub(super) struct Record {
    pub(super) started: Instant,
    pub(super) sent: Sent,
    attempts: Vec<Attempt>,
}

impl Record {
    pub(super) fn new(request: &PreparedRequest) -> Self {
        Record {
            started: Instant::now(),
            sent: Sent {
                method: request.method.as_str().to_owned(),
                url: request.url.redacted(),
                ..Sent::default()
            },
            attempts: Vec::new(),
        }
    }

    pub(super) fn attempt(&mut self, seen: &Seen, began: Instant, pause: Option<Duration>) {
        self.attempts.push(Attempt {
            outcome: seen.outcome,
            status: seen.status,
            elapsed_ms: milliseconds(began.elapsed()),
            waited_ms: pause.map_or(0, milliseconds),
        });
    }

    /// The end. This is the only way out of a call, so nothing leaves unmasked.
    pub(super) fn end(self, seen: Seen, mask: &Mask) -> Exchange {
        let Record { started, mut sent, attempts } = self;
        if let Some(url) = seen.redirected {
            sent.url = url.into();
        }
        mask.apply_to(&mut sent.url);
        mask.apply_to(&mut sent.body);
        sent.headers.iter_mut().for_each(|(_, value)| mask.apply_to(value));
        let headers = seen.headers.iter().map(|(name, value)| {
            let mut value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            mask.apply_to(&mut value);
            (name.as_str().to_owned(), value)
        });
        Exchange {
            outcome: seen.outcome,
            status: seen.status,
            headers: headers.collect(),
            body: mask.apply(seen.body),
            sent,
            attempts,
            elapsed_ms: milliseconds(started.elapsed()),
            detail: seen.detail.map(|detail| mask.apply(detail)),
            redirect_to: seen.redirect_to.map(|to| mask.apply(to)),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
