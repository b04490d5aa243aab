//! The script API under `/__sandbox/`: what the page and other tools use to look in, to speak as a customer, to turn
//! knobs. Not part of any vendor's format.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use crate::conversation;
use crate::knobs::Knobs;
use crate::phone::speech::{Speech, SpeechError};
use crate::world::Shared;

mod feed;
mod team;

type Sandbox = State<Arc<Shared>>;

/// Largest body of the script API.
const BODY_BYTES_MAX: usize = 256 * 1024;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sandbox/state", get(state))
        .route("/__sandbox/events", get(feed::events))
        .route("/__sandbox/requests", get(requests))
        .route("/__sandbox/reset", post(reset))
        .route("/__sandbox/knobs", get(knobs).post(change_knobs).delete(rest_knobs))
        .route("/__sandbox/clock", post(advance))
        .route("/__sandbox/webhook", post(webhook))
        .route("/__sandbox/webhook/verify", post(verify))
        .route("/__sandbox/customers", get(customers).post(customer))
        .route("/__sandbox/customers/{wa_id}/messages", get(messages).post(say))
        .route("/__sandbox/customers/{wa_id}/close-window", post(close_window))
        .route("/__sandbox/media/{id}", get(media))
        .merge(team::routes())
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// `{"error": "…"}`
fn refuse(status: StatusCode, why: impl std::fmt::Display) -> Response {
    (status, Json(json!({"error": why.to_string()}))).into_response()
}

fn bad(why: impl std::fmt::Display) -> Response {
    refuse(StatusCode::BAD_REQUEST, why)
}

/// The body as JSON; an empty one reads as `{}`.
fn read(body: &Bytes) -> Result<Value, Box<Response>> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| Box::new(bad(format!("the body is not JSON: {error}"))))
}

async fn state(State(shared): Sandbox) -> Response {
    let now = shared.clock.now();
    let last_event = shared.log.last();
    let world = shared.world();
    let people: Vec<Value> = shared
        .options
        .data
        .people_in(crate::Vendor::Graph)
        .filter_map(|person| {
            Some(json!({"name": person.name, "wa_id": person.wa_id()?, "email": person.email}))
        })
        .collect();
    let mut recent = world.record.all();
    let requests: Vec<_> = recent.split_off(recent.len().saturating_sub(100));
    Json(json!({
        "last_event": last_event,
        "business": {
            "name": world.graph.business.verified_name, "phone": world.graph.business.display_phone_number,
            "phone_number_id": world.graph.business.phone_number_id, "waba_id": world.graph.business.waba_id,
        },
        "people": people,
        "customers": world.phones.overview(now),
        "knobs": world.knobs,
        "webhook": {"url": world.webhook_url, "waiting": shared.lanes.waiting()},
        "requests": requests,
        "webhooks": shared.log.recent("webhook", 60),
        "desk": shared.options.desk.is_some(),
        "now": now,
    }))
    .into_response()
}

async fn requests(State(shared): Sandbox) -> Response {
    Json(json!({"requests": shared.world().record.all()})).into_response()
}

async fn reset(State(shared): Sandbox, body: Bytes) -> Response {
    match read(&body) {
        Ok(body) => {
            shared.reset(body["knobs"].as_bool().unwrap_or(false));
            Json(json!({"reset": true})).into_response()
        }
        Err(refusal) => *refusal,
    }
}

async fn knobs(State(shared): Sandbox) -> Response {
    Json(json!(shared.world().knobs)).into_response()
}

async fn change_knobs(State(shared): Sandbox, body: Bytes) -> Response {
    let change = match read(&body) {
        Ok(change) => change,
        Err(refusal) => return *refusal,
    };
    let changed = shared.world().knobs.with(&change);
    match changed {
        Ok(knobs) => {
            shared.set_knobs(knobs.clone());
            Json(json!(knobs)).into_response()
        }
        Err(error) => bad(error),
    }
}

async fn rest_knobs(State(shared): Sandbox) -> Response {
    shared.set_knobs(Knobs::default());
    Json(json!(Knobs::default())).into_response()
}

/// `{"seconds": 90000}` moves the sandbox's clock on, for instance past a service window.
async fn advance(State(shared): Sandbox, body: Bytes) -> Response {
    let seconds = read(&body).ok().and_then(|body| body["seconds"].as_u64());
    match seconds.filter(|seconds| *seconds <= 366 * 86_400) {
        Some(seconds) => {
            shared.clock.advance(Duration::from_secs(seconds));
            Json(json!({"now": shared.clock.now()})).into_response()
        }
        None => bad("`seconds` must be a whole number up to one year"),
    }
}

