//! # A GET with a body
//!
//! **Seen:** a GET or HEAD request with a body.
//!
//! **Meaning:** most servers ignore such a body, some refuse it. The API probably wants POST, or the values in the query.
//!
//! **Change:** the method, or move the values into the `query` table.

use super::seen::warning;
use crate::finding::Finding;
use crate::request::Method;
use crate::steps::api_request::{ApiRequest, Body};

pub(super) const CODE: &str = "body-on-get";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let has_body = !matches!(step.body, Body::None);
    let told_better = !super::wrong_method::of_step(step).is_empty();
    if !matches!(step.method, Method::Get | Method::Head) || !has_body || told_better {
        return Vec::new();
    }
    vec![
        warning(CODE, format!("a {} request has a body", step.method.as_str()))
            .at(step.method_span.clone())
            .because("Most servers ignore it, some refuse it.")
            .mend("Use POST if the API wants a body, or move the values into `query`."),
    ]
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};
    use serde_json::json;

    #[test]
    fn is_seen_without_a_call() {
        assert!(
            told_of_step(&step(Method::Get, "https://a.example/").json(&json!({}))).contains(&super::CODE)
        );
        assert!(
            !told_of_step(&step(Method::Post, "https://a.example/").json(&json!({}))).contains(&super::CODE)
        );
    }
}
