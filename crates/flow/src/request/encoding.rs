//! How a text is written for the place where it stands.

use super::Encoding;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes that stand for themselves in every part of an address (RFC 3986, unreserved).
const PERCENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same for `application/x-www-form-urlencoded`, where a space is a plus (WHATWG URL).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b' ');

impl Encoding {
    /// Writes `text` for this place. `connect` writes the values of secrets with it.
    pub fn write(self, text: &str, out: &mut String) {
        match self {
            Encoding::Plain => out.push_str(text),
            Encoding::Percent => out.extend(utf8_percent_encode(text, PERCENT)),
            Encoding::Form => {
                for piece in utf8_percent_encode(text, FORM) {
                    out.extend(piece.chars().map(|c| if c == ' ' { '+' } else { c }));
                }
            }
            Encoding::Json => json(text, out),
            Encoding::Xml => xml(text, out),
        }
    }
}

/// A text for a path segment or a query: everything but letters, digits, `-`, `_`, `.` and `~` is encoded.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, PERCENT).to_string()
}

/// Between the quotes of a JSON string.
fn json(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// In XML text and attributes alike; line breaks are written so that a reader does not fold them.
fn xml(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// The first letter that no XML document may hold (XML 1.0, 2.2).
pub(super) fn not_in_xml(text: &str) -> Option<char> {
    text.chars().find(
        |c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'),
    )
}
