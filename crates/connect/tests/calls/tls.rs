//! TLS against a server with a certificate of a test authority, and against servers without one that holds.

use crate::setting::{Names, call, dialer, get, settings};
use crate::stub::{Act, Stub, json};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rapport_connect::{CertificateDer, Dialer};
use rapport_flow::request::Outcome;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// Good for `vendor.test` until 2126; its key guards nothing.
const SERVER: &[u8] = include_bytes!("tls/server.pem");
const SERVER_KEY: &[u8] = include_bytes!("tls/server.key.pem");
const AUTHORITY: &[u8] = include_bytes!("tls/authority.pem");

fn acceptor(protocols: &[&str]) -> TlsAcceptor {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(SERVER).unwrap()],
            PrivateKeyDer::from_pem_slice(SERVER_KEY).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn secure_stub(acts: Vec<Act>) -> Stub {
    let acceptor = acceptor(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // The plain stub only lends its ear: it remembers the requests.
    let stub = Stub::play([Act::Close]).await;
    let mut secured = stub.clone();
    secured.address = listener.local_addr().unwrap();
    let acts = Arc::new(acts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, stub, acts) = (acceptor.clone(), stub.clone(), acts.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    stub.serve(stream, acts).await;
                }
            });
        }
    });
    secured
}

fn dialer_for(address: SocketAddr, trusted: bool) -> Dialer {
    let mut settings = settings(&[&address.to_string()]);
    settings.resolver = Arc::new(Names::all("127.0.0.1"));
    if trusted {
        settings.extra_roots = vec![CertificateDer::from_pem_slice(AUTHORITY).unwrap()];
    }
    Dialer::new(&settings).unwrap()
}

#[tokio::test]
async fn a_trusted_certificate_of_the_right_name_is_taken() {
    let stub = secure_stub(vec![json("{}")]).await;
    let url = format!("https://vendor.test:{}/", stub.address.port());
    let exchange = call(&dialer_for(stub.address, true), &get(&url)).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
}

/// Calls that run together share one connection.
#[tokio::test]
async fn http2_is_spoken_where_the_server_has_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let (acceptor, counted) = (acceptor(&["h2", "http/1.1"]), connections.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let stream = acceptor.accept(stream).await.unwrap();
            let serve = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
                let words = format!("{:?} {:?}", request.version(), request.uri());
                Ok::<_, std::convert::Infallible>(http::Response::new(words))
            });
            let connection =
                http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), serve);
            tokio::spawn(connection);
        }
    });
    let dialer = Arc::new(dialer_for(address, true));
    let request = get(&format!("https://vendor.test:{}/a?b=c", address.port()));
    assert_eq!(
        call(&dialer, &request).await.body,
        format!("HTTP/2.0 https://vendor.test:{}/a?b=c", address.port())
    );
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (dialer, request) = (dialer.clone(), request.clone());
            tokio::spawn(async move { call(&dialer, &request).await.outcome })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Outcome::Ok);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unknown_authority_or_another_name_is_refused_once() {
    let stub = secure_stub(vec![json("{}")]).await;
    for (host, trusted) in [("vendor.test", false), ("other.test", true), ("127.0.0.1", true)] {
        let mut request = get(&format!("https://{host}:{}/", stub.address.port()));
        request.retries = 2;
        let exchange = call(&dialer_for(stub.address, trusted), &request).await;
        assert_eq!(exchange.outcome, Outcome::Tls, "{host}: {:?}", exchange.detail);
        assert_eq!(exchange.attempts.len(), 1, "{host}");
    }
    assert!(stub.requests().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart() {
    // Answers before it has read a request, as a plain server does to a handshake it takes for nonsense.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::AsyncWriteExt;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        }
    });
    let exchange = call(&dialer(&[&address.to_string()]), &get(&format!("https://{address}/"))).await;
    assert_eq!(exchange.outcome, Outcome::Tls);
    assert!(exchange.detail.unwrap().contains("does not speak TLS"));
}
