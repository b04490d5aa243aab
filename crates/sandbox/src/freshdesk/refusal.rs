//! Freshdesk's errors: a validation list with 400, everything else flat.

use http::Method;
use serde_json::{Value, json};

use crate::http_call::Answer;

#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: u16,
    body: Option<Value>,
    header: Option<(&'static str, String)>,
}

impl Refusal {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), header: None }
    }

    pub(super) fn credentials() -> Self {
        Self::new(
            401,
            json!({"code": "invalid_credentials", "message": "You have to be logged in to perform this action."}),
        )
    }

    /// 404, 406 and 415 come without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: None, header: None }
    }

    pub(super) fn method(method: &Method, allowed: &str) -> Self {
        let message =
            format!("{method} method is not allowed. It should be one of these method(s): {allowed}");
        Self { header: Some(("allow", allowed.to_owned())), ..Self::new(405, json!({"message": message})) }
    }

    pub(super) fn json() -> Self {
        Self::new(400, json!({"code": "invalid_json", "message": "Request body has invalid json format"}))
    }

    /// One wrong field.
    pub(super) fn field(name: &str, message: &str, code: &str) -> Self {
        Self::fields(&[(name.to_owned(), message.to_owned(), code.to_owned())])
    }

    /// All wrong fields at once: name, message, code.
    pub(super) fn fields(wrong: &[(String, String, String)]) -> Self {
        let errors: Vec<Value> = wrong
            .iter()
            .map(|(field, message, code)| json!({"field": field, "message": message, "code": code}))
            .collect();
        Self::new(400, json!({"description": "Validation failed", "errors": errors}))
    }

    pub(super) fn too_many(seconds: i64) -> Self {
        let body = json!({"message": "You have exceeded the limit of requests per minute"});
        Self { header: Some(("retry-after", seconds.to_string())), ..Self::new(429, body) }
    }

    /// What a knob makes of a call.
    pub(super) fn forced(status: u16) -> Self {
        match status {
            401 => Self::credentials(),
            403 => Self::new(
                403,
                json!({"code": "access_denied", "message": "You are not authorized to perform this action."}),
            ),
            404 => Self::empty(404),
            429 => Self::too_many(1),
            _ => Self::new(
                status,
                json!({"code": "internal_error", "message": "Refused by a knob of the sandbox"}),
            ),
        }
    }

    pub(super) fn answer(&self) -> Answer {
        let answer = self
            .body
            .as_ref()
            .map_or_else(|| Answer::empty(self.status), |body| Answer::json(self.status, body));
        match &self.header {
            Some((name, value)) => answer.header(name, value),
            None => answer,
        }
    }
}