/// `{"url": "http://127.0.0.1:8080/webhooks/whatsapp"}` or `{"url": null}`.
async fn webhook(State(shared): Sandbox, body: Bytes) -> Response {
    let body = match read(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let url = body["url"].as_str().map(str::to_owned);
    if let Some(url) = url.as_deref()
        && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        return bad("`url` must be an http or https address");
    }
    shared.world().webhook_url.clone_from(&url);
    Json(json!({"url": url})).into_response()
}

/// Meta's GET verification of the webhook address; `{"verified": true}` when the challenge came back.
async fn verify(State(shared): Sandbox) -> Response {
    let url = shared.world().webhook_url.clone();
    let Some(url) = url else { return bad("no webhook address is set") };
    let challenge = (1_000_000_000 + shared.world().chance.up_to(8_999_999_999)).to_string();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge.as_str()),
        ("hub.verify_token", shared.options.verify_token.as_str()),
    ];
    let Ok(url) = url::Url::parse_with_params(&url, query) else {
        return bad("the webhook address cannot be read");
    };
    match shared.client.get(url).timeout(Duration::from_secs(10)).send().await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap_or_default();
            Json(json!({"verified": status == 200 && body == challenge, "status": status})).into_response()
        }
        Err(_) => refuse(StatusCode::BAD_GATEWAY, "the webhook address does not answer"),
    }
}

async fn customers(State(shared): Sandbox) -> Response {
    let now = shared.clock.now();
    Json(json!({"customers": shared.world().phones.overview(now)})).into_response()
}

/// `{"phone": "919820000001", "name": "Priya Sharma"}`
async fn customer(State(shared): Sandbox, body: Bytes) -> Response {
    let body = match read(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let Some(phone) = body["phone"].as_str() else { return bad("`phone` is needed: 7 to 15 digits") };
    match conversation::open(&shared, phone, body["name"].as_str()) {
        Ok(customer) => Json(customer).into_response(),
        Err(error) => bad(error),
    }
}

async fn messages(
    State(shared): Sandbox,
    Path(wa_id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let after =
        query.iter().find(|(key, _)| key == "after").and_then(|(_, n)| n.parse().ok()).unwrap_or(0_u64);
    let now = shared.clock.now();
    let world = shared.world();
    match world.phones.get(&wa_id) {
        Some(customer) => {
            let bubbles: Vec<_> = customer.bubbles.iter().filter(|bubble| bubble.number > after).collect();
            Json(json!({"customer": crate::phone::brief(customer, now), "messages": bubbles})).into_response()
        }
        None => refuse(StatusCode::NOT_FOUND, "no customer has this number"),
    }
}

/// `{"type": "text", "text": "Hello"}`, `{"type": "tap", "id": "ORDERS"}` …: see [`Speech::from_json`].
async fn say(State(shared): Sandbox, Path(wa_id): Path<String>, body: Bytes) -> Response {
    let body = match read(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let spoken = Speech::from_json(&body).and_then(|speech| conversation::speak(&shared, &wa_id, &speech));
    match spoken {
        Ok(id) => Json(json!({"id": id})).into_response(),
        Err(error @ SpeechError::NoChoice(..)) => refuse(StatusCode::CONFLICT, error),
        Err(error) => bad(error),
    }
}

async fn close_window(State(shared): Sandbox, Path(wa_id): Path<String>) -> Response {
    let found = shared.world().phones.get_mut(&wa_id).map(|customer| customer.last_wrote = None).is_some();
    if found {
        shared.log.tell("customer", json!({"wa_id": wa_id, "window_open": false}));
        Json(json!({"window_open": false})).into_response()
    } else {
        refuse(StatusCode::NOT_FOUND, "no customer has this number")
    }
}

/// A file of a chat. Anything a browser could run is given as a download.
async fn media(State(shared): Sandbox, Path(id): Path<String>) -> Response {
    let Some((mime, bytes)) = shared.world().graph.media.file(&id) else {
        return refuse(StatusCode::NOT_FOUND, "no such file");
    };
    let inline = ["image/png", "image/jpeg", "image/webp", "audio/", "video/", "application/pdf"];
    let disposition =
        if inline.iter().any(|known| mime.starts_with(known)) { "inline" } else { "attachment" };
    let mime = if disposition == "inline" { mime } else { "application/octet-stream".to_owned() };
    ([("content-type", mime), ("content-disposition", disposition.to_owned())], bytes).into_response()
}
