//! # This record has no such attribute
//!
//! **Seen:** the custom attributes are there, and the one that the path names is not.
//!
//! **Meaning:** vendors leave out attributes that were never set for a record; or no attribute has this name.
//!
//! **Change:** nothing, if that is normal. Else compare the name with the vendor's settings: it is the internal name that
//! counts, not the label (Freshdesk's begin with `cf_`). Print the value with a default.
//!
//! ```text
//! Plan: {{contact_plan | default: "free"}}
//! ```

use super::rows::{self, Miss};
use super::seen::Seen;
use crate::finding::{Finding, Severity};

pub(super) const CODE: &str = "attribute-not-set";

pub(super) fn of_rows(seen: &Seen<'_>) -> Vec<Finding> {
    let tell = |(row, _): (&crate::request::MissingRow, Option<crate::path::Nearest>)| {
        let message = format!("this record has no `{}` (for `{}`)", row.path, row.name);
        let finding = rows::finding(seen, CODE, row, None, message)
            .because("The attribute was never set for this record, or none has this internal name.")
            .mend(format!(
                "Print it with a default: `{{{{{} | default: '…'}}}}`, or give the row one.",
                row.name
            ));
        let severity = if row.required { Severity::Error } else { Severity::Hint };
        Finding { severity, ..finding }
    };
    rows::of(seen, Miss::AttributeNotSet).into_iter().map(tell).collect()
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn the_parent_is_there_and_the_key_is_not() {
        let search = step(Method::Post, "https://api.intercom.io/contacts/search")
            .save("plan", "data[0].custom_attributes.plan");
        assert_eq!(
            told(&search, &answered(200, r#"{"data":[{"custom_attributes":{"city":"Pune"}}]}"#)),
            [super::CODE]
        );
        assert_eq!(told(&search, &answered(200, r#"{"data":[{"custom_attributes":{}}]}"#)), [super::CODE]);
    }
}
