//! From a step and its scope to a request in which only the values of secrets are missing.
//!
//! Every hole is filled for the place where it stands, so that nothing a customer types or an API answers can change the
//! request's shape; the property tests beside this file parse requests back to show it.

use super::fill::{BadTemplate, Fill};
use super::{
    ATTEMPT_TIMEOUT_MS, DEADLINE_MS, DEADLINE_MS_MAX, Encoding, Method, Piece, PreparedAuth, PreparedBody,
    PreparedPart, PreparedRequest, RETRIES, RETRIES_MAX, ResponseKind, SecretText, address, json, xml,
};
use crate::scope::Scope;
use crate::source::Text;
use crate::steps::api_request::{ApiKeyPlace, ApiRequest, Auth, Body, Part};
use crate::template::Template;
use std::time::Duration;

/// Builds the request, or says which hole cannot be filled and why. Nothing is sent.
///
/// `Accept` is added for JSON and XML answers unless the author wrote it: some APIs answer a missing one with an error.
pub fn prepare(step: &ApiRequest, scope: &dyn Scope) -> Result<PreparedRequest, BadTemplate> {
    let fill = Fill::from(scope);
    Ok(PreparedRequest {
        method: step.method,
        url: address::fill(&step.url, &step.query, fill)?,
        headers: headers(step, fill)?,
        auth: auth(&step.auth, fill)?,
        body: body(&step.body, fill)?,
        response: step.response,
        attempt_timeout_ms: milliseconds(step.timeout, ATTEMPT_TIMEOUT_MS),
        deadline_ms: milliseconds(step.deadline, DEADLINE_MS),
        retries: step.retries.unwrap_or(RETRIES).min(RETRIES_MAX),
        repeatable: is_repeatable(step),
        idempotency_header: step.idempotency_header.as_ref().map(|name| name.value.clone()),
    })
}

/// What is wrong with a request's shape whatever its holes hold: the first mistake of each part.
pub fn problems(step: &ApiRequest) -> Vec<BadTemplate> {
    let fill = Fill::sample();
    let url = address::fill(&step.url, &step.query, fill).err();
    let headers = headers(step, fill).err();
    [url, headers, auth(&step.auth, fill).err(), body(&step.body, fill).err()].into_iter().flatten().collect()
}

/// Whether a call may be made again: after a crash, and on faults.
pub fn is_repeatable(step: &ApiRequest) -> bool {
    step.repeatable || step.idempotency_header.is_some() || matches!(step.method, Method::Get | Method::Head)
}

fn milliseconds(given: Option<Duration>, otherwise: u64) -> u64 {
    let asked = given.map_or(otherwise, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    asked.clamp(1, DEADLINE_MS_MAX)
}

fn headers(step: &ApiRequest, fill: Fill<'_>) -> Result<Vec<(String, SecretText)>, BadTemplate> {
    let mut headers = Vec::with_capacity(step.headers.len() + 1);
    for (name, value) in &step.headers {
        let field = format!("header {}", name.value);
        if !is_header_name(&name.value) {
            let why = "is not the name of a header";
            let mend = "A header's name has letters, digits and hyphens only.";
            return Err(BadTemplate {
                span: Some(name.place.span.clone()),
                ..BadTemplate::new(field, why, mend)
            });
        }
        headers.push((name.value.clone(), header_text(value, &field, fill)?));
    }
    let accept = match step.response {
        ResponseKind::Json => "application/json",
        ResponseKind::Xml => "application/xml, text/xml;q=0.9",
        ResponseKind::Text | ResponseKind::None => return Ok(headers),
    };
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        headers.push(("Accept".to_owned(), SecretText::plain(accept)));
    }
    Ok(headers)
}

/// RFC 9110, token.
fn is_header_name(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(token)
}

/// A text that goes into a header: a line break or another control character refuses the request.
fn header_text(template: &Template, field: &str, fill: Fill<'_>) -> Result<SecretText, BadTemplate> {
    let text = fill.template(template, Encoding::Plain, field)?;
    let control = |piece: &Piece| matches!(piece, Piece::Text(text) if text.chars().any(|c| c.is_control() && c != '\t'));
    if text.0.iter().any(control) {
        return Err(BadTemplate::of_text(
            template,
            field,
            "holds a line break or another control character, which no header can",
            "Send the text in the body, or ask for one line.",
        ));
    }
    Ok(text)
}

