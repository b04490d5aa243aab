//! # The shape of the answer depends on a setting elsewhere
//!
//! **Seen:** a request to Intercom without `Intercom-Version`.
//!
//! **Meaning:** nothing fails. Intercom then uses the version that is chosen for the app in its Developer Hub, and whoever
//! changes it there changes the answers here: paths that worked may find nothing.
//!
//! **Change:** send the version your paths were written for.
//!
//! ```yaml
//! headers:
//!   Intercom-Version: "2.11"
//! ```

use super::outline::{self, Vendor, header};
use super::seen::warning;
use crate::finding::Finding;
use crate::steps::api_request::ApiRequest;

pub(super) const CODE: &str = "missing-version-header";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    if outline::vendor(step) != Some(Vendor::Intercom) || header(step, "intercom-version").is_some() {
        return Vec::new();
    }
    vec![
        warning(CODE, "the request does not say which version of Intercom's API it was written for")
            .at(step.url.place.span.clone())
            .because("Intercom then uses the version set for the app in its Developer Hub, so the answer's shape depends on a setting outside of the flow.")
            .mend("Add the header `Intercom-Version: \"2.11\"`."),
    ]
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};

    #[test]
    fn only_for_intercom() {
        let call = || step(Method::Post, "https://api.intercom.io/contacts/search");
        assert!(told_of_step(&call()).contains(&super::CODE));
        assert!(!told_of_step(&call().header("intercom-version", "2.11")).contains(&super::CODE));
        assert!(!told_of_step(&step(Method::Get, "https://a.example/")).contains(&super::CODE));
    }
}
