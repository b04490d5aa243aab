//! Temporary until the language's prepare and finish are merged.
use crate::Value;
use crate::request::*;
use crate::scope::Scope;
use crate::steps::api_request::{ApiRequest, Body, WhenMissing};

pub(crate) fn prepare(step: &ApiRequest, scope: &dyn Scope) -> Result<PreparedRequest, String> {
    let mut unset = Vec::new();
    let url = step.url.render_message(scope, &mut unset);
    let body = match &step.body {
        Body::Json(json) => PreparedBody::Text { content_type: "application/json".into(), text: SecretText::plain(json.evaluate(scope).unwrap_or(Value::Null).to_string()) },
        _ => PreparedBody::None,
    };
    if let Some(name) = unset.first() { return Err(format!("{name} has no value")); }
    Ok(PreparedRequest { method: step.method, url: SecretText::plain(url), headers: step.headers.iter().map(|(n, v)| (n.value.clone(), SecretText::plain(v.text.clone()))).collect(), auth: PreparedAuth::None, body, response: step.response, attempt_timeout_ms: 10_000, deadline_ms: 30_000, retries: step.retries.unwrap_or(2), repeatable: step.repeatable || step.method == Method::Get, idempotency_header: None })
}

pub(crate) struct Finished { pub outcome: Outcome, pub values: Vec<(String, Value)>, pub codes: Vec<String>, pub words: String }

pub(crate) fn finish(step: &ApiRequest, exchange: &Exchange) -> Finished {
    let mut done = Finished { outcome: exchange.outcome, values: vec![], codes: vec![], words: String::new() };
    let Ok(json) = serde_json::from_str::<Value>(&exchange.body) else {
        if exchange.outcome == Outcome::Ok { done.outcome = Outcome::NotJson; }
        return done;
    };
    for row in if exchange.outcome == Outcome::Ok { &step.save } else { &step.save_error } {
        match (row.path.read(&json).found(), &row.when_missing) {
            (Some(v), _) => done.values.push((row.name.value.clone(), v.clone())),
            (None, WhenMissing::Default(v)) => done.values.push((row.name.value.clone(), v.clone())),
            (None, WhenMissing::Refuse) => done.outcome = Outcome::MissingRequired,
            (None, WhenMissing::Unset) => done.codes.push("path-not-found".into()),
        }
    }
    done
}
