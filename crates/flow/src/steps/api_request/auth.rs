//! Reads the `auth` block of an API request.

use super::{ApiKeyPlace, Auth};
use crate::Value;
use crate::document::schema;
use crate::document::{Fields, Node, Reader};
use crate::finding::{Finding, Severity};
use crate::source::Text;
use crate::template::Template;

const KINDS: [&str; 7] = ["none", "bearer", "basic", "api_key", "scheme", "client_credentials", "granted"];

pub(super) fn read(node: Node<'_>, headers: &[(Text, Template)], reader: &mut Reader) -> Option<Auth> {
    let words = KINDS.map(|kind| (kind, kind));
    if node.scalar() == Some("none") {
        return Some(Auth::None);
    }
    let mut fields = reader.fields(node, "`auth`")?;
    let kind = fields.require(reader, "type", "type: bearer")?;
    let kind = reader.word(kind, "`type`", &words)?;
    fields.call(format!("`auth` of type {kind}"));
    let auth = of_kind(kind, &mut fields, reader);
    fields.finish(reader);
    if kind != "none" {
        refuse_header(headers, reader);
    }
    auth
}

fn of_kind(kind: &str, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Auth> {
    match kind {
        "bearer" => {
            let token = template(fields, "token", "token: \"{{secret.api_token}}\"", reader);
            Some(Auth::Bearer { token: token? })
        }
        "basic" => {
            let user = template(fields, "user", "user: me@example.com", reader);
            let password = template(fields, "password", "password: \"{{secret.api_password}}\"", reader);
            Some(Auth::Basic { user: user?, password: password? })
        }
        "api_key" => {
            let place = fields.require(reader, "in", "in: header").and_then(|node| {
                reader.word(node, "`in`", &[("header", ApiKeyPlace::Header), ("query", ApiKeyPlace::Query)])
            });
            let name = text(fields, "name", "name: X-Api-Key", reader);
            let key = template(fields, "key", "key: \"{{secret.api_key}}\"", reader);
            Some(Auth::ApiKey { place: place?, name: name?, key: key? })
        }
        "scheme" => {
            let scheme = text(fields, "scheme", "scheme: Token", reader);
            let value = template(fields, "value", "value: \"{{secret.api_token}}\"", reader);
            Some(Auth::Scheme { scheme: scheme?, value: value? })
        }
        "client_credentials" => {
            let token_url =
                template(fields, "token_url", "token_url: https://example.com/oauth/token", reader);
            let client_id = template(fields, "client_id", "client_id: rapport", reader);
            let client_secret =
                template(fields, "client_secret", "client_secret: \"{{secret.client}}\"", reader);
            let scope = fields.template(reader, "scope");
            Some(Auth::ClientCredentials {
                token_url: token_url?,
                client_id: client_id?,
                client_secret: client_secret?,
                scope,
            })
        }
        "granted" => {
            let connection = text(fields, "connection", "connection: crm", reader);
            Some(Auth::Granted { connection: connection? })
        }
        _ => Some(Auth::None),
    }
}

fn template(
    fields: &mut Fields<'_>,
    name: &'static str,
    example: &str,
    reader: &mut Reader,
) -> Option<Template> {
    let node = fields.require(reader, name, example)?;
    reader.template(node, &format!("`{name}`"))
}

fn text(fields: &mut Fields<'_>, name: &'static str, example: &str, reader: &mut Reader) -> Option<Text> {
    let node = fields.require(reader, name, example)?;
    reader.text(node, &format!("`{name}`"))
}

/// The request would carry two answers to one question.
fn refuse_header(headers: &[(Text, Template)], reader: &mut Reader) {
    let Some((name, _)) = headers.iter().find(|(name, _)| name.value.eq_ignore_ascii_case("authorization"))
    else {
        return;
    };
    let finding = Finding::new(
        "two-authorizations",
        Severity::Error,
        "there is an `auth` block and an `Authorization` header",
    )
    .at(name.place.span.clone())
    .because("Only one of them can be sent.")
    .mend("Remove the header row or the block.");
    reader.report(finding);
}

/// As the JSON Schema tells it to editors.
pub(super) fn schema() -> Value {
    schema::object(
        "How the request proves who it comes from; or an `Authorization` row in the headers.",
        &[
            ("type", schema::words("The kind.", &KINDS)),
            ("token", schema::text("bearer: the token, such as \"{{secret.api_token}}\".")),
            ("user", schema::text("basic: the user.")),
            ("password", schema::text("basic: the password.")),
            ("in", schema::words("api_key: where it stands.", &["header", "query"])),
            ("name", schema::text("api_key: the header's or parameter's name.")),
            ("key", schema::text("api_key: the key.")),
            ("scheme", schema::text("scheme: the word before the value.")),
            ("value", schema::text("scheme: what follows the word.")),
            ("token_url", schema::text("client_credentials: where tokens are given.")),
            ("client_id", schema::text("client_credentials: our id.")),
            ("client_secret", schema::text("client_credentials: our secret.")),
            ("scope", schema::text("client_credentials: what is asked for.")),
            (
                "connection",
                schema::text("granted: name of a connection that a person granted in the browser."),
            ),
        ],
        &["type"],
    )
}
