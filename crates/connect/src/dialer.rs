//! Makes one call: attempts, waits, redirects, tokens, and the record of it all.

mod attempt;
mod record;

use crate::fault::{Again, Fault};
use crate::mask::Mask;
use crate::oauth::{self, CodeExchange, TokenError, Tokens};
use crate::secrets::{Held, Renewed, Secrets};
use crate::settings::{Clock, Settings, SettingsError};
use crate::transport::{Progress, Transport};
use crate::{wait, wire};
use attempt::{Authorized, Seen};
use http::HeaderValue;
use rapport_flow::request::{DEADLINE_MS_MAX, Exchange, Outcome, PreparedRequest, RETRIES_MAX, SecretText};
use record::Record;
use std::fmt;
use std::time::Duration;
use tokio::time::Instant;

/// Calls strangers' APIs. One for a whole server: it holds the pool of connections and the tokens of OAuth.
pub struct Dialer {
    transport: Transport,
    tokens: Tokens,
    user_agent: HeaderValue,
    now: Clock,
}

impl Dialer {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Dialer {
            transport: Transport::new(settings)?,
            tokens: Tokens::default(),
            user_agent: HeaderValue::from_str(&settings.user_agent).map_err(|_| SettingsError::UserAgent)?,
            now: settings.now.clone(),
        })
    }

    /// Makes the call, however often it takes within its bounds, and tells what happened. Never fails otherwise.
    ///
    /// Attempts are repeated on connection faults, time-outs, 429 and 502–504, and only for a `repeatable` request; but a
    /// fault before a byte of the request left us is tried again for any. `idempotency_key` is the effect's id: it stands
    /// in the author's header and spreads the pauses of calls that fail together.
    ///
    /// When the future is dropped the call is abandoned; a request that may already be out is not taken back.
    pub async fn call(
        &self,
        request: &PreparedRequest,
        idempotency_key: &str,
        secrets: &dyn Secrets,
    ) -> Exchange {
        let mut record = Record::new(request);
        let names = wire::texts(request).into_iter().flat_map(SecretText::secrets).collect::<Vec<_>>();
        let held = match Held::look_up(names.into_iter(), secrets).await {
            Ok(held) => held,
            Err(fault) => return record.end(Seen::from(fault), &Mask::default()),
        };
        let mut mask = Mask::default();
        for (name, value) in held.iter() {
            mask.add(value, &format!("{{{{secret.{name}}}}}"));
        }
        let wire = match wire::build(request, &held, idempotency_key, &self.user_agent, &mut mask) {
            Ok(wire) => wire,
            Err(fault) => return record.end(Seen::from(fault), &mask),
        };
        record.sent = wire.sent.clone();
        let mut call = Authorized::new(request, &wire, &held, secrets);

        let deadline = record.started + Duration::from_millis(request.deadline_ms.min(DEADLINE_MS_MAX));
        let mut again = 0;
        loop {
            let began = Instant::now();
            let mut seen = self.attempt(&mut call, deadline, &mut mask).await;
            let renew = seen.status == Some(401) && call.may_renew();
            let pause =
                if renew { None } else { self.pause(&mut seen, request, again, deadline, idempotency_key) };
            record.attempt(&seen, began, pause);
            if renew {
                // The token died before its time. A 401 was not carried out, so any request may be made again.
                call.renew();
            } else if let Some(pause) = pause {
                again += 1;
                tokio::time::sleep(pause).await;
            } else {
                call.show_token(&mut record.sent);
                return record.end(seen, &mask);
            }
        }
    }

    /// Redeems the code of an authorization-code grant for its first tokens, over the same guarded transport. Give up
    /// after `timeout`.
    pub async fn redeem(&self, exchange: &CodeExchange, timeout: Duration) -> Result<Renewed, TokenError> {
        let asked = tokio::time::timeout(timeout, oauth::redeem(exchange, &self.transport, &self.now)).await;
        let answer = asked.unwrap_or_else(|_| {
            let detail = format!("the token endpoint did not answer within {} s", timeout.as_secs());
            Err(Fault::new(Outcome::Timeout, Again::Never, detail).into())
        });
        answer.map_err(TokenError::from)
    }

    async fn attempt(&self, call: &mut Authorized<'_>, deadline: Instant, mask: &mut Mask) -> Seen {
        let progress = Progress::default();
        let left = deadline.saturating_duration_since(Instant::now());
        let limit = Duration::from_millis(call.request.attempt_timeout_ms).min(left);
        let made = call.make(&self.transport, &self.tokens, &self.now, &progress, mask);
        match tokio::time::timeout(limit, made).await {
            Ok(seen) => seen,
            Err(_) if progress.left_us() => {
                let detail = format!("no complete answer within {}", seconds(limit));
                Fault::new(Outcome::Timeout, Again::IfRepeatable, detail).into()
            }
            Err(_) => {
                let detail = format!("no connection within {}", seconds(limit));
                Fault::new(Outcome::Timeout, Again::Always, detail).into()
            }
        }
    }

    /// How long to wait before another attempt; `None` when there is none. A wait that the deadline has no room for ends
    /// the call at once, and its words say how long the server asked for.
    fn pause(
        &self,
        seen: &mut Seen,
        request: &PreparedRequest,
        again: u32,
        deadline: Instant,
        key: &str,
    ) -> Option<Duration> {
        let asked = seen.status.and_then(|status| wait::asked(status, &seen.headers, (self.now)()));
        let wanted = match seen.again {
            Again::Never => false,
            Again::IfRepeatable => request.repeatable,
            Again::Always => true,
        };
        let more = again < request.retries.min(RETRIES_MAX);
        let left = deadline.saturating_duration_since(Instant::now());
        if let Some(asked) = asked.filter(|_| seen.outcome == Outcome::RateLimited) {
            seen.note(format!("the server asks to wait {}", seconds(asked)));
            if wanted && more && asked >= left {
                seen.note(format!("the deadline leaves {}", seconds(left)));
            }
        }
        if !wanted || !more {
            return None;
        }
        let pause = asked.unwrap_or_else(|| wait::pause(again + 2, key));
        (pause < left).then_some(pause)
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

/// `10 s`, `0.25 s`.
fn seconds(duration: Duration) -> String {
    let hundredths = duration.as_millis().div_ceil(10);
    match hundredths % 100 {
        0 => format!("{} s", hundredths / 100),
        part => format!("{}.{part:02} s", hundredths / 100),
    }
}
