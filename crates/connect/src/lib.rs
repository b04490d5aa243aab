//! One call to a stranger's API: guard, secrets, retry, send.
//!
//! [`Dialer::call`] takes a [`PreparedRequest`](rapport_flow::request::PreparedRequest) whose secrets are still names and
//! returns an [`Exchange`](rapport_flow::request::Exchange) in which they are names again. In between it
//! - dials only public addresses, or private ones the operator listed ([`guard`]), checked after DNS, on the very
//!   connection that is used, and again on each redirect;
//! - uses a secret only where its origins allow ([`Secrets`]), on every attempt and hop;
//! - bounds time, size, redirects and attempts, and repeats only what may be repeated.
//!
//! This crate never knows who asked and never touches SQL. It also holds the [`vault`], which encrypts secrets at rest.

pub mod address;
mod allow;
mod answer;
mod connector;
mod dialer;
mod encode;
mod fault;
pub mod guard;
mod mask;
mod multipart;
mod oauth;
mod origin;
mod redirect;
mod resolve;
mod secrets;
mod settings;
mod tls;
mod transport;
pub mod vault;
mod wait;
mod wire;

pub use allow::{AllowError, AllowedHost};
pub use dialer::Dialer;
pub use guard::Guard;
pub use mask::MASKED_BYTES_MIN;
pub use oauth::{CodeExchange, TokenError};
pub use origin::{Origin, OriginError};
pub use resolve::{Boxed, Resolve, SystemResolver};
pub use secrecy::{ExposeSecret, SecretString};
pub use secrets::{Grant, NoSecrets, Renewed, SecretMap, SecretValue, Secrets, Unavailable};
pub use settings::{Clock, MappedHost, Settings, SettingsError};
pub use tokio_rustls::rustls::pki_types::CertificateDer;
