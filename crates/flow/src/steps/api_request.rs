//! `api_request`: one call to any HTTP API, its answer read into variables.
//!
//! ```yaml
//! find_contact:
//!   type: api_request
//!   method: POST
//!   repeatable: true
//!   url: https://api.intercom.io/contacts/search
//!   headers: {Authorization: "Bearer {{secret.intercom_token}}", Intercom-Version: "2.11"}
//!   body:
//!     json: {query: {field: email, operator: "=", value: "{{customer_email}}"}}
//!   save:
//!     contact_id: data[0].id
//!     plan: {path: "data[0].custom_attributes.plan", default: free}
//!   exits: {ok: found, rate_limited: later, failed: sorry}
//! ```

mod auth;
mod body;
mod run;

use crate::Value;
use crate::document::{Fields, Node, Reader, Shape, schema, variable_name};
use crate::path::Path;
use crate::request::{DEADLINE_MS_MAX, Method, RETRIES_MAX, ResponseKind};
use crate::source::{Span, Text};
use crate::template::{JsonTemplate, Template};
use serde_json::json;
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
    Bearer {
        token: Template,
    },
    Basic {
        user: Template,
        password: Template,
    },
    ApiKey {
        place: ApiKeyPlace,
        name: Text,
        key: Template,
    },
    /// `Authorization: {scheme} {value}`
    Scheme {
        scheme: Text,
        value: Template,
    },
    ClientCredentials {
        token_url: Template,
        client_id: Template,
        client_secret: Template,
        scope: Option<Template>,
    },
    /// A connection granted in the browser.
    Granted {
        connection: Text,
    },
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

const METHODS: [(&str, Method); 6] = [
    ("GET", Method::Get),
    ("POST", Method::Post),
    ("PUT", Method::Put),
    ("PATCH", Method::Patch),
    ("DELETE", Method::Delete),
    ("HEAD", Method::Head),
];

/// Reads the request and what is kept of its answer.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<ApiRequest> {
    let method_node = fields.require(reader, "method", "method: GET");
    let method = method_node.and_then(|node| reader.word(node, "`method`", &METHODS));
    let url = fields.require(reader, "url", "url: https://api.example.com/customers");
    let url = url.and_then(|node| reader.template(node, "`url`"));
    let headers = fields.take("headers").map(|node| templates(node, "`headers`", reader)).unwrap_or_default();
    let query = fields.take("query").map(|node| query(node, reader)).unwrap_or_default();
    let auth = match fields.take("auth") {
        Some(node) => auth::read(node, &headers, reader),
        None => Some(Auth::None),
    };
    let body = fields.take("body").map_or(Some(Body::None), |node| body::read(node, reader));
    let response = fields.take("response").and_then(|node| {
        let words = [
            ("json", ResponseKind::Json),
            ("xml", ResponseKind::Xml),
            ("text", ResponseKind::Text),
            ("none", ResponseKind::None),
        ];
        reader.word(node, "`response`", &words)
    });
    let save = fields.take("save").map(|node| rows(node, "`save`", reader)).unwrap_or_default();
    let save_error =
        fields.take("save_error").map(|node| rows(node, "`save_error`", reader)).unwrap_or_default();
    let timeout = fields.take("timeout").and_then(|node| within_limit(node, "`timeout`", reader));
    let deadline = fields.take("deadline").and_then(|node| within_limit(node, "`deadline`", reader));
    let retries = fields.take("retries").and_then(|node| reader.whole(node, "`retries`", 0..=RETRIES_MAX));
    let repeatable = fields.take("repeatable").and_then(|node| reader.boolean(node, "`repeatable`"));
    let idempotency_header = fields.text(reader, "idempotency_header");
    Some(ApiRequest {
        method: method?,
        method_span: method_node?.span(),
        url: url?,
        headers,
        query,
        auth: auth?,
        body: body?,
        response: response.unwrap_or_default(),
        save,
        save_error,
        timeout,
        deadline,
        retries,
        repeatable: repeatable.unwrap_or(false),
        idempotency_header,
    })
}

/// Names and texts with holes.
fn templates(node: Node<'_>, field: &str, reader: &mut Reader) -> Vec<(Text, Template)> {
    let rows = reader.rows(node, field);
    rows.into_iter()
        .filter_map(|(name, value)| {
            let value = reader.template(value, &format!("`{}`", name.value))?;
            Some((name, value))
        })
        .collect()
}

/// As [`templates`]; a list gives the parameter once for each entry.
fn query(node: Node<'_>, reader: &mut Reader) -> Vec<(Text, Template)> {
    let mut query = Vec::new();
    for (name, value) in reader.rows(node, "`query`") {
        let values = if value.shape() == Shape::List { value.items().collect() } else { vec![value] };
        for value in values {
            if let Some(value) = reader.template(value, &format!("`{}`", name.value)) {
                query.push((name.clone(), value));
            }
        }
    }
    query
}

