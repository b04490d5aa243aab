//! One exchange of bytes with one address: guarded, never redirected, never repeated.

use crate::connector::{Connector, DialFault};
use crate::fault::{Again, Fault};
use crate::guard::Guard;
use crate::origin::Origin;
use crate::settings::{MappedHost, Settings, SettingsError};
use crate::tls::Tls;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rapport_flow::request::Outcome;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::{ParseError, Url};

/// How long a connection may idle in the pool. Shorter than what the usual servers and balancers allow, so that they
/// rarely close one under a request.
const IDLE: Duration = Duration::from_secs(15);
/// Idle connections kept for one host.
const IDLE_PER_HOST_MAX: usize = 32;
/// Largest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

type Pool = Client<Connector, Full<Bytes>>;

pub(crate) struct Transport {
    pub(crate) guard: Arc<Guard>,
    hosts: Vec<MappedHost>,
    guarded: Pool,
    /// For mapped hosts only, so that a connection the guard was not asked about is never used for another request.
    mapped: Pool,
}

/// Whether a request has begun to leave us.
#[derive(Default)]
pub(crate) struct Progress(Mutex<Option<CaptureConnection>>);

impl Progress {
    /// True from the moment a connection was found for it: from then on it may have been carried out.
    pub(crate) fn left_us(&self) -> bool {
        let captured = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        captured.as_ref().is_some_and(|captured| captured.connection_metadata().is_some())
    }

    fn watch(&self, captured: CaptureConnection) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(captured);
    }
}

impl Transport {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        for host in &settings.hosts {
            let plain = matches!(host.base.scheme(), "http" | "https") && host.base.query().is_none();
            if !plain {
                return Err(SettingsError::MappedHost(host.base.clone()));
            }
        }
        let guard = Arc::new(Guard::new(settings.allow.clone()));
        let tls = Tls::new(&settings.extra_roots)?;
        let connector = |guard| Connector { guard, resolver: settings.resolver.clone(), tls: tls.clone() };
        Ok(Transport {
            hosts: settings.hosts.clone(),
            guarded: pool(connector(Some(guard.clone()))),
            mapped: pool(connector(None)),
            guard,
        })
    }

    /// Sends once. The guard sees the address before a pooled connection may be used, and again when one is opened.
    pub(crate) async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        progress: &Progress,
    ) -> Result<Response<Incoming>, Fault> {
        self.guard.check_url(url).map_err(|blocked| Fault::blocked(blocked.to_string()))?;
        let (pool, target) = match self.mapped_target(url) {
            Some(target) => (&self.mapped, uri(&target)?),
            None => (&self.guarded, uri(&url[..url::Position::AfterQuery])?),
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method.clone();
        *request.uri_mut() = target;
        *request.headers_mut() = headers;
        progress.watch(capture_connection(&mut request));
        pool.request(request).await.map_err(|error| fault(&error))
    }

    fn mapped_target(&self, url: &Url) -> Option<String> {
        if self.hosts.is_empty() {
            return None;
        }
        let origin = Origin::of(url)?;
        let host = self.hosts.iter().find(|host| host.origin == origin)?;
        let base = host.base[..url::Position::AfterPath].trim_end_matches('/');
        Some(format!("{base}{}", &url[url::Position::BeforePath..url::Position::AfterQuery]))
    }
}

/// An author's address. A host that cannot be read is blocked: what we do not understand we do not dial.
pub(crate) fn read_url(text: &str) -> Result<Url, Fault> {
    refuse_backslash(text)?;
    Url::parse(text).map_err(url_fault)
}

/// The same for an address relative to another.
pub(crate) fn read_url_from(base: &Url, text: &str) -> Result<Url, Fault> {
    refuse_backslash(text)?;
    base.join(text).map_err(url_fault)
}

/// Some parsers end a host at a backslash, others do not: `http://a\@b/` is `a` to us and `b` to a reader who trusts them.
fn refuse_backslash(text: &str) -> Result<(), Fault> {
    let before_query = text.split(['?', '#']).next().unwrap_or_default();
    if before_query.contains('\\') {
        return Err(Fault::blocked("an address with a backslash is not called; write %5C if one is meant"));
    }
    Ok(())
}

fn url_fault(error: ParseError) -> Fault {
    match error {
        ParseError::RelativeUrlWithoutBase | ParseError::RelativeUrlWithCannotBeABaseBase => {
            Fault::bad_template("the address is not complete; begin it with https://")
        }
        ParseError::Overflow => Fault::bad_template("the address is too long"),
        other => Fault::blocked(format!("the host of the address cannot be read: {other}")),
    }
}

fn pool(connector: Connector) -> Pool {
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        // A few old servers still compare names with case.
        .http1_title_case_headers(true)
        .http1_max_buf_size(HEAD_BYTES_MAX)
        .http2_max_header_list_size(64 * 1024)
        // Only for a request that is handed back untouched, when a pooled connection closed before its first byte: the one
        // case in which doing it again is not a second attempt.
        .retry_canceled_requests(true)
        .build(connector)
}

fn uri(text: &str) -> Result<Uri, Fault> {
    Uri::try_from(text)
        .map_err(|_| Fault::bad_template("the address holds a character that must be percent-encoded"))
}

fn fault(error: &hyper_util::client::legacy::Error) -> Fault {
    if let Some(DialFault(fault)) = cause(error) {
        return fault.clone();
    }
    if error.is_connect() {
        let detail = format!("no connection: {}", innermost(error));
        return Fault::new(Outcome::Connect, Again::Always, detail);
    }
    match cause::<hyper::Error>(error) {
        Some(error) => broken(error, "before an answer came"),
        None => Fault::new(
            Outcome::Connect,
            Again::IfRepeatable,
            format!("the call broke off: {}", innermost(error)),
        ),
    }
}

/// A connection that failed under a request.
pub(crate) fn broken(error: &hyper::Error, when: &str) -> Fault {
    if error.is_parse_too_large() {
        let detail = format!("the headers of the answer are larger than {HEAD_BYTES_MAX} bytes");
        return Fault::new(Outcome::TooLarge, Again::Never, detail);
    }
    let detail = if error.is_parse() {
        format!("what came back is not HTTP: {}", innermost(error))
    } else {
        format!("the connection broke off {when}: {}", innermost(error))
    };
    Fault::new(Outcome::Connect, Again::IfRepeatable, detail)
}

fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
