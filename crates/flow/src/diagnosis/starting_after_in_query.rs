//! # The next page is asked for in the wrong place
//!
//! **Seen:** `starting_after` in the address of one of Intercom's searches.
//!
//! **Meaning:** a search reads its paging from the body. In the address it is ignored, and the first page comes again.
//!
//! **Change:** put it into the body's `pagination`.
//!
//! ```yaml
//! body:
//!   json: {query: {…}, pagination: {per_page: 50, starting_after: "{{cursor}}"}}
//! ```

use super::outline::{self, Vendor};
use super::seen::{Seen, warning};
use crate::finding::Finding;
use crate::steps::api_request::ApiRequest;

pub(super) const CODE: &str = "starting-after-in-query";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let Some(url) = outline::url(step).filter(|_| outline::vendor(step) == Some(Vendor::Intercom)) else {
        return Vec::new();
    };
    let row = step.query.iter().find(|(name, _)| name.value == "starting_after");
    let in_address = url.query_pairs().any(|(name, _)| name == "starting_after");
    if !url.path().ends_with("/search") || (row.is_none() && !in_address) {
        return Vec::new();
    }
    vec![
        warning(CODE, "a search of Intercom ignores `starting_after` in the address")
            .at(row.map_or(step.url.place.span.clone(), |(name, _)| name.place.span.clone()))
            .because("It reads its paging from the body; the first page comes again.")
            .mend("Put it into the body: `pagination: {per_page: 50, starting_after: \"{{cursor}}\"}`."),
    ]
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.has_status(&[200]).then(|| of_step(seen.step).pop()).flatten()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};

    #[test]
    fn only_for_searches() {
        let search = || {
            step(Method::Post, "https://api.intercom.io/contacts/search").header("Intercom-Version", "2.11")
        };
        assert!(told_of_step(&search().query("starting_after", "{{cursor}}")).contains(&super::CODE));
        assert!(
            told_of_step(&step(
                Method::Post,
                "https://api.intercom.io/contacts/search?starting_after={{cursor}}"
            ))
            .contains(&super::CODE)
        );
        assert!(!told_of_step(&search()).contains(&super::CODE));
        assert!(
            !told_of_step(
                &step(Method::Get, "https://api.intercom.io/contacts").query("starting_after", "{{cursor}}")
            )
            .contains(&super::CODE)
        );
    }
}
