//! # The host has no address
//!
//! **Seen:** the name of the host could not be resolved.
//!
//! **Meaning:** the name is misspelt, or the domain is gone, or it is known only inside another network.
//!
//! **Change:** compare the host letter by letter with the vendor's documentation, and open it in a browser.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "host-not-found";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = super::wrong_subdomain::of_exchange(seen).is_some();
    (seen.is(Outcome::Dns) && !told_better).then(|| {
        error(CODE, format!("there is no host `{}`", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because("The name is misspelt, or known only inside another network.")
            .mend("Compare the host letter by letter with the API's documentation.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, step, told};
    use crate::request::{Method, Outcome};

    #[test]
    fn names_the_host() {
        let step = step(Method::Get, "https://api.exmaple.com/x");
        assert_eq!(told(&step, &failed(Outcome::Dns)), [super::CODE]);
        assert!(!told(&step, &failed(Outcome::Timeout)).contains(&super::CODE));
    }
}
