//! `api_request`: one call to any HTTP API, its answer read into variables.

use crate::path::Path;
use crate::request::{Method, ResponseKind};
use crate::source::{Span, Text};
use crate::template::{JsonTemplate, Template};
use crate::Value;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct ApiRequest {
    pub method: Method,
    pub method_span: Span,
    pub url: Template,
    pub headers: Vec<(Text, Template)>,
    pub query: Vec<(Text, Template)>,
    pub auth: Auth,
    pub body: Body,
    pub response: ResponseKind,
    /// Rows read from a 2xx answer.
    pub save: Vec<Row>,
    /// Rows read from any other answer.
    pub save_error: Vec<Row>,
    /// One attempt.
    pub timeout: Option<Duration>,
    /// All attempts.
    pub deadline: Option<Duration>,
    pub retries: Option<u32>,
    pub repeatable: bool,
    pub idempotency_header: Option<Text>,
}

#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// None, or an `Authorization` header row.
    #[default]
    None,
    Bearer { token: Template },
    Basic { user: Template, password: Template },
    ApiKey { place: ApiKeyPlace, name: Text, key: Template },
    /// `Authorization: {scheme} {value}`
    Scheme { scheme: Text, value: Template },
    ClientCredentials { token_url: Template, client_id: Template, client_secret: Template, scope: Option<Template> },
    /// A connection granted in the browser.
    Granted { connection: Text },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyPlace {
    Header,
    Query,
}

#[derive(Debug, Clone, Default)]
pub enum Body {
    #[default]
    None,
    Json(JsonTemplate),
    /// JSON as typed, a text in which the quotes decide what a hole becomes.
    JsonText(Template),
    Form(Vec<(Text, Template)>),
    Multipart(Vec<Part>),
    Text(Template),
    Xml(Template),
}

#[derive(Debug, Clone)]
pub struct Part {
    pub name: Text,
    pub value: Template,
    pub filename: Option<Template>,
    pub content_type: Option<Text>,
}

/// A variable and where its value stands in the answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: Text,
    pub path: Path,
    /// Where the path stands in the document.
    pub path_text: Text,
    pub when_missing: WhenMissing,
}

#[derive(Debug, Clone, PartialEq)]
pub enum WhenMissing {
    /// The variable stays unset, and a finding says so.
    Unset,
    /// The call's outcome is `missing_required`.
    Refuse,
    Default(Value),
}
