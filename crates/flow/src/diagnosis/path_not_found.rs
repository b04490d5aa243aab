//! # The path finds nothing in the answer
//!
//! **Seen:** a mapped path leads to a key that the answer does not have.
//!
//! **Meaning:** the path is misspelt, lacks a wrapper or an index, or the API answers in another shape than before.
//!
//! **Change:** the path that the finding shows, if one is near; else pick it from a recorded answer. A value that is
//! sometimes absent can have a default, one that you cannot do without is `required`.
//!
//! ```yaml
//! save:
//!   ticket_id: {path: ticket.id, required: true}
//! ```

use super::rows::{self, Miss};
use super::seen::Seen;
use crate::Value;
use crate::finding::Finding;
use crate::path::{PATTERN_VALUES_MAX, Path, Why};

pub(super) const CODE: &str = "path-not-found";

pub(super) fn of_rows(seen: &Seen<'_>) -> Vec<Finding> {
    let tell = |(row, near): (&crate::request::MissingRow, Option<crate::path::Nearest>)| {
        let message = match row.missing.existing.as_str() {
            "" => format!("`{}` is not in the answer (for `{}`)", row.path, row.name),
            existing => format!(
                "`{}` is not in the answer, which goes as far as `{existing}` (for `{}`)",
                row.path, row.name
            ),
        };
        let finding = rows::finding(seen, CODE, row, near.as_ref(), message);
        match near {
            Some(near) => {
                finding.because("A similar path is there.").mend(format!("Did you mean `{}`?", near.path))
            }
            None if row.missing.why == Why::TooManyValues => finding
                .because(format!(
                    "A path with `match` or `search` is tried only on answers of up to {PATTERN_VALUES_MAX} values."
                ))
                .mend("Ask the API for fewer entries, or compare with `==`."),
            None => finding
                .because(there(seen, &row.missing.existing))
                .mend("Pick the path from the answer. If the value may be absent, give the row a default."),
        }
    };
    rows::of(seen, Miss::NotFound).into_iter().map(tell).collect()
}

/// What stands where the path ends.
fn there(seen: &Seen<'_>, existing: &str) -> String {
    const KEYS_MAX: usize = 12;
    let path = if existing.is_empty() { Path::of("$") } else { Path::of(existing) };
    let here =
        path.as_ref().zip(seen.finished.answer.as_ref()).and_then(|(path, answer)| path.read(answer).found());
    match here {
        Some(Value::Object(entries)) if entries.is_empty() => "The object there is empty.".to_owned(),
        Some(Value::Object(entries)) => {
            let keys: Vec<String> = entries.keys().take(KEYS_MAX).map(|key| format!("`{key}`")).collect();
            let more = if entries.len() > KEYS_MAX { " and others" } else { "" };
            format!("The keys there are {}{more}.", keys.join(", "))
        }
        Some(Value::Array(items)) => {
            format!("There is a list of {} there; pick an item, such as `[0]`.", items.len())
        }
        Some(_) => "There is a plain value there, with nothing inside.".to_owned(),
        None => "Nothing matches it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::Severity;
    use crate::request::Method;
    use crate::request::example::{answered, finding, row, step, told};
    use crate::steps::api_request::WhenMissing;

    #[test]
    fn shows_the_nearest_path_or_what_is_there() {
        let step = step(Method::Get, "https://a.zendesk.com/api/v2/tickets/1")
            .save("id", "id")
            .save("x", "ticket.colour");
        let answer = answered(200, r#"{"ticket":{"id":1,"status":"open"}}"#);
        assert!(finding(&step, &answer, super::CODE).mend.contains("`ticket.id`"));
        let all = crate::request::example::findings(&step, &answer);
        assert!(all[1].cause.contains("`id`, `status`"), "{}", all[1].cause);
        assert_eq!(told(&step, &answer), [super::CODE, super::CODE]);
    }

    #[test]
    fn a_required_row_is_an_error() {
        let mut step = step(Method::Get, "https://a.example/");
        step.save.push(row("id", "ticket.id", WhenMissing::Refuse));
        assert_eq!(finding(&step, &answered(200, r#"{"other":{}}"#), super::CODE).severity, Severity::Error);
        assert!(told(&step, &answered(200, r#"{"ticket":{"id":null}}"#)).is_empty());
    }
}
