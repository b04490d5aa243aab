//! Writes a secret for the place where it stands, so that its characters cannot change the request's shape.

use crate::fault::Fault;
use crate::secrets::Held;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rapport_flow::request::{Encoding, Piece, SecretText};
use std::borrow::Cow;

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The text with its secrets, each in its own encoding.
pub(crate) fn fill(text: &SecretText, held: &Held) -> Result<String, Fault> {
    fill_with(text, held, |encoding| encoding)
}

/// The text with its secrets as they are, for what is encoded as a whole later (auth, form fields of a token request).
pub(crate) fn fill_raw(text: &SecretText, held: &Held) -> Result<String, Fault> {
    fill_with(text, held, |_| Encoding::Plain)
}

/// The same for an address, where a secret is never left as it is.
pub(crate) fn fill_url(text: &SecretText, held: &Held) -> Result<String, Fault> {
    fill_with(text, held, |encoding| if encoding == Encoding::Form { encoding } else { Encoding::Percent })
}

/// One value for one place.
pub(crate) fn encode(value: &str, encoding: Encoding) -> Cow<'_, str> {
    match encoding {
        Encoding::Plain => Cow::Borrowed(value),
        Encoding::Json => Cow::Owned(json(value)),
        Encoding::Percent => utf8_percent_encode(value, RESERVED).into(),
        Encoding::Form => Cow::Owned(url::form_urlencoded::byte_serialize(value.as_bytes()).collect()),
        Encoding::Xml => Cow::Owned(xml(value)),
    }
}

fn fill_with(text: &SecretText, held: &Held, choose: impl Fn(Encoding) -> Encoding) -> Result<String, Fault> {
    let mut out = String::new();
    for piece in &text.0 {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Secret { name, encoding } => {
                let value = held
                    .value(name)
                    .ok_or_else(|| Fault::bad_template(format!("there is no secret {name}")))?;
                out.push_str(&encode(value, choose(*encoding)));
            }
        }
    }
    Ok(out)
}

fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn xml(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            // XML 1.0 has no way to write the other control characters.
            control if control < ' ' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_place_has_its_own_spelling() {
        let value = "a\"b&c d+é\n";
        assert_eq!(encode(value, Encoding::Plain), value);
        assert_eq!(encode(value, Encoding::Json), "a\\\"b&c d+é\\n");
        assert_eq!(encode(value, Encoding::Percent), "a%22b%26c%20d%2B%C3%A9%0A");
        assert_eq!(encode(value, Encoding::Form), "a%22b%26c+d%2B%C3%A9%0A");
        assert_eq!(encode(value, Encoding::Xml), "a&quot;b&amp;c d+é&#10;");
    }

    proptest! {
        #[test]
        fn a_json_string_reads_back(value: String) {
            let text = format!("\"{}\"", encode(&value, Encoding::Json));
            prop_assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
        }

        #[test]
        fn a_query_reads_back_as_one_pair(value: String) {
            for encoding in [Encoding::Percent, Encoding::Form] {
                let text = format!("key={}", encode(&value, encoding));
                let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
                prop_assert_eq!(pairs, vec![("key".to_owned(), value.clone())]);
            }
        }

        #[test]
        fn xml_text_opens_no_element(value: String) {
            let text = encode(&value, Encoding::Xml);
            prop_assert!(!text.contains(['<', '>', '"', '\'']));
        }
    }
}
