//! Steps and exchanges for tests, written short.

use super::{Attempt, Exchange, Method, Outcome, ResponseKind, Sent};
use crate::Value;
use crate::path::Path;
use crate::source::{Place, Text};
use crate::steps::api_request::{ApiRequest, Auth, Body, Row, WhenMissing};
use crate::template::{JsonTemplate, Template};

pub(crate) fn text(value: &str) -> Text {
    Text { value: value.to_owned(), place: Place::verbatim(0, value.len()) }
}

pub(crate) fn step(method: Method, url: &str) -> ApiRequest {
    ApiRequest {
        method,
        method_span: 0..0,
        url: Template::of(url),
        headers: Vec::new(),
        query: Vec::new(),
        auth: Auth::None,
        body: Body::None,
        response: ResponseKind::Json,
        save: Vec::new(),
        save_error: Vec::new(),
        timeout: None,
        deadline: None,
        retries: None,
        repeatable: false,
        idempotency_header: None,
    }
}

impl ApiRequest {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((text(name), Template::of(value)));
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((text(name), Template::of(value)));
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Body::Json(json_template(body));
        self
    }

    pub(crate) fn save(mut self, name: &str, path: &str) -> Self {
        self.save.push(row(name, path, WhenMissing::Unset));
        self
    }

    pub(crate) fn save_error(mut self, name: &str, path: &str) -> Self {
        self.save_error.push(row(name, path, WhenMissing::Unset));
        self
    }
}

pub(crate) fn row(name: &str, path: &str, when_missing: WhenMissing) -> Row {
    let path_text = text(path);
    let path = Path::parse(&path_text).unwrap_or_else(|finding| panic!("{path}: {}", finding.message));
    Row { name: text(name), path, path_text, when_missing }
}

pub(crate) fn json_template(value: &Value) -> JsonTemplate {
    match value {
        Value::String(text) => JsonTemplate::Text(Template::of(text)),
        Value::Array(items) => JsonTemplate::List(items.iter().map(json_template).collect()),
        Value::Object(entries) => JsonTemplate::Object(
            entries.iter().map(|(key, item)| (key.clone(), json_template(item))).collect(),
        ),
        other => JsonTemplate::Literal(other.clone()),
    }
}

/// An answer with this status, as `connect` would report it.
pub(crate) fn answered(status: u16, body: &str) -> Exchange {
    Exchange {
        status: Some(status),
        headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
        body: body.to_owned(),
        ..failed(Outcome::of_status(status))
    }
}

/// A call that came to this without an answer.
pub(crate) fn failed(outcome: Outcome) -> Exchange {
    Exchange {
        outcome,
        status: None,
        headers: Vec::new(),
        body: String::new(),
        sent: Sent::default(),
        attempts: vec![Attempt { outcome, status: None, elapsed_ms: 5, waited_ms: 0 }],
        elapsed_ms: 5,
        detail: None,
        redirect_to: None,
    }
}

/// A call of `step` with these variables, as `connect` would report it.
pub(crate) fn exchanged(step: &ApiRequest, values: &Value, status: u16, body: &str) -> Exchange {
    let scope =
        crate::scope::Plain { values: values.as_object().cloned().unwrap_or_default(), ..Default::default() };
    let request = super::prepare(step, &scope).unwrap_or_else(|bad| panic!("{bad}"));
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.redacted())).collect();
    match &request.auth {
        super::PreparedAuth::Bearer(token) => {
            headers.push(("Authorization".into(), format!("Bearer {}", token.redacted())));
        }
        super::PreparedAuth::Basic { user, password } => {
            headers
                .push(("Authorization".into(), format!("Basic {}:{}", user.redacted(), password.redacted())));
        }
        _ => {}
    }
    let sent = Sent {
        method: request.method.as_str().into(),
        url: request.url.redacted(),
        headers,
        body: match &request.body {
            super::PreparedBody::Text { text, .. } => text.redacted(),
            _ => String::new(),
        },
    };
    Exchange { sent, ..answered(status, body) }
}

/// Codes of the findings of such a call.
pub(crate) fn told(step: &ApiRequest, exchange: &Exchange) -> Vec<&'static str> {
    findings(step, exchange).iter().map(|finding| finding.code).collect()
}

pub(crate) fn findings(step: &ApiRequest, exchange: &Exchange) -> Vec<crate::Finding> {
    crate::diagnosis::of_exchange(step, exchange, &super::finish(step, exchange))
}

/// The finding with this code; panics without one.
pub(crate) fn finding(step: &ApiRequest, exchange: &Exchange, code: &str) -> crate::Finding {
    let all = findings(step, exchange);
    let codes: Vec<_> = all.iter().map(|finding| finding.code).collect();
    all.iter()
        .find(|finding| finding.code == code)
        .cloned()
        .unwrap_or_else(|| panic!("{code} is not in {codes:?}"))
}

/// Codes of the findings about the step as written.
pub(crate) fn told_of_step(step: &ApiRequest) -> Vec<&'static str> {
    crate::diagnosis::of_step(step).iter().map(|finding| finding.code).collect()
}
