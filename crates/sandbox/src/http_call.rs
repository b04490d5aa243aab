//! One request as the pretend vendors see it, and their answer. Both are plain data: a vendor is a function from one
//! to the other, and the trouble knobs act between that function and the socket.

use axum::body::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request, its path already without the vendor's prefix.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// The vendor's address here, for links in answers: `http://127.0.0.1:9100/zendesk`.
    pub(crate) base: String,
}

impl Call {
    /// The path's segments, percent-decoded, empty ones left out.
    pub(crate) fn segments(&self) -> Vec<String> {
        segments(&self.path)
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header as text; `None` when absent or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON; `None` when it is something else.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The token of `Authorization: Bearer …`; the scheme's case does not matter.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.credentials("bearer")
    }

    /// User and password of `Authorization: Basic …`.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        use base64::Engine as _;
        let raw = base64::engine::general_purpose::STANDARD.decode(self.credentials("basic")?).ok()?;
        let text = String::from_utf8(raw).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// Whether the caller takes JSON: no Accept header counts as no.
    pub(crate) fn accepts_json(&self) -> bool {
        self.header("accept").is_some_and(|accept| accept.contains("json") || accept.contains("*/*"))
    }

    fn credentials(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header("authorization")?.trim().split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim()).filter(|rest| !rest.is_empty())
    }
}

/// What goes back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
            body: Bytes::from(body.to_string()),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn bytes(content_type: &str, body: Bytes) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), content_type.into())], body }
    }

    pub(crate) fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push((name.into(), format!("{value}")));
        self
    }
}

/// The segments of a path, percent-decoded, empty ones left out.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|s| !s.is_empty());
    parts.map(|s| percent_decode_str(s).decode_utf8_lossy().into_owned()).collect()
}

/// Query string to pairs; never fails, odd input becomes odd text.
pub(crate) fn parse_query(raw: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect()
}
