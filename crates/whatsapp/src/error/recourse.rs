//! What a sender does next.

use std::time::Duration;

/// The next step after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recourse {
    /// Try again after [`Backoff::delay`]; past its tries, give the message up. Everything in `scope` waits too.
    Retry { backoff: Backoff, scope: Scope },
    /// Too much to this one person: only messages to them wait, [`pair_delay`] long.
    WaitForRecipient,
    /// Give this message up, and nothing else.
    Drop(DropReason),
    /// Give this message up and pause its campaign or template; a person must look.
    StopCampaign,
    /// Nothing of this channel can be sent; stop it and alert a person.
    PauseChannel,
    /// The service window is closed: the same can be said with a template.
    NeedsTemplate,
    /// Meta may have taken it: wait for a status that carries our tag before deciding (product.md §4.4).
    UnknownFate,
}

/// What else must wait along with a message that is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Message,
    /// All sends of the sending number.
    Number,
    /// All calls for the WhatsApp Business Account.
    Account,
    /// All calls with this app's token.
    App,
}

/// Why a message is given up, as far as it has consequences beyond the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// Our mistake or bad data; the same message will fail again.
    BadRequest,
    /// This person cannot be reached like this (not on WhatsApp, blocked, not allowed): count it per contact.
    Unreachable,
    /// The person stopped marketing: add them to the opt-out list.
    OptedOut,
    /// Meta chose not to deliver this one (marketing cap, experiment): not an opt-out, and no retry for a day.
    NotDelivered,
}

/// When to try again, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    pub first: Duration,
    pub cap: Duration,
    /// Tries in all, the first one included.
    pub max_tries: u32,
    /// Not before this, whatever the try; Meta said so.
    pub at_least: Duration,
}

impl Backoff {
    /// §12: 1 s doubled each time, at most 5 minutes, 5 tries.
    pub const DEFAULT: Self = Self {
        first: Duration::from_secs(1),
        cap: Duration::from_mins(5),
        max_tries: 5,
        at_least: Duration::ZERO,
    };

    /// How long to wait after `tries` failed ones, or `None` when it is time to give up. `chance` in `0.0..1.0`
    /// spreads the waits over the whole range (full jitter), so that many messages do not return at once.
    pub fn delay(&self, tries: u32, chance: f64) -> Option<Duration> {
        if tries == 0 || tries >= self.max_tries {
            return None;
        }
        let doubled = self.first.saturating_mul(1 << (tries - 1).min(16)).min(self.cap);
        Some(self.at_least + doubled.mul_f64(chance.clamp(0.0, 1.0)))
    }
}

/// How long messages to one person wait after `tries` refusals of the pair limit: 1, 4, 16, 64 s, … as Meta asks
/// (131056, §12); an hour at most.
pub fn pair_delay(tries: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(tries.saturating_sub(1)).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_the_cap_and_ends() {
        let full = |tries| Backoff::DEFAULT.delay(tries, 1.0).map(|delay| delay.as_secs());
        assert_eq!([1, 2, 3, 4, 5].map(full), [Some(1), Some(2), Some(4), Some(8), None]);
        let long = Backoff { max_tries: u32::MAX, ..Backoff::DEFAULT };
        assert_eq!(long.delay(40, 1.0), Some(long.cap));
        assert_eq!(long.delay(40, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn what_meta_asked_for_is_never_undercut() {
        let asked = Backoff { at_least: Duration::from_mins(1), ..Backoff::DEFAULT };
        assert_eq!(asked.delay(1, 0.0), Some(Duration::from_mins(1)));
    }

    #[test]
    fn the_pair_wait_is_a_power_of_four() {
        assert_eq!([1, 2, 3, 4, 30].map(|tries| pair_delay(tries).as_secs()), [1, 4, 16, 64, 3600]);
    }
}
