//! Graph's errors. One envelope; what matters is the code.

use http::Method;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::http_call::Answer;

/// One refusal, as an HTTP answer or inside a failed status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: u32,
    pub(crate) details: String,
    status: u16,
    subcode: Option<u32>,
}

impl Fault {
    fn new(code: u32, details: impl Into<String>) -> Self {
        Self { code, details: details.into(), status: http_status(code), subcode: None }
    }

    /// 100: a parameter of the wrong kind or length, or one that makes no sense here.
    pub(crate) fn parameter(details: impl Into<String>) -> Self {
        Self::new(100, details)
    }

    /// 131008: a required parameter is missing.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(131_008, format!("Parameter '{what}' is required."))
    }

    /// 131009: a parameter's value is not valid.
    pub(crate) fn invalid(details: impl Into<String>) -> Self {
        Self::new(131_009, details)
    }

    /// Any other code of the reference.
    pub(crate) fn coded(code: u32, details: impl Into<String>) -> Self {
        Self::new(code, details)
    }

    pub(crate) fn no_token() -> Self {
        Self::new(190, "An access token is required to request this resource.")
    }

    pub(crate) fn bad_token() -> Self {
        Self::new(190, "Invalid OAuth access token - Cannot parse access token")
    }

    /// The object is not there, or has no such edge: code 100, subcode 33.
    pub(crate) fn unknown_object(method: &Method, id: &str) -> Self {
        let verb = method.as_str().to_lowercase();
        let details = format!(
            "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation"
        );
        Self { subcode: Some(33), ..Self::new(100, details) }
    }

    /// What a knob makes of a call: 429 is the throughput error, others are transient faults of Meta.
    pub(crate) fn forced(status: u16) -> Self {
        let code = match status {
            429 => 130_429,
            401 => 190,
            403 => 10,
            503 => 131_016,
            500..=599 => 131_000,
            _ => 100,
        };
        Self { status, ..Self::new(code, "Refused by a knob of the sandbox.") }
    }

    pub(crate) fn answer(&self, chance: &mut Chance) -> Answer {
        let title = title(self.code);
        let message = match self.code {
            190 => self.details.clone(),
            100 => format!("(#100) {}", self.details),
            code => format!("(#{code}) {title}"),
        };
        let mut error = json!({"message": message, "type": "OAuthException", "code": self.code});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if self.code > 1000 {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": self.details});
        }
        if matches!(self.code, 2 | 4 | 130_429 | 131_000 | 131_016 | 131_056) {
            error["is_transient"] = json!(true);
        }
        error["fbtrace_id"] = json!(format!("A{}", chance.hex(22)));
        let answer = Answer::json(self.status, &json!({"error": error}));
        if self.code == 190 {
            return answer.header(
                "www-authenticate",
                format!("OAuth \"Facebook Platform\" \"invalid_token\" \"{message}\""),
            );
        }
        answer
    }

    /// The form inside `statuses[].errors[]`.
    pub(crate) fn in_status(&self) -> Value {
        json!({
            "code": self.code, "title": title(self.code), "message": title(self.code),
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        })
    }
}

/// Meta varies the HTTP status of one code; these are the usual ones.
fn http_status(code: u32) -> u16 {
    match code {
        190 => 401,
        10 | 131_031 => 403,
        130_429 => 429,
        131_000 => 500,
        131_016 => 503,
        132_001 => 404,
        _ => 400,
    }
}

fn title(code: u32) -> &'static str {
    match code {
        10 => "Application does not have permission for this action",
        100 => "Invalid parameter",
        190 => "Authentication error",
        130_429 => "Rate limit hit",
        131_000 => "Something went wrong",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_020 => "Group is not available",
        131_021 => "Recipient cannot be sender",
        131_026 => "Message undeliverable",
        131_047 => "Re-engagement message",
        131_051 => "Unsupported message type",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_062 => "Recipient identifier is not allowed for this message",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        132_018 => "There is an issue with the parameters in your template",
        2_388_040 => "A field exceeds its length",
        2_388_047 => "The header's format is not valid",
        2_388_072 => "The body's format is not valid",
        2_388_073 => "The footer's format is not valid",
        2_388_299 => "Variables can't stand at the start or the end",
        _ => "Request refused",
    }
}
