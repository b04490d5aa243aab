//! The API request: prepared here from a step and its scope, dialled by `connect`, mapped here from the answer.
//! Pure on both sides of the wire.

mod address;
mod encoding;
#[cfg(test)]
pub(crate) mod example;
mod fill;
mod finish;
mod json;
mod prepare;
mod wait;
pub mod xml;

pub use encoding::percent_encode;
pub use fill::BadTemplate;
pub use finish::{Finished, MissingRow, finish, mapped_names, unsent};
pub use prepare::{is_repeatable, prepare, problems};
pub use wait::asked_wait;

use serde::{Deserialize, Serialize};

/// Longest time one attempt may take unless the author says otherwise.
pub const ATTEMPT_TIMEOUT_MS: u64 = 10_000;
/// Longest time all attempts together may take unless the author says otherwise.
pub const DEADLINE_MS: u64 = 30_000;
/// Longest deadline an author may ask for.
pub const DEADLINE_MS_MAX: u64 = 60_000;
/// Further attempts after the first unless the author says otherwise.
pub const RETRIES: u32 = 2;
/// Most retries an author may ask for.
pub const RETRIES_MAX: u32 = 5;
/// Largest answer that is read.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Redirects followed, for GET and HEAD.
pub const REDIRECTS_MAX: u32 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Head => "HEAD",
        }
    }
}

/// A request with every hole filled but those of secrets, which are still names. This is what the ledger keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedRequest {
    pub method: Method,
    /// Absolute; scheme, host, port and path hold no secret, a query may.
    pub url: SecretText,
    /// In the author's order. `Authorization` stands here only when the author wrote it as a row.
    pub headers: Vec<(String, SecretText)>,
    pub auth: PreparedAuth,
    pub body: PreparedBody,
    pub response: ResponseKind,
    pub attempt_timeout_ms: u64,
    pub deadline_ms: u64,
    pub retries: u32,
    /// May be made again after a crash and retried on faults: GET, HEAD, `repeatable`, or an idempotency header.
    pub repeatable: bool,
    /// Header that carries the effect's id as idempotency key.
    pub idempotency_header: Option<String>,
}

/// A text in which secrets are still names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretText(pub Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Text(String),
    /// The secret's value goes here, encoded for the place.
    Secret {
        name: String,
        encoding: Encoding,
    },
}

/// How a secret's value is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As it is (headers, text bodies). In a header a line break refuses the request.
    Plain,
    /// Inside a JSON string.
    Json,
    /// In a query.
    Percent,
    /// In a urlencoded form.
    Form,
    /// In XML text or attribute.
    Xml,
}

impl SecretText {
    pub fn plain(text: impl Into<String>) -> Self {
        SecretText(vec![Piece::Text(text.into())])
    }

    /// The text with each secret written as `{{secret.name}}`: safe to show and to keep.
    pub fn redacted(&self) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Secret { name, .. } => {
                    out.push_str("{{secret.");
                    out.push_str(name);
                    out.push_str("}}");
                }
            }
        }
        out
    }

    /// Names of the secrets in it.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Secret { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreparedAuth {
    #[default]
    None,
    Bearer(SecretText),
    Basic {
        user: SecretText,
        password: SecretText,
    },
    ApiKeyHeader {
        header: String,
        key: SecretText,
    },
    ApiKeyQuery {
        parameter: String,
        key: SecretText,
    },
    /// `Authorization: {scheme} {value}`.
    Scheme {
        scheme: String,
        value: SecretText,
    },
    ClientCredentials {
        token_url: String,
        client_id: SecretText,
        client_secret: SecretText,
        scope: Option<String>,
    },
    /// A connection that a person granted in the browser, by its name; the refresh token is a secret of the account.
    Granted {
        connection: String,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreparedBody {
    #[default]
    None,
    /// `content_type` is sent unless the author gave a `Content-Type` header.
    Text {
        content_type: String,
        text: SecretText,
    },
    Multipart(Vec<PreparedPart>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedPart {
    pub name: String,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub value: SecretText,
}

/// How an answer is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseKind {
    #[default]
    Json,
    Xml,
    Text,
    None,
}

/// How a call ended (product.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    ClientError,
    ServerError,
    RateLimited,
    Timeout,
    Dns,
    Connect,
    Tls,
    RedirectRefused,
    BlockedAddress,
    TooLarge,
    NotJson,
    MissingRequired,
    BadTemplate,
    Unknown,
}

impl Outcome {
    pub const FAILED: [Outcome; 14] = [
        Outcome::ClientError,
        Outcome::ServerError,
        Outcome::RateLimited,
        Outcome::Timeout,
        Outcome::Dns,
        Outcome::Connect,
        Outcome::Tls,
        Outcome::RedirectRefused,
        Outcome::BlockedAddress,
        Outcome::TooLarge,
        Outcome::NotJson,
        Outcome::MissingRequired,
        Outcome::BadTemplate,
        Outcome::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::ClientError => "client_error",
            Outcome::ServerError => "server_error",
            Outcome::RateLimited => "rate_limited",
            Outcome::Timeout => "timeout",
            Outcome::Dns => "dns",
            Outcome::Connect => "connect",
            Outcome::Tls => "tls",
            Outcome::RedirectRefused => "redirect_refused",
            Outcome::BlockedAddress => "blocked_address",
            Outcome::TooLarge => "too_large",
            Outcome::NotJson => "not_json",
            Outcome::MissingRequired => "missing_required",
            Outcome::BadTemplate => "bad_template",
            Outcome::Unknown => "unknown",
        }
    }

    /// Reads [`as_str`](Self::as_str).
    pub fn from_name(name: &str) -> Option<Self> {
        std::iter::once(Outcome::Ok).chain(Self::FAILED).find(|outcome| outcome.as_str() == name)
    }

    /// The outcome that an HTTP status alone gives; 1xx and 3xx that reach us count as client errors.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Outcome::Ok,
            429 => Outcome::RateLimited,
            500..=599 => Outcome::ServerError,
            _ => Outcome::ClientError,
        }
    }
}

/// What happened on the wire, secrets masked. `outcome` is the transport's word; [`finish`] may still turn
/// `ok` into `not_json` or `missing_required`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub outcome: Outcome,
    /// The last answer's status.
    pub status: Option<u16>,
    /// The last answer's headers, names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    /// The last answer's body as text (undecodable bytes replaced), at most [`ANSWER_BYTES_MAX`].
    pub body: String,
    /// The request as sent, secrets written as `{{secret.name}}`.
    pub sent: Sent,
    pub attempts: Vec<Attempt>,
    /// All attempts and the waits between them.
    pub elapsed_ms: u64,
    /// The fault in words, for people: what was tried, what was seen. Never a secret.
    pub detail: Option<String>,
    /// Where a refused redirect pointed.
    pub redirect_to: Option<String>,
}

/// A request as it left us, redacted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub outcome: Outcome,
    pub status: Option<u16>,
    pub elapsed_ms: u64,
    /// How long we waited before the next attempt; 0 for the last.
    pub waited_ms: u64,
}
