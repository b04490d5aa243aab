//! # There is nothing at this address
//!
//! **Seen:** 404, with no clearer sign of the reason.
//!
//! **Meaning:** either there is no record with this id, or the path is not one of the API. Vendors answer both alike, and
//! some answer a wrong method this way too.
//!
//! **Change:** draw the exit `"404"` if a missing record is normal, so that it is not a fault. Else compare path and
//! method with the documentation.
//!
//! ```yaml
//! exits: {ok: found, "404": nobody, failed: sorry}
//! ```

use super::seen::{Seen, error};
use super::{contact_conversations, html_instead_of_json, wrong_method, wrong_subdomain};
use crate::finding::Finding;

pub(super) const CODE: &str = "not-found";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = [
        contact_conversations::of_exchange,
        html_instead_of_json::of_exchange,
        wrong_method::of_exchange,
        wrong_subdomain::of_exchange,
    ]
    .into_iter()
    .any(|look| look(seen).is_some());
    if told_better || !seen.has_status(&[404, 410]) {
        return None;
    }
    let path_is_wrong = seen.has_code("InvalidEndpoint");
    Some(
        error(CODE, format!("`{}` has nothing at {} (404){}", seen.host(), seen.path(), seen.said()))
            .at(seen.step.url.place.span.clone())
            .because(if path_is_wrong {
                "The path is not one of the API, or not with this method."
            } else {
                "There is no record with this id, or the path is not one of the API."
            })
            .mend("If a missing record is normal, draw the exit `\"404\"`; else compare path and method with the documentation."),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn is_told_where_nothing_is_clearer() {
        let step = step(Method::Get, "https://api.intercom.io/contacts/{{id}}");
        assert_eq!(
            told(&step, &answered(404, r#"{"errors":[{"code":"not_found","message":"User Not Found"}]}"#)),
            [super::CODE]
        );
    }
}
