//! # Zendesk wants the body inside `ticket`
//!
//! **Seen:** a POST or PUT to Zendesk's tickets whose body has no `ticket` at its top.
//!
//! **Meaning:** Zendesk wraps each record in an object with its name. Without it the body is refused, or nothing changes.
//!
//! **Change:** wrap it.
//!
//! ```yaml
//! body:
//!   json: {ticket: {subject: Help, comment: {body: "{{question}}"}}}
//! ```

use super::outline::{self, Vendor, body_keys};
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Method;
use crate::steps::api_request::{ApiRequest, Body};

pub(super) const CODE: &str = "missing-ticket-wrapper";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    if outline::vendor(step) != Some(Vendor::Zendesk) || !matches!(step.method, Method::Post | Method::Put) {
        return Vec::new();
    }
    let Some((url, keys)) = outline::url(step).zip(body_keys(step)) else { return Vec::new() };
    match wrapper(url.path()) {
        Some(wrapper) if !keys.iter().any(|key| key == wrapper) => vec![finding(step, wrapper)],
        _ => Vec::new(),
    }
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.has_status(&[400, 422]).then(|| of_step(seen.step).pop()).flatten()
}

/// What the body at this path stands in.
fn wrapper(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> =
        path.trim_end_matches(".json").split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        [.., "v2", "tickets"] | [.., "v2", "tickets", _] => Some("ticket"),
        [.., "v2", "requests"] | [.., "v2", "requests", _] => Some("request"),
        [.., "v2", "users"] | [.., "v2", "users", _] => Some("user"),
        _ => None,
    }
    .filter(|_| !matches!(segments.last(), Some(&("create_many" | "update_many" | "create_or_update_many"))))
}

fn finding(step: &ApiRequest, wrapper: &str) -> Finding {
    let finding = error(CODE, format!("Zendesk wants this body inside `{wrapper}`"))
        .because("Each record is wrapped in an object with its name; without it the body is refused or does nothing.")
        .mend(format!("Write `json: {{{wrapper}: {{…}}}}`."));
    match &step.body {
        Body::JsonText(template) => finding.at(template.place.span.clone()),
        _ => finding.at(step.url.place.span.clone()),
    }
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told, told_of_step};
    use crate::steps::api_request::{ApiRequest, Body};
    use crate::template::Template;
    use serde_json::json;

    #[test]
    fn a_body_without_its_wrapper() {
        let bare = step(Method::Post, "https://a.zendesk.com/api/v2/tickets.json")
            .json(&json!({"subject": "{{s}}"}));
        assert!(told_of_step(&bare).contains(&super::CODE));
        assert!(told(&bare, &answered(422, "{}")).contains(&super::CODE));
        let typed = ApiRequest { body: Body::JsonText(Template::of(r#"{"comment": {{c}}}"#)), ..bare };
        assert!(told_of_step(&typed).contains(&super::CODE));
        for fine in [
            step(Method::Put, "https://a.zendesk.com/api/v2/tickets/{{id}}")
                .json(&json!({"ticket": {"status": "solved"}})),
            step(Method::Put, "https://a.zendesk.com/api/v2/tickets/{{id}}/tags")
                .json(&json!({"tags": ["a"]})),
            step(Method::Post, "https://a.freshdesk.com/api/v2/tickets").json(&json!({"subject": "x"})),
        ] {
            assert!(!told_of_step(&fine).contains(&super::CODE));
        }
    }
}
