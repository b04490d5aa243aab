//! # The OAuth token has ended
//!
//! **Seen:** 401 `invalid_token`.
//!
//! **Meaning:** Zendesk's access tokens live for two days at most, and each refresh ends the one before. This one is
//! expired, revoked, or was replaced.
//!
//! **Change:** let Rapport fetch tokens: `client_credentials`, or a connection that is refreshed ahead of time. A token
//! pasted as a secret ends again.
//!
//! ```yaml
//! auth:
//!   type: client_credentials
//!   token_url: https://your-company.zendesk.com/oauth/tokens
//!   client_id: rapport
//!   client_secret: "{{secret.zendesk_client_secret}}"
//!   scope: read write
//! ```

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::steps::api_request::Auth;

pub(super) const CODE: &str = "oauth-token-expired";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let ended =
        ["invalid_token", "token_expired", "token_revoked"].into_iter().any(|code| seen.has_code(code));
    if !seen.has_status(&[401]) || !ended {
        return None;
    }
    let mend = match &seen.step.auth {
        Auth::Granted { connection } => format!("Connect `{}` again in the browser: its grant was taken back.", connection.value),
        Auth::ClientCredentials { .. } => "Look whether the client is still active and has the scope; a new token was just refused.".to_owned(),
        _ => "Use `auth: {type: client_credentials, …}` or a connection, which fetch new tokens by themselves; a pasted token ends again.".to_owned(),
    };
    Some(
        error(CODE, format!("`{}` says the access token has ended{}", seen.host(), seen.said()))
            .because("OAuth tokens live for hours or days, and each refresh ends the one before.")
            .mend(mend),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, step, told};

    #[test]
    fn is_known_by_its_code() {
        let step = step(Method::Get, "https://a.zendesk.com/api/v2/tickets/1")
            .header("Authorization", "Bearer {{secret.t}}");
        let ended = answered(
            401,
            r#"{"error":"invalid_token","error_description":"The access token provided is expired."}"#,
        );
        assert_eq!(told(&step, &ended), [super::CODE]);
        assert!(
            !told(&step, &answered(401, r#"{"error":"Couldn't authenticate you"}"#)).contains(&super::CODE)
        );
    }
}
