//! # Nothing was found
//!
//! **Seen:** the call went well and its list is empty.
//!
//! **Meaning:** this is no error: nobody matches. If you know that there is a match, the search looks in another field,
//! compares another spelling (texts are compared whole), or the value is not what you think.
//!
//! **Change:** branch on the count, so that a customer who is not known gets a fitting answer.
//!
//! ```yaml
//! found:
//!   type: condition
//!   branches:
//!     - {when: total_count = 0, next: nobody}
//!   otherwise: context
//! ```

use super::seen::{Seen, hint};
use crate::finding::Finding;

pub(super) const CODE: &str = "empty-result";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.found_nothing() {
        return None;
    }
    let fields: Vec<String> = seen.filters().into_iter().map(|(field, _)| format!("`{field}`")).collect();
    let by = if fields.is_empty() { String::new() } else { format!(" by {}", fields.join(" and ")) };
    Some(
        hint(CODE, format!("the call went well and found nothing{by}"))
            .because("Nobody matches. If somebody should: the search may look in the wrong field, and texts are compared whole.")
            .mend("Branch on the count (`total_count = 0`); it is the road for customers who are not known."),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{exchanged, finding, step, told};
    use serde_json::json;

    #[test]
    fn every_vendors_empty_list() {
        let search = step(Method::Post, "https://api.intercom.io/contacts/search")
            .json(&json!({"query": {"field": "email", "operator": "=", "value": "a@b.c"}}))
            .save("name", "data[0].name");
        let nobody = exchanged(&search, &json!({}), 200, r#"{"type":"list","data":[],"total_count":0}"#);
        assert!(finding(&search, &nobody, super::CODE).message.contains("`email`"));
        assert!(
            !told(&search, &nobody).contains(&"path-not-found"),
            "the row is missing because nobody was found"
        );
        let get = step(Method::Get, "https://a.example/");
        for body in [
            "[]",
            r#"{"results":[],"count":0}"#,
            r#"{"count":0}"#,
            r#"{"type":"conversation.list","conversations":[]}"#,
        ] {
            assert!(told(&get, &exchanged(&get, &json!({}), 200, body)).contains(&super::CODE), "{body}");
        }
        for body in ["[1]", r#"{"id": 1}"#, r#"{"count": 2, "results": [1, 2]}"#, ""] {
            assert!(!told(&get, &exchanged(&get, &json!({}), 200, body)).contains(&super::CODE), "{body}");
        }
    }
}
