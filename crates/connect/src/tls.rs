//! TLS as every call uses it: rustls, the machine's certificate authorities, HTTP/2 where the server has it.

use crate::settings::SettingsError;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How to talk TLS, and whether there is any authority to believe.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) connector: TlsConnector,
    /// A bare machine has none; then every https call fails, and says why.
    pub(crate) without_roots: bool,
}

impl Tls {
    pub(crate) fn new(extra_roots: &[CertificateDer<'static>]) -> Result<Self, SettingsError> {
        let mut roots = RootCertStore::empty();
        // Certificates that cannot be read are left out, as every other client does: one odd file must not stop all calls.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for certificate in extra_roots {
            roots.add(certificate.clone()).map_err(|error| SettingsError::Root(error.to_string()))?;
        }
        let without_roots = roots.is_empty();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| SettingsError::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls { connector: TlsConnector::from(Arc::new(config)), without_roots })
    }
}
