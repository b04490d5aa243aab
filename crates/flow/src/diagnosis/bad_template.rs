//! # The request cannot be built
//!
//! **Seen:** a hole stands where none may stand, or the text around the holes is not a request, whatever they hold.
//!
//! **Meaning:** a hole in the scheme, host or port, in a JSON key or in an XML tag would let a value decide about the
//! request's shape; a secret in the path or behind a filter could leak. When a flow runs, an unset variable stops the
//! call in the same way, with the outcome `bad_template`.
//!
//! **Change:** what the finding says. A value that may be missing takes a default: `{{city | default: ''}}`.

use crate::finding::{Finding, Severity};
use crate::request::problems;
use crate::steps::api_request::ApiRequest;
use crate::template::doubled_braces;

/// Also the code of [`crate::request::BadTemplate::finding`], for a request that could not be built in a turn.
pub(super) const CODE: &str = "bad-template";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    // A body with doubled braces has its own finding, made when the text was read.
    let doubled = matches!(&step.body, crate::steps::api_request::Body::JsonText(template) if doubled_braces::repair(&template.text).is_some());
    let problems = problems(step).into_iter().filter(|problem| !(doubled && problem.field == "body"));
    problems.map(|problem| Finding { code: CODE, severity: Severity::Error, ..problem.finding() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};
    use crate::steps::api_request::{ApiRequest, Body};
    use crate::template::Template;

    #[test]
    fn is_seen_without_a_call() {
        let typed = |body: &str| ApiRequest {
            body: Body::JsonText(Template::of(body)),
            ..step(Method::Post, "https://a.example/")
        };
        for (step, wrong) in [
            (step(Method::Get, "{{base}}/x"), true),
            (step(Method::Get, "https://a.example/{{secret.k}}"), true),
            (typed(r#"{"a": "{{x}}"}"#), false),
            (typed(r#"{"a": {{x}}"#), true),
            (typed(r#"{{"a": "{{x}}"}}"#), false),
        ] {
            assert_eq!(told_of_step(&step).contains(&super::CODE), wrong, "{:?}", step.url.text);
        }
    }
}
