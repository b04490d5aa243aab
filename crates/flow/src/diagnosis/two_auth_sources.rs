//! # The request says twice who it is
//!
//! **Seen:** an `auth` block and an `Authorization` header.
//!
//! **Meaning:** only one of them can be sent, and which one would be a matter of luck.
//!
//! **Change:** keep one. The `auth` block encodes basic auth and fetches tokens for you.

use super::outline::header;
use super::seen::error;
use crate::finding::Finding;
use crate::steps::api_request::{ApiKeyPlace, ApiRequest, Auth};

pub(super) const CODE: &str = "two-auth-sources";

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let name = match &step.auth {
        Auth::None | Auth::ApiKey { place: ApiKeyPlace::Query, .. } => return Vec::new(),
        Auth::ApiKey { place: ApiKeyPlace::Header, name, .. } => name.value.as_str(),
        _ => "Authorization",
    };
    let Some((row, _)) = header(step, name) else { return Vec::new() };
    vec![
        error(CODE, format!("both the `auth` block and a header row give `{}`", row.value))
            .at(row.place.span.clone())
            .because("Only one of them can be sent.")
            .mend("Take the header row away, or the `auth` block."),
    ]
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};
    use crate::steps::api_request::{ApiRequest, Auth};
    use crate::template::Template;

    #[test]
    fn a_block_and_a_row() {
        let row = step(Method::Get, "https://a.example/").header("authorization", "Bearer {{secret.a}}");
        assert!(!told_of_step(&row).contains(&super::CODE));
        let both = ApiRequest { auth: Auth::Bearer { token: Template::of("{{secret.a}}") }, ..row };
        assert!(told_of_step(&both).contains(&super::CODE));
    }
}
