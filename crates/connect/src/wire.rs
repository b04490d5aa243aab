//! A prepared request with its secrets in place, ready for the socket, and beside it the record with their names.

use crate::encode::{encode, fill, fill_raw, fill_url};
use crate::fault::Fault;
use crate::mask::Mask;
use crate::multipart;
use crate::secrets::Held;
use crate::transport::read_url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use rapport_flow::request::{
    Encoding, Method as FlowMethod, Piece, PreparedAuth, PreparedBody, PreparedRequest, ResponseKind,
    SecretText, Sent,
};
use url::Url;

/// What leaves us, but for a token that OAuth adds.
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) sent: Sent,
    /// Secrets by name, OAuth, or what is plainly a credential although the author typed it.
    pub(crate) carries_secret: bool,
}

/// Rows that people paste from other tools and that belong to the connection: ours are sent in their place. Answers are
/// never compressed, since a bound on their size must hold before they are unpacked.
const OURS: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Every text of a request that may hold a secret, auth included.
pub(crate) fn texts(request: &PreparedRequest) -> Vec<&SecretText> {
    let mut texts = vec![&request.url];
    texts.extend(request.headers.iter().map(|(_, value)| value));
    match &request.auth {
        PreparedAuth::None | PreparedAuth::Granted { .. } => {}
        PreparedAuth::Bearer(text) => texts.push(text),
        PreparedAuth::Basic { user, password } => texts.extend([user, password]),
        PreparedAuth::ApiKeyHeader { key, .. } | PreparedAuth::ApiKeyQuery { key, .. } => texts.push(key),
        PreparedAuth::Scheme { value, .. } => texts.push(value),
        PreparedAuth::ClientCredentials { client_id, client_secret, .. } => {
            texts.extend([client_id, client_secret]);
        }
    }
    match &request.body {
        PreparedBody::None => {}
        PreparedBody::Text { text, .. } => texts.push(text),
        PreparedBody::Multipart(parts) => texts.extend(parts.iter().map(|part| &part.value)),
    }
    texts
}

/// Builds the request. What it adds to `mask` are spellings that only exist here, such as the whole of Basic's value.
pub(crate) fn build(
    request: &PreparedRequest,
    held: &Held,
    idempotency_key: &str,
    user_agent: &HeaderValue,
    mask: &mut Mask,
) -> Result<Wire, Fault> {
    let (url, shown_url) = address(request, held)?;
    let mut rows = Rows { headers: HeaderMap::with_capacity(request.headers.len() + 6), shown: Vec::new() };
    for (name, value) in &request.headers {
        rows.author(name, value, held, &url)?;
    }
    rows.auth(&request.auth, held, mask)?;
    if let Some(name) = &request.idempotency_header {
        rows.set(name, idempotency_key, idempotency_key)?;
    }
    let (body, shown_body) = rows.body(&request.body, held, idempotency_key)?;
    rows.default(ACCEPT, accept(request.response));
    rows.default(USER_AGENT, user_agent.clone());
    rows.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let carries_secret = !held.is_empty()
        || request.auth != PreparedAuth::None
        || rows.headers.contains_key(AUTHORIZATION)
        || rows.headers.contains_key(COOKIE);
    Ok(Wire {
        method: method(request.method),
        url,
        body,
        sent: Sent {
            method: request.method.as_str().to_owned(),
            url: shown_url,
            headers: rows.shown,
            body: shown_body,
        },
        headers: rows.headers,
        carries_secret,
    })
}

fn method(method: FlowMethod) -> Method {
    match method {
        FlowMethod::Get => Method::GET,
        FlowMethod::Post => Method::POST,
        FlowMethod::Put => Method::PUT,
        FlowMethod::Patch => Method::PATCH,
        FlowMethod::Delete => Method::DELETE,
        FlowMethod::Head => Method::HEAD,
    }
}

fn accept(kind: ResponseKind) -> HeaderValue {
    HeaderValue::from_static(match kind {
        ResponseKind::Json => "application/json",
        ResponseKind::Xml => "application/xml, text/xml;q=0.9, */*;q=0.1",
        ResponseKind::Text | ResponseKind::None => "*/*",
    })
}

/// The address in clear and as shown.
fn address(request: &PreparedRequest, held: &Held) -> Result<(Url, String), Fault> {
    let mut in_query = false;
    for piece in &request.url.0 {
        match piece {
            Piece::Text(text) => in_query |= text.contains('?'),
            Piece::Secret { name, .. } if !in_query => {
                let detail = format!(
                    "the secret {name} stands in the host or path of the address; only a query may hold one"
                );
                return Err(Fault::bad_template(detail));
            }
            Piece::Secret { .. } => {}
        }
    }
    let mut url = read_url(&fill_url(&request.url, held)?)?;
    url.set_fragment(None);
    let has_secret = request.url.secrets().next().is_some();
    let mut shown = if has_secret { request.url.redacted() } else { url.as_str().to_owned() };
    if let PreparedAuth::ApiKeyQuery { parameter, key } = &request.auth {
        let value = fill_raw(key, held)?;
        let parameter = encode(parameter, Encoding::Percent);
        let pair = format!("{parameter}={}", encode(&value, Encoding::Percent));
        let query = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&{pair}"));
        shown.push(if url.query().is_some() { '&' } else { '?' });
        url.set_query(Some(query.as_deref().unwrap_or(&pair)));
        let plain = key.secrets().next().is_none();
        let shown_pair = if plain { pair } else { format!("{parameter}={}", key.redacted()) };
        shown.push_str(&shown_pair);
    }
    Ok((url, shown))
}

