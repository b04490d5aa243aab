//! A finding as people read it in a terminal: place, message, the line with the place underlined, cause and mend.

use super::source::{Located, Source};
use crate::finding::{Finding, Severity};
use std::fmt::Write;

/// Columns of a line that are shown; of a longer one the part around the place.
const COLUMNS_MAX: usize = 100;

/// Colours of a terminal, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Ansi,
}

/// Draws a finding over several lines, ending in a line break.
///
/// ```text
/// order.yaml:4:12: error[needs-quotes]: `@status` needs quotes
///   |
/// 4 |     state: @status
///   |            ^^^^^^^
///   = A plain text cannot begin with `@`.
///   = mend: Write "@status".
/// ```
pub fn draw(source: &Source, finding: &Finding, paint: Paint) -> String {
    let place = source.locate(finding);
    let color = match (paint, finding.severity) {
        (Paint::Plain, _) => None,
        (Paint::Ansi, Severity::Error) => Some("31"),
        (Paint::Ansi, Severity::Warning) => Some("33"),
        (Paint::Ansi, Severity::Hint) => Some("36"),
    };
    let painted = |text: &str| match color {
        Some(code) => format!("\u{1b}[1;{code}m{text}\u{1b}[0m"),
        None => text.to_owned(),
    };
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let label = painted(&format!("{word}[{}]", finding.code));
    let mut out = format!("{}:{}:{}: {label}: {}\n", source.file, place.line, place.column, finding.message);
    if finding.span.is_some() {
        let _ = out.write_str(&line_of(source, &place, painted));
    }
    let margin = " ".repeat(place.line.to_string().len());
    if !finding.cause.is_empty() {
        let _ = writeln!(out, "{margin} = {}", finding.cause);
    }
    if !finding.mend.is_empty() {
        let _ = writeln!(out, "{margin} = mend: {}", finding.mend);
    }
    out
}

/// The line of the place and the marks below it.
fn line_of(source: &Source, place: &Located, painted: impl Fn(&str) -> String) -> String {
    let letters: Vec<char> =
        source.line(place.line).chars().filter(|letter| *letter != '\u{feff}').map(shown).collect();
    let start = (place.column - 1).min(letters.len());
    let end =
        if place.end_line > place.line { letters.len() } else { (place.end_column - 1).min(letters.len()) };
    let from = if letters.len() <= COLUMNS_MAX { 0 } else { start.saturating_sub(COLUMNS_MAX / 3) };
    let to = (from + COLUMNS_MAX).min(letters.len());
    let before = if from > 0 { "…" } else { "" };
    let after = if to < letters.len() { "…" } else { "" };
    let text: String = letters[from..to].iter().collect();
    let blanks =
        before.chars().count() + letters[from..start].iter().map(|letter| width(*letter)).sum::<usize>();
    let marks =
        letters[start..end.clamp(start, to.max(start))].iter().map(|letter| width(*letter)).sum::<usize>();
    let more = if place.end_line > place.line { "…" } else { "" };
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let underline = painted(&format!("{}{more}", "^".repeat(marks.max(1))));
    format!("{margin} |\n{number} | {before}{text}{after}\n{margin} | {}{underline}\n", " ".repeat(blanks))
}

/// A letter that takes its place and no more: no tab, no control.
fn shown(letter: char) -> char {
    match letter {
        '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

/// Columns that a terminal gives a letter: two for East Asian wide letters and emoji, none for marks that combine.
fn width(letter: char) -> usize {
    match letter as u32 {
        0x0300..=0x036F | 0x200B..=0x200F | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0x1F3FB..=0x1F3FF => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Paint, draw};
    use crate::document::Source;
    use crate::finding::{Finding, Severity};

    #[track_caller]
    fn marks(text: &str, word: &str, expected: &str) {
        let start = text.find(word).expect("the word stands in the text");
        let finding = Finding::new("x", Severity::Error, "m").at(start..start + word.len());
        let drawn = draw(&Source::new("f.yaml", text), &finding, Paint::Plain);
        assert_eq!(drawn.lines().nth(3), Some(expected), "{drawn}");
    }

    #[test]
    fn the_place_is_underlined() {
        marks("a: b\nstate: @status\n", "@status", "  |        ^^^^^^^");
        marks("a: 日本 x\n", "x", "  |         ^");
        marks("a: 日本 x\n", "日本", "  |    ^^^^");
        marks("a:\tb\n", "b", "  |    ^");
        marks("a: one\n  two\n", "one\n  two", "  |    ^^^…");
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let text = format!("a: {}here{}\n", "x".repeat(500), "y".repeat(500));
        let start = text.find("here").expect("it is there");
        let finding = Finding::new("x", Severity::Hint, "m").at(start..start + 4);
        let drawn = draw(&Source::new("f.yaml", text), &finding, Paint::Plain);
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(lines[2].chars().count() < 120, "{drawn}");
        let at = lines[2].chars().position(|letter| letter == 'h');
        assert_eq!(at, lines[3].chars().position(|letter| letter == '^'));
    }

    #[test]
    fn the_whole_of_it() {
        let finding =
            Finding::new("bad-value", Severity::Warning, "no").at(3..4).because("Since.").mend("Write c.");
        let drawn = draw(&Source::new("f.yaml", "a: b\n"), &finding, Paint::Plain);
        assert_eq!(
            drawn,
            "f.yaml:1:4: warning[bad-value]: no\n  |\n1 | a: b\n  |    ^\n  = Since.\n  = mend: Write c.\n"
        );
        assert!(draw(&Source::new("f", "a: b"), &finding, Paint::Ansi).contains("\u{1b}[1;33m"));
    }
}
