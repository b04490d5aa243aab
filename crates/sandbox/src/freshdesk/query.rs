//! The filter of `GET /search/…`: `"priority:3 AND (status:2 OR tag:'order')"`, its double quotes part of the value.

use serde_json::Value;

use crate::clock::parse_iso;

/// Longest filter, in characters.
const QUERY_CHARS_MAX: usize = 512;
/// Deepest brackets.
const DEPTH_MAX: usize = 8;

#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Test { field: String, sign: char, value: String },
}

/// Reads a filter; the message says what is wrong with it.
pub(super) fn parse(raw: &str, fields: &[&str]) -> Result<Filter, String> {
    if raw.chars().count() > QUERY_CHARS_MAX {
        return Err(format!("query: at most {QUERY_CHARS_MAX} characters"));
    }
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = inner.ok_or_else(|| "query: it must stand in double quotes".to_owned())?;
    let mut reader = Reader { words: words(inner)?, at: 0, fields };
    let filter = reader.any(0)?;
    match reader.next() {
        None => Ok(filter),
        Some(word) => Err(format!("query: `{word}` was not expected")),
    }
}

impl Filter {
    pub(super) fn finds(&self, record: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.finds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.finds(record)),
            Self::Test { field, sign, value } => {
                let has = match field.as_str() {
                    "tag" => {
                        return record["tags"]
                            .as_array()
                            .into_iter()
                            .flatten()
                            .any(|tag| tag == value.as_str());
                    }
                    "agent_id" => &record["responder_id"],
                    _ if field.starts_with("cf_") => &record["custom_fields"][field],
                    _ => &record[field],
                };
                if value == "null" {
                    return has.is_null();
                }
                match has {
                    Value::Number(number) => number.to_string() == *value,
                    Value::Bool(flag) => flag.to_string() == *value,
                    Value::String(text) => match (*sign, parse_iso(text).zip(parse_iso(value))) {
                        ('>', Some((has, wanted))) => has > wanted,
                        ('<', Some((has, wanted))) => has < wanted,
                        (_, Some((has, wanted))) => has.div_euclid(86_400) == wanted.div_euclid(86_400),
                        (_, None) => text.eq_ignore_ascii_case(value),
                    },
                    _ => false,
                }
            }
        }
    }
}

struct Reader<'a> {
    words: Vec<String>,
    at: usize,
    fields: &'a [&'a str],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|word| word == wanted);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Filter, String> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, String> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("AND") {
            parts.push(self.one(depth)?);
        }
        Ok(Filter::All(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEPTH_MAX {
            return Err("query: too many brackets".into());
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err("query: a bracket is not closed".into()) };
        }
        let word = self.next().ok_or_else(|| "query: a condition is missing".to_owned())?;
        let (field, value) =
            word.split_once(':').ok_or_else(|| format!("query: `{word}` is no condition like status:2"))?;
        // Names are case sensitive.
        if !self.fields.contains(&field) && !field.starts_with("cf_") {
            return Err(format!("query: `{field}` is not a field that can be filtered"));
        }
        let sign = value.chars().next().filter(|c| matches!(c, '<' | '>')).unwrap_or(':');
        let value = value.trim_start_matches(['<', '>']).trim_matches('\'').to_owned();
        Ok(Filter::Test { field: field.to_owned(), sign, value })
    }
}

/// Words and brackets; single quotes hold words together.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.push(c);
            }
            '(' | ')' if !quoted => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                words.push(c.to_string());
            }
            c if c.is_whitespace() && !quoted => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err("query: a single quote is not closed".into());
    }
    words.extend((!word.is_empty()).then_some(word));
    Ok(words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: [&str; 5] = ["status", "priority", "tag", "created_at", "email"];

    #[test]
    fn filters_hold_as_written() {
        let ticket = json!({"status": 2, "priority": 3, "tags": ["order"], "created_at": "2026-11-20T10:00:00Z", "email": "A@b.c"});
        let finds = |query: &str| parse(query, &FIELDS).map(|filter| filter.finds(&ticket));
        for yes in [
            "\"status:2\"",
            "\"status:2 AND priority:3\"",
            "\"status:4 OR tag:'order'\"",
            "\"(status:4 OR status:2) AND priority:3\"",
            "\"created_at:>'2026-11-01'\"",
            "\"email:'a@b.c'\"",
        ] {
            assert_eq!(finds(yes), Ok(true), "{yes}");
        }
        assert_eq!(finds("\"status:2 AND priority:1\""), Ok(false));
        for bad in [
            "status:2",
            "\"\"",
            "\"status\"",
            "\"Status:2\"",
            "\"(status:2\"",
            "\"status:2 status:3\"",
            "\"tag:'x\"",
            "\"AND\"",
            "\"",
        ] {
            assert!(finds(bad).is_err(), "{bad}");
        }
        let deep = format!("\"{}status:2{}\"", "(".repeat(200), ")".repeat(200));
        assert!(finds(&deep).is_err());
    }
}
