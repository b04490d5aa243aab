//! What the operator decides about calls. Nothing in here can be said by a flow's author.

use crate::allow::AllowedHost;
use crate::origin::Origin;
use crate::resolve::{Resolve, SystemResolver};
use std::fmt;
use std::sync::Arc;
use tokio_rustls::rustls::pki_types::CertificateDer;
use url::Url;

/// The wall clock, epoch milliseconds. Read for dates in answers and the expiry of tokens, never to measure.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How a [`Dialer`](crate::Dialer) behaves. They are fixed for its life: a changed list means a new dialer, and so a new
/// pool, so that no connection outlives the permission it was opened under.
#[derive(Clone)]
pub struct Settings {
    /// Private hosts that requests may reach.
    pub allow: Vec<AllowedHost>,
    /// Hosts that are played by another, for `demo` and tests.
    pub hosts: Vec<MappedHost>,
    /// Sent unless the author gives a `User-Agent`.
    pub user_agent: String,
    pub resolver: Arc<dyn Resolve>,
    /// Certificate authorities besides the machine's own.
    pub extra_roots: Vec<CertificateDer<'static>>,
    pub now: Clock,
}

/// Sends what is addressed to `origin` to `base` instead, path and query appended. Secrets are checked against `origin`,
/// and the guard is not asked about `base`: it is the operator's word.
#[derive(Debug, Clone)]
pub struct MappedHost {
    pub origin: Origin,
    /// Such as `http://127.0.0.1:9100/intercom`.
    pub base: Url,
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the user agent holds characters that no header can carry")]
    UserAgent,
    #[error("a certificate authority cannot be read: {0}")]
    Root(String),
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    #[error("the address {0} that stands in for another host is not http or https, or has a query")]
    MappedHost(Url),
}

impl Settings {
    /// Only public hosts, the machine's resolver and certificate authorities.
    pub fn new(now: Clock) -> Self {
        Settings {
            allow: Vec::new(),
            hosts: Vec::new(),
            user_agent: concat!("Rapport/", env!("CARGO_PKG_VERSION")).to_owned(),
            resolver: Arc::new(SystemResolver),
            extra_roots: Vec::new(),
            now,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("allow", &self.allow)
            .field("hosts", &self.hosts)
            .field("user_agent", &self.user_agent)
            .field("extra_roots", &self.extra_roots.len())
            .finish_non_exhaustive()
    }
}
