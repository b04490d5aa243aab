//! # The answer cannot be read
//!
//! **Seen:** a 2xx answer that is not the JSON or XML that the step expects.
//!
//! **Meaning:** the API answers in another format, the answer broke off, or it nests deeper than 64 levels.
//!
//! **Change:** set `response` to what the API sends: `json`, `xml`, `text` or `none`.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::{Outcome, ResponseKind};

pub(super) const CODE: &str = "answer-not-readable";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = super::html_instead_of_json::of_exchange(seen).is_some();
    if !seen.is(Outcome::NotJson) || told_better {
        return None;
    }
    let why = seen.finished.unreadable.as_deref().unwrap_or("not readable");
    let start = seen.exchange.body.trim_start();
    let mend = match seen.step.response {
        ResponseKind::Json if start.starts_with('<') => "Write `response: xml`.",
        ResponseKind::Xml if start.starts_with(['{', '[']) => "Write `response: json`.",
        _ => "Set `response` to what the API sends: `json`, `xml`, `text` or `none`.",
    };
    let declared =
        seen.header("content-type").map_or_else(String::new, |kind| format!(", declared as `{kind}`"));
    Some(
        error(CODE, format!("the answer of `{}` is {why}{declared}", seen.host()))
            .because("The API answers in another format, or the answer broke off.")
            .mend(mend),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::example::{answered, finding, step};
    use crate::request::{Method, ResponseKind};
    use crate::steps::api_request::ApiRequest;

    #[test]
    fn names_the_kind_that_came() {
        let json = step(Method::Get, "https://a.example/");
        assert!(finding(&json, &answered(200, "<order id='1'/>"), super::CODE).mend.contains("xml"));
        assert!(finding(&json, &answered(200, "{\"a\": "), super::CODE).message.contains("not JSON"));
        let xml = ApiRequest { response: ResponseKind::Xml, ..json };
        assert!(finding(&xml, &answered(200, "{}"), super::CODE).mend.contains("json"));
    }
}
