//! # The endpoint wants another method
//!
//! **Seen:** GET on one of Intercom's searches, POST on a search of Zendesk or Freshdesk, or an answer 405.
//!
//! **Meaning:** Intercom's searches take their query in a POST body. A GET on `/contacts/search` is read as the contact
//! with the id "search" and answered 404, or 406; not 405, as one might expect. Zendesk and Freshdesk search with GET and
//! a `query` parameter.
//!
//! **Change:** the method. A POST that only searches may be repeated.
//!
//! ```yaml
//! method: POST
//! repeatable: true
//! url: https://api.intercom.io/contacts/search
//! ```

use super::outline::{self, Vendor};
use super::seen::{Seen, error};
use crate::finding::{Edit, Finding};
use crate::request::Method;
use crate::steps::api_request::ApiRequest;
use url::Url;

pub(super) const CODE: &str = "wrong-method";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let wanted = outline::vendor(step).zip(outline::url(step)).and_then(|(vendor, url)| wanted(vendor, &url));
    match wanted {
        Some(wanted) if wanted != step.method => vec![finding(step, wanted)],
        _ => Vec::new(),
    }
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let known = seen.vendor.zip(seen.url.as_ref()).and_then(|(vendor, url)| wanted(vendor, url));
    if let Some(wanted) = known {
        return (wanted != seen.step.method && seen.has_status(&[400, 404, 405, 406, 415]))
            .then(|| finding(seen.step, wanted));
    }
    // Intercom's 405 is about the kind of admin, not about the method.
    if !seen.has_status(&[405]) || seen.vendor == Some(Vendor::Intercom) {
        return None;
    }
    let allowed = seen.header("allow").map_or_else(String::new, |allowed| format!(" It allows {allowed}."));
    Some(
        error(
            CODE,
            format!("`{}` does not take {} at {} (405)", seen.host(), seen.step.method.as_str(), seen.path()),
        )
        .at(seen.step.method_span.clone())
        .because("The address is right for another method.")
        .mend(format!("Look up the method of this call in the API's documentation.{allowed}")),
    )
}

/// The method that a vendor's search wants; `None` for other addresses.
fn wanted(vendor: Vendor, url: &Url) -> Option<Method> {
    let path = url.path().trim_end_matches('/').trim_end_matches(".json");
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (vendor, segments.as_slice()) {
        (Vendor::Intercom, [.., "contacts" | "conversations" | "tickets", "search"]) => Some(Method::Post),
        (Vendor::Zendesk, [.., "v2" | "users", "search"] | [.., "search", "count" | "export"])
        | (Vendor::Freshdesk, [.., "search", "tickets" | "contacts" | "companies"]) => Some(Method::Get),
        _ => None,
    }
}

fn finding(step: &ApiRequest, wanted: Method) -> Finding {
    let (is, wants) = (step.method.as_str(), wanted.as_str());
    let cause = match wanted {
        Method::Post => {
            "The search takes its query in the body. A GET reads `search` as a record's id and is answered 404 or 406."
        }
        _ => "The search takes its query in the address.",
    };
    let finding = error(CODE, format!("this search wants {wants}, not {is}"))
        .at(step.method_span.clone())
        .because(cause)
        .mend(match wanted {
            Method::Post => "Write `method: POST` (and `repeatable: true`: it only reads).",
            _ => "Write `method: GET`, and the search as `query`.",
        });
    if step.method_span.is_empty() {
        return finding;
    }
    finding.safe_fix(vec![Edit { range: step.method_span.clone(), text: wants.to_owned() }])
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told, told_of_step};
    use crate::steps::api_request::ApiRequest;

    #[test]
    fn searches_are_known_without_a_call() {
        for (method, url, wrong) in [
            (Method::Get, "https://api.intercom.io/contacts/search", true),
            (Method::Get, "https://api.au.intercom.io/conversations/search", true),
            (Method::Post, "https://api.intercom.io/contacts/search", false),
            (Method::Get, "https://api.intercom.io/articles/search", false),
            (Method::Post, "https://a.zendesk.com/api/v2/search.json", true),
            (Method::Get, "https://a.zendesk.com/api/v2/search?query=x", false),
            (Method::Post, "https://a.freshdesk.com/api/v2/search/tickets", true),
            (Method::Post, "https://a.example/contacts/search", false),
        ] {
            assert_eq!(told_of_step(&step(method, url)).contains(&super::CODE), wrong, "{url}");
        }
    }

    #[test]
    fn the_answers_of_a_wrong_method() {
        let intercom =
            ApiRequest { method_span: 5..8, ..step(Method::Get, "https://api.intercom.io/contacts/search") };
        for status in [404, 405, 406] {
            let told = finding(&intercom, &answered(status, ""), super::CODE);
            assert_eq!(told.fix.unwrap().edits[0].text, "POST");
        }
        let mut exchange = answered(405, "");
        exchange.headers.push(("allow".into(), "PUT".into()));
        assert!(
            finding(&step(Method::Post, "https://a.example/x"), &exchange, super::CODE).mend.contains("PUT")
        );
        let kind_of_admin = step(Method::Post, "https://api.intercom.io/conversations/1/parts");
        assert!(!told(&kind_of_admin, &answered(405, "")).contains(&super::CODE));
    }
}
