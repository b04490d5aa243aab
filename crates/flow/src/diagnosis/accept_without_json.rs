//! # The request asks for something else than JSON
//!
//! **Seen:** an `Accept` header without JSON, in a step that reads the answer as JSON.
//!
//! **Meaning:** the API may answer 406, or with a web page.
//!
//! **Change:** take the header away; the right one is sent by itself.

use super::outline::header;
use super::seen::warning;
use crate::finding::Finding;
use crate::request::ResponseKind;
use crate::steps::api_request::ApiRequest;

pub(super) const CODE: &str = "accept-without-json";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let Some((name, value)) = header(step, "accept").filter(|_| step.response == ResponseKind::Json) else {
        return Vec::new();
    };
    let accepts = value.plain().is_none_or(|text| text.contains("json") || text.contains("*/*"));
    if accepts {
        return Vec::new();
    }
    vec![
        warning(CODE, format!("`Accept: {}` does not ask for JSON", value.text))
            .at(name.place.span.start..value.place.span.end.max(name.place.span.start))
            .because("The answer is read as JSON, but the API is asked for something else; it may answer 406 or with a page.")
            .mend("Take the header away: `Accept: application/json` is sent by itself."),
    ]
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};

    #[test]
    fn only_what_leaves_json_out() {
        for (accept, wrong) in [
            ("text/html", true),
            ("application/json", false),
            ("*/*", false),
            ("application/vnd.api+json", false),
        ] {
            let step = step(Method::Get, "https://a.example/").header("Accept", accept);
            assert_eq!(told_of_step(&step).contains(&super::CODE), wrong, "{accept}");
        }
    }
}
