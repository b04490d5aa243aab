//! Comparing what a test wants with what came, and saying where they part.

use crate::Value;
use crate::template::print;

/// Longest texts, in lines, that are compared line by line.
const DIFF_LINES_MAX: usize = 400;

/// Where `came` lacks what `wanted` has: one line each, `way: wanted …, came …`. Empty when `wanted` is a subset: each
/// key of an object must be there, a list must have the same length, and a text matches itself, `*` any run of
/// characters where `globs` is set.
pub(super) fn missing(wanted: &Value, came: &Value, globs: bool) -> Vec<String> {
    let mut lines = Vec::new();
    compare(&mut lines, "", wanted, Some(came), globs);
    lines
}

fn compare(lines: &mut Vec<String>, way: &str, wanted: &Value, came: Option<&Value>, globs: bool) {
    let Some(came) = came else {
        return lines.push(format!("{}: wanted {}, came nothing", at(way), quoted(wanted)));
    };
    match (wanted, came) {
        (Value::Object(wanted), Value::Object(came)) => {
            for (key, wanted) in wanted {
                let way = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
                compare(lines, &way, wanted, came.get(key), globs);
            }
        }
        (Value::Array(wanted), Value::Array(came)) if wanted.len() == came.len() => {
            for (index, (wanted, came)) in wanted.iter().zip(came).enumerate() {
                compare(lines, &format!("{way}[{index}]"), wanted, Some(came), globs);
            }
        }
        (Value::Array(wanted), Value::Array(came)) => {
            lines.push(format!("{}: wanted {} entries, came {}", at(way), wanted.len(), came.len()));
        }
        (Value::String(wanted), Value::String(came)) if globs && matches(wanted, came) => {}
        // A button or row with a description, named by its title alone.
        (Value::String(title), Value::Object(came))
            if came.get("title").is_some_and(|t| t == title.as_str()) => {}
        (wanted, came) if equal(wanted, came) => {}
        (wanted, came) => {
            lines.push(format!("{}: wanted {}, came {}", at(way), quoted(wanted), quoted(came)));
        }
    }
}

fn at(way: &str) -> &str {
    if way.is_empty() { "it" } else { way }
}

/// A text in quotes, so that `"1"` and `1` differ to the eye.
fn quoted(value: &Value) -> String {
    value.to_string()
}

/// Equal values; numbers by what they count, so that 1.0 is 1.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b
                || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if a.total_cmp(&b).is_eq())
                    && a.to_string().len().max(b.to_string().len()) <= 15
        }
        _ => one == other,
    }
}

/// Whether `text` is `pattern`, in which `*` stands for any run of characters.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(mut part) = parts.next() else { return rest.is_empty() };
    for next in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
        part = next;
    }
    rest.ends_with(part)
}

/// Two texts line by line: ` ` stands before what they share, `-` before what was wanted, `+` before what came.
pub(super) fn diff(wanted: &str, came: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), came.lines().collect());
    if old.len() > DIFF_LINES_MAX || new.len() > DIFF_LINES_MAX {
        return format!("- {} lines\n+ {} lines", old.len(), new.len());
    }
    // Length of the longest common run of lines from here to the ends.
    let mut common = vec![vec![0u32; new.len() + 1]; old.len() + 1];
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            common[i][j] =
                if one == other { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push(format!("  {}", old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            out.push(format!("- {}", old[i]));
            i += 1;
        } else {
            out.push(format!("+ {}", new[j]));
            j += 1;
        }
    }
    out.join("\n")
}

/// A value for a diff: texts as they are, anything else as indented JSON.
pub(super) fn pretty(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
        }
        other => print(other).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_subset_matches_and_a_difference_names_its_place() {
        let came = json!({"query": {"field": "email", "value": "x"}, "page": 1, "tags": ["a", "b"]});
        let none: [&str; 0] = [];
        assert_eq!(missing(&json!({"query": {"field": "email"}, "tags": ["a", "b"]}), &came, false), none);
        assert_eq!(missing(&json!({"page": 1.0}), &came, false), none);
        assert_eq!(missing(&json!({"query": {"value": "*"}}), &came, true), none);
        assert_eq!(
            missing(
                &json!({"query": {"value": "y"}, "page": "1", "tags": ["a"], "more": null}),
                &came,
                false
            ),
            [
                r#"query.value: wanted "y", came "x""#,
                r#"page: wanted "1", came 1"#,
                "tags: wanted 1 entries, came 2",
                "more: wanted null, came nothing",
            ]
        );
    }

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, same) in [
            ("abc", "abc", true),
            ("a*c", "abbc", true),
            ("a*c", "ac", true),
            ("a*b*a", "abba", true),
            ("a*b*a", "aba", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("https://*/search", "https://api.example.com/v1/search", true),
            ("abc", "abcd", false),
            ("*x", "abc", false),
        ] {
            assert_eq!(matches(pattern, text), same, "{pattern} {text}");
        }
    }

    #[test]
    fn a_diff_marks_only_what_changed() {
        assert_eq!(
            diff("Hi Priya,\nPlan: Pro\nBye", "Hi Priya,\nPlan: \nBye"),
            "  Hi Priya,\n- Plan: Pro\n+ Plan: \n  Bye"
        );
    }
}
