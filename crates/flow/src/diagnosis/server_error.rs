//! # The API has a fault of its own
//!
//! **Seen:** a status from 500 on.
//!
//! **Meaning:** the service is broken or busy just now. 502 to 504 are tried again for what may be repeated.
//!
//! **Change:** nothing in the flow, unless every call fails: some services answer 500 to a body they cannot read. Let
//! the exit `failed` lead to a message and to people.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "server-error";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.is(Outcome::ServerError).then(|| {
        error(
            CODE,
            format!("`{}` has a fault of its own (status {}){}", seen.host(), seen.status(), seen.said()),
        )
        .because("The service is broken or busy just now; some answer 500 also to a body they cannot read.")
        .mend(
            "Look at the vendor's status page. If every call fails, compare the body with the documentation.",
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn is_told_for_its_outcome() {
        assert_eq!(told(&step(Method::Get, "https://a.example/"), &answered(503, "")), [super::CODE]);
    }
}
