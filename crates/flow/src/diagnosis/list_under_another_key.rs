//! # The list stands under another key
//!
//! **Seen:** a path such as `data[0].id` finds nothing, while the answer has its list elsewhere.
//!
//! **Meaning:** APIs name their lists differently, even within one vendor: Intercom has contacts under `data`,
//! conversations under `conversations` and tickets under `tickets`; Zendesk's search has `results`; Freshdesk's lists are
//! bare (`[0].id`).
//!
//! **Change:** the path that the finding shows.

use super::rows::{self, Miss};
use super::seen::Seen;
use crate::finding::Finding;

pub(super) const CODE: &str = "list-under-another-key";

pub(super) fn of_rows(seen: &Seen<'_>) -> Vec<Finding> {
    let tell = |(row, near): (&crate::request::MissingRow, Option<crate::path::Nearest>)| {
        let near = near?;
        let message = format!("`{}` is not in the answer, `{}` is (for `{}`)", row.path, near.path, row.name);
        let finding = rows::finding(seen, CODE, row, Some(&near), message);
        Some(finding.because("The list stands under another key.").mend(format!("Write `{}`.", near.path)))
    };
    rows::of(seen, Miss::OtherList).into_iter().filter_map(tell).collect()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn offers_the_key_that_exists() {
        let search =
            step(Method::Post, "https://api.intercom.io/conversations/search").save("id", "data[0].id");
        let body = r#"{"type":"conversation.list","conversations":[{"id":"378"}],"total_count":1}"#;
        let told = finding(&search, &answered(200, body), super::CODE);
        assert_eq!(told.fix.unwrap().edits[0].text, "conversations[0].id");
        let bare = step(Method::Get, "https://a.freshdesk.com/api/v2/tickets").save("id", "data[0].id");
        assert!(finding(&bare, &answered(200, r#"[{"id": 18}]"#), super::CODE).mend.contains("`[0].id`"));
    }
}