fn auth(auth: &Auth, fill: Fill<'_>) -> Result<PreparedAuth, BadTemplate> {
    let text = |template, field| header_text(template, field, fill);
    Ok(match auth {
        Auth::None => PreparedAuth::None,
        Auth::Bearer { token } => PreparedAuth::Bearer(text(token, "auth token")?),
        Auth::Basic { user, password } => {
            let name = text(user, "auth user")?;
            if name.0.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(':'))) {
                let why = "holds a colon, which ends the user of basic auth";
                return Err(BadTemplate::of_text(
                    user,
                    "auth user",
                    why,
                    "Put what follows the colon into `password`.",
                ));
            }
            PreparedAuth::Basic { user: name, password: text(password, "auth password")? }
        }
        Auth::ApiKey { place: ApiKeyPlace::Header, name, key } => {
            if !is_header_name(&name.value) {
                let why = format!("`{}` is not the name of a header", name.value);
                let mend = "A header's name has letters, digits and hyphens only.";
                return Err(BadTemplate {
                    span: Some(name.place.span.clone()),
                    ..BadTemplate::new("auth name", why, mend)
                });
            }
            PreparedAuth::ApiKeyHeader { header: name.value.clone(), key: text(key, "auth key")? }
        }
        Auth::ApiKey { place: ApiKeyPlace::Query, name, key } => {
            let mut pieces = super::fill::Pieces::default();
            fill.value(key, Encoding::Percent, "auth key", &mut pieces)?;
            PreparedAuth::ApiKeyQuery { parameter: name.value.clone(), key: pieces.finish() }
        }
        Auth::Scheme { scheme, value } => {
            if !is_header_name(&scheme.value) {
                let why = format!("`{}` is not a scheme", scheme.value);
                let mend = "A scheme is one word, such as `Token`; it is sent before the value.";
                return Err(BadTemplate {
                    span: Some(scheme.place.span.clone()),
                    ..BadTemplate::new("auth scheme", why, mend)
                });
            }
            PreparedAuth::Scheme { scheme: scheme.value.clone(), value: text(value, "auth value")? }
        }
        Auth::ClientCredentials { token_url, client_id, client_secret, scope } => {
            let address = address::fill(token_url, &[], fill)
                .map_err(|bad| BadTemplate { field: "auth token_url".into(), ..bad })?;
            if let Some(name) = address.secrets().next() {
                let why = format!("holds the secret `{name}`");
                return Err(BadTemplate::of_text(
                    token_url,
                    "auth token_url",
                    why,
                    "Give it as `client_secret`.",
                ));
            }
            PreparedAuth::ClientCredentials {
                token_url: address.redacted(),
                client_id: text(client_id, "auth client_id")?,
                client_secret: text(client_secret, "auth client_secret")?,
                scope: match scope {
                    None => None,
                    Some(template) => {
                        let scope = text(template, "auth scope")?;
                        if scope.secrets().next().is_some() {
                            let why = "holds a secret";
                            return Err(BadTemplate::of_text(
                                template,
                                "auth scope",
                                why,
                                "A scope is no secret; write it out.",
                            ));
                        }
                        Some(scope.redacted())
                    }
                },
            }
        }
        Auth::Granted { connection } => PreparedAuth::Granted { connection: connection.value.clone() },
    })
}

fn body(body: &Body, fill: Fill<'_>) -> Result<PreparedBody, BadTemplate> {
    let text = |content_type: &str, text| PreparedBody::Text { content_type: content_type.to_owned(), text };
    Ok(match body {
        Body::None => PreparedBody::None,
        Body::Json(template) => text("application/json", json::structure(template, fill)?),
        Body::JsonText(template) => text("application/json", json::typed(template, fill)?),
        Body::Form(rows) => text("application/x-www-form-urlencoded", form(rows, fill)?),
        Body::Multipart(parts) => {
            PreparedBody::Multipart(parts.iter().map(|row| part(row, fill)).collect::<Result<_, _>>()?)
        }
        Body::Text(template) => {
            text("text/plain; charset=utf-8", fill.template(template, Encoding::Plain, "body")?)
        }
        Body::Xml(template) => text("application/xml", xml::body(template, fill)?),
    })
}

fn form(rows: &[(Text, Template)], fill: Fill<'_>) -> Result<SecretText, BadTemplate> {
    let mut pieces = super::fill::Pieces::default();
    for (count, (name, value)) in rows.iter().enumerate() {
        if count > 0 {
            pieces.text().push('&');
        }
        Encoding::Form.write(&name.value, pieces.text());
        pieces.text().push('=');
        fill.value(value, Encoding::Form, &format!("body.{}", name.value), &mut pieces)?;
    }
    Ok(pieces.finish())
}

fn part(row: &Part, fill: Fill<'_>) -> Result<PreparedPart, BadTemplate> {
    let field = format!("body.{}", row.name.value);
    let filename = match &row.filename {
        None => None,
        Some(template) => {
            let name = header_text(template, &format!("{field} filename"), fill)?;
            if name.secrets().next().is_some() {
                let why = "holds a secret";
                return Err(BadTemplate::of_text(
                    template,
                    &format!("{field} filename"),
                    why,
                    "Name the file otherwise.",
                ));
            }
            Some(name.redacted())
        }
    };
    Ok(PreparedPart {
        name: row.name.value.clone(),
        filename,
        content_type: row.content_type.as_ref().map(|kind| kind.value.clone()),
        value: fill.template(&row.value, Encoding::Plain, &field)?,
    })
}

#[cfg(test)]
mod tests;
