//! The vendors' side of the listener: which vendor a path belongs to, the knobs, the record.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::conversation::follow_up;
use crate::data::Vendor;
use crate::graph::owns_root_path;
use crate::http_call::{Answer, Call, parse_query};
use crate::knobs::Trouble;
use crate::wire::Cut;
use crate::world::Shared;

/// Largest body of a media upload: Meta's 100 MB for documents and some room for the form.
const UPLOAD_BYTES_MAX: usize = 101 << 20;
/// Largest body of any other call.
const BODY_BYTES_MAX: usize = 4 << 20;
/// Piece of a slowed body.
const PIECE_BYTES: usize = 256;

const PROXY_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Network sign-in</h1>\
    <p>Please sign in to use this network.</p></body></html>\n";

/// What the knobs do to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    Refused(u16),
    Dropped { after_work: bool },
    Half,
    Html,
}

/// Answers a call to any vendor.
pub(crate) async fn vendor(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some((vendor, path)) = place(parts.uri.path()) else {
        return (
            StatusCode::NOT_FOUND,
            "Nothing is served here. Vendors: /graph, /intercom, /zendesk, /freshdesk. Page: /\n",
        )
            .into_response();
    };
    let limit = if path.ends_with("/media") { UPLOAD_BYTES_MAX } else { BODY_BYTES_MAX };
    let Ok(body) = to_bytes(body, limit).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or was cut off.\n").into_response();
    };
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let (fate, latency, speed) = {
        let mut world = shared.world();
        let mut chance = world.chance.clone();
        let drawn = draw(world.trouble(vendor), &mut chance);
        world.chance = chance;
        drawn
    };
    if !shared.sleep(latency).await {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let now_ms = shared.clock.now_ms();
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let prefix = match vendor {
        Vendor::Graph => "graph",
        Vendor::Intercom => "intercom",
        Vendor::Zendesk => "zendesk",
        Vendor::Freshdesk => "freshdesk",
    };
    let call = Call {
        base: format!("http://{host}/{prefix}"),
        method: parts.method,
        path: path.to_owned(),
        query: parse_query(&raw_query),
        headers: parts.headers,
        body,
        now: now_ms.div_euclid(1000),
    };
    let (answer, after) = {
        let mut world = shared.world();
        let (answer, after) = match fate {
            Fate::Refused(status) => (world.forced(vendor, &call, status), Vec::new()),
            Fate::Dropped { after_work: false } => (Answer::empty(200), Vec::new()),
            _ => world.answer(vendor, &call, now_ms),
        };
        let brief = world.record.keep(vendor, &call, &raw_query, &answer, fate.name(), now_ms);
        // Under the lock, so that requests are told in the order in which they were answered.
        shared.log.tell("request", brief);
        (answer, after)
    };
    follow_up(&shared, after);
    respond(answer, fate, speed, &cut)
}

/// The vendor of a path, and the path without the vendor's prefix.
fn place(path: &str) -> Option<(Vendor, &str)> {
    let prefixes = [
        ("/graph", Vendor::Graph),
        ("/intercom", Vendor::Intercom),
        ("/zendesk", Vendor::Zendesk),
        ("/freshdesk", Vendor::Freshdesk),
    ];
    for (prefix, vendor) in prefixes {
        if let Some(rest) = path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return Some((vendor, rest));
        }
    }
    if owns_root_path(path) {
        return Some((Vendor::Graph, path));
    }
    // Intercom's paths clash with nobody's.
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let intercom =
        ["contacts", "conversations", "tickets", "ticket_types", "tags", "admins", "companies", "me"]
            .contains(&first);
    intercom.then_some((Vendor::Intercom, path))
}

fn draw(trouble: &mut Trouble, chance: &mut crate::chance::Chance) -> (Fate, u64, u32) {
    let jitter = if trouble.jitter_ms == 0 { 0 } else { chance.up_to(trouble.jitter_ms) };
    let fate = if trouble.fail_next > 0 {
        trouble.fail_next -= 1;
        Fate::Refused(trouble.error_status)
    } else if chance.happens(trouble.drop_percent) {
        Fate::Dropped { after_work: trouble.drop_after_work }
    } else if chance.happens(trouble.error_percent) {
        Fate::Refused(trouble.error_status)
    } else if chance.happens(trouble.too_many_percent) {
        Fate::Refused(429)
    } else if chance.happens(trouble.half_percent) {
        Fate::Half
    } else if chance.happens(trouble.html_percent) {
        Fate::Html
    } else {
        Fate::Good
    };
    (fate, trouble.latency_ms + jitter, trouble.bytes_per_second)
}

impl Fate {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::Refused(429) => Some("429"),
            Self::Refused(_) => Some("error"),
            Self::Dropped { .. } => Some("drop"),
            Self::Half => Some("half"),
            Self::Html => Some("html"),
        }
    }
}

fn respond(answer: Answer, fate: Fate, speed: u32, cut: &Cut) -> Response {
    if matches!(fate, Fate::Dropped { .. }) {
        cut.now();
    }
    let answer = if fate == Fate::Html {
        Answer {
            headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            ..Answer::bytes("", Bytes::from_static(PROXY_PAGE.as_bytes()))
        }
    } else {
        answer
    };
    let length = answer.body.len();
    let body = match fate {
        // The promised length stays whole: the client must notice.
        Fate::Half => slowed(answer.body.slice(..length / 2), speed),
        _ if speed > 0 => slowed(answer.body, speed),
        _ => Body::from(answer.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if fate == Fate::Half {
        response.headers_mut().insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// A body in pieces at `speed` bytes a second; 0 = as fast as it goes.
fn slowed(body: Bytes, speed: u32) -> Body {
    let pieces = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        let wanted = if speed == 0 { rest.len() } else { PIECE_BYTES.min((speed / 4).max(1) as usize) };
        let piece = rest.split_to(wanted.min(rest.len()));
        if speed > 0 {
            let pause = piece.len() as u64 * 1000 / u64::from(speed);
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
        }
        Some((Ok::<_, std::convert::Infallible>(piece), rest))
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_vendor() {
        assert_eq!(place("/intercom/contacts/search"), Some((Vendor::Intercom, "/contacts/search")));
        assert_eq!(place("/contacts/search"), Some((Vendor::Intercom, "/contacts/search")));
        assert_eq!(place("/zendesk/api/v2/search.json"), Some((Vendor::Zendesk, "/api/v2/search.json")));
        assert_eq!(place("/v25.0/1/messages"), Some((Vendor::Graph, "/v25.0/1/messages")));
        assert_eq!(place("/graph/v25.0/1/messages"), Some((Vendor::Graph, "/v25.0/1/messages")));
        for nobody in ["/api/v2/tickets", "/graphical", "/", "", "/favicon.ico", "/vX/1"] {
            assert_eq!(place(nobody), None, "{nobody}");
        }
    }
}
