//! # The answer is too large
//!
//! **Seen:** an answer of more than 1 MiB.
//!
//! **Meaning:** the request asks for a whole list where a few entries would do.
//!
//! **Change:** ask for fewer entries or fields (`per_page`, `page[size]`, `limit`, `fields`), or for one record.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "answer-too-large";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.is(Outcome::TooLarge).then(|| {
        error(CODE, format!("the answer of `{}` is larger than 1 MiB", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because("The request asks for a whole list where a few entries would do.")
            .mend("Ask for fewer entries or fields, such as `per_page: 1`.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, step, told};
    use crate::request::{Method, Outcome};

    #[test]
    fn is_told_for_its_outcome() {
        assert_eq!(told(&step(Method::Get, "https://a.example/"), &failed(Outcome::TooLarge)), [super::CODE]);
    }
}
