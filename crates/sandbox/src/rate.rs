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

/// A bucket that starts full; used for Meta's pair rate and throughput.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    /// Tokens times 1000.
    level: i64,
    at_ms: i64,
}

impl Bucket {
    pub(crate) fn full(capacity: u32, now_ms: i64) -> Self {
        Self { level: i64::from(capacity) * 1000, at_ms: now_ms }
    }

    /// Takes one token; one comes back every `every_ms`. `false` when none is left.
    pub(crate) fn take(&mut self, now_ms: i64, capacity: u32, every_ms: i64) -> bool {
        let passed = (now_ms - self.at_ms).max(0);
        self.at_ms = self.at_ms.max(now_ms);
        let refill = passed.saturating_mul(1000) / every_ms.max(1);
        self.level = self.level.saturating_add(refill).min(i64::from(capacity) * 1000);
        let enough = self.level >= 1000;
        if enough {
            self.level -= 1000;
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
        let mut bucket = Bucket::full(45, 0);
        assert_eq!((0..60).filter(|_| bucket.take(0, 45, 6_000)).count(), 45);
        assert!(!bucket.take(5_999, 45, 6_000));
        assert!(bucket.take(6_001, 45, 6_000));
        assert!(!bucket.take(6_002, 45, 6_000));
    }
}
