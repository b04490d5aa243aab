//! # The token may not do this
//!
//! **Seen:** 403.
//!
//! **Meaning:** we are known, but the plan, the role of the agent or the scopes of the token do not allow this call.
//!
//! **Change:** give the app or the token the permission, or use a token of somebody who has it.

use super::seen::{Seen, error};
use crate::finding::Finding;

pub(super) const CODE: &str = "forbidden";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let told_better = super::missing_bearer_prefix::of_exchange(seen).is_some();
    (seen.has_status(&[403]) && !told_better).then(|| {
        let plan = seen.has_code("api_plan_restricted");
        error(CODE, format!("`{}` knows us, but does not allow this call (403){}", seen.host(), seen.said()))
            .because(if plan {
                "The plan does not include this API."
            } else {
                "The plan, the role or the scopes of the token do not cover it."
            })
            .mend(if plan {
                "Change the plan with the vendor."
            } else {
                "Add the permission or scope to the app, or use a token of somebody who has it."
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step};

    #[test]
    fn tells_plan_from_permission() {
        let step = step(Method::Get, "https://api.intercom.io/conversations")
            .header("Authorization", "Bearer {{secret.t}}");
        let plan = answered(
            403,
            r#"{"errors":[{"code":"api_plan_restricted","message":"Active subscription needed."}]}"#,
        );
        assert!(finding(&step, &plan, super::CODE).mend.contains("plan"));
        assert!(finding(&step, &answered(403, "{}"), super::CODE).mend.contains("permission"));
    }
}
