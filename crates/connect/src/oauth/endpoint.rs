//! One question to a token endpoint.

use crate::answer;
use crate::fault::{Again, Fault};
use crate::mask::Mask;
use crate::secrets::Renewed;
use crate::settings::Clock;
use crate::transport::{Progress, Transport};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use rapport_flow::request::Outcome;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// Largest answer of a token endpoint, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Most of a refusal's own words that are shown, in characters.
const WORDS_MAX: usize = 200;

/// What the browser brought back at the end of the authorization-code grant.
#[derive(Debug, Clone)]
pub struct CodeExchange {
    pub token_url: String,
    pub client_id: String,
    /// None for a public client, which then needs the verifier.
    pub client_secret: Option<SecretString>,
    pub code: SecretString,
    /// The same as the browser was sent with.
    pub redirect_uri: String,
    /// PKCE (RFC 7636).
    pub code_verifier: Option<SecretString>,
}

/// A token endpoint did not give tokens.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct TokenError {
    pub outcome: Outcome,
    /// The endpoint's answer, when there was one.
    pub status: Option<u16>,
    /// For people; holds no secret.
    pub detail: String,
}

/// The same inside the crate.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) fault: Fault,
    pub(crate) status: Option<u16>,
    /// `error` of RFC 6749 §5.2, such as `invalid_grant`.
    code: Option<String>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused { fault, status: None, code: None }
    }
}

impl From<Refused> for TokenError {
    fn from(refused: Refused) -> Self {
        TokenError { outcome: refused.fault.outcome, status: refused.status, detail: refused.fault.detail }
    }
}

/// Who asks.
pub(super) struct Client<'a> {
    pub(super) id: &'a str,
    pub(super) secret: Option<&'a SecretString>,
}

/// Asks with the client's credentials in the body, which most vendors document; one that refuses them there is asked once
/// more with Basic, which RFC 6749 §2.3.1 obliges all to take.
pub(super) async fn ask(
    transport: &Transport,
    url: &Url,
    pairs: &[(&str, &str)],
    client: &Client<'_>,
    now: &Clock,
) -> Result<Renewed, Refused> {
    let mut mask = Mask::default();
    if let Some(secret) = client.secret {
        mask.add(secret.expose_secret(), "{{client_secret}}");
    }
    for (name, value) in pairs {
        if matches!(*name, "refresh_token" | "code" | "code_verifier") {
            mask.add(value, &format!("{{{{{name}}}}}"));
        }
    }
    let first = ask_once(transport, url, pairs, client, now, false).await;
    let answer = match first {
        Err(refused) if client.secret.is_some() && refused.by_client_authentication() => {
            ask_once(transport, url, pairs, client, now, true).await
        }
        other => other,
    };
    answer.map_err(|mut refused| {
        mask.apply_to(&mut refused.fault.detail);
        refused
    })
}

impl Refused {
    fn by_client_authentication(&self) -> bool {
        self.status == Some(401) || self.code.as_deref() == Some("invalid_client")
    }
}

async fn ask_once(
    transport: &Transport,
    url: &Url,
    pairs: &[(&str, &str)],
    client: &Client<'_>,
    now: &Clock,
    basic: bool,
) -> Result<Renewed, Refused> {
    let (headers, body) = question(pairs, client, basic)?;
    let asked_at = now();
    let response = transport.send(&Method::POST, url, headers, body, &Progress::default()).await;
    // Whatever happens here, the request itself has not left us yet.
    let response = response.map_err(|fault| elsewhere(url, &fault))?;
    let status = response.status().as_u16();
    let head = response.headers().clone();
    let body = answer::read(response, ANSWER_BYTES_MAX).await.map_err(|fault| elsewhere(url, &fault))?;
    let answer = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if (200..300).contains(&status) {
        return tokens(&answer, asked_at).ok_or_else(|| Refused {
            fault: Fault::new(
                Outcome::ClientError,
                Again::Never,
                format!("the token endpoint {} answered {status} without an access_token", shown(url)),
            ),
            status: Some(status),
            code: None,
        });
    }
    Err(refusal(url, status, &answer, &answer::text(&head, body)))
}

