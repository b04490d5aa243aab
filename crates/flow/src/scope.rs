//! What a hole or a condition can see: variables, the contact, the message, the channel, the trigger, earlier calls, the time.

use crate::template::Reference;
use crate::{Value, Values};
use std::borrow::Cow;

/// Looks up references. The engine's turn implements it; the checker and the tests have their own.
pub trait Scope {
    /// The value, or `None` when unset. `secret.*` is never found here: nothing that prints, logs or compares can read
    /// it; requests carry its name until they are dialled.
    fn get(&self, reference: &Reference) -> Option<Cow<'_, Value>>;

    /// Epoch milliseconds and the IANA zone in which dates are printed.
    fn now(&self) -> (i64, &str);

    /// ISO country for phone numbers without a country code.
    fn country(&self) -> Option<&str>;
}

/// A scope of given values, for a single call from the command line and for tests.
#[derive(Debug, Clone)]
pub struct Plain {
    /// Roots and their values.
    pub values: Values,
    /// Epoch milliseconds.
    pub now: i64,
    /// IANA zone.
    pub zone: String,
    pub country: Option<String>,
}

impl Default for Plain {
    fn default() -> Self {
        Plain { values: Values::new(), now: 0, zone: "UTC".into(), country: None }
    }
}

impl Scope for Plain {
    fn get(&self, reference: &Reference) -> Option<Cow<'_, Value>> {
        reference.within(self.values.get(&reference.root)?).map(Cow::Borrowed)
    }

    fn now(&self) -> (i64, &str) {
        (self.now, &self.zone)
    }

    fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }
}
