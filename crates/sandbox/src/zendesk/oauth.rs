//! `POST /oauth/tokens`: client credentials and refresh.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::ZendeskAccess;
use crate::chance::Chance;
use crate::http_call::{Answer, Call};

/// Token pairs kept; the oldest die first.
const PAIRS_MAX: usize = 1_000;
/// Least and default lifetime of an access token, in seconds.
const EXPIRES_IN_LEAST: i64 = 301;
const EXPIRES_IN_MOST: i64 = 172_799;
const EXPIRES_IN_DEFAULT: i64 = 7_200;

#[derive(Debug)]
struct Pair {
    access: String,
    refresh: String,
    scope: String,
    dies_at: i64,
}

#[derive(Debug, Default)]
pub(super) struct Tokens {
    pairs: VecDeque<Pair>,
}

impl Tokens {
    pub(super) fn is_live(&self, token: &str, now: i64) -> bool {
        self.pairs.iter().any(|pair| pair.access == token && now < pair.dies_at)
    }

    pub(super) fn grant(&mut self, call: &Call, access: &ZendeskAccess, chance: &mut Chance) -> Answer {
        let refuse = |status: u16, error: &str, text: &str| {
            Answer::json(status, &json!({"error": error, "error_description": text}))
        };
        let Some(body) = body_of(call) else {
            return refuse(
                400,
                "invalid_request",
                "The request is missing a required parameter, or is otherwise malformed.",
            );
        };
        let is = |key: &str, wanted: &str| body[key].as_str() == Some(wanted);
        if !is("client_id", &access.client_id) || !is("client_secret", &access.client_secret) {
            return refuse(
                401,
                "invalid_client",
                "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
            );
        }
        let scope = match body["grant_type"].as_str() {
            Some("client_credentials") => body["scope"].as_str().unwrap_or("read").to_owned(),
            Some("refresh_token") => {
                let Some(at) =
                    self.pairs.iter().position(|pair| body["refresh_token"] == pair.refresh.as_str())
                else {
                    return refuse(
                        400,
                        "invalid_grant",
                        "The provided refresh token is invalid, expired or revoked.",
                    );
                };
                // Both old tokens die with the call.
                self.pairs.remove(at).map(|pair| pair.scope).unwrap_or_default()
            }
            Some(_) => {
                return refuse(
                    400,
                    "unsupported_grant_type",
                    "The authorization grant type is not supported.",
                );
            }
            None => {
                return refuse(400, "invalid_request", "The request is missing the parameter grant_type.");
            }
        };
        let lifetime = body["expires_in"].as_i64().unwrap_or(EXPIRES_IN_DEFAULT);
        if !(EXPIRES_IN_LEAST..=EXPIRES_IN_MOST).contains(&lifetime) {
            return refuse(400, "invalid_request", "expires_in must be more than 300 and less than 172800.");
        }
        let pair =
            Pair { access: chance.hex(64), refresh: chance.hex(64), scope, dies_at: call.now + lifetime };
        let answer = json!({
            "access_token": pair.access, "refresh_token": pair.refresh, "token_type": "bearer", "scope": pair.scope,
            "expires_in": lifetime, "refresh_token_expires_in": 2_592_000,
        });
        if self.pairs.len() == PAIRS_MAX {
            self.pairs.pop_front();
        }
        self.pairs.push_back(pair);
        Answer::json(200, &answer)
    }
}

/// JSON, or a form as OAuth libraries send it.
fn body_of(call: &Call) -> Option<Value> {
    if call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let mut body = json!({});
        for (key, value) in url::form_urlencoded::parse(&call.body) {
            body[key.as_ref()] = json!(value);
        }
        return Some(body);
    }
    call.json().filter(Value::is_object)
}
