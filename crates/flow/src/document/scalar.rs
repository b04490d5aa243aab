//! What a single text means: a duration, a JSON value; and how a text is written so that YAML reads it back.

use super::source::Format;
use super::tree::{Node, Style};
use crate::Value;
use std::fmt::Write;
use std::time::Duration;

/// Longest duration that is read: a year.
const DURATION_DAYS_MAX: u64 = 366;

/// Reads `30s`, `5m`, `25h`, `2d`.
pub fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        _ => return None,
    };
    let total = digits.parse::<u64>().ok()?.checked_mul(seconds)?;
    (total <= DURATION_DAYS_MAX * 24 * 3600).then(|| Duration::from_secs(total))
}

pub(super) enum Json {
    Value(Value),
    Text,
    /// Looks like a number but is not JSON's spelling of one.
    Doubtful,
}

/// What a scalar means where JSON is wanted: plain `true`, `null` and numbers are values (YAML 1.2 core), all else is text.
pub(super) fn json(node: Node<'_>) -> Json {
    let Some(text) = node.scalar() else { return Json::Value(Value::Null) };
    if node.style() != Some(Style::Plain) {
        return Json::Text;
    }
    match text {
        "null" | "Null" | "NULL" | "~" => return Json::Value(Value::Null),
        "true" | "True" | "TRUE" => return Json::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Json::Value(Value::Bool(false)),
        _ => {}
    }
    if !looks_like_number(text) {
        return Json::Text;
    }
    let json = node.document.source.format == Format::Json;
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_number() && (json || !looks_like_an_id(text)) => Json::Value(value),
        _ => Json::Doubtful,
    }
}

/// Digits, `e`, digits: JSON for a large number, but in a flow nearly always an id of hexadecimal digits.
fn looks_like_an_id(text: &str) -> bool {
    let mut halves = text.split(['e', 'E']);
    let digits = |half: Option<&str>| {
        half.is_some_and(|half| !half.is_empty() && half.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(halves.next()) && digits(halves.next())
}

/// What YAML 1.2 (core) or a careless eye takes for a number.
fn looks_like_number(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(hex) = body.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(octal) = body.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    }
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = match mantissa.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    whole && exponent
}

/// A text in quotes, as YAML and JSON both read it; single quotes where that spares escapes.
pub fn quote(text: &str) -> String {
    if text.contains(['"', '\\'])
        && !text.contains('\'')
        && !text.chars().any(char::is_control)
        && printable(text)
    {
        return format!("'{text}'");
    }
    double_quote(text)
}

/// A text in double quotes.
pub fn double_quote(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() || !printable_letter(letter) => {
                let _ = write!(out, "\\u{:04X}", letter as u32);
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn printable(text: &str) -> bool {
    text.chars().all(printable_letter)
}

/// Not a line break of Unicode, a byte-order mark or a noncharacter, which YAML folds or refuses.
fn printable_letter(letter: char) -> bool {
    !matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::{duration, looks_like_an_id, looks_like_number};
    use std::time::Duration;

    #[test]
    fn durations_are_a_whole_number_and_a_unit() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("25h"), Some(Duration::from_hours(25)));
        assert_eq!(duration("2d"), Some(Duration::from_hours(48)));
        for wrong in ["", "s", "30", "30 s", "1.5h", "-1s", "30S", "99999999999999999999d", "400d", "٣s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_looks_like_a_number() {
        for number in
            ["0", "-1", "+919820000001", "0042", "64e1", "1.", ".5", "1.5e-3", "0x1F", ".inf", "-.inf"]
        {
            assert!(looks_like_number(number), "{number}");
        }
        for text in ["", ".", "64a1", "1 000", "1,5", "12:30", "2024-01-02", "e1", "1e", "-", "v2"] {
            assert!(!looks_like_number(text), "{text}");
        }
        assert!(looks_like_an_id("64e1"));
        assert!(!looks_like_an_id("1.5e3"));
        assert!(!looks_like_an_id("1e-7"));
        assert!(!looks_like_an_id("64"));
    }
}
