//! # Freshdesk lists only the last 30 days
//!
//! **Seen:** an empty list of Freshdesk tickets, asked for without `updated_since`.
//!
//! **Meaning:** without it the list holds only tickets created in the last 30 days.
//!
//! **Change:** name a day from which on to look.
//!
//! ```yaml
//! query: {email: "{{customer_email}}", updated_since: "2020-01-01T00:00:00Z"}
//! ```

use super::outline::Vendor;
use super::seen::{Seen, warning};
use crate::finding::Finding;

pub(super) const CODE: &str = "only-recent-tickets";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let url = seen.url.as_ref()?;
    let list = seen.vendor == Some(Vendor::Freshdesk)
        && url.path().trim_end_matches('/').ends_with("/tickets")
        && !seen.is_search();
    let since = url.query_pairs().any(|(name, _)| name == "updated_since");
    (list && !since && seen.found_nothing()).then(|| {
        warning(CODE, "no tickets were found, and only those of the last 30 days were looked at")
            .at(seen.step.url.place.span.clone())
            .because("Without `updated_since` Freshdesk lists only tickets created in the last 30 days.")
            .mend("Add `updated_since: \"2020-01-01T00:00:00Z\"` to the query.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{exchanged, step, told};
    use serde_json::json;

    #[test]
    fn an_empty_list_without_a_day() {
        let list = step(Method::Get, "https://a.freshdesk.com/api/v2/tickets?email=a@b.c");
        assert!(told(&list, &exchanged(&list, &json!({}), 200, "[]")).contains(&super::CODE));
        assert!(!told(&list, &exchanged(&list, &json!({}), 200, "[{\"id\":1}]")).contains(&super::CODE));
        let since = list.query("updated_since", "2020-01-01T00:00:00Z");
        assert!(!told(&since, &exchanged(&since, &json!({}), 200, "[]")).contains(&super::CODE));
    }
}
