//! An exchange with what several diagnoses ask of it.

use super::outline::{self, Vendor};
use crate::Value;
use crate::finding::{Finding, Severity};
use crate::request::{Exchange, Finished, Outcome};
use crate::steps::api_request::ApiRequest;
use url::Url;

pub(super) struct Seen<'a> {
    pub(super) step: &'a ApiRequest,
    pub(super) exchange: &'a Exchange,
    pub(super) finished: &'a Finished,
    pub(super) vendor: Option<Vendor>,
    /// The address as sent.
    pub(super) url: Option<Url>,
    /// The answer's body, where it is JSON, whatever the step reads it as.
    pub(super) body: Option<Value>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(step: &'a ApiRequest, exchange: &'a Exchange, finished: &'a Finished) -> Self {
        // Secrets are written as names in braces, which no address holds.
        let sent = exchange.sent.url.replace("{{", "").replace("}}", "");
        let url = Url::parse(&sent).ok().or_else(|| outline::url(step));
        let body = finished.answer.clone().filter(|answer| !answer.is_string());
        let body = body.or_else(|| serde_json::from_str(&exchange.body).ok());
        let is_intercom_error = body.as_ref().is_some_and(|body| body["type"] == "error.list");
        let vendor = url
            .as_ref()
            .and_then(Vendor::of_url)
            .or_else(|| outline::vendor(step))
            .or(is_intercom_error.then_some(Vendor::Intercom));
        Seen { step, exchange, finished, vendor, url, body }
    }

    pub(super) fn is(&self, outcome: Outcome) -> bool {
        self.finished.outcome == outcome
    }

    pub(super) fn has_status(&self, statuses: &[u16]) -> bool {
        self.exchange.status.is_some_and(|status| statuses.contains(&status))
    }

    pub(super) fn status(&self) -> u16 {
        self.exchange.status.unwrap_or(0)
    }

    pub(super) fn path(&self) -> &str {
        self.url.as_ref().map_or("", Url::path)
    }

    pub(super) fn host(&self) -> &str {
        self.url.as_ref().and_then(Url::host_str).unwrap_or("the host")
    }

    /// A header of the answer.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.exchange.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// A header as sent.
    pub(super) fn sent_header(&self, name: &str) -> Option<&str> {
        let found = self.exchange.sent.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as sent, where it is JSON.
    pub(super) fn sent_json(&self) -> Option<Value> {
        serde_json::from_str(&self.exchange.sent.body).ok()
    }

    /// The codes of an error body: `errors[].code`, `code`, `error`.
    pub(super) fn codes(&self) -> Vec<&str> {
        let Some(body) = &self.body else { return Vec::new() };
        let listed =
            body["errors"].as_array().into_iter().flatten().filter_map(|error| error["code"].as_str());
        let single = [&body["code"], &body["error"]].into_iter().filter_map(Value::as_str);
        listed.chain(single).collect()
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.codes().contains(&code)
    }

    /// What the vendor says, in its own words and on one line: messages, descriptions, titles and the fields they are about.
    pub(super) fn words(&self) -> Option<String> {
        const WORDS_CHARS_MAX: usize = 300;
        let body = self.body.as_ref()?;
        let mut words: Vec<String> = Vec::new();
        let errors = body["errors"].as_array().into_iter().flatten();
        for error in errors.chain([body, &body["error"]]) {
            let said = ["message", "title", "description", "error_description", "error", "code"];
            let said = said.into_iter().find_map(|key| error[key].as_str());
            match (error["field"].as_str(), said) {
                (Some(field), Some(said)) => words.push(format!("{field}: {said}")),
                (None, Some(said)) => words.push(said.to_owned()),
                _ => {}
            }
        }
        words.dedup();
        let words: String =
            words.join("; ").chars().filter(|c| !c.is_control()).take(WORDS_CHARS_MAX).collect();
        (!words.is_empty()).then_some(words)
    }

    /// ` ("Access Token Invalid")`, or nothing.
    pub(super) fn said(&self) -> String {
        self.words().map_or_else(String::new, |words| format!(" (\"{words}\")"))
    }

    pub(super) fn is_html(&self) -> bool {
        let declared =
            self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        let start = self.exchange.body.trim_start().get(..9).unwrap_or("").to_ascii_lowercase();
        declared || start.starts_with("<!doctype") || start.starts_with("<html")
    }

    /// Whether a list or search went well and found nothing.
    pub(super) fn found_nothing(&self) -> bool {
        if self.exchange.outcome != Outcome::Ok {
            return false;
        }
        match &self.body {
            Some(Value::Array(items)) => items.is_empty(),
            Some(Value::Object(body)) => {
                let count = ["total_count", "count", "total"].into_iter().find_map(|key| body.get(key));
                let list = ["data", "results", "conversations", "tickets", "contacts", "users"];
                let list = list.into_iter().find_map(|key| body.get(key)?.as_array());
                match (count, list) {
                    (_, Some(items)) => items.is_empty(),
                    (Some(count), None) => count.as_u64() == Some(0),
                    (None, None) => false,
                }
            }
            _ => false,
        }
    }

    /// Whether the address is one of a search.
    pub(super) fn is_search(&self) -> bool {
        self.path().split('/').any(|segment| segment.trim_end_matches(".json") == "search")
    }

    /// The filters of an Intercom search as sent: field and value, groups opened.
    pub(super) fn filters(&self) -> Vec<(String, Value)> {
        let Some(body) = self.sent_json() else { return Vec::new() };
        let mut found = Vec::new();
        let mut open = vec![&body["query"]];
        while let Some(node) = open.pop() {
            match node["field"].as_str() {
                Some(field) => found.push((field.to_owned(), node["value"].clone())),
                None => open.extend(node["value"].as_array().into_iter().flatten().rev()),
            }
        }
        found
    }
}

pub(super) fn error(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Error, message)
}

pub(super) fn warning(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Warning, message)
}

pub(super) fn hint(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Hint, message)
}
