//! # Zendesk's user needs `/token` behind it
//!
//! **Seen:** basic auth at Zendesk with a plain address as the user.
//!
//! **Meaning:** with an API token the user is the agent's address followed by `/token`; without it Zendesk takes the
//! token for a password and answers 401.
//!
//! **Change:** add `/token` to the user. API tokens end on 30 April 2027 and no new ones can be made; OAuth
//! (`type: client_credentials`) is the way to go for anything new.
//!
//! ```yaml
//! auth: {type: basic, user: agent@example.com/token, password: "{{secret.zendesk_token}}"}
//! ```

use super::outline::{self, Vendor};
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::steps::api_request::{ApiRequest, Auth};
use crate::template::{Part, edit_of};

pub(super) const CODE: &str = "zendesk-user-without-token";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    if outline::vendor(step) == Some(Vendor::Zendesk) {
        finding(step).into_iter().collect()
    } else {
        Vec::new()
    }
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    (seen.vendor == Some(Vendor::Zendesk) && seen.has_status(&[401])).then(|| finding(seen.step)).flatten()
}

fn finding(step: &ApiRequest) -> Option<Finding> {
    let Auth::Basic { user, .. } = &step.auth else { return None };
    // A user that ends in a hole may bring its `/token` with it.
    let Some(Part::Text(end)) = user.parts.last() else { return None };
    if end.trim_end().ends_with("/token") {
        return None;
    }
    let finding = error(CODE, "the user lacks `/token` behind the address")
        .at(user.place.span.clone())
        .because("Without it Zendesk takes the API token for a password, and answers 401.")
        .mend(format!(
            "Write `{}/token`. (API tokens end on 30 April 2027; prefer OAuth for anything new.)",
            user.text.trim()
        ));
    let end = user.text.trim_end().len();
    Some(match edit_of(&user.place, end..end, "/token") {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told_of_step};
    use crate::steps::api_request::{ApiRequest, Auth};
    use crate::template::Template;

    fn call(user: &str) -> ApiRequest {
        let auth = Auth::Basic { user: Template::of(user), password: Template::of("{{secret.t}}") };
        ApiRequest { auth, ..step(Method::Get, "https://a.zendesk.com/api/v2/tickets/1") }
    }

    #[test]
    fn a_plain_address() {
        let told = finding(
            &call("agent@example.com"),
            &answered(401, r#"{"error":"Couldn't authenticate you"}"#),
            super::CODE,
        );
        assert_eq!(told.fix.unwrap().edits[0], crate::finding::Edit { range: 17..17, text: "/token".into() });
        assert!(told_of_step(&call("agent@example.com")).contains(&super::CODE));
        for fine in ["agent@example.com/token", "{{secret.zendesk_user}}"] {
            assert!(!told_of_step(&call(fine)).contains(&super::CODE));
        }
    }
}
