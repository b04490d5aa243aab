//! Takes secrets out of what comes back: an API that echoes its token must not bring it into a variable or a log.

use crate::encode::encode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use rapport_flow::request::Encoding;
use std::fmt::Write;
use zeroize::Zeroizing;

/// Shorter secrets are not masked: to replace each `ab` in an answer would destroy it and hide nothing that cannot be
/// guessed. Say so where a secret is set.
pub const MASKED_BYTES_MIN: usize = 4;
/// Shorter ones are masked as whole words only.
const ANYWHERE_BYTES_MIN: usize = 8;

/// The values of one call in every spelling that an answer may hold.
#[derive(Default)]
pub(crate) struct Mask {
    /// Longest first, so that no spelling is cut by a shorter one inside it.
    forms: Vec<Form>,
}

struct Form {
    text: Zeroizing<String>,
    /// What stands in its place, such as `{{secret.intercom_token}}`.
    label: String,
}

impl Mask {
    /// Masks a value and its JSON, percent, form, XML and base64 spellings.
    pub(crate) fn add(&mut self, value: &str, label: &str) {
        if value.len() < MASKED_BYTES_MIN {
            return;
        }
        self.add_form(value.to_owned(), label);
        // Most tokens are spelled alike everywhere.
        if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            self.add_escaped(value, label);
        }
        for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
            self.add_form(engine.encode(value), label);
        }
        self.forms.sort_by(|a, b| b.text.len().cmp(&a.text.len()).then_with(|| a.text.cmp(&b.text)));
    }

    fn add_escaped(&mut self, value: &str, label: &str) {
        let json = encode(value, Encoding::Json).into_owned();
        for json in [json.replace('/', "\\/"), json] {
            self.add_form(ascii_json(&json, false), label);
            self.add_form(ascii_json(&json, true), label);
            self.add_form(json, label);
        }
        let percent = encode(value, Encoding::Percent).into_owned();
        self.add_form(lower_escapes(&percent), label);
        self.add_form(percent, label);
        let form = encode(value, Encoding::Form).into_owned();
        self.add_form(lower_escapes(&form), label);
        self.add_form(form, label);
        self.add_form(encode(value, Encoding::Xml).into_owned(), label);
    }

    /// The text without the values.
    pub(crate) fn apply(&self, mut text: String) -> String {
        for form in &self.forms {
            if text.contains(form.text.as_str()) {
                text = form.replaced(&text);
            }
        }
        text
    }

    pub(crate) fn apply_to(&self, text: &mut String) {
        if !self.forms.is_empty() {
            *text = self.apply(std::mem::take(text));
        }
    }

    fn add_form(&mut self, text: String, label: &str) {
        let text = Zeroizing::new(text);
        if !self.forms.iter().any(|form| form.text == text) {
            self.forms.push(Form { text, label: label.to_owned() });
        }
    }
}

impl Form {
    fn replaced(&self, text: &str) -> String {
        if self.text.len() >= ANYWHERE_BYTES_MIN {
            return text.replace(self.text.as_str(), &self.label);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(self.text.as_str()) {
            let end = at + self.text.len();
            let before = rest[..at].chars().next_back().or_else(|| out.chars().next_back());
            let joined = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
            out.push_str(&rest[..at]);
            let word = !joined(before) && !joined(rest[end..].chars().next());
            out.push_str(if word { &self.label } else { &rest[at..end] });
            rest = &rest[end..];
        }
        out.push_str(rest);
        out
    }
}

/// JSON as writers spell it that keep to ASCII.
fn ascii_json(json: &str, upper: bool) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            // Writing to a string cannot fail.
            let _ = if upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
        }
    }
    out
}

/// `%2F` as `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut escape = 0;
    text.chars()
        .map(|character| {
            escape = if character == '%' { 2 } else { i32::max(escape - 1, -1) };
            if (0..2).contains(&escape) && character != '%' {
                character.to_ascii_lowercase()
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask(value: &str) -> Mask {
        let mut mask = Mask::default();
        mask.add(value, "{{secret.s}}");
        mask
    }

    #[test]
    fn every_spelling_of_a_value_is_masked() {
        let value = "p/ä\"+ word&8";
        let mask = mask(value);
        let spellings = [
            value.to_owned(),
            "p/ä\\\"+ word&8".to_owned(),
            "p\\/ä\\\"+ word&8".to_owned(),
            "p/\\u00e4\\\"+ word&8".to_owned(),
            "p/\\u00E4\\\"+ word&8".to_owned(),
            "p%2F%C3%A4%22%2B%20word%268".to_owned(),
            "p%2f%c3%a4%22%2b%20word%268".to_owned(),
            "p%2F%C3%A4%22%2B+word%268".to_owned(),
            "p/ä&quot;+ word&amp;8".to_owned(),
            STANDARD.encode(value),
            URL_SAFE_NO_PAD.encode(value),
        ];
        for spelling in spellings {
            assert_eq!(mask.apply(format!("a{spelling}b")), "a{{secret.s}}b", "{spelling}");
        }
    }

    #[test]
    fn short_values_are_masked_as_words_only_and_very_short_ones_not() {
        assert_eq!(
            mask("1234").apply("1234 a1234 12345 (1234) 1234".to_owned()),
            "{{secret.s}} a1234 12345 ({{secret.s}}) {{secret.s}}"
        );
        assert_eq!(mask("12341").apply("1234112341 12341".to_owned()), "1234112341 {{secret.s}}");
        assert_eq!(mask("abc").apply("abc".to_owned()), "abc");
    }

    proptest! {
        #[test]
        fn a_long_value_never_survives(value in "[^{}]{8,40}", before: String, after: String) {
            let text = mask(&value).apply(format!("{before}{value}{after}"));
            prop_assert!(!text.contains(&value));
        }
    }
}
