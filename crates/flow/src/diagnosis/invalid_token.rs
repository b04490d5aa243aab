//! # The token is refused
//!
//! **Seen:** 401 for a request that carries a token or password.
//!
//! **Meaning:** the token is mistyped, was copied without its end, has been revoked, or belongs to another workspace.
//!
//! **Change:** copy the token anew from the vendor's settings and set the secret again. A look at the cheapest call of the
//! API shows whether a token works (`GET /me` at Intercom, `GET /api/v2/users/me` at Zendesk).

use super::outline::Vendor;
use super::seen::{Seen, error};
use super::{
    freshdesk_key_as_bearer, missing_authorization, missing_bearer_prefix, zendesk_token_expired,
    zendesk_user_without_token,
};
use crate::finding::Finding;

pub(super) const CODE: &str = "invalid-token";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = [
        missing_authorization::of_exchange,
        missing_bearer_prefix::of_exchange,
        freshdesk_key_as_bearer::of_exchange,
        zendesk_user_without_token::of_exchange,
        zendesk_token_expired::of_exchange,
    ]
    .into_iter()
    .any(|look| look(seen).is_some());
    if !seen.has_status(&[401]) || told_better {
        return None;
    }
    let test = match seen.vendor {
        Some(Vendor::Intercom) => " `GET https://api.intercom.io/me` shows whether a token works.",
        Some(Vendor::Zendesk) => {
            " API tokens that were idle for 30 days are switched off, and all end on 30 April 2027: prefer OAuth."
        }
        _ => "",
    };
    Some(
        error(CODE, format!("`{}` refuses the token (401){}", seen.host(), seen.said()))
            .because("It is mistyped, incomplete, revoked, or belongs to another workspace.")
            .mend(format!("Copy it anew from the vendor's settings and set the secret again.{test}")),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told};

    #[test]
    fn says_what_the_vendor_said() {
        let step = step(Method::Post, "https://api.intercom.io/contacts/search")
            .header("Authorization", "Bearer {{secret.t}}");
        let refused = answered(
            401,
            r#"{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}"#,
        );
        assert_eq!(told(&step, &refused)[0], super::CODE);
        assert!(finding(&step, &refused, super::CODE).message.contains("Access Token Invalid"));
    }
}
