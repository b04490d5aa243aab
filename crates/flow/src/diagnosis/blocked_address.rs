//! # The address is not one that requests may reach
//!
//! **Seen:** the host of the request, or of a redirect, is private, loopback, link-local or a cloud's metadata address.
//!
//! **Meaning:** flows may only reach the public internet, so that nobody can use the bot to look around in your network.
//!
//! **Change:** use the API's public address. If the API really runs in your own network, the operator of this
//! installation allows its host in `rapport.toml`; a flow cannot.
//!
//! ```toml
//! [network]
//! allow = ["crm.internal:8080"]
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "blocked-address";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let host = seen.host();
    seen.is(Outcome::BlockedAddress).then(|| {
        error(CODE, format!("`{host}` leads to an address that requests may not reach"))
            .at(seen.step.url.place.span.clone())
            .because("It is private, loopback, link-local or a metadata address; flows reach only the public internet.")
            .mend(format!("Use the API's public address, or have the operator add `{host}` to `allow` under `[network]` in rapport.toml."))
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, step, told};
    use crate::request::{Method, Outcome};

    #[test]
    fn is_told_for_its_outcome_only() {
        let step = step(Method::Get, "http://10.0.0.1/x");
        assert_eq!(told(&step, &failed(Outcome::BlockedAddress)), [super::CODE]);
        assert!(!told(&step, &failed(Outcome::Connect)).contains(&super::CODE));
    }
}
