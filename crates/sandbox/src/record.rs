//! The last requests that the pretend vendors received, with their answers.

use std::collections::VecDeque;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::data::Vendor;
use crate::http_call::{Answer, Call};

/// Requests kept.
pub(crate) const REQUESTS_KEPT_MAX: usize = 500;
/// Bytes of a body kept per request and answer.
pub(crate) const BODY_KEPT_BYTES_MAX: usize = 16 * 1024;

/// One request to a pretend vendor. Credentials are shown as `…` and their last four characters.
#[derive(Debug, Clone, Serialize)]
pub struct RecordedRequest {
    pub number: u64,
    pub vendor: Vendor,
    pub method: String,
    /// Path and query, without the vendor's prefix.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The gist of the body in a few words, where it is not told by the path.
    pub gist: Option<String>,
    /// 0 when the connection was dropped on purpose.
    pub status: u16,
    pub answer: String,
    /// Why the answer is not what the vendor would have said: `error`, `429`, `drop`, `half`, `html`.
    pub trouble: Option<&'static str>,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Record {
    count: u64,
    kept: VecDeque<RecordedRequest>,
}

impl Record {
    /// Keeps one exchange and returns it for the log.
    pub(crate) fn keep(
        &mut self,
        vendor: Vendor,
        call: &Call,
        raw_query: &str,
        answer: &Answer,
        trouble: Option<&'static str>,
        at_ms: i64,
    ) -> Value {
        self.count += 1;
        let target =
            if raw_query.is_empty() { call.path.clone() } else { format!("{}?{raw_query}", call.path) };
        let entry = RecordedRequest {
            number: self.count,
            vendor,
            method: call.method.to_string(),
            target,
            headers: call.headers.iter().map(|(name, value)| shown(name.as_str(), value)).collect(),
            body: text(&call.body),
            gist: gist(call),
            status: if trouble == Some("drop") { 0 } else { answer.status },
            answer: text(&answer.body),
            trouble,
            at_ms,
        };
        let brief = json!({
            "number": entry.number, "vendor": entry.vendor, "method": entry.method, "target": entry.target,
            "status": entry.status, "gist": entry.gist, "trouble": entry.trouble, "at_ms": entry.at_ms,
        });
        if self.kept.len() == REQUESTS_KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(entry);
        brief
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}

fn shown(name: &str, value: &http::HeaderValue) -> (String, String) {
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    if !matches!(name, "authorization" | "cookie" | "x-api-key") {
        return (name.to_owned(), text);
    }
    let scheme = text.split_once(' ').map_or("", |(scheme, _)| scheme);
    let tail: String = text.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    (name.to_owned(), format!("{scheme} …{tail}").trim_start().to_owned())
}

/// `text`, `read mark`, `email = priya@example.com`.
fn gist(call: &Call) -> Option<String> {
    let body = call.json()?;
    if body["messaging_product"] == "whatsapp" {
        return match (body["status"].as_str(), body["typing_indicator"].is_null()) {
            (Some(_), true) => Some("read mark".into()),
            (Some(_), false) => Some("typing".into()),
            (None, _) => match body["type"].as_str() {
                Some("interactive") => body["interactive"]["type"].as_str().map(str::to_owned),
                kind => Some(kind.unwrap_or("text").to_owned()),
            },
        };
    }
    let query = &body["query"];
    let field = query["field"].as_str()?;
    let value = query["value"].as_str().map_or_else(|| query["value"].to_string(), str::to_owned);
    let whole = format!("{field} {} {value}", query["operator"].as_str().unwrap_or_default());
    Some(whole.chars().take(80).collect())
}

fn text(body: &[u8]) -> String {
    let cut = &body[..body.len().min(BODY_KEPT_BYTES_MAX)];
    let mut text = String::from_utf8_lossy(cut).into_owned();
    if body.len() > cut.len() {
        let _ = write!(text, "… ({} bytes in all)", body.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_kept() {
        let value = http::HeaderValue::from_static("Bearer very-long-secret-token");
        assert_eq!(shown("authorization", &value).1, "Bearer …oken");
    }
}
