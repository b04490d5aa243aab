//! JSON bodies: a structure, or JSON as typed, in which the quotes decide what a hole becomes.

use super::fill::{BadTemplate, Fill, Filled, Pieces};
use super::{Encoding, SecretText};
use crate::Value;
use crate::template::{Hole, JsonTemplate, Part, Template, doubled_braces};

/// A structure as JSON text. A text that is exactly one hole keeps its value's type; null stays null.
pub(super) fn structure(template: &JsonTemplate, fill: Fill<'_>) -> Result<SecretText, BadTemplate> {
    let mut pieces = Pieces::default();
    write(template, fill, &mut pieces).map_err(|bad| {
        let field = if bad.field.starts_with('[') {
            format!("body{}", bad.field)
        } else {
            format!("body.{}", bad.field)
        };
        BadTemplate { field: field.trim_end_matches('.').to_owned(), ..bad }
    })?;
    Ok(pieces.finish())
}

// The structure is as deep as its document, which the reader bounds. The field of an error grows on the way out.
fn write(template: &JsonTemplate, fill: Fill<'_>, pieces: &mut Pieces) -> Result<(), BadTemplate> {
    match template {
        JsonTemplate::Literal(value) => pieces.text().push_str(&value.to_string()),
        JsonTemplate::Text(text) => {
            if let Some(hole) = text.single_hole() {
                return bare(text, hole, fill, pieces);
            }
            pieces.text().push('"');
            fill.value(text, Encoding::Json, "", pieces)?;
            pieces.text().push('"');
        }
        JsonTemplate::List(items) => {
            pieces.text().push('[');
            for (count, item) in items.iter().enumerate() {
                if count > 0 {
                    pieces.text().push(',');
                }
                write(item, fill, pieces).map_err(|bad| inside(&format!("[{count}]"), bad))?;
            }
            pieces.text().push(']');
        }
        JsonTemplate::Object(entries) => {
            pieces.text().push('{');
            for (count, (key, item)) in entries.iter().enumerate() {
                let text = pieces.text();
                text.push_str(if count > 0 { ",\"" } else { "\"" });
                Encoding::Json.write(key, text);
                text.push_str("\":");
                write(item, fill, pieces).map_err(|bad| inside(key, bad))?;
            }
            pieces.text().push('}');
        }
    }
    Ok(())
}

fn inside(outer: &str, bad: BadTemplate) -> BadTemplate {
    let dot = if bad.field.is_empty() || bad.field.starts_with('[') { "" } else { "." };
    BadTemplate { field: format!("{outer}{dot}{}", bad.field), ..bad }
}

/// A hole alone: its value as JSON.
fn bare(text: &Template, hole: &Hole, fill: Fill<'_>, pieces: &mut Pieces) -> Result<(), BadTemplate> {
    match fill.hole(text, hole, "")? {
        Filled::Secret(name) => {
            pieces.text().push('"');
            pieces.secret(name, Encoding::Json);
            pieces.text().push('"');
        }
        Filled::Value(value) => value_as_json(&value, pieces.text()),
    }
    Ok(())
}

fn value_as_json(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push('"');
            Encoding::Json.write(text, out);
            out.push('"');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// JSON as typed. Inside a string a hole's text is escaped; outside it becomes a JSON value; in a key none may stand.
pub(super) fn typed(template: &Template, fill: Fill<'_>) -> Result<SecretText, BadTemplate> {
    const FIELD: &str = "body";
    let mut pieces = Pieces::default();
    let mut at = At::default();
    for part in &template.parts {
        match part {
            Part::Text(text) => {
                if let Some(hole) = at.walk(text) {
                    let why = "stands in a key; a value can never change a request's shape";
                    return Err(BadTemplate::of_hole(template, &hole, FIELD, why, "Write the key out."));
                }
                pieces.text().push_str(text);
            }
            Part::Hole(hole) if at.in_string => {
                if at.escaped {
                    let why = "stands behind a backslash";
                    return Err(BadTemplate::of_hole(
                        template,
                        hole,
                        FIELD,
                        why,
                        "Take the backslash away: values are escaped by themselves.",
                    ));
                }
                at.hole = Some(hole.clone());
                fill.write(template, hole, Encoding::Json, FIELD, &mut pieces)?;
            }
            Part::Hole(hole) => match fill.hole(template, hole, FIELD)? {
                Filled::Value(value) => value_as_json(&value, pieces.text()),
                Filled::Secret(_) => {
                    let why = "is a secret without quotes around it";
                    return Err(BadTemplate::of_hole(
                        template,
                        hole,
                        FIELD,
                        why,
                        "Put it in quotes: `\"{{secret.name}}\"`.",
                    ));
                }
            },
        }
    }
    let body = pieces.finish();
    match serde_json::from_str::<serde::de::IgnoredAny>(&body.with("x")) {
        Ok(_) => Ok(body),
        Err(error) => Err(BadTemplate::of_text(
            template,
            FIELD,
            format!("is not JSON: {error}"),
            match doubled_braces::repair(&template.text) {
                Some(repaired) => format!("The braces are written twice. Write: {repaired}"),
                None => "Compare the quotes, commas and brackets. A hole of text stands in quotes, one of a number without.".to_owned(),
            },
        )),
    }
}

/// Where in JSON we are.
#[derive(Default)]
struct At {
    in_string: bool,
    escaped: bool,
    /// The last hole of the string that runs, or that has just ended.
    hole: Option<Hole>,
}

impl At {
    /// Walks over the author's text; returns the hole of a string that turns out to be a key.
    fn walk(&mut self, text: &str) -> Option<Hole> {
        for c in text.chars() {
            if self.in_string {
                match c {
                    _ if self.escaped => self.escaped = false,
                    '\\' => self.escaped = true,
                    '"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match c {
                c if c.is_ascii_whitespace() => {}
                ':' if self.hole.is_some() => return self.hole.take(),
                '"' => {
                    self.in_string = true;
                    self.hole = None;
                }
                _ => self.hole = None,
            }
        }
        None
    }
}
