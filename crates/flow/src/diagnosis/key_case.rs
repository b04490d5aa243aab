//! # The key is written in another case
//!
//! **Seen:** a path finds nothing, while the same key in upper or lower case is there.
//!
//! **Meaning:** keys are compared letter by letter: `plan` is not `Plan`. Names that people gave to custom attributes
//! often begin with a capital.
//!
//! **Change:** the path that the finding shows.

use super::rows::{self, Miss};
use super::seen::Seen;
use crate::finding::Finding;

pub(super) const CODE: &str = "key-case";

pub(super) fn of_rows(seen: &Seen<'_>) -> Vec<Finding> {
    let tell = |(row, near): (&crate::request::MissingRow, Option<crate::path::Nearest>)| {
        let near = near?;
        let message = format!("`{}` is not in the answer, `{}` is (for `{}`)", row.path, near.path, row.name);
        let finding = rows::finding(seen, CODE, row, Some(&near), message);
        Some(finding.because("Keys are compared letter by letter.").mend(format!("Write `{}`.", near.path)))
    };
    rows::of(seen, Miss::Case).into_iter().filter_map(tell).collect()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn offers_the_key_that_exists() {
        let search = step(Method::Post, "https://api.intercom.io/contacts/search")
            .save("plan", "data[0].custom_attributes.plan");
        let told = finding(
            &search,
            &answered(200, r#"{"data":[{"custom_attributes":{"Plan":"pro"}}]}"#),
            super::CODE,
        );
        assert_eq!(told.fix.unwrap().edits[0].text, "data[0].custom_attributes.Plan");
    }
}
