//! # The request does not say who it is
//!
//! **Seen:** 401 for a request without `auth`, without an `Authorization` header and without a key.
//!
//! **Meaning:** the API wants a token.
//!
//! **Change:** keep the token as a secret, bound to the API's address, and name it in the step.
//!
//! ```yaml
//! auth: {type: bearer, token: "{{secret.intercom_token}}"}
//! ```

use super::outline::has_auth;
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::template::Template;

pub(super) const CODE: &str = "missing-authorization";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    (seen.has_status(&[401]) && is_bare(seen)).then(|| {
        error(CODE, format!("`{}` wants to know who asks (401), and the request does not say", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because(
                "There is neither an `auth` block nor an `Authorization` header, and no secret anywhere.",
            )
            .mend("Keep the token as a secret and write `auth: {type: bearer, token: \"{{secret.name}}\"}`.")
    })
}

/// Neither auth nor a secret in headers or query, where a key may stand.
pub(super) fn is_bare(seen: &Seen<'_>) -> bool {
    let templates = seen.step.headers.iter().chain(&seen.step.query).map(|(_, value)| value);
    let mut holes = templates.chain([&seen.step.url]).flat_map(Template::holes);
    !has_auth(seen.step) && !holes.any(|hole| hole.reference.secret().is_some())
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn only_where_nothing_was_given() {
        let bare = step(Method::Get, "https://a.example/");
        assert_eq!(told(&bare, &answered(401, "")), [super::CODE]);
        let key = step(Method::Get, "https://a.example/").header("X-Api-Key", "{{secret.k}}");
        assert!(!told(&key, &answered(401, "")).contains(&super::CODE));
    }
}
