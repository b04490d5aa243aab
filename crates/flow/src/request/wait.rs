//! How long an answer asks us to wait before the next call.

use super::Exchange;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;

/// Longest wait that is believed; a reset further away is a clock that is wrong.
const WAIT_MAX: Duration = Duration::from_hours(24);

/// The wait that an answer asks for, if it does: `Retry-After` in seconds or as a date, `RateLimit-Reset` in seconds, or
/// `X-RateLimit-Reset` as Unix seconds. Moments are taken against the answer's own `Date`, so that no clock is read and
/// a wrong one of ours does no harm.
pub fn asked_wait(exchange: &Exchange) -> Option<Duration> {
    let header = |name: &str| {
        let found = exchange.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    };
    let now = header("date").and_then(moment);
    let until = |then: Timestamp| {
        let seconds = then.as_second().checked_sub(now?.as_second())?;
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    };
    let retry_after = header("retry-after")
        .and_then(|value| value.parse().ok().map(Duration::from_secs).or_else(|| until(moment(value)?)));
    let in_seconds = || header("ratelimit-reset")?.parse().ok().map(Duration::from_secs);
    let at_moment = || until(Timestamp::from_second(header("x-ratelimit-reset")?.parse().ok()?).ok()?);
    retry_after.or_else(in_seconds).or_else(at_moment).filter(|wait| *wait <= WAIT_MAX)
}

fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::example::answered;

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let mut exchange = answered(429, "");
        exchange.headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        asked_wait(&exchange).map(|wait| wait.as_secs())
    }

    #[test]
    fn reads_what_the_vendors_send() {
        let date = ("date", "Mon, 23 Nov 2026 09:00:00 GMT");
        assert_eq!(wait(&[("retry-after", "93")]), Some(93));
        assert_eq!(wait(&[date, ("retry-after", "Mon, 23 Nov 2026 09:01:30 GMT")]), Some(90));
        assert_eq!(
            wait(&[("retry-after", "Mon, 23 Nov 2026 09:01:30 GMT")]),
            None,
            "there is no clock to compare with"
        );
        assert_eq!(wait(&[date, ("x-ratelimit-reset", "1795424407")]), Some(7));
        assert_eq!(wait(&[date, ("x-ratelimit-reset", "1795424390")]), Some(0), "passed already");
        assert_eq!(wait(&[("ratelimit-reset", "41")]), Some(41));
        assert_eq!(wait(&[date, ("x-ratelimit-reset", "1895424407")]), None, "years away");
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "soon")]), None);
    }
}
