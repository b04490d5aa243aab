//! Cutting a text at its holes.

use super::hole::{self, Inside};
use super::{Fault, Part, Template, doubled_braces};
use crate::finding::Finding;
use crate::source::Text;

impl Template {
    /// Cuts a text at its holes. What cannot be read as a hole stays text and is a finding: `bad-hole`,
    /// `unknown-filter`, `triple-braces`, or one `doubled-braces` where the whole text is written that way.
    ///
    /// Takes time in proportion to the text (a hole is at most [`super::HOLE_BYTES_MAX`] long) and never panics.
    pub fn parse(text: Text) -> (Template, Vec<Finding>) {
        let Text { value, place } = text;
        let (parts, mut faults) = cut(&value);
        if !faults.is_empty()
            && let Some(fault) = doubled_braces::fault(&value)
        {
            faults = vec![fault];
        }
        let findings = faults.into_iter().map(|fault| fault.finding(&place)).collect();
        (Template { parts, text: value, place }, findings)
    }

    /// A template of a text that stands in no document, such as a test's.
    pub fn of(text: &str) -> Template {
        Template::parse(Text { value: text.to_owned(), place: crate::source::Place::verbatim(0, text.len()) })
            .0
    }
}

pub(super) fn cut(text: &str) -> (Vec<Part>, Vec<Fault>) {
    let mut parts = Vec::new();
    let mut faults = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{") {
        let run_at = at + found;
        let run = text.as_bytes()[run_at..].iter().take_while(|byte| **byte == b'{').count();
        let open = run_at + run - 2;
        plain.push_str(&text[at..run_at]);
        if run > 3 {
            plain.push_str(&text[run_at..run_at + run]);
            at = run_at + run;
            faults.push(too_many(run_at..at));
            continue;
        }
        plain.push_str(&text[run_at..open]);
        match hole::read(text, open) {
            Ok((inside, after)) => {
                if run == 3 {
                    faults.push(triple(text, run_at, after));
                }
                match inside {
                    Inside::Braces(braces) => plain.push_str(braces),
                    Inside::Hole(hole) => {
                        if !plain.is_empty() {
                            parts.push(Part::Text(std::mem::take(&mut plain)));
                        }
                        parts.push(Part::Hole(hole));
                    }
                }
                at = after;
            }
            Err(fault) => {
                // A closed hole without another inside is told once; else the next `{{` is looked at on its own.
                at = match hole::closing(text, open) {
                    Some(close) if !text[open + 2..close].contains("{{") => close + 2,
                    _ => open + 2,
                };
                plain.push_str(&text[open..at]);
                faults.push(fault);
            }
        }
    }
    plain.push_str(&text[at..]);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    (parts, faults)
}

fn too_many(at: std::ops::Range<usize>) -> Fault {
    Fault::new("bad-hole", at.clone(), format!("{} braces in a row open no hole", at.len()))
        .because("A hole opens with exactly two braces.")
        .mend("Write `{{name}}`, or `{{'{{'}}` where two braces should be printed.")
}

fn triple(text: &str, run_at: usize, after: usize) -> Fault {
    let fault = Fault::new(
        "triple-braces",
        run_at..after,
        "three braces around a name print a brace on each side",
    )
    .because(
        "Other tools use three braces for text that is not escaped; here a hole is escaped for its place.",
    )
    .mend("Write two braces, or `{{'{{'}}` to print some.")
    .warning();
    let closes_with_three = text[after..].starts_with('}');
    let mut changes = vec![(run_at..run_at + 1, String::new())];
    if closes_with_three {
        changes.push((after..after + 1, String::new()));
    }
    Fault { fix: Some((changes, false)), ..fault }
}

#[cfg(test)]
mod tests;
