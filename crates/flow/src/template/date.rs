//! The `date` filter: a moment in words.

use crate::Value;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The pattern where the author gives none.
pub(super) const SHORT: &str = "d MMM yyyy";

/// Patterns with a name: `{{created_at | date: long}}`.
const NAMED: [(&str, &str); 5] = [
    ("short", SHORT),
    ("long", "EEEE, d MMMM yyyy"),
    ("time", "HH:mm"),
    ("datetime", "d MMM yyyy, HH:mm"),
    ("iso", "yyyy-MM-dd"),
];

/// What the letters of a pattern print, `'quoted'` words stand for themselves.
const LETTERS: [&str; 18] = [
    "d", "dd", "M", "MM", "MMM", "MMMM", "yy", "yyyy", "EEE", "EEEE", "H", "HH", "h", "hh", "m", "mm", "ss",
    "a",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn is_named(name: &str) -> bool {
    NAMED.iter().any(|(known, _)| *known == name)
}

/// Whether a pattern can be printed, in words when not.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    if is_named(pattern) {
        return Ok(());
    }
    for piece in pieces(pattern) {
        if let Piece::Letters(letters) = piece
            && !LETTERS.contains(&letters)
        {
            return Err(format!(
                "`{letters}` means nothing in a date; the pieces are {}, words stand in quotes, and {} are short for common ones",
                LETTERS.join(" "),
                NAMED.map(|(name, _)| name).join(", ")
            ));
        }
    }
    Ok(())
}

/// Prints a date or time in a zone; `None` for a value that is no date.
///
/// Read are RFC 3339 (`2026-11-23T09:30:00Z`), a date, a date and time without zone (taken in `zone`), RFC 2822 as in
/// mail and HTTP headers, and Unix seconds or milliseconds (from 10^11 on).
pub(super) fn format(value: &Value, pattern: &str, zone: &str) -> Option<String> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let moment = read(value, &zone)?;
    let pattern = NAMED.iter().find(|(name, _)| *name == pattern).map_or(pattern, |(_, pattern)| pattern);
    let mut out = String::new();
    for piece in pieces(pattern) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Letters(letters) => write(&mut out, letters, &moment),
        }
    }
    Some(out)
}

fn read(value: &Value, zone: &TimeZone) -> Option<DateTime> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if let Some(moment) = epoch(&text) {
        return Some(zone.to_datetime(moment));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(zone.to_datetime(moment));
    }
    if let Ok(moment) = text.parse::<Zoned>() {
        return Some(zone.to_datetime(moment.timestamp()));
    }
    if let Ok(moment) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&text) {
        return Some(zone.to_datetime(moment));
    }
    if let Ok(moment) = text.parse::<DateTime>() {
        return Some(moment);
    }
    text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0))
}

/// Unix seconds, or milliseconds from 10^11 on. Shorter digits, such as `20261123`, are no moment.
fn epoch(text: &str) -> Option<Timestamp> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.len() < 9 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    if number < 100_000_000_000 {
        Timestamp::from_second(number)
    } else {
        Timestamp::from_millisecond(number)
    }
    .ok()
}

enum Piece<'p> {
    Letters(&'p str),
    Text(&'p str),
}

/// Cuts a pattern into runs of one letter, quoted words and the rest.
fn pieces(pattern: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if first == '\'' {
            let quoted = &rest[1..];
            let end = quoted.find('\'').unwrap_or(quoted.len());
            rest = quoted.get(end + 1..).unwrap_or("");
            return Some(Piece::Text(&quoted[..end]));
        }
        let same = |c: char| {
            if first.is_ascii_alphabetic() { c == first } else { !c.is_ascii_alphabetic() && c != '\'' }
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(if first.is_ascii_alphabetic() { Piece::Letters(piece) } else { Piece::Text(piece) })
    })
}

fn write(out: &mut String, letters: &str, at: &DateTime) {
    use std::fmt::Write as _;
    let month = MONTHS[usize::from(at.month().unsigned_abs() - 1)];
    let day = DAYS[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())];
    let hour12 = (at.hour() + 11) % 12 + 1;
    let _ = match letters {
        "d" => write!(out, "{}", at.day()),
        "dd" => write!(out, "{:02}", at.day()),
        "M" => write!(out, "{}", at.month()),
        "MM" => write!(out, "{:02}", at.month()),
        "MMM" => write!(out, "{}", &month[..3]),
        "MMMM" => write!(out, "{month}"),
        "yy" => write!(out, "{:02}", at.year().rem_euclid(100)),
        "yyyy" => write!(out, "{:04}", at.year()),
        "EEE" => write!(out, "{}", &day[..3]),
        "EEEE" => write!(out, "{day}"),
        "H" => write!(out, "{}", at.hour()),
        "HH" => write!(out, "{:02}", at.hour()),
        "h" => write!(out, "{hour12}"),
        "hh" => write!(out, "{hour12:02}"),
        "m" => write!(out, "{}", at.minute()),
        "mm" => write!(out, "{:02}", at.minute()),
        "ss" => write!(out, "{:02}", at.second()),
        "a" => write!(out, "{}", if at.hour() < 12 { "am" } else { "pm" }),
        other => write!(out, "{other}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prints_in_the_zone_of_the_bot() {
        let zone = "Asia/Kolkata";
        let moment = json!("2026-11-23T20:05:09Z");
        assert_eq!(format(&moment, "short", zone).unwrap(), "24 Nov 2026");
        assert_eq!(format(&moment, "long", zone).unwrap(), "Tuesday, 24 November 2026");
        assert_eq!(format(&moment, "time", zone).unwrap(), "01:35");
        assert_eq!(format(&moment, "iso", "UTC").unwrap(), "2026-11-23");
        assert_eq!(format(&moment, "dd/MM/yy 'at' h:mm a", "UTC").unwrap(), "23/11/26 at 8:05 pm");
        assert_eq!(
            format(&json!(1_719_492_795), "yyyy-MM-dd HH:mm:ss", "UTC").unwrap(),
            "2024-06-27 12:53:15"
        );
        assert_eq!(format(&json!("1719492795000"), "iso", "UTC").unwrap(), "2024-06-27");
        assert_eq!(format(&json!("Mon, 23 Nov 2026 09:00:00 GMT"), "time", zone).unwrap(), "14:30");
    }

    #[test]
    fn a_day_and_a_local_time_stay_what_they_are() {
        assert_eq!(format(&json!("2026-11-23"), "d MMMM", "America/Los_Angeles").unwrap(), "23 November");
        assert_eq!(
            format(&json!("2026-11-23T23:30:00"), "datetime", "Asia/Kolkata").unwrap(),
            "23 Nov 2026, 23:30"
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in [json!("soon"), json!(""), json!(12), json!("20261123x"), json!([]), json!("2026-13-01")]
        {
            assert_eq!(format(&value, SHORT, "UTC"), None, "{value}");
        }
    }

    #[test]
    fn strange_patterns_are_told() {
        assert!(check("d MMM yyyy 'o''clock'").is_ok());
        assert!(check("long").is_ok());
        assert!(check("DD.MM.YYYY").unwrap_err().contains("`DD`"));
    }
}
