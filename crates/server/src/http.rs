//! The addresses of the server.

use crate::app::App;
use crate::config::WEBHOOK_BYTES_MAX;
use crate::{clock, metrics, webhook};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// All routes; `pages` answers what none of them does (the demo's chat page).
pub(crate) fn router(app: Arc<App>, pages: Option<Router>) -> Router {
    let routes = Router::new()
        .route("/webhooks/whatsapp", get(webhook::verify).post(webhook::receive))
        .route("/webhooks/whatsapp/{app}", get(webhook::verify).post(webhook::receive))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .layer(DefaultBodyLimit::max(WEBHOOK_BYTES_MAX))
        .with_state(app);
    let routes = match pages {
        Some(pages) => routes.fallback_service(pages),
        None => routes.fallback(nothing_here),
    };
    routes
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .layer(CatchPanicLayer::new())
}

/// The process answers.
async fn health() -> &'static str {
    "ok\n"
}

/// The process can do its work: the store can be read and written, and the server is not stopping.
async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.stopping.begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    // Written only while writing fails, to learn when it works again.
    let works = match app.store.change_number(app.account).await {
        Ok(_) if app.store.writer_stats().failing => app.store.check_writable(clock::now()).await,
        other => other.map(drop),
    };
    match works {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn figures(State(app): State<Arc<App>>) -> Response {
    let page = metrics::render(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response()
}

async fn nothing_here() -> (StatusCode, &'static str) {
    (
        StatusCode::NOT_FOUND,
        "Rapport runs here. Meta delivers to /webhooks/whatsapp; /healthz tells whether it is up.\n",
    )
}
