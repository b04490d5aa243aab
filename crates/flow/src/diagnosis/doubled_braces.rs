//! # The braces are written twice
//!
//! **Seen:** `{{"query": {{…}}}}` or `{{{{customer_email}}}}` in a text; or a body that was sent that way and refused.
//!
//! **Meaning:** some guides print each brace twice, because their text went through a program that halves them. As typed
//! it is not JSON, and `{{` opens a hole here.
//!
//! **Change:** single braces for JSON, two for a hole. The finding shows the repaired text; `rapport check --fix` puts it
//! in. Nothing is repaired when the flow runs.
//!
//! ```json
//! {"query": {"field": "email", "operator": "=", "value": "{{customer_email}}"}}
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::template::doubled_braces;

/// Also given by [`crate::template::Template::parse`], for every text of a document.
pub(super) const CODE: &str = "doubled-braces";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let body = &seen.exchange.sent.body;
    if !seen.has_status(&[400, 415, 422]) || !(body.trim_start().starts_with("{{") || body.contains("{{{{")) {
        return None;
    }
    let finding = error(CODE, "the body was sent with doubled braces, which is not JSON").because(
        "Some guides print each brace twice, because their text went through a program that halves them.",
    );
    Some(match doubled_braces::repair(body) {
        Some(repaired) => finding.mend(format!("Write it as: {repaired}")),
        None => finding.mend("Write single braces for JSON, and two only around the name of a variable."),
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Exchange;
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told};

    #[test]
    fn shows_the_repaired_body() {
        let step = step(Method::Post, "https://api.intercom.io/contacts/search");
        let mut exchange = answered(400, r#"{"errors":[{"code":"parameter_invalid"}]}"#);
        exchange.sent.body = r#"{{"query": {{"field": "email"}}}}"#.into();
        assert!(finding(&step, &exchange, super::CODE).mend.contains(r#"{"query": {"field": "email"}}"#));
        let fine = Exchange {
            sent: crate::request::Sent { body: r#"{"a": {"b": {"c": 1}}}"#.into(), ..Default::default() },
            ..exchange
        };
        assert!(!told(&step, &fine).contains(&super::CODE));
    }
}
