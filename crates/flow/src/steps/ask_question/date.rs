//! Dates as people type them.

use super::answer::Local;
use jiff::civil::Date;

/// Countries that write the month first. Source: CLDR short date patterns of their main languages.
const MONTH_FIRST: [&str; 7] = ["US", "PH", "PR", "GU", "FM", "MH", "PW"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a date; `None` when the words are none, or a day that does not exist.
///
/// - `2026-07-31`, `2026/7/31`, `2026.7.31`: the year first
/// - `31/7/2026`, `31.7.2026`, `31-7-26`: the day first; in [`MONTH_FIRST`] countries the month, unless it cannot be one.
///   With points the day is always first.
/// - `31 July 2026`, `July 31st, 2026`, `31 Jul 26` in English
/// - `today`, `tomorrow`, `yesterday` in the bot's time zone
///
/// Two digits of a year mean the century in which the date is at most twenty years ahead. A date without a year is
/// refused: for a delivery it would be the next one, for a birth date the last.
pub(super) fn read(text: &str, local: &Local<'_>) -> Option<Date> {
    let lower = text.trim().to_lowercase();
    let today = today(local);
    match lower.as_str() {
        "today" => return today,
        "tomorrow" => return today?.tomorrow().ok(),
        "yesterday" => return today?.yesterday().ok(),
        _ => {}
    }
    let parts: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '.' | '-' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let month_first = !lower.contains('.')
        && local
            .country
            .is_some_and(|country| MONTH_FIRST.iter().any(|code| code.eq_ignore_ascii_case(country)));
    if let Some(month) = month_name(two) {
        return date(year(three, today)?, month, day(one)?);
    }
    if let Some(month) = month_name(one) {
        return date(year(three, today)?, month, day(two)?);
    }
    if one.len() == 4 {
        return date(year(one, today)?, digits(two)?, digits(three)?);
    }
    let (one, two, year) = (digits(one)?, digits(two)?, year(three, today)?);
    let (day, month) = if month_first { (two, one) } else { (one, two) };
    // 7/31 cannot be the 7th of a 31st month.
    date(year, month, day).or_else(|| date(year, day, month))
}

fn today(local: &Local<'_>) -> Option<Date> {
    let zone = jiff::tz::TimeZone::get(local.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Some(jiff::Timestamp::from_millisecond(local.now).ok()?.to_zoned(zone).date())
}

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn digits(part: &str) -> Option<i8> {
    (part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
}

/// `31`, `31st`, `2nd`.
fn day(part: &str) -> Option<i8> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|ending| part.strip_suffix(ending));
    digits(bare.unwrap_or(part))
}

fn year(part: &str, today: Option<Date>) -> Option<i16> {
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i16 = part.parse().ok()?;
    match part.len() {
        4 => Some(year),
        2 => {
            let this = today?.year();
            let near = this - this.rem_euclid(100) + year;
            Some(if near > this + 20 { near - 100 } else { near })
        }
        _ => None,
    }
}

/// A whole name or at least its first three letters.
fn month_name(part: &str) -> Option<i8> {
    if part.len() < 3 {
        return None;
    }
    let part = if part == "sept" { "sep" } else { part };
    let at = MONTHS.iter().position(|name| *name == part || (part.len() == 3 && name.starts_with(part)))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-07-31, 23:00 in UTC.
    const NOW: i64 = 1_785_538_800_000;

    fn reading(country: Option<&str>, text: &str) -> Option<String> {
        let local = Local { country, zone: "Europe/Berlin", now: NOW };
        read(text, &local).map(|date| date.to_string())
    }

    #[test]
    fn a_date_is_read_in_the_order_of_its_country() {
        for (country, text, iso) in [
            (None, "2026-07-31", "2026-07-31"),
            (None, "2026/7/3", "2026-07-03"),
            (None, "3/7/2026", "2026-07-03"),
            (Some("DE"), "03.07.2026", "2026-07-03"),
            (Some("US"), "3/7/2026", "2026-03-07"),
            (Some("us"), "3.7.2026", "2026-07-03"),
            (Some("US"), "31/7/2026", "2026-07-31"),
            (Some("GB"), "7/31/2026", "2026-07-31"),
            (None, "31-7-26", "2026-07-31"),
            (None, "1/2/85", "1985-02-01"),
            (None, "31 July 2026", "2026-07-31"),
            (None, "July 31st, 2026", "2026-07-31"),
            (None, "1 Sept 2026", "2026-09-01"),
            (None, "29/2/2028", "2028-02-29"),
            // It is after midnight in Berlin.
            (None, "Today", "2026-08-01"),
            (None, "tomorrow", "2026-08-02"),
        ] {
            assert_eq!(reading(country, text).as_deref(), Some(iso), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "soon",
            "31/7",
            "29/2/2027",
            "32/1/2026",
            "0/1/2026",
            "13/13/2026",
            "1/2/3/2026",
            "1/2/026",
            "2026-7",
            "ju 1 2026",
        ] {
            assert_eq!(reading(None, text), None, "{text}");
        }
    }
}
