//! # What was just created may not be found yet
//!
//! **Seen:** a vendor's search found nothing.
//!
//! **Meaning:** searches look into an index that lags behind by up to some minutes. A contact or ticket made a moment ago,
//! perhaps by the step before, is not in it yet.
//!
//! **Change:** keep the id from the answer of the call that created it, and ask for that record itself.
//!
//! ```yaml
//! save: {ticket_id: ticket.id}
//! ```

use super::seen::{Seen, hint};
use crate::finding::Finding;

pub(super) const CODE: &str = "search-delay";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let vendor = seen.vendor?;
    (seen.is_search() && seen.found_nothing()).then(|| {
        hint(
            CODE,
            format!(
                "if the record was created in the last minutes, {}'s search does not know it yet",
                vendor.name()
            ),
        )
        .because("The search looks into an index that lags behind by up to some minutes.")
        .mend("Keep the id from the answer of the call that created it, and ask for that record itself.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{exchanged, step, told};
    use serde_json::json;

    #[test]
    fn only_for_searches_of_vendors_that_lag() {
        let empty = r#"{"results":[],"count":0}"#;
        for (url, lags) in [
            ("https://a.zendesk.com/api/v2/search.json?query=x", true),
            ("https://a.freshdesk.com/api/v2/search/tickets?query=x", true),
            ("https://a.zendesk.com/api/v2/tickets", false),
            ("https://a.example/search", false),
        ] {
            let step = step(Method::Get, url);
            assert_eq!(
                told(&step, &exchanged(&step, &json!({}), 200, empty)).contains(&super::CODE),
                lags,
                "{url}"
            );
        }
    }
}
