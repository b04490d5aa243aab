//! Zendesk's errors: two body shapes, and some of their own.

use serde_json::{Value, json};

use crate::http_call::Answer;

#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: u16,
    body: Value,
    retry_after: Option<i64>,
}

impl Refusal {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body, retry_after: None }
    }

    /// Basic credentials absent or wrong.
    pub(super) fn unauthenticated() -> Self {
        Self::new(401, json!({"error": "Couldn't authenticate you"}))
    }

    /// OAuth token dead.
    pub(super) fn invalid_token() -> Self {
        Self::new(
            401,
            json!({
                "error": "invalid_token",
                "error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
            }),
        )
    }

    pub(super) fn record() -> Self {
        Self::new(404, json!({"error": "RecordNotFound", "description": "Not found"}))
    }

    /// No such path, or a method that the path does not have.
    pub(super) fn endpoint() -> Self {
        Self::new(404, json!({"error": "InvalidEndpoint", "description": "Not found"}))
    }

    /// 422 in the classic shape.
    pub(super) fn invalid(field: &str, error: &str, text: &str) -> Self {
        let mut details = json!({});
        details[field] = json!([{"description": text, "error": error}]);
        Self::new(
            422,
            json!({"error": "RecordInvalid", "description": "Record validation errors", "details": details}),
        )
    }

    /// 400: the wrapper object is missing, or the body is not JSON.
    pub(super) fn attribute(message: &str) -> Self {
        Self::new(400, json!({"error": {"title": "Invalid attribute", "message": message}}))
    }

    pub(super) fn bad_page(name: &str) -> Self {
        Self::attribute(&format!(
            "You passed an invalid value for the {name} attribute. Invalid parameter: {name} must be an integer"
        ))
    }

    /// Beyond the thousandth search result.
    pub(super) fn too_far() -> Self {
        Self::new(
            422,
            json!({"error": "invalid", "description": "Invalid search: Requested response size was greater than Search Response Limits"}),
        )
    }

    pub(super) fn query(message: &str) -> Self {
        Self::new(400, json!({"errors": [{"code": "QueryError", "title": message}]}))
    }

    pub(super) fn too_many(seconds: i64) -> Self {
        let body = json!({"error": "APIRateLimitExceeded", "description": "Rate limit for Zendesk API exceeded, please wait before trying again"});
        Self { retry_after: Some(seconds), ..Self::new(429, body) }
    }

    /// What a knob makes of a call.
    pub(super) fn forced(status: u16) -> Self {
        match status {
            401 => Self::unauthenticated(),
            404 => Self::record(),
            429 => Self::too_many(1),
            403 => Self::new(
                403,
                json!({"errors": [{"code": "Forbidden", "title": "You do not have access to this page"}]}),
            ),
            503 => Self { retry_after: Some(1), ..Self::new(503, json!({"error": "ServiceUnavailable"})) },
            _ => Self::new(
                status,
                json!({"error": "InternalError", "description": "Refused by a knob of the sandbox"}),
            ),
        }
    }

    pub(super) fn answer(&self) -> Answer {
        let answer = Answer::json(self.status, &self.body);
        match self.retry_after {
            Some(seconds) => answer.header("retry-after", seconds),
            None => answer,
        }
    }
}
