//! # The host takes no connection
//!
//! **Seen:** the host was found, but did not accept or broke off the connection.
//!
//! **Meaning:** the service is down, listens on another port, or a firewall stands between.
//!
//! **Change:** look at the vendor's status page and at the port in the address. Let the exit `failed` lead to a message
//! and to people, so that the customer does not wait for it.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "connection-failed";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.is(Outcome::Connect).then(|| {
        error(CODE, format!("`{}` takes no connection ({} tried)", seen.host(), seen.exchange.attempts.len()))
            .at(seen.step.url.place.span.clone())
            .because("The service is down, listens on another port, or a firewall stands between.")
            .mend("Look at the vendor's status page and at the port in the address.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, step, told};
    use crate::request::{Method, Outcome};

    #[test]
    fn is_told_for_its_outcome() {
        assert_eq!(told(&step(Method::Get, "https://a.example/"), &failed(Outcome::Connect)), [super::CODE]);
    }
}
