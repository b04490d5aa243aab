//! A secret stands where it could be seen.
//!
//! Secrets are used only in the authentication, the headers, the query and the body of an API request. They can never be
//! sent to a customer, compared, kept in a variable or handed to another flow, and they stand in no path of a URL, where
//! servers write them to their logs.

use super::Checked;
use super::uses::Place;
use crate::finding::{Finding, Severity};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (at, uses) in checked.uses.iter().enumerate() {
        for found in uses.iter().filter(|found| found.reference.root == "secret") {
            let place = match found.place {
                Place::Request => continue,
                Place::Message => "a message",
                Place::Url => "the path of a URL",
                Place::Condition => "a condition",
                Place::Value => "a value that is kept",
            };
            let finding =
                Finding::new("secret-exposed", Severity::Error, format!("a secret cannot stand in {place}"))
                    .at(found.span.clone())
                    .in_step(&checked.graph.steps[at].name)
                    .because("Secrets are never printed, logged or compared.")
                    .mend("Use it in the `auth`, `headers`, `query` or `body` of an API request.");
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn nowhere_but_in_a_request() {
        let hole = "\"{{secret.k}}\"";
        for step in [
            format!("  a: {{type: send_message, text: {hole}, next: end}}\n"),
            format!("  a: {{type: set_variable, set: {{x: {{y: [{hole}]}}}}, next: end}}\n"),
            format!("  a: {{type: run_flow, flow: b, with: {{x: {hole}}}, next: end}}\n"),
            format!("  a: {{type: update_contact, set: {{x: {hole}}}, next: end}}\n"),
            "  a: {type: api_request, method: GET, url: \"https://example.com/{{secret.k}}\", next: end}\n"
                .to_owned(),
        ] {
            assert_eq!(places("secret-exposed", &step), ["{{secret.k}}"], "{step}");
        }
    }

    #[test]
    fn requests_may_use_it() {
        none(
            "secret-exposed",
            "  a: {type: api_request, method: POST, url: \"https://example.com/x?key={{secret.k}}\", \
             headers: {A: \"{{secret.k}}\"}, query: {b: \"{{secret.k}}\"}, body: {json: {c: \"{{secret.k}}\"}}, next: end}\n",
        );
    }
}
