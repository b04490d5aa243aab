//! How fast a number may send (§13), as pure state machines: time comes in as milliseconds, out comes "now" or
//! "not before". No clock, no waiting, no memory of people one has long stopped writing to.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::ids::Address;
use crate::limits::{PAIR_BURST, PAIR_INTERVAL};

/// Both limits of one sending number: its throughput, and the pair rate to each person.
#[derive(Debug)]
pub struct Pace {
    number: NumberPace,
    pairs: PairPace,
}

impl Pace {
    /// `per_second` as Meta grants the number; 0 lifts the throughput limit, not the pair rate.
    pub fn new(per_second: u32) -> Self {
        Self { number: NumberPace::new(per_second), pairs: PairPace::default() }
    }

    /// Takes a slot for one message to `to`, or says the first millisecond at which it is worth asking again.
    /// A refusal takes nothing.
    pub fn take(&mut self, now_ms: i64, to: &Address) -> Result<(), i64> {
        let ready = self.number.ready_at(now_ms).max(self.pairs.ready_at(now_ms, to));
        if ready > now_ms {
            return Err(ready);
        }
        self.number.take(now_ms)?;
        self.pairs.take(now_ms, to)
    }

    /// Meta says the number is too fast (130429): nothing leaves before `until_ms`.
    pub fn hold_number(&mut self, until_ms: i64) {
        self.number.hold(until_ms);
    }

    /// Meta says too much goes to this person (131056): nothing for them before `until_ms`, then one by one.
    pub fn hold_recipient(&mut self, until_ms: i64, to: &Address) {
        self.pairs.hold(until_ms, to);
    }
}

/// The throughput of one number: a token bucket which after a pause lets a tenth of a second's worth leave at once.
/// In any second it grants at most `per_second` messages and that tenth.
#[derive(Debug)]
pub struct NumberPace {
    /// Time that earns one message, in microseconds; 0 = unlimited.
    interval_us: i64,
    /// How far ahead of its time a message may leave, in microseconds.
    ahead_us: i64,
    /// When the messages granted so far will have been earned, in microseconds.
    earned_us: i64,
    held_until_ms: i64,
}

impl NumberPace {
    pub fn new(per_second: u32) -> Self {
        let interval_us = if per_second == 0 { 0 } else { i64::from(1_000_000_u32.div_ceil(per_second)) };
        let burst = i64::from(per_second / 10).max(1);
        Self {
            interval_us,
            ahead_us: (burst - 1) * interval_us,
            earned_us: i64::MIN / 2,
            held_until_ms: i64::MIN,
        }
    }

    /// The first millisecond, `now_ms` or later, at which a message may leave.
    pub fn ready_at(&self, now_ms: i64) -> i64 {
        let earned_ms = (self.earned_us - self.ahead_us).div_ceil_ms();
        let limit = if self.interval_us == 0 { now_ms } else { earned_ms };
        now_ms.max(limit).max(self.held_until_ms)
    }

    /// Takes one, or says when.
    pub fn take(&mut self, now_ms: i64) -> Result<(), i64> {
        let ready = self.ready_at(now_ms);
        if ready > now_ms {
            return Err(ready);
        }
        self.earned_us = self.earned_us.max(now_ms.saturating_mul(1000)) + self.interval_us;
        Ok(())
    }

    /// Nothing before `until_ms`.
    pub fn hold(&mut self, until_ms: i64) {
        self.held_until_ms = self.held_until_ms.max(until_ms);
    }
}

/// The pair rate: to each person a burst of 45, then one message per 6 seconds.
///
/// A person takes 16 bytes from their first message until their burst is earned back (at most 4.5 minutes after the
/// last), then they are forgotten.
#[derive(Debug, Default)]
pub struct PairPace {
    /// By hash of the address: when the messages granted so far will have been earned, in milliseconds. Two people
    /// with the same hash (one pair among some billions) would share a rate, which is harmless.
    earned_ms: HashMap<u64, i64>,
    sweep_at: usize,
}

const INTERVAL_MS: i64 = PAIR_INTERVAL.as_secs().cast_signed() * 1000;
const AHEAD_MS: i64 = (PAIR_BURST as i64 - 1) * INTERVAL_MS;
/// Below this many people no sweep is worth its time.
const SWEEP_MIN: usize = 1024;

impl PairPace {
    pub fn ready_at(&self, now_ms: i64, to: &Address) -> i64 {
        self.earned_ms.get(&key(to)).map_or(now_ms, |earned| now_ms.max(earned - AHEAD_MS))
    }

    pub fn take(&mut self, now_ms: i64, to: &Address) -> Result<(), i64> {
        let ready = self.ready_at(now_ms, to);
        if ready > now_ms {
            return Err(ready);
        }
        self.sweep(now_ms);
        let earned = self.earned_ms.entry(key(to)).or_insert(now_ms);
        *earned = now_ms.max(*earned) + INTERVAL_MS;
        Ok(())
    }

    /// Nothing for this person before `until_ms`, and no burst then.
    pub fn hold(&mut self, until_ms: i64, to: &Address) {
        let earned = self.earned_ms.entry(key(to)).or_insert(i64::MIN);
        *earned = (*earned).max(until_ms.saturating_add(AHEAD_MS));
    }

    /// People remembered at the moment.
    pub fn len(&self) -> usize {
        self.earned_ms.len()
    }

    pub fn is_empty(&self) -> bool {
        self.earned_ms.is_empty()
    }

    /// Forgets whose burst is whole again: they are like strangers. Done when the map has doubled since the last
    /// sweep, so that each message pays for a constant share of it.
    fn sweep(&mut self, now_ms: i64) {
        if self.earned_ms.len() >= self.sweep_at.max(SWEEP_MIN) {
            self.earned_ms.retain(|_, earned| *earned > now_ms);
            self.earned_ms.shrink_to(self.earned_ms.len() * 2);
            self.sweep_at = self.earned_ms.len() * 2;
        }
    }
}

fn key(to: &Address) -> u64 {
    let mut hasher = DefaultHasher::new();
    to.hash(&mut hasher);
    hasher.finish()
}

trait DivCeilMs {
    fn div_ceil_ms(self) -> i64;
}

impl DivCeilMs for i64 {
    /// Microseconds to milliseconds, rounded up, so that nothing leaves a fraction too early.
    fn div_ceil_ms(self) -> i64 {
        self.div_euclid(1000) + i64::from(self.rem_euclid(1000) != 0)
    }
}

#[cfg(test)]
mod tests;
