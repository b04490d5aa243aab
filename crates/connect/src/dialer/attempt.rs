//! One attempt: a token if OAuth wants one, the request, its redirects, the answer.

use crate::answer;
use crate::fault::{Again, Fault};
use crate::mask::Mask;
use crate::oauth::{ClientCredentials, Token, Tokens};
use crate::redirect::{self, Hop};
use crate::secrets::{Held, Secrets};
use crate::settings::Clock;
use crate::transport::{Progress, Transport};
use crate::wire::Wire;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Response};
use hyper::body::Incoming;
use rapport_flow::request::{ANSWER_BYTES_MAX, Outcome, PreparedAuth, PreparedRequest, ResponseKind, Sent};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// What an attempt saw.
pub(super) struct Seen {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    pub(super) detail: Option<String>,
    pub(super) redirect_to: Option<String>,
    /// Where redirects led.
    pub(super) redirected: Option<Url>,
    pub(super) again: Again,
}

impl From<Fault> for Seen {
    fn from(fault: Fault) -> Self {
        Seen {
            outcome: fault.outcome,
            status: None,
            headers: HeaderMap::new(),
            body: String::new(),
            detail: Some(fault.detail),
            redirect_to: None,
            redirected: None,
            again: fault.again,
        }
    }
}

impl Seen {
    /// Adds words for people.
    pub(super) fn note(&mut self, words: String) {
        self.detail = Some(match self.detail.take() {
            Some(before) => format!("{before}; {words}"),
            None => words,
        });
    }

    fn at(mut self, status: u16, headers: HeaderMap) -> Self {
        self.status = Some(status);
        self.headers = headers;
        self
    }
}

/// A request with all that its attempts share.
pub(super) struct Authorized<'a> {
    pub(super) request: &'a PreparedRequest,
    wire: &'a Wire,
    held: &'a Held,
    secrets: &'a dyn Secrets,
    /// The token of the last attempt.
    token: Option<Token>,
    /// One that the API answered 401 to.
    refused: Option<SecretString>,
}

impl<'a> Authorized<'a> {
    pub(super) fn new(
        request: &'a PreparedRequest,
        wire: &'a Wire,
        held: &'a Held,
        secrets: &'a dyn Secrets,
    ) -> Self {
        Authorized { request, wire, held, secrets, token: None, refused: None }
    }

    /// Whether a 401 may be cured by a new token: once, and only for one that was not fresh.
    pub(super) fn may_renew(&self) -> bool {
        self.refused.is_none() && self.token.as_ref().is_some_and(|token| token.cached)
    }

    pub(super) fn renew(&mut self) {
        self.refused = self.token.take().map(|token| token.value);
    }

    /// The row that a token added, for the record.
    pub(super) fn show_token(&self, sent: &mut Sent) {
        if self.token.is_some() {
            sent.headers.push(("Authorization".to_owned(), "Bearer {{access_token}}".to_owned()));
        }
    }

    pub(super) async fn make(
        &mut self,
        transport: &Transport,
        tokens: &Tokens,
        now: &Clock,
        progress: &Progress,
        mask: &mut Mask,
    ) -> Seen {
        // First, so that an address that points inward is called that, whatever else is wrong with the request.
        if let Err(blocked) = transport.guard.check_url(&self.wire.url) {
            return Fault::blocked(blocked.to_string()).into();
        }
        if let Err(seen) = self.authorize(transport, tokens, now, mask).await {
            return *seen;
        }
        let wire = self.wire;
        let mut url = wire.url.clone();
        let mut dialled = None;
        let mut hops = 0;
        let mut seen = loop {
            let response = match self.send(&url, transport, progress).await {
                Ok(response) => response,
                Err(fault) if hops > 0 && fault.outcome == Outcome::BlockedAddress => {
                    let mut seen = Seen::from(fault);
                    seen.redirect_to = Some(url.into());
                    break seen;
                }
                Err(fault) => break Seen::from(fault),
            };
            dialled = Some(url.clone());
            let status = response.status().as_u16();
            let Some(location) = redirect::location(status, response.headers()) else {
                break read(response, self.request.response).await;
            };
            let hop = Hop {
                method: &wire.method,
                from: &url,
                location: &location,
                before: hops,
                carries_secret: wire.carries_secret,
            };
            match hop.follow(&transport.guard) {
                Ok(next) => url = next,
                Err(fault) => {
                    let mut seen = Seen::from(fault).at(status, response.headers().clone());
                    seen.redirect_to = Some(redirect::absolute(&url, &location));
                    break seen;
                }
            }
            hops += 1;
        };
        seen.redirected = dialled.filter(|_| hops > 0);
        seen
    }

    /// One hop. Bindings are checked against the very address that is dialled.
    async fn send(
        &self,
        url: &Url,
        transport: &Transport,
        progress: &Progress,
    ) -> Result<Response<Incoming>, Fault> {
        self.held.check(url, &transport.guard)?;
        let mut headers = self.wire.headers.clone();
        if let Some(token) = &self.token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.value.expose_secret()));
            let mut value = value.map_err(|_| Fault::bad_template("the access token holds a line break"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        transport.send(&self.wire.method, url, headers, self.wire.body.clone(), progress).await
    }

    /// Fetches the token that OAuth wants, bound like what buys it.
    async fn authorize(
        &mut self,
        transport: &Transport,
        tokens: &Tokens,
        now: &Clock,
        mask: &mut Mask,
    ) -> Result<(), Box<Seen>> {
        let refused = self.refused.as_ref();
        let asked = match &self.request.auth {
            PreparedAuth::ClientCredentials { token_url, client_id, client_secret, scope } => {
                // No token is bought for an address that may not have it.
                self.held.check(&self.wire.url, &transport.guard).map_err(|fault| Box::new(fault.into()))?;
                let auth = ClientCredentials { token_url, client_id, client_secret, scope: scope.as_deref() };
                tokens.client_credentials(&auth, self.held, transport, now, refused).await
            }
            PreparedAuth::Granted { connection } => {
                tokens.granted(connection, &self.wire.url, self.secrets, transport, now, refused).await
            }
            _ => return Ok(()),
        };
        let token = asked.map_err(|refused| {
            let mut seen = Seen::from(refused.fault);
            seen.status = refused.status;
            Box::new(seen)
        })?;
        mask.add(token.value.expose_secret(), "{{access_token}}");
        self.token = Some(token);
        Ok(())
    }
}

/// An answer that is the last.
async fn read(response: Response<Incoming>, kind: ResponseKind) -> Seen {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = match answer::read(response, ANSWER_BYTES_MAX).await {
        Ok(body) => body,
        // Nobody asked for the body, so its size does not matter.
        Err(fault) if fault.outcome == Outcome::TooLarge && kind == ResponseKind::None => bytes::Bytes::new(),
        Err(fault) => return Seen::from(fault).at(status, headers),
    };
    let compression = answer::compression(&headers).filter(|_| !body.is_empty());
    Seen {
        outcome: Outcome::of_status(status),
        status: Some(status),
        body: if compression.is_some() { String::new() } else { answer::text(&headers, body) },
        detail: compression.map(|name| {
            format!("the answer came compressed ({name}) although none was asked for; it was not read")
        }),
        redirect_to: None,
        redirected: None,
        again: if matches!(status, 429 | 502..=504) { Again::IfRepeatable } else { Again::Never },
        headers,
    }
}
