//! # The API asks us to slow down
//!
//! **Seen:** status 429.
//!
//! **Meaning:** the account has made more calls than its plan allows in this minute (Intercom counts in windows of ten
//! seconds). Calls of other tools with the same account count too.
//!
//! **Change:** nothing, when it is rare: what may be repeated is tried again after the wait that the answer asks for. When
//! it is not, ask once and keep the values in variables, or raise the plan's limit. A POST that only reads needs
//! `repeatable: true` to be tried again.

use super::outline::Vendor;
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::{Outcome, asked_wait, is_repeatable};

pub(super) const CODE: &str = "rate-limited";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.is(Outcome::RateLimited) {
        return None;
    }
    let wait = match asked_wait(seen.exchange) {
        Some(wait) => format!("try again in {} s", wait.as_secs()),
        None if seen.vendor == Some(Vendor::Intercom) => {
            "try again in about 10 s, the length of its window".to_owned()
        }
        None => "it does not say when to try again; a minute is usual".to_owned(),
    };
    let once = if is_repeatable(seen.step) {
        ""
    } else {
        " If this call only reads, add `repeatable: true`, so that it is tried again after the wait."
    };
    Some(
        error(CODE, format!("`{}` asks us to slow down: {wait}{}", seen.host(), seen.said()))
            .because("The account has made more calls than its plan allows; other tools with the same account count too.")
            .mend(format!("Ask once and keep the values in variables, or raise the limit with the vendor.{once}")),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn names_the_time_to_wait() {
        let zendesk = step(Method::Get, "https://a.zendesk.com/api/v2/tickets/1");
        let mut exchange =
            answered(429, r#"{"errors":[{"code":"TooManyRequests","title":"Too many requests"}]}"#);
        exchange.headers.push(("retry-after".into(), "93".into()));
        assert!(finding(&zendesk, &exchange, super::CODE).message.contains("in 93 s"));
        let intercom = step(Method::Post, "https://api.intercom.io/contacts/search");
        let mut exchange = answered(429, "");
        assert!(finding(&intercom, &exchange, super::CODE).message.contains("about 10 s"));
        exchange.headers.push(("date".into(), "Mon, 23 Nov 2026 09:00:00 GMT".into()));
        exchange.headers.push(("x-ratelimit-reset".into(), "1795424404".into()));
        let told = finding(&intercom, &exchange, super::CODE);
        assert!(told.message.contains("in 4 s"), "{}", told.message);
        assert!(told.mend.contains("repeatable"));
    }
}