fn within_limit(node: Node<'_>, field: &str, reader: &mut Reader) -> Option<Duration> {
    let duration = reader.duration(node, field)?;
    if duration.is_zero() || duration > Duration::from_millis(DEADLINE_MS_MAX) {
        let most = DEADLINE_MS_MAX / 1000;
        reader.bad_value(
            node,
            format!("{field} must lie between 1s and {most}s"),
            format!("Write at most {most}s."),
        );
        return None;
    }
    Some(duration)
}

/// `name: path`, or `name: {path, required, default}`.
fn rows(node: Node<'_>, field: &str, reader: &mut Reader) -> Vec<Row> {
    reader.rows(node, field).into_iter().filter_map(|(name, value)| row(name, value, reader)).collect()
}

fn row(name: Text, node: Node<'_>, reader: &mut Reader) -> Option<Row> {
    let name = variable_name(name, reader);
    let (path_text, when_missing) = if node.shape() == Shape::Map {
        let mut fields = reader.fields(node, format!("the row `{}`", name.value))?;
        let path = fields.require(reader, "path", "path: data[0].id");
        let path = path.and_then(|node| path_text(node, reader));
        let required =
            fields.take("required").and_then(|node| reader.boolean(node, "`required`")).unwrap_or(false);
        let default = fields.take("default").map(|node| reader.value(node));
        fields.finish(reader);
        let when_missing = match (required, default) {
            (true, Some(_)) => {
                reader.wrong_fields(
                    node,
                    "a required row has no use for a default",
                    "Remove `required` or `default`.",
                );
                WhenMissing::Refuse
            }
            (true, None) => WhenMissing::Refuse,
            (false, Some(value)) => WhenMissing::Default(value),
            (false, None) => WhenMissing::Unset,
        };
        (path?, when_missing)
    } else {
        (path_text(node, reader)?, WhenMissing::Unset)
    };
    match Path::parse(&path_text) {
        Ok(path) => Some(Row { name, path, path_text, when_missing }),
        Err(finding) => {
            reader.report(finding);
            None
        }
    }
}

/// The text of a path. `[0]` alone is a list to YAML.
fn path_text(node: Node<'_>, reader: &mut Reader) -> Option<Text> {
    if node.shape() == Shape::List && node.is_flow() {
        reader.report(crate::document::unquoted_path(node.span(), node.raw()));
        return None;
    }
    reader.text(node, "a path")
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let map = |what: &str| json!({"description": what, "type": "object", "additionalProperties": schema::text("May hold holes.")});
    let row = json!({"anyOf": [schema::plain_text(), schema::object(
        "A path with what to do when it leads nowhere.",
        &[
            ("path", schema::text("Where the value stands in the answer.")),
            ("required", json!({"description": "Missing: the call fails with `missing_required`.", "type": "boolean"})),
            ("default", json!({"description": "Used when the value is missing."})),
        ],
        &["path"],
    )]});
    let rows = |what: &str| json!({"description": what, "type": "object", "additionalProperties": row});
    let part = schema::object(
        "One part of the form.",
        &[
            ("name", schema::text("The part's name.")),
            ("value", schema::text("Its content.")),
            ("filename", schema::text("As a file of this name.")),
            ("content_type", schema::text("Its media type.")),
        ],
        &["name", "value"],
    );
    let body = schema::object(
        "One of these.",
        &[
            (
                "json",
                json!({"description": "A structure whose texts may hold holes, or the JSON as typed (`json: |`)."}),
            ),
            ("form", map("Fields, urlencoded.")),
            (
                "multipart",
                json!({"description": "Parts of a multipart form.", "type": "array", "items": part}),
            ),
            ("text", schema::text("Sent as it stands.")),
            ("xml", schema::text("Sent as XML; values are escaped.")),
        ],
        &[],
    );
    let methods: Vec<&str> = METHODS.iter().map(|pair| pair.0).collect();
    schema::step(
        "Calls an HTTP API and keeps what is needed of its answer.",
        &[
            ("method", schema::words("The HTTP method.", &methods)),
            ("url", schema::text("Whole address; holes may stand behind the host.")),
            ("headers", map("Header rows.")),
            (
                "query",
                json!({"description": "Query rows, encoded; a list gives the parameter several times.", "type": "object"}),
            ),
            ("auth", auth::schema()),
            ("body", json!({"description": "What is sent.", "anyOf": [{"const": "none"}, body]})),
            (
                "response",
                schema::words("How the answer is read; json unless said.", &["json", "xml", "text", "none"]),
            ),
            (
                "save",
                rows("Variables and where their values stand in a 2xx answer: `contact_id: data[0].id`."),
            ),
            ("save_error", rows("The same for any other answer.")),
            ("timeout", schema::duration("Of one attempt; 10s unless said, at most 60s.")),
            ("deadline", schema::duration("Of all attempts; 30s unless said, at most 60s.")),
            (
                "retries",
                json!({"description": "Further attempts after faults that pass.", "type": "integer", "minimum": 0, "maximum": RETRIES_MAX}),
            ),
            (
                "repeatable",
                json!({"description": "The call may be made again: it only reads, or does the same twice.", "type": "boolean"}),
            ),
            (
                "idempotency_header",
                schema::text("Header that carries a key of the call, by which the API knows a repetition."),
            ),
        ],
        &["method", "url"],
    )
}
