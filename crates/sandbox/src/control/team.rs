//! "Answer as the team": the page's way to the desk of the server under test.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use super::{bad, read, refuse};
use crate::desk::{DeskError, TeamDesk};
use crate::world::Shared;

/// Longest answer, in characters: one WhatsApp text.
const ANSWER_CHARS_MAX: usize = 4096;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sandbox/desk", get(list))
        .route("/__sandbox/desk/{id}", get(show))
        .route("/__sandbox/desk/{id}/reply", post(reply))
        .route("/__sandbox/desk/{id}/release", post(release))
}

fn desk(shared: &Shared) -> Result<Arc<dyn TeamDesk>, Box<Response>> {
    let none = || Box::new(refuse(StatusCode::NOT_FOUND, "this sandbox has no team desk"));
    shared.options.desk.clone().ok_or_else(none)
}

fn worded(error: &DeskError) -> Response {
    let status = if *error == DeskError::Unknown { StatusCode::NOT_FOUND } else { StatusCode::CONFLICT };
    refuse(status, error)
}

async fn list(State(shared): State<Arc<Shared>>) -> Response {
    match desk(&shared) {
        Ok(desk) => match desk.list().await {
            Ok(rows) => Json(json!({"conversations": rows})).into_response(),
            Err(error) => worded(&error),
        },
        Err(refusal) => *refusal,
    }
}

async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    match desk(&shared) {
        Ok(desk) => match desk.show(&id).await {
            Ok(thread) => Json(json!(thread)).into_response(),
            Err(error) => worded(&error),
        },
        Err(refusal) => *refusal,
    }
}

/// `{"text": "…"}`
async fn reply(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    let text = match read(&body) {
        Ok(body) => body["text"].as_str().unwrap_or_default().trim().to_owned(),
        Err(refusal) => return *refusal,
    };
    if !(1..=ANSWER_CHARS_MAX).contains(&text.chars().count()) {
        return bad(format!("`text` has 1 to {ANSWER_CHARS_MAX} characters"));
    }
    let done = match desk(&shared) {
        Ok(desk) => desk.reply(&id, &text).await,
        Err(refusal) => return *refusal,
    };
    finish(&shared, &id, done)
}

async fn release(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let done = match desk(&shared) {
        Ok(desk) => desk.release(&id).await,
        Err(refusal) => return *refusal,
    };
    finish(&shared, &id, done)
}

fn finish(shared: &Shared, id: &str, done: Result<(), DeskError>) -> Response {
    match done {
        Ok(()) => {
            shared.log.tell("desk", json!({"id": id}));
            Json(json!({"done": true})).into_response()
        }
        Err(error) => worded(&error),
    }
}
