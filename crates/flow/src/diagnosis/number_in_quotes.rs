//! # A number was sent as text
//!
//! **Seen:** 400 with `datatype_mismatch` (Freshdesk) or `type_mismatch` (Intercom).
//!
//! **Meaning:** a field wants a number or a boolean and got a text. In JSON as typed, quotes around a hole make its value
//! a text; a value that a customer typed is a text anyway.
//!
//! **Change:** take the quotes around the hole away, or add `| number`.
//!
//! ```yaml
//! body:
//!   json: {status: 2, priority: "{{priority | number}}"}   # a single hole keeps its type
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::steps::api_request::Body;

pub(super) const CODE: &str = "number-in-quotes";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let mismatch = ["datatype_mismatch", "type_mismatch"].into_iter().any(|code| seen.has_code(code));
    if !mismatch || !seen.has_status(&[400, 422]) {
        return None;
    }
    let mend = match &seen.step.body {
        Body::JsonText(_) => {
            "Take the quotes around the hole (or the digits) away: `\"status\": {{status | number}}`."
        }
        _ => {
            "Write the number without quotes, or add `| number` to the hole: `status: \"{{status | number}}\"`."
        }
    };
    Some(
        error(CODE, format!("`{}` wants another type for a field{}", seen.host(), seen.said()))
            .because("A number or boolean was sent as text, usually by quotes around it, or because a customer typed it.")
            .mend(mend),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told};

    #[test]
    fn is_known_by_its_code() {
        let step = step(Method::Post, "https://a.freshdesk.com/api/v2/tickets");
        let body = r#"{"description":"Validation failed","errors":[{"field":"status","message":"Value set is of type String.","code":"datatype_mismatch"}]}"#;
        let told_of = finding(&step, &answered(400, body), super::CODE);
        assert!(told_of.message.contains("status: Value set is of type String."), "{}", told_of.message);
        assert!(
            !told(&step, &answered(400, r#"{"errors":[{"code":"missing_field"}]}"#)).contains(&super::CODE)
        );
    }
}
