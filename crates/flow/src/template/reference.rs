//! Reading `order.items[0].sku` where it stands in a hole or a condition.

use super::{Fault, Reference};
use crate::path::{Path, PathKind, PathStep};

/// Most steps into a value that a reference or path may take.
pub(crate) const STEPS_MAX: usize = 64;

impl Reference {
    /// Reads a reference that is the whole text; `None` when it is none.
    pub fn parse(text: &str) -> Option<Reference> {
        let (reference, end) = scan(text, 0, text.len(), "bad-reference").ok()?;
        (end == text.len()).then_some(reference)
    }
}

/// Whether a name can begin with this letter.
pub(crate) fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Letters of a key that needs no quotes; `@` and `#` are for XML.
pub(crate) fn in_key(c: char) -> bool {
    in_name(c) || matches!(c, '@' | '#' | ':')
}

/// Reads a reference from `at`; returns it and the offset after it.
pub(crate) fn scan(
    text: &str,
    at: usize,
    end: usize,
    code: &'static str,
) -> Result<(Reference, usize), Fault> {
    let rest = &text[at..end];
    if !rest.chars().next().is_some_and(begins_name) {
        let next = rest.chars().next().map_or(0, char::len_utf8);
        let seen = if next == 0 { "nothing".to_owned() } else { format!("`{}`", &rest[..next]) };
        return Err(Fault::new(code, at..at + next, format!("expected a name, found {seen}"))
            .mend("Begin with the name of a variable, such as `customer_email` or `contact.name`."));
    }
    let root_end = at + rest.find(|c| !in_name(c)).unwrap_or(rest.len());
    let (steps, after) = steps(text, root_end, end, code)?;
    let written = &text[root_end..after];
    let path =
        Path { kind: PathKind::Steps(steps), text: written.strip_prefix('.').unwrap_or(written).to_owned() };
    let reference = Reference { root: text[at..root_end].to_owned(), path, text: text[at..after].to_owned() };
    Ok((reference, after))
}

/// Reads `.key`, `[n]` and `["odd key"]` as long as they follow each other.
fn steps(text: &str, mut at: usize, end: usize, code: &'static str) -> Result<(Vec<PathStep>, usize), Fault> {
    let mut steps = Vec::new();
    loop {
        let rest = &text[at..end];
        if let Some(key) = rest.strip_prefix('.') {
            let length = key.find(|c| !in_key(c)).unwrap_or(key.len());
            if length == 0 {
                return Err(Fault::new(code, at..at + 1, "a dot with no key after it")
                    .mend("Write the key after the dot, an odd one in brackets: `[\"odd key\"]`."));
            }
            steps.push(PathStep::Key(key[..length].to_owned()));
            at += 1 + length;
        } else if rest.starts_with('[') {
            let (step, after) = bracket(text, at, end, code)?;
            steps.push(step);
            at = after;
        } else {
            return Ok((steps, at));
        }
        if steps.len() > STEPS_MAX {
            return Err(Fault::new(code, at..at, format!("more than {STEPS_MAX} steps into a value"))
                .mend("Save a part of the value under a name of its own first."));
        }
    }
}

/// Reads `[0]` or `["odd key"]` at `at`.
pub(crate) fn bracket(
    text: &str,
    at: usize,
    end: usize,
    code: &'static str,
) -> Result<(PathStep, usize), Fault> {
    let inner = at + 1;
    let rest = &text[inner..end];
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        let (key, after) = quoted(text, inner, end).ok_or_else(|| {
            Fault::new(code, at..end, format!("the key after `[{quote}` is not closed"))
                .mend(format!("Close it: `[{quote}odd key{quote}]`."))
        })?;
        if !text[after..end].starts_with(']') {
            return Err(
                Fault::new(code, at..after, "a `[` that is not closed").mend("Add `]` after the key.")
            );
        }
        return Ok((PathStep::Key(key), after + 1));
    }
    let Some(length) = rest.find(']') else {
        return Err(Fault::new(code, at..end, "a `[` that is not closed")
            .mend("Write a number or a quoted key in it: `[0]`, `[\"odd key\"]`."));
    };
    let (body, span) = (rest[..length].trim(), at..inner + length + 1);
    let after = span.end;
    if !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit()) {
        return match body.parse() {
            Ok(index) => Ok((PathStep::Index(index), after)),
            Err(_) => Err(Fault::new(code, span, format!("`[{body}]` is past the end of any list"))),
        };
    }
    let fault = match body {
        "" => Fault::new(code, span, "empty brackets")
            .mend("Write which item: `[0]` is the first.")
            .offered_fix(at..after, "[0]"),
        "*" => Fault::new(code, span, "`[*]` is not part of a plain path")
            .mend("Pick one item (`[0]`), or begin the path with `$` for JSONPath, which takes the first match: `$.data[*].id`."),
        _ if body.starts_with('-') => Fault::new(code, span, format!("`[{body}]` counts from the end"))
            .mend(format!("Begin the path with `$` for JSONPath, where `[{body}]` is allowed.")),
        _ => Fault::new(code, span, format!("`[{body}]` holds neither a number nor a quoted key"))
            .mend(format!("Quote the key: `[\"{body}\"]`."))
            .offered_fix(inner..inner + length, format!("\"{body}\"")),
    };
    Err(fault)
}

/// Reads a text in `"` or `'` at `at`, with `\"`, `\'`, `\\`, `\n`, `\t` in it; returns it and the offset after it.
pub(crate) fn quoted(text: &str, at: usize, end: usize) -> Option<(String, usize)> {
    let mut chars = text[at..end].char_indices();
    let (_, quote) = chars.next()?;
    let mut value = String::new();
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                c @ ('\\' | '"' | '\'' | '/') => value.push(c),
                c => {
                    value.push('\\');
                    value.push(c);
                }
            },
            c if c == quote => return Some((value, at + offset + 1)),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> PathStep {
        PathStep::Key(name.to_owned())
    }

    #[test]
    fn reads_names_and_ways() {
        let reference = Reference::parse(r#"order.items[0]["odd key"].@id"#).unwrap();
        assert_eq!(reference.root, "order");
        assert_eq!(
            reference.path.kind,
            PathKind::Steps(vec![key("items"), PathStep::Index(0), key("odd key"), key("@id")])
        );
        assert_eq!(reference.path.text, r#"items[0]["odd key"].@id"#);
        let bare = Reference::parse("customer_email").unwrap();
        assert_eq!((bare.root.as_str(), bare.path.text.as_str()), ("customer_email", ""));
        assert_eq!(Reference::parse("list[2]").unwrap().path.text, "[2]");
        assert_eq!(Reference::parse("имя.city").unwrap().root, "имя");
    }

    #[test]
    fn refuses_what_is_no_reference() {
        for text in
            ["", "0name", "a b", "a..b", "a.", "a[", "a[x]", "a[]", "a[-1]", "a[*]", "a[\"b]", "$a", "{a}"]
        {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
        assert_eq!(Reference::parse(&format!("a{}", "[0]".repeat(1000))), None);
    }
}