/// Head and body of the question; apart, since the serializer must not live across a wait (it is not `Send`).
fn question(pairs: &[(&str, &str)], client: &Client<'_>, basic: bool) -> Result<(HeaderMap, Bytes), Fault> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let mut form = Serializer::new(String::new());
    form.extend_pairs(pairs);
    match client.secret {
        Some(secret) if basic => {
            headers.insert(AUTHORIZATION, basic_header(client.id, secret)?);
        }
        secret => {
            form.append_pair("client_id", client.id);
            if let Some(secret) = secret {
                form.append_pair("client_secret", secret.expose_secret());
            }
        }
    }
    Ok((headers, Bytes::from(form.finish())))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn basic_header(id: &str, secret: &SecretString) -> Result<HeaderValue, Fault> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let joined = STANDARD.encode(format!("{}:{}", encode(id), encode(secret.expose_secret())));
    let value = HeaderValue::from_str(&format!("Basic {joined}"));
    value.map_err(|_| Fault::bad_template("the client id cannot stand in a header"))
}

fn tokens(answer: &Value, asked_at: i64) -> Option<Renewed> {
    let text =
        |name: &str| answer.get(name)?.as_str().filter(|text| !text.is_empty()).map(SecretString::from);
    // Some vendors write the number as text, or with a fraction.
    let life = answer.get("expires_in").and_then(|life| match life {
        Value::Number(number) => {
            number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok())
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    Some(Renewed {
        access_token: text("access_token")?,
        refresh_token: text("refresh_token"),
        expires_at: life.map(|seconds: i64| asked_at.saturating_add(seconds.saturating_mul(1000))),
    })
}

fn refusal(url: &Url, status: u16, answer: &Value, body: &str) -> Refused {
    let code = answer.get("error").and_then(Value::as_str).map(str::to_owned);
    let words = answer.get("error_description").and_then(Value::as_str).unwrap_or(match code {
        Some(_) => "",
        None => body,
    });
    let words: String = words.chars().take(WORDS_MAX).collect();
    let said = [code.as_deref().unwrap_or_default(), words.trim()];
    let said = said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let mend = match code.as_deref() {
        Some("invalid_client") => "; check client id and secret",
        Some("invalid_grant") => "; grant the connection again",
        Some("invalid_scope") => "; check the scope",
        _ => "",
    };
    let again = if status == 429 || matches!(status, 502..=504) { Again::Always } else { Again::Never };
    let detail = format!("the token endpoint {} answered {status} {said}{mend}", shown(url));
    Refused { fault: Fault::new(Outcome::of_status(status), again, detail), status: Some(status), code }
}

fn elsewhere(url: &Url, fault: &Fault) -> Fault {
    let again = if fault.again == Again::Never { Again::Never } else { Again::Always };
    Fault::new(fault.outcome, again, format!("no token from {}: {}", shown(url), fault.detail))
}

fn shown(url: &Url) -> &str {
    &url[..url::Position::AfterPath]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lifetimes_are_read_as_vendors_write_them() {
        for life in [json!(3600), json!("3600"), json!(3600.5)] {
            let read = tokens(&json!({"access_token": "a", "expires_in": life}), 1_000).unwrap();
            assert_eq!(read.expires_at, Some(3_601_000), "{life}");
        }
        assert_eq!(tokens(&json!({"access_token": "a"}), 0).unwrap().expires_at, None);
        assert!(tokens(&json!({"access_token": ""}), 0).is_none());
        assert!(tokens(&json!({"expires_in": 1}), 0).is_none());
        assert!(tokens(&json!([]), 0).is_none());
    }

    #[test]
    fn a_refusal_shows_the_endpoints_words_and_the_mend() {
        let url = Url::parse("https://auth.example.com/token?x=y").unwrap();
        let answer = json!({"error": "invalid_grant", "error_description": "token revoked"});
        let refused = refusal(&url, 400, &answer, "");
        assert_eq!(
            refused.fault.detail,
            "the token endpoint https://auth.example.com/token answered 400 invalid_grant: token revoked; grant the connection again"
        );
        assert_eq!(refused.fault.outcome, Outcome::ClientError);
    }
}
