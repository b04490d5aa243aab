//! Opens connections. The guard runs here, on the addresses that are then dialled, so that no second lookup can answer
//! differently (rebinding) and no pooled connection exists that was not checked.

use crate::fault::{Again, Fault};
use crate::guard::{Blocked, Guard};
use crate::resolve::Resolve;
use crate::tls::Tls;
use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rapport_flow::request::Outcome;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::ServerName;
use tower_service::Service;

/// How long one address may be silent before the next is tried beside it (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// Most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 6;

/// Opens a connection for hyper's pool.
#[derive(Clone)]
pub(crate) struct Connector {
    /// `None` only for hosts that the operator mapped.
    pub(crate) guard: Option<Arc<Guard>>,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) tls: Tls,
}

/// Why no connection came about, typed so that it survives hyper's boxes.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.detail)]
pub(crate) struct DialFault(pub(crate) Fault);

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = DialFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DialFault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.open(&target).await.map(TokioIo::new).map_err(DialFault) })
    }
}

impl Connector {
    async fn open(&self, target: &Uri) -> Result<Stream, Fault> {
        let host = target.host().ok_or_else(|| Fault::blocked("the address has no host"))?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let secure = target.scheme_str() == Some("https");
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let addresses = self.addresses(host, port).await?;
        let tcp = dial(host, &addresses, port).await?;
        // Small requests must not wait for more to come.
        tcp.set_nodelay(true).map_err(|error| connect_fault(host, port, &error))?;
        if secure { self.secure(host, tcp).await } else { Ok(Stream::Plain(tcp)) }
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, Fault> {
        let guard = self.guard.as_deref();
        let blocked = |blocked: Blocked| Fault::blocked(blocked.to_string());
        if let Ok(literal) = host.parse::<IpAddr>() {
            guard.map_or(Ok(()), |guard| guard.check_literal(literal, port)).map_err(blocked)?;
            return Ok(vec![literal]);
        }
        guard.map_or(Ok(()), |guard| guard.check_name(host, port)).map_err(blocked)?;
        let found = self.resolver.resolve(host).await.map_err(|error| {
            Fault::new(
                Outcome::Dns,
                Again::Always,
                format!("the name {host} could not be looked up: {error}"),
            )
        })?;
        if found.is_empty() {
            let detail = format!("the name {host} has no address");
            return Err(Fault::new(Outcome::Dns, Again::Always, detail));
        }
        guard.map_or(Ok(()), |guard| guard.check_answer(host, port, &found)).map_err(blocked)?;
        Ok(found)
    }

    async fn secure(&self, host: &str, tcp: TcpStream) -> Result<Stream, Fault> {
        let name = ServerName::try_from(host.trim_end_matches('.').to_owned()).map_err(|_| {
            Fault::new(Outcome::Tls, Again::Never, format!("{host} is no name that a certificate can carry"))
        })?;
        let stream = self.tls.connector.connect(name, tcp).await;
        stream.map(|stream| Stream::Tls(Box::new(stream))).map_err(|error| self.tls_fault(host, &error))
    }

    fn tls_fault(&self, host: &str, error: &io::Error) -> Fault {
        use rustls::{CertificateError, Error};
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        let unknown_issuer =
            matches!(cause, Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)));
        let detail = match cause {
            Some(Error::InvalidMessage(_)) => {
                format!("{host} does not speak TLS on this port; http:// may be meant")
            }
            Some(_) if unknown_issuer && self.tls.without_roots => {
                format!(
                    "the certificate of {host} cannot be checked: this machine has no certificate authorities (package ca-certificates)"
                )
            }
            Some(cause) => format!("no secure connection with {host}: {cause}"),
            None => format!("{host} broke off the TLS handshake: {error}"),
        };
        // A handshake that broke off may pass the next time; a certificate stays wrong.
        Fault::new(Outcome::Tls, if cause.is_some() { Again::Never } else { Again::Always }, detail)
    }
}

/// The first of the addresses that takes a connection; the next is tried when one fails or is silent for a while.
async fn dial(host: &str, addresses: &[IpAddr], port: u16) -> Result<TcpStream, Fault> {
    if let [only] = addresses {
        let stream = TcpStream::connect(SocketAddr::new(*only, port)).await;
        return stream.map_err(|error| connect_fault(host, port, &error));
    }
    let mut open = JoinSet::new();
    let mut left = addresses.iter().take(ADDRESSES_MAX);
    let mut last = None;
    loop {
        let more = left.next().is_some_and(|address| {
            open.spawn(TcpStream::connect(SocketAddr::new(*address, port)));
            true
        });
        let ended = if more && left.len() > 0 {
            match tokio::time::timeout(NEXT_ADDRESS, open.join_next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            }
        } else {
            open.join_next().await
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => last = Some(error),
            None if left.len() == 0 => {
                let error = last.unwrap_or_else(|| io::Error::other("no address answered"));
                return Err(connect_fault(host, port, &error));
            }
            // Only what panicked; nothing of ours does.
            Some(Err(_)) | None => {}
        }
    }
}

fn connect_fault(host: &str, port: u16, error: &io::Error) -> Fault {
    Fault::new(Outcome::Connect, Again::Always, format!("no connection with {host}:{port}: {error}"))
}

/// A connection, plain or secured.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stream::Plain(_) => "Stream::Plain",
            Stream::Tls(_) => "Stream::Tls",
        })
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        match self {
            Stream::Tls(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                Connected::new().negotiated_h2()
            }
            Stream::Plain(_) | Stream::Tls(_) => Connected::new(),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
