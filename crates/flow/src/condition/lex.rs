//! Words and signs of a condition.

use crate::Value;
use crate::source::Span;
use crate::template::reference::{begins_name, quoted, scan};
use crate::template::{Fault, Reference};

pub(super) const CODE: &str = "bad-condition";

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Literal(Value),
    /// A name, which may also be a word of the language.
    Name(Reference),
    /// `= != < <= > >= ( ) [ ] ,`
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ","];

/// Cuts a condition into tokens with their ranges; the first thing that cannot be read is the fault.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        if let Some(fault) = foreign(text, at) {
            return Err(fault);
        }
        let (token, end) = if next == '"' {
            let (value, end) = quoted(text, at, text.len()).ok_or_else(|| {
                Fault::new(CODE, at..text.len(), "a text in quotes is not closed").mend("Close it with `\"`.")
            })?;
            (Token::Literal(Value::String(value)), end)
        } else if next.is_ascii_digit()
            || (next == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            number(text, at)?
        } else if begins_name(next) {
            let (reference, end) = scan(text, at, text.len(), CODE)?;
            let token = match reference.text.as_str() {
                "true" => Token::Literal(Value::Bool(true)),
                "false" => Token::Literal(Value::Bool(false)),
                "null" => Token::Literal(Value::Null),
                _ => Token::Name(reference),
            };
            (token, end)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), at + sign.len())
        } else {
            let span = at..at + next.len_utf8();
            return Err(Fault::new(CODE, span, format!("`{next}` means nothing in a condition"))
                .because("A condition compares names with numbers and quoted texts.")
                .mend("Compare with `plan = \"pro\" and total_count > 0`."));
        };
        tokens.push((token, at..end));
        at = end;
    }
    Ok(tokens)
}

fn number(text: &str, at: usize) -> Result<(Token, usize), Fault> {
    let rest = &text[at..];
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ':')))
        .unwrap_or(rest.len());
    let written = &rest[..length];
    let span = at..at + length;
    match serde_json::from_str(written) {
        Ok(number) => Ok((Token::Literal(Value::Number(number)), at + length)),
        Err(_) => Err(Fault::new(CODE, span.clone(), format!("`{written}` is not a number"))
            .because("A number is written like `12`, `-3.5`; a text stands in quotes.")
            .mend(format!("Write `\"{written}\"` for a text."))
            .offered_fix(span, format!("\"{written}\""))),
    }
}

/// Signs that other languages have in this place.
fn foreign(text: &str, at: usize) -> Option<Fault> {
    let rest = &text[at..];
    for (sign, ours) in [
        ("===", "="),
        ("==", "="),
        ("!==", "!="),
        ("<>", "!="),
        ("=>", ">="),
        ("=<", "<="),
        ("≠", "!="),
        ("≤", "<="),
        ("≥", ">="),
    ] {
        if rest.starts_with(sign) {
            let span = at..at + sign.len();
            return Some(
                Fault::new(CODE, span.clone(), format!("`{sign}` is written `{ours}` here"))
                    .mend(format!("Write `{ours}`."))
                    .safe_fix(span, ours),
            );
        }
    }
    for (sign, ours) in [("&&", "and"), ("||", "or"), ("&", "and"), ("|", "or")] {
        if let Some(after) = rest.strip_prefix(sign) {
            let span = at..at + sign.len();
            let blank = |present: bool| if present { "" } else { " " };
            let word = format!(
                "{}{ours}{}",
                blank(text[..at].is_empty() || text[..at].ends_with(' ')),
                blank(after.starts_with(' '))
            );
            return Some(
                Fault::new(CODE, span.clone(), format!("`{sign}` is written `{ours}` here"))
                    .mend(format!("Write `{ours}`."))
                    .safe_fix(span, word),
            );
        }
    }
    if rest.starts_with("{{") {
        let end = rest.find("}}").map_or(text.len(), |close| at + close + 2);
        let inner = text[at..end].trim_start_matches('{').trim_end_matches('}').trim();
        let fault = Fault::new(CODE, at..end, "a condition holds no braces")
            .because("Braces print a value in a text. A condition compares the value itself.")
            .mend(format!("Write the bare name: `{inner}`."));
        return Some(match Reference::parse(inner) {
            Some(_) => fault.safe_fix(at..end, inner),
            None => fault,
        });
    }
    if rest.starts_with('!') && !rest.starts_with("!=") {
        return Some(
            Fault::new(CODE, at..at + 1, "`!` is written `not` here")
                .mend("Write `not`.")
                .safe_fix(at..at + 1, "not "),
        );
    }
    let close = match rest.chars().next()? {
        '\'' | '`' => rest.chars().next()?,
        '“' | '”' | '„' => '”',
        '‘' | '’' | '‚' => '’',
        '«' => '»',
        _ => return None,
    };
    let first = rest.chars().next()?;
    let inner = at + first.len_utf8();
    let length = text[inner..].find(|c| c == close || (first != '\'' && matches!(c, '“' | '”' | '‘' | '’')));
    let (value, end) = match length {
        Some(length) => {
            let closing = text[inner + length..].chars().next().map_or(0, char::len_utf8);
            (&text[inner..inner + length], inner + length + closing)
        }
        None => (&text[inner..], text.len()),
    };
    let ours = Value::String(value.to_owned()).to_string();
    Some(
        Fault::new(CODE, at..end, format!("texts stand in straight double quotes, not in `{first}`"))
            .mend(format!("Write `{ours}`."))
            .safe_fix(at..end, ours),
    )
}
