//! `GET /__sandbox/events`: everything that happens, as server-sent events that can be resumed by id.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::HeaderMap;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::events::{Event, Feed};
use crate::world::Shared;

/// `Last-Event-ID` or `?after=` names the last event seen. An event `resync` says that some are lost.
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let query = query.iter().find(|(key, _)| key == "after").map(|(_, id)| id.as_str());
    let after = header.or(query).and_then(|id| id.parse().ok()).unwrap_or_else(|| shared.log.last());
    let feed = shared.log.follow(after);
    let place = Place { seen: after, feed, stop: shared.stop.clone(), shared };
    let stream = stream::unfold(place, |mut place| async move {
        let event = place.next().await?;
        Some((Ok::<_, Infallible>(event), place))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

struct Place {
    seen: u64,
    feed: Feed,
    stop: tokio::sync::watch::Receiver<bool>,
    shared: Arc<Shared>,
}

impl Place {
    async fn next(&mut self) -> Option<axum::response::sse::Event> {
        loop {
            if std::mem::take(&mut self.feed.gap) {
                self.feed.missed.clear();
                self.seen = self.shared.log.last();
                let data = json!({"last_event": self.seen}).to_string();
                return Some(
                    axum::response::sse::Event::default()
                        .event("resync")
                        .id(self.seen.to_string())
                        .data(data),
                );
            }
            let event = if let Some(event) = self.feed.missed.pop_front() {
                event
            } else {
                tokio::select! {
                    event = self.feed.live.recv() => match event {
                        Ok(event) => event,
                        Err(RecvError::Lagged(_)) => {
                            // A slow reader: go on from what is still kept.
                            self.feed = self.shared.log.follow(self.seen);
                            continue;
                        }
                        Err(RecvError::Closed) => return None,
                    },
                    _ = self.stop.wait_for(|stopped| *stopped) => return None,
                }
            };
            if event.id > self.seen {
                self.seen = event.id;
                return Some(worded(&event));
            }
        }
    }
}

fn worded(event: &Event) -> axum::response::sse::Event {
    // JSON has no line breaks outside its strings, so one `data:` line holds it.
    axum::response::sse::Event::default()
        .event(event.kind)
        .id(event.id.to_string())
        .data(event.data.to_string())
}
