//! What a hole or a condition can see: variables, the contact, the message, the channel, the trigger, earlier calls, the time.

use crate::Value;
use crate::template::Reference;
use std::borrow::Cow;

/// Looks up references. The engine's turn implements it; the checker and the tests have their own.
pub trait Scope {
    /// The value, or `None` when unset. `secret.*` is never found here: see [`Scope::secret`].
    fn get(&self, reference: &Reference) -> Option<Cow<'_, Value>>;

    /// Epoch milliseconds and the IANA zone in which dates are printed.
    fn now(&self) -> (i64, &str);

    /// ISO country for phone numbers without a country code.
    fn country(&self) -> Option<&str>;
}
