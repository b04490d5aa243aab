//! # Freshdesk takes its key by basic auth
//!
//! **Seen:** a Freshdesk request whose key is sent as a bearer token or in another way.
//!
//! **Meaning:** Freshdesk wants the API key as the *user* of basic auth, and any text as the password. Everything else is
//! answered 401 `invalid_credentials`.
//!
//! **Change:** the `auth` block.
//!
//! ```yaml
//! auth: {type: basic, user: "{{secret.freshdesk_key}}", password: X}
//! ```

use super::outline::{self, Vendor, header, stand_in};
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::steps::api_request::{ApiRequest, Auth};

pub(super) const CODE: &str = "freshdesk-key-as-bearer";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    if outline::vendor(step) == Some(Vendor::Freshdesk) {
        finding(step).into_iter().collect()
    } else {
        Vec::new()
    }
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    (seen.vendor == Some(Vendor::Freshdesk) && seen.has_status(&[401])).then(|| finding(seen.step)).flatten()
}

fn finding(step: &ApiRequest) -> Option<Finding> {
    let span = match &step.auth {
        Auth::Basic { .. } => return None,
        Auth::Bearer { token } => token.place.span.clone(),
        Auth::None => {
            let (_, value) = header(step, "authorization")?;
            if stand_in(value).trim_start().to_ascii_lowercase().starts_with("basic ") {
                return None;
            }
            value.place.span.clone()
        }
        _ => step.url.place.span.clone(),
    };
    Some(
        error(CODE, "Freshdesk takes its API key as the user of basic auth")
            .at(span)
            .because("A key sent as a bearer token is answered 401 `invalid_credentials`.")
            .mend("Write `auth: {type: basic, user: \"{{secret.freshdesk_key}}\", password: X}`."),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told, told_of_step};
    use crate::steps::api_request::{ApiRequest, Auth};
    use crate::template::Template;

    #[test]
    fn any_scheme_but_basic() {
        let call = || step(Method::Get, "https://a.freshdesk.com/api/v2/tickets");
        let bearer = ApiRequest { auth: Auth::Bearer { token: Template::of("{{secret.k}}") }, ..call() };
        assert!(told_of_step(&bearer).contains(&super::CODE));
        assert!(told(&bearer, &answered(401, r#"{"code":"invalid_credentials"}"#)).contains(&super::CODE));
        let row = call().header("Authorization", "Bearer {{secret.k}}");
        assert!(told_of_step(&row).contains(&super::CODE));
        for fine in [
            ApiRequest {
                auth: Auth::Basic { user: Template::of("{{secret.k}}"), password: Template::of("X") },
                ..call()
            },
            call().header("Authorization", "Basic {{secret.encoded}}"),
        ] {
            assert!(!told_of_step(&fine).contains(&super::CODE));
        }
    }
}
