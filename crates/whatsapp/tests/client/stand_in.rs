//! A stand-in for the Graph API: real HTTP over a real socket, answers as told, requests kept to look at.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rapport_whatsapp::Client;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const TOKEN: &str = "EAAG-very-secret";

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method, target and version.
    pub(crate) line: String,
    /// In small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the stand-in does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, &'static str),
    /// Status, further headers (each with its line end), body; `connection: close` is done as it says.
    Raw(u16, String, Vec<u8>),
    /// Reads the request and closes the connection without a word.
    HangUp,
}

#[derive(Debug, Clone)]
pub(crate) struct StandIn {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<Request>>>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl StandIn {
    /// Answers the requests with these replies in turn, and every further one with the last.
    pub(crate) async fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (kept, counted) = (Arc::clone(&seen), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(socket, replies.clone(), Arc::clone(&kept)));
            }
        });
        Self { url, seen, connections }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url, "v25.0", &SecretString::from(TOKEN.to_owned())).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn only(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.into_iter().next().unwrap()
    }
}

async fn serve(mut socket: TcpStream, replies: Vec<Reply>, seen: Arc<Mutex<Vec<Request>>>) {
    while let Some(request) = read(&mut socket).await {
        let turn = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        let (status, headers, body) = match replies.get(turn).or(replies.last()).unwrap().clone() {
            Reply::Json(status, body) => {
                (status, "content-type: application/json\r\n".to_owned(), body.as_bytes().to_vec())
            }
            Reply::Raw(status, headers, body) => (status, headers, body),
            Reply::HangUp => return,
        };
        let length = if headers.contains("content-length") || headers.contains("chunked") {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        let head = format!("HTTP/1.1 {status} X\r\n{headers}{length}\r\n");
        if socket.write_all(head.as_bytes()).await.is_err() || socket.write_all(&body).await.is_err() {
            return;
        }
        if headers.contains("connection: close") {
            return;
        }
    }
}

async fn read(socket: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length =
        headers.iter().find(|(key, _)| key == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if socket.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { line, headers, body })
}
