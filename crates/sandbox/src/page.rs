//! The chat page: static files inside the binary, a strict content policy, and a guard that keeps other web pages
//! from using the script API through the visitor's browser.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::world::Shared;

#[derive(RustEmbed)]
#[folder = "page/"]
struct Files;

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/` and the files it needs.
pub(crate) async fn file(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').trim_start_matches("page/");
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(found) = Files::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = found.data.into_owned().into_response();
    let content_type = if mime.type_() == "text" || mime.subtype() == "javascript" {
        format!("{}; charset=utf-8", mime.essence_str())
    } else {
        mime.essence_str().to_owned()
    };
    if let Ok(value) = HeaderValue::try_from(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

/// Adds the policy to every answer of the page and the script API, and refuses foreign pages.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let loopback = shared.options.listen.ip().is_loopback();
    if !trusted(request.headers(), loopback) {
        let why = "This page may only be used from its own address; another site asked for it.\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let mut response = next.run(request).await;
    let set = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in set {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Whether a browser's request comes from the page itself. A `Host` that is a foreign name points to DNS rebinding,
/// an `Origin` other than the host to another site. Scripts send no `Origin`.
fn trusted(headers: &HeaderMap, loopback: bool) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return true };
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let near = name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if loopback && !near {
        return false;
    }
    text(header::ORIGIN).is_none_or(|origin| origin.split_once("://").is_some_and(|(_, from)| from == host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::try_from(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::try_from(origin).unwrap());
        }
        trusted(&headers, true)
    }

    #[test]
    fn only_the_pages_own_address_is_trusted() {
        assert!(ask("127.0.0.1:9100", None));
        assert!(ask("127.0.0.1:9100", Some("http://127.0.0.1:9100")));
        assert!(ask("localhost:9100", Some("http://localhost:9100")));
        assert!(ask("[::1]:9100", None));
        assert!(!ask("rebound.example.com:9100", None));
        assert!(!ask("127.0.0.1:9100", Some("https://evil.example.com")));
        assert!(!ask("127.0.0.1:9100", Some("http://127.0.0.1:8080")), "another port is another origin");
        assert!(!ask("127.0.0.1:9100", Some("null")));
    }

    #[test]
    fn the_page_needs_nothing_that_the_policy_forbids() {
        for path in Files::iter() {
            let file = Files::get(&path).unwrap();
            let text = String::from_utf8_lossy(&file.data).into_owned();
            if path.ends_with(".html") {
                assert!(
                    !text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick"),
                    "{path}"
                );
            }
            if path.ends_with(".js") {
                assert!(
                    !text.contains("innerHTML") && !text.contains("eval("),
                    "{path}: text goes in as text"
                );
            }
            for scheme in ["https://", "http://"] {
                let foreign = text
                    .match_indices(scheme)
                    .filter(|(at, _)| !text[*at..].starts_with("http://www.w3.org/"));
                assert_eq!(foreign.count(), 0, "{path} names a foreign address");
            }
        }
    }
}
