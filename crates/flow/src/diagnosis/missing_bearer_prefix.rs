//! # The token lacks `Bearer` before it
//!
//! **Seen:** an `Authorization` header that holds a token alone, without a scheme.
//!
//! **Meaning:** almost every API wants the scheme before the token, and answers 401 without it.
//!
//! **Change:** write `Bearer` and a space before the token, or use the `auth` block.
//!
//! ```yaml
//! headers:
//!   Authorization: Bearer {{secret.intercom_token}}
//! ```

use super::outline::{header, stand_in};
use super::seen::{Seen, error, warning};
use crate::finding::Finding;
use crate::steps::api_request::ApiRequest;
use crate::template::{Template, edit_of};

pub(super) const CODE: &str = "missing-bearer-prefix";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let bare = header(step, "authorization").filter(|(_, value)| lacks_scheme(value));
    bare.map(|(_, value)| {
        finding(value, warning(CODE, "the `Authorization` header holds a token without a scheme"))
    })
    .into_iter()
    .collect()
}

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let (_, value) = header(seen.step, "authorization").filter(|(_, value)| lacks_scheme(value))?;
    seen.has_status(&[401, 403]).then(|| {
        finding(
            value,
            error(CODE, format!("`{}` refused the token, which has no scheme before it", seen.host())),
        )
    })
}

fn lacks_scheme(value: &Template) -> bool {
    let text = stand_in(value);
    !text.trim().is_empty() && !text.trim().contains(' ')
}

fn finding(value: &Template, finding: Finding) -> Finding {
    let finding = finding
        .at(value.place.span.clone())
        .because("Almost every API wants `Bearer` and a space before the token.")
        .mend(format!("Write `Bearer {}`.", value.text.trim()));
    match edit_of(&value.place, 0..0, "Bearer ") {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told_of_step};

    #[test]
    fn a_bare_token() {
        let bare = step(Method::Get, "https://a.example/").header("Authorization", "{{secret.token}}");
        assert!(told_of_step(&bare).contains(&super::CODE));
        let told = finding(&bare, &answered(401, ""), super::CODE);
        assert!(told.mend.contains("`Bearer {{secret.token}}`"), "{}", told.mend);
        assert_eq!(told.fix.unwrap().edits[0].text, "Bearer ");
        for fine in ["Bearer {{secret.token}}", "Token token={{secret.token}}", "{{scheme}} {{secret.token}}"]
        {
            let fine = step(Method::Get, "https://a.example/").header("Authorization", fine);
            assert!(!told_of_step(&fine).contains(&super::CODE));
        }
    }
}
