//! A server that plays a list of acts, one for each request, and remembers what it was sent. The last act repeats.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// These bytes, then the end of the connection.
    Answer(String),
    /// These bytes, and the connection stays open for the next request.
    Keep(String),
    /// These bytes; the connection stays open long enough to be pooled, and is then closed by the server.
    KeepThenClose(String),
    /// These bytes, then one more each second for ever.
    Drip(String),
    /// These bytes, then more as fast as they are taken.
    Flood(String),
    /// Nothing at all, for ever.
    Hang,
    /// The end of the connection, without a word.
    Close,
}

#[derive(Debug, Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

/// An answer with its length and `connection: close`.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Act {
    Act::Answer(head(status, headers, body) + body)
}

/// The same, for a connection that is used again.
pub(crate) fn keep(status: u16, headers: &str, body: &str) -> Act {
    Act::Keep(head(status, headers, body) + body)
}

pub(crate) fn json(body: &str) -> Act {
    answer(200, "content-type: application/json\r\n", body)
}

pub(crate) fn redirect(status: u16, location: &str) -> Act {
    answer(status, &format!("location: {location}\r\n"), "")
}

fn head(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Words\r\n{headers}content-length: {}\r\n\r\n", body.len())
}

impl Stub {
    pub(crate) async fn play(acts: impl IntoIterator<Item = Act>) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::play_on(listener, acts)
    }

    pub(crate) fn play_on(listener: TcpListener, acts: impl IntoIterator<Item = Act>) -> Stub {
        let stub = Stub {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (mine, acts) = (stub.clone(), Arc::new(acts.into_iter().collect::<Vec<_>>()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                mine.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(mine.clone().serve(stream, acts.clone()));
            }
        });
        stub
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the operator must allow for this server.
    pub(crate) fn allowed(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Plays to one connection, of whatever kind.
    pub(crate) async fn serve(self, mut stream: impl AsyncRead + AsyncWrite + Unpin, acts: Arc<Vec<Act>>) {
        while let Some(request) = read_request(&mut stream).await {
            let act = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(request);
                acts[(requests.len() - 1).min(acts.len() - 1)].clone()
            };
            match act {
                Act::Answer(bytes) => {
                    let _ = stream.write_all(bytes.as_bytes()).await;
                    let _ = stream.shutdown().await;
                    return;
                }
                Act::Keep(bytes) => stream.write_all(bytes.as_bytes()).await.unwrap(),
                Act::KeepThenClose(bytes) => {
                    stream.write_all(bytes.as_bytes()).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    return;
                }
                Act::Drip(bytes) => {
                    let _ = stream.write_all(bytes.as_bytes()).await;
                    while stream.write_all(b"x").await.is_ok() {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    return;
                }
                Act::Flood(bytes) => {
                    let _ = stream.write_all(bytes.as_bytes()).await;
                    while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
                    return;
                }
                Act::Hang => std::future::pending().await,
                Act::Close => return,
            }
        }
    }
}

/// Head and body of one request; `None` when the connection ended.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => bytes.extend_from_slice(&part[..length]),
        }
    }
}
