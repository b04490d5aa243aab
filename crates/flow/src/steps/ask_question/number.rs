//! Numbers as people type them.

use crate::Value;

/// Digits that one number may have; more is a reference, a card or a phone, and those are texts.
const DIGITS_MAX: usize = 30;

/// Reads a number; `None` when the words are something else.
///
/// - Where both a point and a comma stand, the last of them is the decimal sign: `1,234.5` and `1.234,5` are 1234.5.
/// - A sign that stands more than once groups digits: `1.234.567` is 1234567.
/// - A single comma before exactly three digits groups (`1,234` is 1234), otherwise it is decimal (`12,5` is 12.5).
/// - A single point is always decimal (`1.234` is 1.234).
/// - Blanks and apostrophes group: `1 234`, `1'234`. Groups after the first have three digits, or two where the last has
///   three (`12,34,567`).
///
/// The digits are kept as typed: `10.50` stays 10.50. A currency or a unit beside it is refused.
pub(super) fn read(text: &str) -> Option<Value> {
    let text: String = text.trim().chars().map(western).collect();
    let (minus, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, fraction) = match decimal_sign(text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let whole = ungroup(whole)?;
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| !all_digits(fraction)) {
        return None;
    }
    // ".5" is a half; "." alone is nothing.
    if whole.is_empty() && fraction.is_none() {
        return None;
    }
    if whole.len() + fraction.map_or(0, str::len) > DIGITS_MAX {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut json = String::new();
    if minus {
        json.push('-');
    }
    json.push_str(if whole.is_empty() { "0" } else { whole });
    if let Some(fraction) = fraction {
        json.push('.');
        json.push_str(fraction);
    }
    serde_json::from_str(&json).ok()
}

/// Digits and decimal signs of other scripts as ours.
fn western(c: char) -> char {
    const ZEROS: [char; 5] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    for zero in ZEROS {
        let offset = u32::from(c).wrapping_sub(u32::from(zero));
        if let Some(digit) = char::from_digit(offset, 10) {
            return digit;
        }
    }
    match c {
        '\u{66b}' => '.',
        '\u{66c}' => ',',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '’' => '\'',
        other => other,
    }
}

/// Where the decimal sign stands, if there is one.
fn decimal_sign(text: &str) -> Option<usize> {
    let (point, comma) = (text.rfind('.'), text.rfind(','));
    match (point, comma) {
        (Some(point), Some(comma)) => Some(point.max(comma)),
        (Some(point), None) => (text.matches('.').count() == 1).then_some(point),
        (None, Some(comma)) => {
            let groups = text.len() - comma - 1 == 3 && comma > 0 && !text.starts_with('0');
            (text.matches(',').count() == 1 && !groups).then_some(comma)
        }
        (None, None) => None,
    }
}

/// Digits without their grouping signs; `None` when they are grouped in a way nobody groups.
fn ungroup(text: &str) -> Option<String> {
    let mut signs = text.chars().filter(|c| !c.is_ascii_digit());
    let Some(sign) = signs.next() else { return Some(text.to_owned()) };
    if !matches!(sign, ',' | '.' | ' ' | '\'') || signs.any(|other| other != sign) {
        return None;
    }
    let groups: Vec<&str> = text.split(sign).collect();
    let (first, last) = (groups.first()?, groups.last()?);
    let inner = groups.get(1..groups.len() - 1)?;
    let plausible = (1..=3).contains(&first.len())
        && last.len() == 3
        && (inner.iter().all(|group| group.len() == 3)
            || (first.len() <= 2 && inner.iter().all(|group| group.len() == 2)));
    plausible.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, json) in [
            ("7", "7"),
            (" 007 ", "7"),
            ("-3.5", "-3.5"),
            ("+12", "12"),
            ("10.50", "10.50"),
            (".5", "0.5"),
            ("0", "0"),
            ("1,234", "1234"),
            ("1,234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1.234", "1.234"),
            ("1.234.567", "1234567"),
            ("12,34,567", "1234567"),
            ("12,5", "12.5"),
            ("0,125", "0.125"),
            ("1 234 567,89", "1234567.89"),
            ("1'234.50", "1234.50"),
            ("١٢٣", "123"),
            ("१२", "12"),
        ] {
            assert_eq!(read(text).map(|value| value.to_string()).as_deref(), Some(json), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            ".",
            "-",
            "twelve",
            "5 kg",
            "€5",
            "1,2,3",
            "1.2.3",
            "12.",
            "1,23,4",
            "1e5",
            "NaN",
            "1 2",
            "1,234,56",
            "0x10",
            "--1",
            "1 234'567",
            "1234567890123456789012345678901",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
