//! Exact comparison of numbers by their decimal digits, without turning them into floats.

use std::cmp::Ordering;

/// A number as ±0.d₁d₂d₃… × 10^`point`, with neither a leading nor a trailing zero among the digits; zero has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Reads a number in JSON's spelling; `None` for any other text, such as `007`, `+1` or `1.`.
    pub(super) fn read(text: &str) -> Option<Decimal> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (rest, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole)
            || (whole.len() > 1 && whole.starts_with('0'))
            || !fraction.is_none_or(all_digits)
        {
            return None;
        }
        let exponent = match exponent {
            None => 0,
            Some(text) => {
                let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
                if !all_digits(unsigned) {
                    return None;
                }
                // Beyond any digits that a text could hold, the size alone decides.
                let size = unsigned.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
                if text.starts_with('-') { -size } else { size }
            }
        };
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.unwrap_or("").bytes()).collect();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Decimal { negative: false, digits, point: 0 });
        }
        let place = |count: usize| i64::try_from(count).unwrap_or(i64::MAX / 4);
        Some(Decimal { negative, digits, point: exponent + place(whole.len()) - place(leading) })
    }

    pub(super) fn compare(&self, other: &Decimal) -> Ordering {
        let sign = |number: &Decimal| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => size(),
            _ => size().reverse(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order(a: &str, b: &str) -> Ordering {
        Decimal::read(a).unwrap().compare(&Decimal::read(b).unwrap())
    }

    #[test]
    fn compares_by_value() {
        for (a, b) in [("1", "1.0"), ("100", "1e2"), ("0", "-0.000"), ("0.05", "5E-2"), ("12.50", "125e-1")] {
            assert_eq!(order(a, b), Ordering::Equal, "{a} {b}");
        }
        for (a, b) in [
            ("9", "10"),
            ("-10", "-9"),
            ("-1", "0"),
            ("0.09", "0.1"),
            ("1", "1.0000000000000000000000001"),
            ("9007199254740992", "9007199254740993"),
            ("1e999999999999999999999", "2e999999999999999999999"),
            ("1e-99999999999999999999", "1"),
        ] {
            assert_eq!(order(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(order(b, a), Ordering::Greater, "{b} {a}");
        }
    }

    #[test]
    fn other_spellings_are_no_numbers() {
        for text in
            ["", "007", "+1", "1.", ".5", "1e", "0x1", " 1", "1 ", "--1", "1e1.5", "١", "1_000", "NaN", "-"]
        {
            assert_eq!(Decimal::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_whole_numbers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, zeros in 0_usize..4) {
            let tail = if zeros == 0 { String::new() } else { format!(".{}", "0".repeat(zeros)) };
            prop_assert_eq!(order(&format!("{a}{tail}"), &b.to_string()), a.cmp(&b));
            prop_assert_eq!(order(&format!("{a}e-3"), &format!("{b}e-3")), a.cmp(&b));
        }
    }
}