/// Header rows in both spellings, in order.
struct Rows {
    headers: HeaderMap,
    shown: Vec<(String, String)>,
}

impl Rows {
    /// A row as the author wrote it.
    fn author(&mut self, name: &str, value: &SecretText, held: &Held, url: &Url) -> Result<(), Fault> {
        let filled = fill(value, held)?;
        if OURS.iter().any(|ours| name.trim().eq_ignore_ascii_case(ours)) {
            let host = url.host_str().unwrap_or_default();
            let other = name.trim().eq_ignore_ascii_case("host")
                && filled.rsplit_once(':').map_or(filled.as_str(), |(host, _)| host) != host
                && filled != host;
            if other {
                return Err(Fault::bad_template("the header Host is taken from the address; remove the row"));
            }
            return Ok(());
        }
        let (name_read, value_read) = header(name, &filled)?;
        self.headers.append(name_read, value_read);
        self.shown.push((name.trim().to_owned(), value.redacted()));
        Ok(())
    }

    /// A row of ours, in place of any of that name.
    fn set(&mut self, name: &str, value: &str, shown: &str) -> Result<(), Fault> {
        let (name_read, mut value) = header(name, value)?;
        value.set_sensitive(true);
        self.shown.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self.headers.insert(name_read, value);
        self.shown.push((name.to_owned(), shown.to_owned()));
        Ok(())
    }

    /// A row of ours unless the author gave one.
    fn default(&mut self, name: HeaderName, value: HeaderValue) {
        if !self.headers.contains_key(&name) {
            self.shown
                .push((shown_name(&name).to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
            self.headers.insert(name, value);
        }
    }

    fn auth(&mut self, auth: &PreparedAuth, held: &Held, mask: &mut Mask) -> Result<(), Fault> {
        match auth {
            PreparedAuth::None
            | PreparedAuth::ApiKeyQuery { .. }
            | PreparedAuth::ClientCredentials { .. }
            | PreparedAuth::Granted { .. } => Ok(()),
            PreparedAuth::Bearer(token) => {
                let value = format!("Bearer {}", fill_raw(token, held)?);
                self.set("Authorization", &value, &format!("Bearer {}", token.redacted()))
            }
            PreparedAuth::Scheme { scheme, value } => {
                let filled = format!("{scheme} {}", fill_raw(value, held)?);
                self.set("Authorization", &filled, &format!("{scheme} {}", value.redacted()))
            }
            PreparedAuth::ApiKeyHeader { header, key } => {
                self.set(header, &fill_raw(key, held)?, &key.redacted())
            }
            PreparedAuth::Basic { user, password } => {
                let (name, word) = (fill_raw(user, held)?, fill_raw(password, held)?);
                if name.contains(':') {
                    return Err(Fault::bad_template(
                        "the user of Basic auth holds a colon, which ends it (RFC 7617)",
                    ));
                }
                let encoded = STANDARD.encode(format!("{name}:{word}"));
                let secret = user.secrets().chain(password.secrets()).next().is_some();
                let shown = if secret {
                    let shown = format!("base64({}:{})", user.redacted(), password.redacted());
                    mask.add(&encoded, &shown);
                    shown
                } else {
                    encoded.clone()
                };
                self.set("Authorization", &format!("Basic {encoded}"), &format!("Basic {shown}"))
            }
        }
    }

    fn body(&mut self, body: &PreparedBody, held: &Held, seed: &str) -> Result<(Bytes, String), Fault> {
        match body {
            PreparedBody::None => Ok((Bytes::new(), String::new())),
            PreparedBody::Text { content_type, text } => {
                let filled = fill(text, held)?;
                let (_, kind) = header("Content-Type", content_type)?;
                self.default(CONTENT_TYPE, kind);
                let shown = if text.secrets().next().is_some() { text.redacted() } else { filled.clone() };
                Ok((Bytes::from(filled), shown))
            }
            PreparedBody::Multipart(parts) => {
                let written = multipart::write(parts, held, seed)?;
                // The author's row cannot know the boundary.
                let kind = format!("multipart/form-data; boundary={}", written.boundary);
                self.set("Content-Type", &kind, &kind)?;
                Ok((Bytes::from(written.body), written.shown))
            }
        }
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Fault> {
    let name = name.trim();
    let read = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Fault::bad_template(format!("`{name}` cannot be the name of a header")))?;
    if value.contains(['\r', '\n']) {
        let detail =
            format!("the header {name} would hold a line break; remove it from the value that fills it");
        return Err(Fault::bad_template(detail));
    }
    let value = HeaderValue::from_bytes(value.trim().as_bytes())
        .map_err(|_| Fault::bad_template(format!("the header {name} would hold a control character")))?;
    Ok((read, value))
}

fn shown_name(name: &HeaderName) -> &'static str {
    match *name {
        ACCEPT => "Accept",
        USER_AGENT => "User-Agent",
        _ => "Content-Type",
    }
}
