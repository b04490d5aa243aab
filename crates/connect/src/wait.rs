//! How long to wait before the next attempt: what the server asks for, else a growing pause.

use http::HeaderMap;
use std::time::{Duration, UNIX_EPOCH};

/// Pause before the second attempt, doubled with each further one.
const PAUSE: Duration = Duration::from_millis(400);
/// Shortest wait after a server asked us to slow down, whatever its clock says.
const ASKED_MIN: Duration = Duration::from_millis(250);

/// What the server asks for, never shorter than a quarter of a second; `None` when it says nothing we understand.
///
/// `Retry-After` is read first, in seconds or as a date (RFC 9110 §10.2.3). The reset headers of the vendors are seconds
/// from now or the epoch in seconds or milliseconds, told apart by size; they go with every answer and mean a wait only
/// for 429.
pub(crate) fn asked(status: u16, headers: &HeaderMap, now: i64) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let retry_after = text("retry-after").and_then(|value| seconds(value).or_else(|| until_date(value, now)));
    let asked = retry_after.or_else(|| {
        let names = ["x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"];
        let reset = names.into_iter().find_map(text).filter(|_| status == 429)?;
        until_reset(reset, now)
    })?;
    Some(asked.max(ASKED_MIN))
}

/// The pause before attempt `next` (2 is the first that waits). `seed` spreads calls that failed together.
pub(crate) fn pause(next: u32, seed: &str) -> Duration {
    let base = PAUSE.saturating_mul(1 << next.saturating_sub(2).min(6));
    let hash = seed.bytes().fold(next, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    base + base.mul_f64(f64::from(hash % 1000) / 2000.0)
}

/// Whole seconds; a fraction is rounded up. Anything beyond a year is a year.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let year = 365 * 24 * 60 * 60;
    let whole = whole.parse::<u64>().unwrap_or(year).min(year);
    Some(Duration::from_secs(whole + u64::from(fraction.bytes().any(|byte| byte != b'0'))))
}

fn until_date(text: &str, now: i64) -> Option<Duration> {
    let at = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(until(i64::try_from(at.as_millis()).ok()?, now))
}

fn until_reset(text: &str, now: i64) -> Option<Duration> {
    let whole = text.split('.').next().unwrap_or(text);
    match whole.parse::<i64>().ok()? {
        milliseconds @ 1_000_000_000_000.. => Some(until(milliseconds, now)),
        epoch @ 1_000_000_000.. => Some(until(epoch.saturating_mul(1000), now)),
        _ => seconds(text),
    }
}

fn until(at: i64, now: i64) -> Duration {
    Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    /// 1994-11-06 08:49:37 UTC, the date that RFC 9110 uses.
    const NOW: i64 = 784_111_777_000;

    fn asked_by(status: u16, name: &str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        asked(status, &headers, NOW)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked_by(429, "retry-after", "3"), Some(Duration::from_secs(3)));
        assert_eq!(asked_by(503, "retry-after", "3"), Some(Duration::from_secs(3)));
        assert_eq!(asked_by(429, "retry-after", "1.2"), Some(Duration::from_secs(2)));
        assert_eq!(
            asked_by(429, "retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(asked_by(429, "retry-after", "Sun, 06 Nov 1994 08:40:00 GMT"), Some(ASKED_MIN));
        assert_eq!(asked_by(429, "retry-after", "0"), Some(ASKED_MIN));
        for nonsense in ["soon", "-3", "", "1e9", "+5"] {
            assert_eq!(asked_by(429, "retry-after", nonsense), None, "{nonsense}");
        }
        assert!(
            asked_by(429, "retry-after", "99999999999999999999999")
                .is_some_and(|wait| wait > Duration::from_mins(1))
        );
    }

    #[test]
    fn resets_are_seconds_or_the_epoch_and_count_for_429_only() {
        let epoch = |after: i64| 1_800_000_000_000 + after;
        let asked_at = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-ratelimit-reset", HeaderValue::from_str(value).unwrap());
            asked(429, &headers, epoch(0))
        };
        assert_eq!(asked_at("1800000007"), Some(Duration::from_secs(7)));
        assert_eq!(asked_at("1800000007000"), Some(Duration::from_secs(7)));
        assert_eq!(asked_at("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked_at("1700000000"), Some(ASKED_MIN));
        assert_eq!(asked_by(429, "ratelimit-reset", "41"), Some(Duration::from_secs(41)));
        assert_eq!(asked_by(503, "ratelimit-reset", "41"), None);
    }

    #[test]
    fn pauses_grow_and_spread() {
        assert!(pause(3, "a") > pause(2, "a"));
        assert!(pause(2, "a") >= PAUSE);
        assert_ne!(pause(2, "a"), pause(2, "b"));
        assert!(pause(u32::MAX, "a") < Duration::from_mins(1));
    }
}
