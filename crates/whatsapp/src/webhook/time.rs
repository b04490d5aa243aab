//! Meta's times: Unix seconds as a string, as a number, now and then milliseconds (§1).

use crate::json::{Object, scalar};

/// From this value on a time is taken for milliseconds (§1); as seconds it would be past the year 33000.
const MILLISECONDS_FROM: i64 = 1_000_000_000_000;
/// The last millisecond of the year 9999; later ones are no times but noise.
const LATEST_MS: i64 = 253_402_300_799_999;

/// Milliseconds since 1970, or `None` when the member is absent or says no sensible time.
pub(crate) fn epoch_ms(object: &Object<'_>, key: &str) -> Option<i64> {
    object.get(key).and_then(parse)
}

/// The same for the text of one JSON value.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = scalar(text)?;
    // A fraction of a second orders nothing here; cut it rather than lose the time.
    let whole = text.trim().split('.').next().unwrap_or_default();
    let time: i64 = whole.parse().ok().filter(|time| *time > 0)?;
    let ms = if time >= MILLISECONDS_FROM { time } else { time.checked_mul(1000)? };
    (ms <= LATEST_MS).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_spelling_becomes_milliseconds() {
        for spelling in [
            "1739321024",
            "\"1739321024\"",
            "1739321024000",
            "\"1739321024000\"",
            "1739321024.25",
            "\" 1739321024 \"",
        ] {
            assert_eq!(parse(spelling), Some(1_739_321_024_000), "{spelling}");
        }
    }

    #[test]
    fn noise_is_no_time() {
        for noise in [
            "\"asdf\"",
            "\"\"",
            "0",
            "-5",
            "null",
            "{}",
            "[]",
            "true",
            "99999999999999999999",
            "253402300800000",
            "999999999999",
            "1e9",
        ] {
            assert_eq!(parse(noise), None, "{noise}");
        }
    }
}
