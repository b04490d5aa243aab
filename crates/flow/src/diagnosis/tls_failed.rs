//! # No safe connection could be made
//!
//! **Seen:** the TLS handshake failed: the certificate is expired, made for another name, or signed by nobody we trust.
//!
//! **Meaning:** either the server is set up wrongly, or the address is not the one its certificate was made for.
//!
//! **Change:** use the exact host that the API's documentation names. A certificate cannot be waved through: the request
//! carries your secrets.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "tls-failed";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.is(Outcome::Tls).then(|| {
        let detail = seen.exchange.detail.as_deref().map_or_else(String::new, |detail| format!(": {detail}"));
        error(CODE, format!("`{}` offers no connection that we can trust{detail}", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because("Its certificate is expired, made for another name, or signed by nobody known; or it speaks no TLS at all.")
            .mend("Use the exact host of the API's documentation, and have its owner renew the certificate.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, finding, step};
    use crate::request::{Exchange, Method, Outcome};

    #[test]
    fn says_what_the_handshake_said() {
        let exchange = Exchange { detail: Some("certificate expired".into()), ..failed(Outcome::Tls) };
        let told = finding(&step(Method::Get, "https://a.example/"), &exchange, super::CODE);
        assert!(told.message.contains("certificate expired"));
    }
}
