//! The Graph API over HTTP: the only part of this crate that leaves the process.
//!
//! No redirects, no proxy, no retries of its own: what happens after an error is decided by
//! [`crate::SendError::recourse`]. The access token goes to the Graph host, and to the host which that one names for
//! a download; it is in no error and no debug output.

mod account;
mod http;
mod media;
mod send;
mod templates;

use std::time::Duration;

use ::http::HeaderValue;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

pub use account::{NumberInfo, SubscribedApp, TokenInfo};
pub use media::{Download, MediaInfo, Upload};
pub use send::{MessageStatus, Sent};
pub use templates::{TemplateInfo, TemplatePage};

/// How long a call may take in all. Source: §18 (10 to 15 s).
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection may take to stand; within [`TIMEOUT`], so that this case is told apart.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a file may take in either direction: 100 MB over a slow line.
pub const FILE_TIMEOUT: Duration = Duration::from_mins(3);

/// Calls to the Graph API with one access token. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// With the version as its last segment.
    base: Url,
    token: SecretString,
    authorization: HeaderValue,
}

/// Why a client cannot be built; each names the setting to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("graph_url {seen:?} is not a plain http or https address: write https://graph.facebook.com")]
    GraphUrl { seen: String },
    #[error(
        "graph_version {seen:?} is not a version of the Graph API: write v and the number, such as v25.0"
    )]
    GraphVersion { seen: String },
    #[error("access_token is empty, or has a character that no HTTP header can carry")]
    AccessToken,
    #[error("the HTTP client could not be set up: {reason}")]
    Http { reason: String },
}

impl Client {
    /// `graph_url` is Meta's host or a stand-in's; `graph_version` is `v25.0` or another.
    pub fn new(
        graph_url: &str,
        graph_version: &str,
        access_token: &SecretString,
    ) -> Result<Self, ConfigError> {
        let base = base(graph_url, graph_version)?;
        let (token, authorization) = credentials(access_token)?;
        Ok(Self { http: http::build()?, base, token, authorization })
    }

    /// The same client with another channel's token; the connections are shared.
    pub fn with_token(&self, access_token: &SecretString) -> Result<Self, ConfigError> {
        let (token, authorization) = credentials(access_token)?;
        Ok(Self { token, authorization, ..self.clone() })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn base(graph_url: &str, graph_version: &str) -> Result<Url, ConfigError> {
    let bad_url = || ConfigError::GraphUrl { seen: graph_url.to_owned() };
    let mut base = Url::parse(graph_url).map_err(|_| bad_url())?;
    let plain = base.username().is_empty() && base.password().is_none() && base.query().is_none();
    if !matches!(base.scheme(), "http" | "https") || !plain || base.fragment().is_some() {
        return Err(bad_url());
    }
    let bad_version = || ConfigError::GraphVersion { seen: graph_version.to_owned() };
    let (major, minor) =
        graph_version.strip_prefix('v').and_then(|v| v.split_once('.')).ok_or_else(bad_version)?;
    if ![major, minor].into_iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(bad_version());
    }
    base.path_segments_mut().map_err(|()| bad_url())?.pop_if_empty().push(graph_version);
    Ok(base)
}

fn credentials(access_token: &SecretString) -> Result<(SecretString, HeaderValue), ConfigError> {
    // A token read from a file often brings its line break along.
    let token = access_token.expose_secret().trim();
    let header = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty());
    let mut authorization = header.ok_or(ConfigError::AccessToken)?;
    authorization.set_sensitive(true);
    Ok((SecretString::from(token.to_owned()), authorization))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(url: &str, version: &str, token: &str) -> Result<Client, ConfigError> {
        Client::new(url, version, &SecretString::from(token.to_owned()))
    }

    #[test]
    fn settings_are_checked_and_named() {
        for url in [
            "",
            "graph.facebook.com",
            "ftp://graph",
            "https://user:pass@graph",
            "https://graph?x=1",
            "https://graph#x",
        ] {
            assert!(matches!(client(url, "v25.0", "t"), Err(ConfigError::GraphUrl { .. })), "{url}");
        }
        for version in ["", "25.0", "v25", "v25.", "v2/5.0", "v25.0/../.."] {
            assert!(
                matches!(
                    client("https://graph.facebook.com", version, "t"),
                    Err(ConfigError::GraphVersion { .. })
                ),
                "{version}"
            );
        }
        for token in ["", " \n", "a\nb", "a\u{7f}b"] {
            assert_eq!(
                client("https://graph.facebook.com", "v25.0", token).err(),
                Some(ConfigError::AccessToken),
                "{token:?}"
            );
        }
    }

    #[test]
    fn the_token_is_never_printed() {
        let client = client("https://graph.facebook.com/", "v25.0", "EAAG-hush\n").unwrap();
        let shown = format!("{client:?}");
        assert!(shown.contains("https://graph.facebook.com/v25.0") && !shown.contains("hush"), "{shown}");
    }
}
