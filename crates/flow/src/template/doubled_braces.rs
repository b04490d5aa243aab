//! Braces written twice, as many web guides print them: `{{"query": {{…}}}}` and `"{{{{customer_email}}}}"`.
//!
//! The guide's author escaped braces for a program that halves them. As typed, it is neither JSON nor a hole. The repair
//! is shown and offered wherever text comes in (paste, import, check); at run time nothing is repaired.

use super::hole::{self, Inside};
use super::{Fault, Part, parse};
use std::ops::Range;

/// The text with its doubled braces halved; `None` when it is not written that way.
///
/// A `{{name}}` that stands inside a JSON string is a hole already and stays; `{{{{name}}}}` becomes one; then the
/// remaining pairs are halved. A text that looks like JSON is only repaired when the result is JSON.
pub fn repair(text: &str) -> Option<String> {
    let cuts = surplus(text)?;
    let mut repaired = String::with_capacity(text.len());
    let mut at = 0;
    for cut in cuts {
        repaired.push_str(&text[at..cut.start]);
        at = cut.end;
    }
    repaired.push_str(&text[at..]);
    (!looks_like_json(text) || is_json(&repaired)).then_some(repaired)
}

/// The finding for a text written with doubled braces.
pub(crate) fn fault(text: &str) -> Option<Fault> {
    let repaired = repair(text)?;
    let changes = surplus(text)?.into_iter().map(|cut| (cut, String::new())).collect();
    let fault = Fault::new("doubled-braces", 0..text.len(), "the braces are written twice")
        .because("Some guides print each brace twice, because their text went through a program that halves them. Here `{{name}}` is a hole and JSON has single braces.")
        .mend(format!("Write it as: {repaired}"));
    Some(Fault { fix: Some((changes, true)), ..fault })
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && text.contains('"')
}

/// Whether a text with holes is JSON whatever its holes hold.
pub(crate) fn is_json(text: &str) -> bool {
    let (parts, faults) = parse::cut(text);
    if !faults.is_empty() {
        return false;
    }
    let mut sample = String::new();
    for part in &parts {
        match part {
            Part::Text(text) => sample.push_str(text),
            // A digit is JSON both inside and outside quotes.
            Part::Hole(_) => sample.push('0'),
        }
    }
    serde_json::from_str::<serde::de::IgnoredAny>(&sample).is_ok()
}

/// Ranges to cut out.
fn surplus(text: &str) -> Option<Vec<Range<usize>>> {
    let json = looks_like_json(text);
    let bytes = text.as_bytes();
    let mut cuts = Vec::new();
    let mut in_string = false;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"{{{{")
            && rest.get(4) != Some(&b'{')
            && let Some(after) = name_hole(text, at + 2)
            && bytes[after..].starts_with(b"}}")
        {
            cuts.push(at..at + 2);
            cuts.push(after..after + 2);
            at = after + 2;
        } else if rest.starts_with(b"{{")
            && rest.get(2) != Some(&b'{')
            && let Some(after) = name_hole(text, at)
        {
            at = after;
        } else if json && in_string && rest[0] == b'\\' {
            at += 2;
        } else if json && rest[0] == b'"' {
            in_string = !in_string;
            at += 1;
        } else if json && !in_string && (rest.starts_with(b"{{") || rest.starts_with(b"}}")) {
            cuts.push(at..at + 1);
            at += 2;
        } else {
            at += 1;
        }
    }
    (!cuts.is_empty()).then_some(cuts)
}

/// The offset after the hole that opens at `open`, if one does.
fn name_hole(text: &str, open: usize) -> Option<usize> {
    match hole::read(text, open) {
        Ok((Inside::Hole(_), after)) => Some(after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn halves_what_guides_print() {
        assert_eq!(
            repair(r#"{{"query": {{"field": "email", "operator": "=", "value": "{{customer_email}}"}}}}"#)
                .as_deref(),
            Some(r#"{"query": {"field": "email", "operator": "=", "value": "{{customer_email}}"}}"#)
        );
        assert_eq!(
            repair(r#"{{"query": {{"value": "{{{{customer_email}}}}"}}, "pagination": {{"per_page": 1}}}}"#)
                .as_deref(),
            Some(r#"{"query": {"value": "{{customer_email}}"}, "pagination": {"per_page": 1}}"#)
        );
        assert_eq!(repair("Hi {{{{name}}}}!").as_deref(), Some("Hi {{name}}!"));
        assert_eq!(repair(r#"{{"n": {{{{count}}}}}}"#).as_deref(), Some(r#"{"n": {{count}}}"#));
        assert_eq!(repair("{{\n  \"a\": [{{\"b\": 1}}]\n}}").as_deref(), Some("{\n  \"a\": [{\"b\": 1}]\n}"));
    }

    #[test]
    fn leaves_what_is_well_written() {
        for text in [
            "",
            "Hi {{name}}",
            r#"{"a": {"b": "{{name}}"}}"#,
            r#"{"a": {{count}}}"#,
            r#"{"a": {"b": {"c": 1}}}"#,
            "{{'{{'}}name}}",
            "if {{x",
            r#"{{"a": 1"#,
            r#"{"text": "use {{ and }} for it"}"#,
        ] {
            assert_eq!(repair(text), None, "{text}");
        }
    }
}
