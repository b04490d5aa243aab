//! A secret would be sent without encryption.
//!
//! The URL begins with `http://`, and everyone on the way can read what is sent. Such a call is refused unless the operator
//! allowed the host (`[network] allow`), as is done for services on the same machine. Write `https://`.

use super::Checked;
use crate::finding::{Edit, Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (at, step) in checked.graph.steps.iter().enumerate() {
        let Action::ApiRequest(request) = &step.action else { continue };
        let secret = checked.uses[at].iter().any(|found| found.reference.root == "secret");
        if !secret || !request.url.text.starts_with("http://") {
            continue;
        }
        let scheme = request.url.place.within(0..4);
        let finding = Finding::new("secret-over-http", Severity::Warning, "a secret would be sent without encryption")
            .at(request.url.place.within(0.."http://".len()))
            .in_step(&step.name)
            .because("`http://` can be read by everyone on the way; the call is refused unless the operator allows the host.")
            .mend("Write https://.");
        findings.push(if scheme.len() == 4 {
            finding.offered_fix(vec![Edit { range: scheme, text: "https".into() }])
        } else {
            finding
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn call(url: &str, key: &str) -> String {
        format!(
            "  a: {{type: api_request, method: GET, url: {url}, headers: {{Key: \"{key}\"}}, next: end}}\n"
        )
    }

    #[test]
    fn only_with_a_secret_and_without_tls() {
        assert_eq!(places("secret-over-http", &call("http://example.com", "{{secret.k}}")), ["http://"]);
        none("secret-over-http", &call("https://example.com", "{{secret.k}}"));
        none("secret-over-http", &call("http://example.com", "public"));
    }
}
