//! # The phone number lacks its plus or country code
//!
//! **Seen:** a search by phone that found nobody, with a value that does not begin with `+`.
//!
//! **Meaning:** vendors keep numbers in E.164 (`+` and the country code) and compare them as texts. A WhatsApp id is the
//! number without the plus; a number typed by a customer often lacks the country code too.
//!
//! **Change:** `contact.phone` has the plus; any other number takes the filter `phone`.
//!
//! ```yaml
//! body:
//!   json: {query: {field: phone, operator: "=", value: "{{answer | phone}}"}}
//! ```

use super::seen::{Seen, warning};
use crate::Value;
use crate::finding::Finding;

pub(super) const CODE: &str = "phone-without-plus";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.found_nothing() {
        return None;
    }
    let in_body = seen.filters().into_iter().map(|(field, value)| (field, text(&value)));
    let in_query = seen
        .url
        .iter()
        .flat_map(url::Url::query_pairs)
        .map(|(name, value)| (name.into_owned(), value.into_owned()));
    let (field, _) = in_body.chain(in_query).find(|(field, value)| is_phone(field) && lacks_plus(value))?;
    Some(
        warning(CODE, format!("nobody was found by `{field}`, and the number was sent without a leading `+`"))
            .because("Numbers are kept as `+`, country code and number, and compared as texts. A WhatsApp id is the number without the plus.")
            .mend("Use `{{contact.phone}}`, or the filter `phone` on what the customer typed: `{{answer | phone}}`."),
    )
}

fn text(value: &Value) -> String {
    crate::template::print(value).into_owned()
}

fn is_phone(field: &str) -> bool {
    ["phone", "mobile", "formatted_phone"].iter().any(|name| field.eq_ignore_ascii_case(name))
}

/// A value of digits; one with the raw plus of a query reads as a space.
fn lacks_plus(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    !value.starts_with(['+', ' ']) && digits >= 5
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{exchanged, finding, step, told};
    use serde_json::json;

    #[test]
    fn a_number_without_plus_and_nobody_found() {
        let nobody = r#"{"type":"list","data":[],"total_count":0}"#;
        let search = step(Method::Post, "https://api.intercom.io/contacts/search")
            .json(&json!({"query": {"operator": "AND", "value": [{"field": "role", "operator": "=", "value": "user"}, {"field": "phone", "operator": "=", "value": "{{p}}"}]}}));
        let told_of =
            finding(&search, &exchanged(&search, &json!({"p": "919820000001"}), 200, nobody), super::CODE);
        assert!(!told_of.message.contains("9198"), "a customer's number is not repeated");
        assert!(
            !told(&search, &exchanged(&search, &json!({"p": "+919820000001"}), 200, nobody))
                .contains(&super::CODE)
        );
        let found = r#"{"type":"list","data":[{"id":"1"}],"total_count":1}"#;
        assert!(
            !told(&search, &exchanged(&search, &json!({"p": "919820000001"}), 200, found))
                .contains(&super::CODE)
        );
        let query = step(Method::Get, "https://a.freshdesk.com/api/v2/contacts").query("mobile", "{{p}}");
        assert!(
            told(&query, &exchanged(&query, &json!({"p": "9820000001"}), 200, "[]")).contains(&super::CODE)
        );
    }
}
