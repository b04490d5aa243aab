//! Intercom's error envelope and the version header.

use serde_json::json;

use crate::chance::Chance;
use crate::http_call::Answer;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "unauthorized", "Access Token Invalid")
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "not_found", message)
    }

    /// 400 `parameter_invalid`
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "parameter_invalid", message)
    }

    /// 400 `parameter_not_found`
    pub(super) fn missing(what: &str) -> Self {
        Self::new(400, "parameter_not_found", format!("{what} is required"))
    }

    /// 400 `type_mismatch`
    pub(super) fn mismatch(message: impl Into<String>) -> Self {
        Self::new(400, "type_mismatch", message)
    }

    pub(super) fn not_acceptable() -> Self {
        Self::new(406, "not_acceptable", "The Accept header should send a media type of application/json")
    }

    pub(super) fn too_many(limit: u32) -> Self {
        Self::new(429, "rate_limit_exceeded", format!("Exceeded rate limit of {limit} in 10_seconds"))
    }

    /// What a knob makes of a call.
    pub(super) fn forced(status: u16) -> Self {
        match status {
            401 => Self::unauthorized(),
            403 => Self::new(403, "api_plan_restricted", "Active subscription needed."),
            404 => Self::not_found("Resource Not Found"),
            406 => Self::not_acceptable(),
            400..=499 => Self::new(status, "bad_request", "Refused by a knob of the sandbox"),
            503 => Self::new(503, "service_unavailable", "Sorry, the API service is temporarily unavailable"),
            504 => Self::new(504, "request_timeout", "The request timed out"),
            _ => Self::new(status, "server_error", "Sorry, something went wrong"),
        }
    }

    pub(super) fn answer(&self, chance: &mut Chance) -> Answer {
        let raw = chance.hex(32);
        let request_id =
            format!("{}-{}-4{}-a{}-{}", &raw[..8], &raw[8..12], &raw[13..16], &raw[17..20], &raw[20..]);
        Answer::json(
            self.status,
            &json!({"type": "error.list", "request_id": request_id, "errors": [{"code": self.code, "message": self.message}]}),
        )
    }
}

/// Refuses an unknown version, and a resource that the version does not have yet.
pub(super) fn check_version(version: &str, resource: &str) -> Result<(), Refusal> {
    if matches!(version, "Preview" | "Unstable") {
        return Ok(());
    }
    let bad = |message: &str| Err(Refusal::new(400, "intercom_version_invalid", message));
    let parts = version.split_once('.').and_then(|(major, minor)| Some((number(major)?, number(minor)?)));
    let Some(parts) = parts.filter(|parts| matches!(parts, (1, 0..=4) | (2, 0..=17))) else {
        return bad("The requested version could not be found");
    };
    let since = match resource {
        "contacts" | "conversations" => (2, 0),
        "tickets" | "ticket_types" => (2, 9),
        _ => (1, 0),
    };
    if parts < since { bad("Requested resource is not available in current API version") } else { Ok(()) }
}

/// Digits without a leading zero: `2.011` is not `2.11`.
fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for good in ["1.0", "1.4", "2.0", "2.11", "2.15", "Preview"] {
            assert!(check_version(good, "me").is_ok(), "{good}");
        }
        for bad in ["", "2", "2.", "2.18", "1.5", "3.0", "2.011", "preview", "v2.11", "2.11.0", "latest"] {
            assert_eq!(check_version(bad, "me").unwrap_err().code, "intercom_version_invalid", "{bad}");
        }
        assert!(check_version("1.4", "contacts").is_err(), "contacts came with 2.0");
        assert!(check_version("2.8", "tickets").is_err(), "tickets came with 2.9");
    }
}
