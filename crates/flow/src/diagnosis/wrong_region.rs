//! # The workspace may live in another region
//!
//! **Seen:** 401 from Intercom, although a token is sent.
//!
//! **Meaning:** a workspace in Europe or Australia has a host of its own, and its tokens are worth nothing elsewhere. The
//! region shows in the address of the app: `app.eu.intercom.com`, `app.au.intercom.com`.
//!
//! **Change:** the host.
//!
//! | app | API |
//! |---|---|
//! | `app.intercom.com` | `https://api.intercom.io` |
//! | `app.eu.intercom.com` | `https://api.eu.intercom.io` |
//! | `app.au.intercom.com` | `https://api.au.intercom.io` |

use super::outline::Vendor;
use super::seen::{Seen, hint};
use crate::finding::Finding;

pub(super) const CODE: &str = "wrong-region";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let suspected = seen.vendor == Some(Vendor::Intercom)
        && seen.has_status(&[401])
        && super::invalid_token::of_exchange(seen).is_some();
    suspected.then(|| {
        hint(CODE, format!("if the token is surely right: does the workspace live where `{}` is?", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because("A workspace in Europe or Australia has a host of its own; the address of the app shows it (`app.eu.…`, `app.au.…`).")
            .mend("Use `https://api.eu.intercom.io` or `https://api.au.intercom.io`, and bind the secret to it.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn is_asked_after_a_refused_token() {
        let step = step(Method::Post, "https://api.intercom.io/contacts/search");
        assert!(!told(&step, &answered(401, "")).contains(&super::CODE), "no token was sent at all");
        let step = step.header("Authorization", "Bearer {{secret.t}}");
        assert!(told(&step, &answered(401, "")).contains(&super::CODE));
        assert!(!told(&step, &answered(403, "")).contains(&super::CODE));
    }
}
