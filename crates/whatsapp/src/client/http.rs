//! One call and its answer.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use ::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use reqwest::{RequestBuilder, Response, Url};
use secrecy::ExposeSecret as _;

use super::{CONNECT_TIMEOUT, Client, ConfigError, TIMEOUT};
use crate::error::{GraphError, SendError};
use crate::json::Object;

/// Largest answer of the Graph API we read, in bytes: a page of a hundred large templates fits many times.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How much of an answer that is not the Graph API's an operator gets to see, in characters.
const SEEN_CHARS_MAX: usize = 200;

#[expect(clippy::disallowed_methods, reason = "this is the client that the lint sends everybody to")]
pub(super) fn build() -> Result<reqwest::Client, ConfigError> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(30))
        .pool_idle_timeout(Duration::from_secs(90))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        // The download host has been reported to refuse clients without one (§10).
        .user_agent(concat!("rapport/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| ConfigError::Http { reason: reason(&error) })
}

impl Client {
    /// The address of a node or edge: the ids are checked not to break out of their segment.
    pub(super) fn node(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut().expect("checked when the client was built").extend(segments);
        url
    }

    /// The same with a query.
    pub(super) fn query(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.node(segments);
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).header(header::AUTHORIZATION, self.authorization.clone())
    }

    pub(super) async fn post_json(&self, url: Url, body: Bytes) -> Result<Answer, SendError> {
        let json = header::HeaderValue::from_static("application/json");
        self.call(self.request(Method::POST, url).header(header::CONTENT_TYPE, json).body(body)).await
    }

    pub(super) async fn get(&self, url: Url) -> Result<Answer, SendError> {
        self.call(self.request(Method::GET, url)).await
    }

    /// Makes the call and reads an answer of the Graph API, a refusal as the error it is.
    pub(super) async fn call(&self, request: RequestBuilder) -> Result<Answer, SendError> {
        let response = request.send().await.map_err(|error| self.failed(error))?;
        let (status, regain_access) = (response.status(), regain_access(response.headers()));
        let body = match self.body(response, ANSWER_BYTES_MAX).await? {
            Some(body) => String::from_utf8(body).unwrap_or_default(),
            None => return Err(self.unreadable(status, "an answer of more than 8 MiB")),
        };
        if let Some(error) = GraphError::read(status.as_u16(), &body) {
            let error = GraphError { regain_access, ..error };
            return Err(SendError::Refused(Box::new(self.redacted(error))));
        }
        if !status.is_success() || Object::read(body.trim_ascii()).is_none() {
            return Err(self.unreadable(status, &body));
        }
        Ok(Answer { status, body })
    }

    /// The whole body, or `None` when it is larger than `max` bytes.
    pub(super) async fn body(
        &self,
        mut response: Response,
        max: usize,
    ) -> Result<Option<Vec<u8>>, SendError> {
        let announced = response.content_length().unwrap_or_default();
        if announced > max as u64 {
            return Ok(None);
        }
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if body.len() + chunk.len() > max {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    pub(super) fn redacted(&self, error: GraphError) -> GraphError {
        error.without(self.token.expose_secret())
    }

    pub(super) fn unreadable(&self, status: StatusCode, seen: &str) -> SendError {
        // A page that echoes the request must not carry the token into a log.
        let seen = seen.replace(self.token.expose_secret(), "[token]");
        let seen = seen.chars().take(SEEN_CHARS_MAX).collect();
        SendError::Unreadable { host: self.host(), status: status.as_u16(), seen }
    }

    pub(super) fn failed(&self, error: reqwest::Error) -> SendError {
        let host = error.url().map_or_else(|| self.host(), authority);
        // The address can hold a token (`debug_token`).
        let error = error.without_url();
        let reason = reason(&error);
        if error.is_builder() {
            SendError::NotMade { reason }
        } else if error.is_connect() {
            SendError::NotSent { host, reason }
        } else {
            SendError::NoAnswer { host, reason }
        }
    }

    fn host(&self) -> String {
        authority(&self.base)
    }
}

/// An answer with a successful status and an object as its body.
pub(super) struct Answer {
    status: StatusCode,
    body: String,
}

impl Answer {
    pub(super) fn object(&self) -> Object<'_> {
        Object::read(self.body.trim_ascii()).expect("checked when the answer was read")
    }

    /// The error for an answer that lacks what the call was made for.
    pub(super) fn without(&self, client: &Client) -> SendError {
        client.unreadable(self.status, &self.body)
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The whole chain of causes: the outermost says only "error sending request".
fn reason(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        write!(text, ": {inner}").expect("a String takes all text");
        cause = inner.source();
    }
    text
}

/// `estimated_time_to_regain_access` (minutes) of the header that comes with limits of calls; the longest of all.
fn regain_access(headers: &HeaderMap) -> Option<Duration> {
    let usage = Object::read(headers.get("x-business-use-case-usage")?.to_str().ok()?)?;
    let all = usage.values().filter_map(crate::json::array).flatten();
    let minutes =
        all.filter_map(|raw| Object::read(raw.get())?.integer("estimated_time_to_regain_access")).max()?;
    u64::try_from(minutes)
        .ok()
        .filter(|minutes| *minutes > 0)
        .map(|minutes| Duration::from_secs(minutes * 60))
}
