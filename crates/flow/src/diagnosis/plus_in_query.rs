//! # A plus in an address is read as a space
//!
//! **Seen:** a raw `+` in the query of the address as written.
//!
//! **Meaning:** in a query, `+` stands for a space. A phone number written there loses its plus, and nobody is found.
//! Values from holes are encoded by themselves; only what you write yourself is sent as you write it.
//!
//! **Change:** write `%2B` for a plus and `%20` for a space, or move the value into the query table, where everything is
//! encoded.
//!
//! ```yaml
//! url: https://your-company.freshdesk.com/api/v2/contacts
//! query: {mobile: "+919820000001"}
//! ```

use super::seen::{Seen, warning};
use crate::finding::Finding;
use crate::steps::api_request::ApiRequest;
use crate::template::{Part, edit_of};

pub(super) const CODE: &str = "plus-in-query";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let Some(query) = step.url.text.find('?') else { return Vec::new() };
    let Some(at) = step.url.text[query..].find('+').map(|at| query + at) else { return Vec::new() };
    let in_hole = step.url.holes().any(|hole| hole.span.contains(&at));
    let words = step.url.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('+')));
    // `a+b` between words is how people write a space; before digits or a hole it is a number's plus.
    let number = step.url.text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '{');
    if in_hole || !words || !number {
        return Vec::new();
    }
    let finding = warning(CODE, "the `+` in this query is read as a space")
        .at(step.url.place.within(at..at + 1))
        .because("In a query a plus stands for a space; values of holes are encoded, what you write yourself is not.")
        .mend("Write `%2B`, or move the value into the `query` table.");
    vec![match edit_of(&step.url.place, at..at + 1, "%2B") {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    }]
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.found_nothing().then(|| of_step(seen.step).pop()).flatten()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};

    #[test]
    fn only_a_plus_that_was_meant() {
        for (url, wrong) in [
            ("https://a.freshdesk.com/api/v2/contacts?mobile=+919820000001", true),
            ("https://a.freshdesk.com/api/v2/contacts?mobile=+{{contact.phone_digits}}", true),
            ("https://a.freshdesk.com/api/v2/contacts?mobile=%2B91", false),
            ("https://a.zendesk.com/api/v2/search?query=type:ticket+status:open", false),
            ("https://a.example/a+1/x", false),
        ] {
            assert_eq!(told_of_step(&step(Method::Get, url)).contains(&super::CODE), wrong, "{url}");
        }
    }
}
