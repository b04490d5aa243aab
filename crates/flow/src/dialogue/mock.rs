//! Mocked answers, given as the HTTP client of production would see them: attempt by attempt, on a clock of their own.

use super::compare;
use super::document::{Mock, MockAnswer, Reply};
use crate::request::{
    Attempt, Exchange, Method, Outcome, PreparedAuth, PreparedBody, PreparedRequest, REDIRECTS_MAX, Sent,
    asked_wait,
};
use base64::Engine;

/// The wait before the second attempt where the answer names none; it doubles before each further one.
const BACKOFF_MS: u64 = 500;

/// The mocks of one case and how far they are used up.
///
/// They answer in order: a mock gives its answers one after another, one for each attempt. A mock written without
/// `answers` gives its answer once where a later mock has the same address, else as often as it is asked.
#[derive(Debug)]
pub(super) struct Mocks<'t> {
    mocks: Vec<(&'t Mock, usize)>,
}

/// No mock answers this request any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unanswered {
    pub(super) method: String,
    pub(super) url: String,
}

impl<'t> Mocks<'t> {
    pub(super) fn new(mocks: impl IntoIterator<Item = &'t Mock>) -> Self {
        Mocks { mocks: mocks.into_iter().map(|mock| (mock, 0)).collect() }
    }

    /// Makes the call. Connection faults, 429 and 502 to 504 are tried again as the request allows; a wait that the answer
    /// asks for and that the deadline does not leave room for ends it.
    pub(super) fn exchange(&mut self, request: &PreparedRequest) -> Result<Exchange, Unanswered> {
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut elapsed_ms = 0;
        loop {
            let mut exchange = self.follow(request)?.into_exchange(request);
            let (outcome, status) = (exchange.outcome, exchange.status);
            let left = request.deadline_ms.saturating_sub(elapsed_ms);
            let took = if outcome == Outcome::Timeout { request.attempt_timeout_ms.min(left) } else { 0 };
            elapsed_ms += took;
            let tried = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            let asked = asked_wait(&exchange).and_then(|wait| u64::try_from(wait.as_millis()).ok());
            let wait = asked.unwrap_or(BACKOFF_MS << tried.min(10));
            let again = request.repeatable
                && tried < request.retries
                && worth_repeating(outcome, status)
                && elapsed_ms.saturating_add(wait) < request.deadline_ms;
            let waited_ms = if again { wait } else { 0 };
            attempts.push(Attempt { outcome, status, elapsed_ms: took, waited_ms });
            elapsed_ms += waited_ms;
            if !again {
                (exchange.attempts, exchange.elapsed_ms) = (attempts, elapsed_ms);
                return Ok(exchange);
            }
        }
    }

    /// One attempt, with the redirects that GET and HEAD follow.
    fn follow(&mut self, request: &PreparedRequest) -> Result<Answered, Unanswered> {
        let mut url = sent_url(request);
        for _ in 0..=REDIRECTS_MAX {
            let answered = Answered::of(self.take(request.method, &url)?);
            let Some(location) = answered.location() else { return Ok(answered) };
            let next = url::Url::parse(&url).and_then(|base| base.join(&location));
            match next {
                Ok(next) if matches!(request.method, Method::Get | Method::Head) => url = next.to_string(),
                _ => return Ok(answered.refused(location)),
            }
        }
        Ok(Answered::of(&MockAnswer::refusing(Outcome::RedirectRefused)).refused(url))
    }

    fn take(&mut self, method: Method, url: &str) -> Result<&'t MockAnswer, Unanswered> {
        let fits: Vec<usize> =
            (0..self.mocks.len()).filter(|index| self.mocks[*index].0.answers(method, url)).collect();
        for (position, index) in fits.iter().enumerate() {
            let last = position + 1 == fits.len();
            let (mock, used) = &mut self.mocks[*index];
            let answer = match &mock.reply {
                Reply::Always(answer) if last || *used == 0 => Some(answer),
                Reply::Always(_) => None,
                Reply::InTurn(answers) => answers.get(*used),
            };
            if let Some(answer) = answer {
                *used += 1;
                return Ok(answer);
            }
        }
        Err(Unanswered { method: method.as_str().into(), url: url.to_owned() })
    }
}

impl Mock {
    /// Whether it stands for this address. A query is compared as a set, where the mock has one.
    pub(super) fn answers(&self, method: Method, url: &str) -> bool {
        let (wanted, wanted_query) = split_query(&self.url);
        let (address, query) = split_query(url);
        if self.method != method || !compare::matches(wanted, address) {
            return false;
        }
        let Some(wanted) = wanted_query else { return true };
        let mut left = query.map(pairs).unwrap_or_default();
        for (name, value) in pairs(wanted) {
            let found = left
                .iter()
                .position(|(other, text)| compare::matches(&name, other) && compare::matches(&value, text));
            match found {
                Some(at) => left.swap_remove(at),
                None => return false,
            };
        }
        left.is_empty()
    }
}

