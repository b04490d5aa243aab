//! # An empty value was sent
//!
//! **Seen:** the request carries an empty text where a variable stood, and nothing was found or the request was refused.
//!
//! **Meaning:** the variable was empty. The API then looks for nobody, or refuses.
//!
//! **Change:** branch before the step, so that it runs only with a value.
//!
//! ```yaml
//! known:
//!   type: condition
//!   branches:
//!     - {when: customer_email is empty, next: ask_email}
//!   otherwise: find_contact
//! ```

use super::seen::{Seen, warning};
use crate::Value;
use crate::finding::Finding;

pub(super) const CODE: &str = "empty-value";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.found_nothing() && !seen.has_status(&[400, 404, 422]) {
        return None;
    }
    let name = empty_in_query(seen).or_else(|| empty_in_body(&seen.sent_json()?))?;
    Some(
        warning(CODE, format!("`{name}` was sent empty"))
            .because("The variable behind it was empty when the request was built.")
            .mend("Branch before this step (`when: … is empty`), so that it runs only with a value."),
    )
}

fn empty_in_query(seen: &Seen<'_>) -> Option<String> {
    let pairs = seen.url.as_ref()?.query_pairs().into_owned().find(|(_, value)| value.is_empty());
    pairs.map(|(name, _)| name)
}

/// The way to the first empty text in a body that stands under `value`, or is the only text there.
fn empty_in_body(body: &Value) -> Option<String> {
    let mut open = vec![(String::new(), body)];
    while let Some((way, node)) = open.pop() {
        match node {
            Value::String(text) if text.trim().is_empty() => return Some(way),
            Value::Array(items) => {
                open.extend(
                    items.iter().enumerate().rev().map(|(count, item)| (format!("{way}[{count}]"), item)),
                );
            }
            Value::Object(entries) => {
                open.extend(entries.iter().rev().map(|(key, item)| (crate::path::join(&way, key), item)));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{exchanged, finding, step, told};
    use serde_json::json;

    #[test]
    fn names_the_place() {
        let search = step(Method::Post, "https://api.intercom.io/contacts/search")
            .json(&json!({"query": {"field": "email", "operator": "=", "value": "{{email}}"}}));
        let nobody = r#"{"type":"list","data":[],"total_count":0}"#;
        let told_of = finding(&search, &exchanged(&search, &json!({"email": ""}), 200, nobody), super::CODE);
        assert!(told_of.message.contains("`query.value`"), "{}", told_of.message);
        assert!(
            !told(&search, &exchanged(&search, &json!({"email": "a@b.c"}), 200, nobody))
                .contains(&super::CODE)
        );
        let query = step(Method::Get, "https://a.freshdesk.com/api/v2/contacts").query("email", "{{email}}");
        assert!(
            finding(&query, &exchanged(&query, &json!({"email": ""}), 200, "[]"), super::CODE)
                .message
                .contains("`email`")
        );
    }
}
