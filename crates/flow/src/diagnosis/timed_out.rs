//! # The API did not answer in time
//!
//! **Seen:** no complete answer within the time of an attempt (10 seconds unless you say otherwise) or of all attempts
//! (30 seconds).
//!
//! **Meaning:** the service is slow just now, or the question is a heavy one.
//!
//! **Change:** ask for less (`per_page: 1`), or allow more time, up to 60 seconds. The customer waits all the while, so
//! a message before the step helps more than a long time-out. A POST that only reads may be tried again: say so.
//!
//! ```yaml
//! timeout: 20s
//! deadline: 40s
//! repeatable: true
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::{ATTEMPT_TIMEOUT_MS, Method, Outcome, is_repeatable};

pub(super) const CODE: &str = "timed-out";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.is(Outcome::Timeout) {
        return None;
    }
    let attempt = seen.step.timeout.map_or(ATTEMPT_TIMEOUT_MS / 1000, |timeout| timeout.as_secs());
    let once = seen.step.method == Method::Post && !is_repeatable(seen.step);
    let repeat = if once {
        " If this POST only reads, add `repeatable: true`, so that it is tried again."
    } else {
        ""
    };
    Some(
        error(
            CODE,
            format!(
                "`{}` did not answer in time ({} tried, {attempt} s each)",
                seen.host(),
                seen.exchange.attempts.len()
            ),
        )
        .at(seen.step.url.place.span.clone())
        .because("The service is slow just now, or the question is a heavy one.")
        .mend(format!(
            "Ask for less, or allow more time with `timeout` and `deadline` (60 s at most).{repeat}"
        )),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, finding, step};
    use crate::request::{Method, Outcome};
    use crate::steps::api_request::ApiRequest;

    #[test]
    fn a_post_that_is_tried_once_is_told_how_to_be_repeated() {
        let post = step(Method::Post, "https://a.example/search");
        assert!(finding(&post, &failed(Outcome::Timeout), super::CODE).mend.contains("repeatable"));
        let repeatable = ApiRequest { repeatable: true, ..post };
        assert!(!finding(&repeatable, &failed(Outcome::Timeout), super::CODE).mend.contains("repeatable"));
    }
}