fn split_query(url: &str) -> (&str, Option<&str>) {
    url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)))
}

/// Decoded names and values of a query or a form.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

struct Answered {
    outcome: Outcome,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
    detail: Option<String>,
    redirect_to: Option<String>,
}

impl Answered {
    fn of(answer: &MockAnswer) -> Self {
        let outcome = match (answer.fails, answer.status) {
            (Some(fault), _) => fault,
            (None, status) => Outcome::of_status(status),
        };
        let status = answer.fails.is_none().then_some(answer.status);
        Answered {
            outcome,
            status,
            headers: answer.headers.clone(),
            body: answer.body.clone(),
            detail: answer.fails.map(|fault| format!("the test's mock fails with {}", fault.as_str())),
            redirect_to: None,
        }
    }

    fn into_exchange(self, request: &PreparedRequest) -> Exchange {
        Exchange {
            outcome: self.outcome,
            status: self.status,
            headers: self.headers,
            body: self.body,
            sent: sent(request),
            attempts: Vec::new(),
            elapsed_ms: 0,
            detail: self.detail,
            redirect_to: self.redirect_to,
        }
    }

    fn location(&self) -> Option<String> {
        let redirects = matches!(self.status, Some(301 | 302 | 303 | 307 | 308));
        let location = self.headers.iter().find(|(name, _)| name == "location");
        location.filter(|_| redirects).map(|(_, value)| value.clone())
    }

    fn refused(mut self, to: String) -> Self {
        self.outcome = Outcome::RedirectRefused;
        self.detail = Some(format!("the answer points to {to}, which is not followed"));
        self.redirect_to = Some(to);
        self
    }
}

/// Whether another attempt may give another answer: faults of the connection, 429 and 502 to 504.
fn worth_repeating(outcome: Outcome, status: Option<u16>) -> bool {
    match outcome {
        Outcome::Timeout | Outcome::Dns | Outcome::Connect | Outcome::Tls | Outcome::RateLimited => true,
        _ => matches!(status, Some(502..=504)),
    }
}

fn sent_url(request: &PreparedRequest) -> String {
    let url = request.url.redacted();
    match &request.auth {
        PreparedAuth::ApiKeyQuery { parameter, key } => {
            let joint = if url.contains('?') { '&' } else { '?' };
            format!("{url}{joint}{parameter}={}", key.redacted())
        }
        _ => url,
    }
}

/// The request as the wire would carry it, secrets as `{{secret.name}}`.
fn sent(request: &PreparedRequest) -> Sent {
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.redacted())).collect();
    let has = |headers: &[(String, String)], name: &str| {
        headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
    };
    let authorization = match &request.auth {
        PreparedAuth::Bearer(token) => Some(format!("Bearer {}", token.redacted())),
        PreparedAuth::Scheme { scheme, value } => Some(format!("{scheme} {}", value.redacted())),
        PreparedAuth::Basic { user, password } => {
            let plain = format!("{}:{}", user.redacted(), password.redacted());
            let hidden = user.secrets().chain(password.secrets()).next().is_some();
            // With a secret in it the encoded text would say nothing to a reader.
            let shown = if hidden { plain } else { base64::engine::general_purpose::STANDARD.encode(plain) };
            Some(format!("Basic {shown}"))
        }
        PreparedAuth::ClientCredentials { token_url, .. } => Some(format!("Bearer (token of {token_url})")),
        PreparedAuth::Granted { connection } => Some(format!("Bearer (token of {connection})")),
        PreparedAuth::ApiKeyHeader { header, key } => {
            headers.push((header.clone(), key.redacted()));
            None
        }
        PreparedAuth::None | PreparedAuth::ApiKeyQuery { .. } => None,
    };
    if let Some(authorization) = authorization {
        headers.push(("Authorization".into(), authorization));
    }
    let body = match &request.body {
        PreparedBody::None => String::new(),
        PreparedBody::Text { content_type, text } => {
            if !has(&headers, "content-type") {
                headers.push(("Content-Type".into(), content_type.clone()));
            }
            text.redacted()
        }
        PreparedBody::Multipart(parts) => {
            let line =
                |part: &crate::request::PreparedPart| format!("{}={}", part.name, part.value.redacted());
            parts.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    };
    Sent { method: request.method.as_str().into(), url: sent_url(request), headers, body }
}
