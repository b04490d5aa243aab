//! Phone numbers as people type them, read into E.164.

use phonenumber::{Mode, country};
use std::fmt;

/// Longest text that is looked at, in bytes. The longest number has 15 digits.
const TEXT_BYTES_MAX: usize = 40;
/// Fewest digits of a number with its country code.
const DIGITS_MIN: usize = 8;
/// Most digits of a number with its country code (ITU E.164).
const DIGITS_MAX: usize = 15;

/// A phone number in E.164: `+` and 8 to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct E164(String);

impl E164 {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the plus, as WhatsApp writes it.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a phone number; `country` (ISO, two letters) is that of numbers without a country code.
///
/// A number with `+` or `00` needs only a known country code and a possible length: numbering plans change faster than
/// our copy of them. One without is read in `country` and has to be valid there, or else be valid with a plus before it,
/// as WhatsApp writes numbers.
pub fn parse(text: &str, country: Option<&str>) -> Option<E164> {
    let text = text.trim();
    if text.len() > TEXT_BYTES_MAX || !text.chars().all(in_number) {
        return None;
    }
    if let Some(digits) = text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        return read(&format!("+{digits}"), None, false);
    }
    let national = country.and_then(id).and_then(|country| read(text, Some(country), true));
    national.or_else(|| read(&format!("+{text}"), None, true))
}

/// Whether this is the ISO code of a country with phone numbers.
pub fn is_country(code: &str) -> bool {
    id(code).is_some()
}

fn in_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}' | '\u{2013}')
}

fn id(code: &str) -> Option<country::Id> {
    (code.len() == 2).then(|| code.to_ascii_uppercase().parse().ok()).flatten()
}

// The plans and their regular expressions are built by the crate at the first number.
fn read(text: &str, country: Option<country::Id>, valid: bool) -> Option<E164> {
    let plain: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let number = phonenumber::parse(country, &plain).ok()?;
    if valid && !phonenumber::is_valid(&number) {
        return None;
    }
    let text = number.format().mode(Mode::E164).to_string();
    let digits = text.strip_prefix('+')?;
    let possible =
        (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    possible.then_some(E164(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, country: Option<&str>) -> Option<String> {
        parse(text, country).map(E164::into_string)
    }

    #[test]
    fn reads_numbers_as_people_type_them() {
        for (text, country, expected) in [
            ("+91 98200 00001", None, "+919820000001"),
            ("0091-98200-00001", None, "+919820000001"),
            ("098200 00001", Some("IN"), "+919820000001"),
            ("919820000001", None, "+919820000001"),
            ("919820000001", Some("IN"), "+919820000001"),
            ("(415) 555-2671", Some("us"), "+14155552671"),
            ("+1 555 000 1234", None, "+15550001234"),
            ("030 901820", Some("DE"), "+4930901820"),
        ] {
            assert_eq!(read(text, country).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for (text, country) in [
            ("", None),
            ("12345", Some("IN")),
            ("my number is 9820000001", Some("IN")),
            ("+", None),
            ("+999 1234567890", None),
            ("9820000001", Some("zz")),
            ("1234567890123456789012", None),
        ] {
            assert_eq!(read(text, country), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_none(text in "[+0-9 ()./-]{0,24}", country in prop::sample::select(vec!["IN", "US", "AR", "MX", "ZZ"])) {
            if let Some(number) = parse(&text, Some(country)) {
                prop_assert!((8..=15).contains(&number.digits().len()));
                prop_assert_eq!(parse(number.as_str(), None), Some(number.clone()));
            }
        }
    }
}
