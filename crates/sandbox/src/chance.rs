//! Randomness from one seed, so that a run with trouble switched on can be repeated.

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and good enough to spread trouble.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..=most`.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        match most.checked_add(1) {
            Some(span) => self.next() % span,
            None => self.next(),
        }
    }

    /// True in `percent` of 100 cases. 0 never draws, so switching a knob off changes no other draw's meaning.
    pub(crate) fn happens(&mut self, percent: u8) -> bool {
        percent > 0 && self.next() % 100 < u64::from(percent)
    }

    /// `digits` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&crate::hex::hex(&self.next().to_be_bytes()));
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_draws() {
        let (mut a, mut b) = (Chance::new(7), Chance::new(7));
        assert_eq!(a.hex(40), b.hex(40));
        assert_ne!(a.next(), Chance::new(8).next());
    }

    #[test]
    fn percents_hold_at_their_ends() {
        let mut chance = Chance::new(1);
        assert!((0..1000).all(|_| chance.happens(100)));
        assert!((0..1000).all(|_| !chance.happens(0)));
        let half = (0..10_000).filter(|_| chance.happens(50)).count();
        assert!((4_500..5_500).contains(&half), "{half}");
    }
}
