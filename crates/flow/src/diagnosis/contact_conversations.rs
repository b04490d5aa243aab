//! # Intercom has no list of a contact's conversations at this address
//!
//! **Seen:** a request to `/contacts/{id}/conversations` at Intercom.
//!
//! **Meaning:** some guides show this call, but no published version of the API has it; it is answered 404.
//!
//! **Change:** search the conversations by the contact's id. The list comes back under `conversations`, not under `data`.
//!
//! ```yaml
//! method: POST
//! repeatable: true
//! url: https://api.intercom.io/conversations/search
//! body:
//!   json: {query: {field: contact_ids, operator: "=", value: "{{contact_id}}"}, pagination: {per_page: 5}}
//! save:
//!   last_conversation_id: conversations[0].id
//! ```

use super::outline::{self, Vendor};
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::steps::api_request::ApiRequest;
use url::Url;

pub(super) const CODE: &str = "contact-conversations";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let is_it = outline::vendor(step) == Some(Vendor::Intercom)
        && outline::url(step).is_some_and(|url| leads_there(&url));
    if is_it { vec![finding(step)] } else { Vec::new() }
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let there = seen.vendor == Some(Vendor::Intercom) && seen.url.as_ref().is_some_and(leads_there);
    (there && seen.has_status(&[404, 405, 406])).then(|| finding(seen.step))
}

fn leads_there(url: &Url) -> bool {
    let segments: Vec<&str> =
        url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).collect();
    matches!(segments.as_slice(), [.., "contacts", _, "conversations"])
}

fn finding(step: &ApiRequest) -> Finding {
    error(CODE, "Intercom has no call `/contacts/{id}/conversations`")
        .at(step.url.place.span.clone())
        .because("Some guides show it, but it is in no published version of the API, which answers 404.")
        .mend("Use POST https://api.intercom.io/conversations/search with {\"query\": {\"field\": \"contact_ids\", \"operator\": \"=\", \"value\": \"{{contact_id}}\"}}; the list is under `conversations`.")
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told, told_of_step};

    #[test]
    fn is_seen_with_and_without_a_call() {
        let wrong = step(Method::Get, "https://api.eu.intercom.io/contacts/{{contact_id}}/conversations");
        assert!(told_of_step(&wrong).contains(&super::CODE));
        assert!(
            told(&wrong, &answered(404, r#"{"type":"error.list","errors":[{"code":"not_found"}]}"#))
                .contains(&super::CODE)
        );
        let right = step(Method::Get, "https://api.intercom.io/contacts/{{contact_id}}/notes");
        assert!(!told_of_step(&right).contains(&super::CODE));
        let other = step(Method::Get, "https://crm.example.com/contacts/{{id}}/conversations");
        assert!(!told_of_step(&other).contains(&super::CODE));
    }
}
