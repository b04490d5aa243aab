//! # The API refuses the request as it is
//!
//! **Seen:** 400, 409, 413, 415 or 422, with no clearer sign of the reason.
//!
//! **Meaning:** a field is missing, has a value that is not allowed, or the body has another shape than the API expects.
//! The message of the API is shown in the finding.
//!
//! **Change:** compare the body with the API's documentation, field by field. `rapport call` shows what was sent.

use super::seen::{Seen, error};
use super::{doubled_braces, missing_ticket_wrapper, number_in_quotes, version_refused, wrong_method};
use crate::finding::Finding;

pub(super) const CODE: &str = "request-refused";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = [
        doubled_braces::of_exchange,
        missing_ticket_wrapper::of_exchange,
        number_in_quotes::of_exchange,
        version_refused::of_exchange,
        wrong_method::of_exchange,
    ]
    .into_iter()
    .any(|look| look(seen).is_some());
    if told_better || !seen.has_status(&[400, 402, 406, 409, 410, 411, 412, 413, 414, 415, 422]) {
        return None;
    }
    let what = match seen.status() {
        406 => "cannot answer in a format that the request accepts",
        409 => "says the request clashes with what is there",
        413 | 414 => "finds the request too long",
        415 => "does not take a body of this type",
        _ => "refuses the request",
    };
    Some(
        error(CODE, format!("`{}` {what} (status {}){}", seen.host(), seen.status(), seen.said()))
            .because("A field is missing or has a value that is not allowed, or the body has another shape than expected.")
            .mend("Compare what was sent, field by field, with the API's documentation."),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn repeats_what_the_vendor_says_and_about_which_field() {
        let step = step(Method::Post, "https://a.freshdesk.com/api/v2/tickets");
        let body = r#"{"description":"Validation failed","errors":[{"field":"email","message":"It should be a valid email","code":"invalid_value"}]}"#;
        let told = finding(&step, &answered(400, body), super::CODE);
        assert!(
            told.message.contains("email: It should be a valid email; Validation failed"),
            "{}",
            told.message
        );
        assert!(finding(&step, &answered(415, ""), super::CODE).message.contains("type"));
    }
}
