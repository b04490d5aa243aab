//! The sandbox's time: the machine's clock plus what a test has advanced it by.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        machine_ms().saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Seconds since 1970, as the vendors' formats want them.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Moves the sandbox's time forward; it never goes back.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }
}

/// A seed that differs from start to start, so that message ids of two runs never meet in one database.
pub(crate) fn seed() -> u64 {
    machine_ms().unsigned_abs().rotate_left(20) ^ u64::from(std::process::id())
}

fn machine_ms() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the pretend vendors have a clock of their own, as the real ones do"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// `2026-11-23T10:00:00Z`, the form of Zendesk and Freshdesk. Times outside jiff's range give the epoch.
pub(crate) fn iso(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// Reads `2026-11-23T10:00:00Z` or `2026-11-23`.
pub(crate) fn parse_iso(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_second());
    }
    let date = text.parse::<jiff::civil::Date>().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp().as_second())
}
