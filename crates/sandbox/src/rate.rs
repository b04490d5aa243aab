//! Counters behind the vendors' rate limits.

/// Calls in a fixed window, as Intercom (10 s), Zendesk and Freshdesk (60 s) count them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    started: i64,
    used: u32,
}

/// Where a caller stands after a call was counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds since 1970 at which the window ends.
    pub(crate) reset: i64,
    pub(crate) exceeded: bool,
}

impl Window {
    /// Counts one call at `now`; failed calls count too.
    pub(crate) fn count(&mut self, now: i64, seconds: i64, limit: u32) -> Standing {
        let start = now - now.rem_euclid(seconds.max(1));
        if start != self.started {
            *self = Self { started: start, used: 0 };
        }
        self.used = self.used.saturating_add(1);
        Standing {
            limit,
            remaining: limit.saturating_sub(self.used),
            reset: start + seconds,
            exceeded: self.used > limit,
        }
    }
}

/// A burst that is paid back steadily (the "generic cell rate" form of a token bucket: one number, no rounding); used
/// for Meta's pair rate and throughput.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket {
    /// When everything taken so far will have been paid back, in milliseconds since 1970.
    paid_back_at: i64,
}

impl Bucket {
    /// Takes one of `capacity`; one comes back every `every_ms`. `false` when none is left.
    pub(crate) fn take(&mut self, now_ms: i64, capacity: u32, every_ms: i64) -> bool {
        let after = self.paid_back_at.max(now_ms).saturating_add(every_ms);
        let enough = after.saturating_sub(now_ms) <= every_ms.saturating_mul(i64::from(capacity));
        if enough {
            self.paid_back_at = after;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_refuses_past_its_limit_and_starts_anew() {
        let mut window = Window::default();
        assert!(!window.count(100, 10, 2).exceeded);
        assert_eq!(window.count(101, 10, 2).remaining, 0);
        let third = window.count(109, 10, 2);
        assert!(third.exceeded);
        assert_eq!(third.reset, 110);
        assert!(!window.count(110, 10, 2).exceeded);
    }

    #[test]
    fn a_bucket_gives_its_burst_then_one_per_interval() {
        let mut bucket = Bucket::default();
        assert_eq!((0..60).filter(|_| bucket.take(0, 45, 6_000)).count(), 45);
        assert!(!bucket.take(5_999, 45, 6_000));
        assert!(bucket.take(6_001, 45, 6_000));
        assert!(!bucket.take(6_002, 45, 6_000));
    }
}
