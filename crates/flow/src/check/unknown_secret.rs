//! A request uses a secret that the account does not have.
//!
//! The name after `secret.` must be one of the secrets that were set up. Until then every call of the step is refused
//! (`bad_template`). Add it with `rapport secret set`, or correct the name.

use super::Checked;
use crate::document::shorten;
use crate::finding::{Finding, Severity};
use crate::spelling::nearest;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (step, found) in checked.uses() {
        let Some(name) = found.reference.secret() else { continue };
        let finding = |message: String| {
            Finding::new("unknown-secret", Severity::Error, message)
                .at(found.span.clone())
                .in_step(&checked.graph.steps[step].name)
        };
        if name.is_empty() || name.contains(['.', '[']) {
            let finding = finding("a secret is read by its name alone".to_owned());
            findings.push(finding.mend("Write `{{secret.name}}` with the secret's name."));
            continue;
        }
        let Some(secrets) = checked.context.secrets else { continue };
        if secrets.contains(name) {
            continue;
        }
        let finding = finding(format!("there is no secret `{}`", shorten(name)));
        findings.push(match nearest(name, secrets.iter().map(String::as_str)) {
            Some(near) => finding.mend(format!("Did you mean `secret.{near}`?")),
            None => finding.mend(format!("Add it: `rapport secret set {}`.", shorten(name))),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{found_in, none, places, steps};
    use std::collections::BTreeSet;

    fn call(secret: &str) -> String {
        format!(
            "  a: {{type: api_request, method: GET, url: https://example.com, auth: {{type: bearer, token: \"{{{{{secret}}}}}\"}}, next: end}}\n"
        )
    }

    #[test]
    fn secrets_are_judged_where_they_are_known() {
        none("unknown-secret", &call("secret.intercom"));
        let secrets = BTreeSet::from(["intercom_token".to_owned()]);
        let context = CheckContext { secrets: Some(&secrets), ..CheckContext::default() };
        let findings = found_in("unknown-secret", &steps(&call("secret.intercom_tokn")), &context);
        assert!(findings[0].mend.contains("intercom_token"), "{findings:#?}");
        assert!(found_in("unknown-secret", &steps(&call("secret.intercom_token")), &context).is_empty());
    }

    #[test]
    fn a_secret_has_no_parts() {
        assert_eq!(places("unknown-secret", &call("secret")), ["{{secret}}"]);
        assert_eq!(places("unknown-secret", &call("secret.a.b")), ["{{secret.a.b}}"]);
    }
}
