//! # The value is empty at the vendor
//!
//! **Seen:** a path leads through a value that is null.
//!
//! **Meaning:** the path is right, but this record has nothing there: no company, no assignee, no next page.
//!
//! **Change:** nothing, if that is normal: the variable stays unset. Give the row a default, or print the value with one.
//!
//! ```yaml
//! save:
//!   agent: {path: data[0].assignee.name, default: nobody yet}
//! ```

use super::rows::{self, Miss};
use super::seen::Seen;
use crate::finding::{Finding, Severity};

pub(super) const CODE: &str = "path-through-null";

pub(super) fn of_rows(seen: &Seen<'_>) -> Vec<Finding> {
    let tell = |(row, _): (&crate::request::MissingRow, Option<crate::path::Nearest>)| {
        let message = format!(
            "`{}` is null in this answer, so `{}` leads nowhere (for `{}`)",
            row.missing.existing, row.path, row.name
        );
        let finding = rows::finding(seen, CODE, row, None, message)
            .because("The path is right, but the record has nothing there.")
            .mend(format!("Give it a default: `{}: {{path: {}, default: …}}`.", row.name, row.path));
        let severity = if row.required { Severity::Error } else { Severity::Hint };
        Finding { severity, ..finding }
    };
    rows::of(seen, Miss::ThroughNull).into_iter().map(tell).collect()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told};

    #[test]
    fn names_what_is_null() {
        let step = step(Method::Get, "https://a.example/")
            .save("agent", "ticket.assignee.name")
            .save("due", "ticket.due_at");
        let answer = answered(200, r#"{"ticket":{"assignee":null,"due_at":null}}"#);
        assert!(finding(&step, &answer, super::CODE).message.contains("`ticket.assignee` is null"));
        assert_eq!(told(&step, &answer).len(), 1, "null itself is a value that was found");
    }
}
