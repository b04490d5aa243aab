//! # Nobody knows whether the call was made
//!
//! **Seen:** the process ended while the call was out, and the call may not be made twice.
//!
//! **Meaning:** the API may have done what was asked, or not. Making the call again could create a second ticket or
//! charge a card twice, so it is left to you.
//!
//! **Change:** let the exit `unknown` lead to people. If the API takes an idempotency key, name its header; if the call
//! only reads, say `repeatable: true`. Either makes it safe to repeat.
//!
//! ```yaml
//! idempotency_header: Idempotency-Key
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "unknown-fate";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    seen.is(Outcome::Unknown).then(|| {
        error(CODE, "the process ended while this call was out; nobody knows whether it was made")
            .at(seen.step.method_span.clone())
            .because("A call that may change something is never made twice on a guess.")
            .mend("Look in the other system. For the future name its `idempotency_header`, or say `repeatable: true` if the call only reads.")
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, step, told};
    use crate::request::{Method, Outcome};

    #[test]
    fn is_told_for_its_outcome() {
        assert_eq!(told(&step(Method::Post, "https://a.example/"), &failed(Outcome::Unknown)), [super::CODE]);
    }
}
