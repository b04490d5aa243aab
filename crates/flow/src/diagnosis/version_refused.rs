//! # Intercom does not take this version
//!
//! **Seen:** 400 with the code `intercom_version_invalid`.
//!
//! **Meaning:** the value of `Intercom-Version` is not one that exists, or this call does not exist in that version.
//! `Preview` has a capital P.
//!
//! **Change:** send a version that has the call.
//!
//! ```yaml
//! headers:
//!   Intercom-Version: "2.11"
//! ```

use super::outline::{header, rewrite};
use super::seen::{Seen, error};
use crate::finding::Finding;

pub(super) const CODE: &str = "version-refused";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.has_code("intercom_version_invalid") {
        return None;
    }
    let row = header(seen.step, "intercom-version");
    let sent = seen.sent_header("intercom-version").or(row.map(|(_, value)| value.text.as_str()));
    let finding = error(
        CODE,
        match sent {
            Some(version) => {
                format!("Intercom does not take version `{version}` for this call{}", seen.said())
            }
            None => format!(
                "the version that is set for the app in Intercom's Developer Hub does not have this call{}",
                seen.said()
            ),
        },
    )
    .because("The version does not exist, or this call does not exist in it.")
    .mend("Send `Intercom-Version: \"2.11\"`.");
    let Some((_, value)) = row else { return Some(finding.at(seen.step.url.place.span.clone())) };
    let finding = finding.at(value.place.span.clone());
    Some(
        match value
            .plain()
            .filter(|text| *text != "2.11")
            .and_then(|text| rewrite(text, &value.place, "2.11"))
        {
            Some(edit) => finding.offered_fix(vec![edit]),
            None => finding,
        },
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn names_the_version_that_was_sent() {
        let refused =
            answered(400, r#"{"type":"error.list","errors":[{"code":"intercom_version_invalid"}]}"#);
        let call = || step(Method::Post, "https://api.intercom.io/contacts/search");
        let told = finding(&call().header("Intercom-Version", "preview"), &refused, super::CODE);
        assert!(told.message.contains("`preview`"));
        assert_eq!(told.fix.unwrap().edits[0].text, "2.11");
        assert!(finding(&call(), &refused, super::CODE).message.contains("Developer Hub"));
    }
}
