//! The rules for one text, and the list that problems are collected in.

use super::problem::{LimitProblem, Problem};

/// Problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<LimitProblem>);

impl Problems {
    pub(crate) fn add(&mut self, place: impl Into<String>, problem: Problem) {
        self.0.push(LimitProblem { place: place.into(), problem });
    }

    /// A text that must be there, of at most `max` characters.
    pub(crate) fn text(&mut self, place: impl Into<String>, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.add(place, Problem::Empty);
        } else {
            self.longest(place, text, max);
        }
    }

    /// A text of at most `max` characters that may be missing, but not present and empty.
    pub(crate) fn optional(&mut self, place: impl Into<String>, text: Option<&str>, max: usize) {
        if let Some(text) = text {
            self.text(place, text, max);
        }
    }

    pub(crate) fn longest(&mut self, place: impl Into<String>, text: &str, max: usize) {
        // A string has at most as many characters as bytes: counting is needed only past that.
        if text.len() > max {
            let seen = text.chars().count();
            if seen > max {
                self.add(place, Problem::TooLong { seen, max });
            }
        }
    }

    pub(crate) fn count(&mut self, place: &str, seen: usize, max: usize) {
        if seen == 0 {
            self.add(place, Problem::TooFew);
        } else if seen > max {
            self.add(place, Problem::TooMany { seen, max });
        }
    }

    /// Each value at most once; the place of the second one is reported.
    pub(crate) fn unique<'a>(&mut self, values: impl Iterator<Item = (String, &'a str)>) {
        let mut seen = Vec::new();
        for (place, value) in values {
            if seen.contains(&value) {
                self.add(place, Problem::Duplicate(value.to_owned()));
            }
            seen.push(value);
        }
    }

    pub(crate) fn https(&mut self, place: impl Into<String>, url: &str, max: usize) {
        let place = place.into();
        let rest = url.strip_prefix("https://").unwrap_or_default();
        if rest.is_empty() || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.add(place, Problem::Form("must be a complete https address without spaces"));
        } else {
            self.longest(place, url, max);
        }
    }
}
