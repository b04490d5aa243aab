//! Ids of rows: 64 bits, rising with time, unique over processes without asking anyone.
//!
//! 41 bits of milliseconds since 2020, 10 bits drawn at the start of the process, 12 bits of a counter. Two processes
//! that draw the same 10 bits would have to count in the same millisecond to clash; the primary key would refuse it.

use std::sync::atomic::{AtomicI64, Ordering};

/// 2020-01-01T00:00:00Z in epoch milliseconds.
const ORIGIN: i64 = 1_577_836_800_000;
const COUNTER_BITS: u32 = 12;
const NODE_BITS: u32 = 10;

/// Makes ids.
#[derive(Debug)]
pub struct Ids {
    node: i64,
    /// Milliseconds and counter of the last id, as one number.
    last: AtomicI64,
}

impl Ids {
    /// `node` is any number; its low ten bits are used.
    pub fn new(node: u16) -> Self {
        Ids { node: i64::from(node) & ((1 << NODE_BITS) - 1), last: AtomicI64::new(0) }
    }

    /// The next id. A burst beyond the counter borrows from the milliseconds to come, and a clock that steps back is
    /// not followed, so ids of one process always rise.
    pub fn next(&self, now: i64) -> i64 {
        let floor = (now - ORIGIN) << COUNTER_BITS;
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(floor.max(last + 1)))
            .unwrap_or(0);
        let stamp = floor.max(last + 1);
        let (time, count) = (stamp >> COUNTER_BITS, stamp & ((1 << COUNTER_BITS) - 1));
        (time << (COUNTER_BITS + NODE_BITS)) | (self.node << COUNTER_BITS) | count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_even_when_the_clock_steps_back() {
        let ids = Ids::new(7);
        let now = ORIGIN + 1_000;
        let mut before = 0;
        for step in 0..20_000 {
            let id = ids.next(if step % 3 == 0 { now - 500 } else { now });
            assert!(id > before);
            before = id;
        }
    }

    #[test]
    fn processes_with_other_numbers_make_other_ids() {
        let now = ORIGIN + 5;
        assert_ne!(Ids::new(1).next(now), Ids::new(2).next(now));
    }

    #[test]
    fn an_id_of_the_year_2080_is_positive() {
        assert!(Ids::new(1023).next(3_471_292_800_000) > 0);
    }
}
