//! A service that answers as a script says, lies included: the Graph API or a stranger's API over a raw socket.

use crate::house::until;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What to do with a request.
pub(crate) enum Reply {
    Json(u16, Value),
    /// Written as it is, then the connection is closed.
    Raw(Vec<u8>),
    /// Closed without a byte.
    Drop,
    /// One byte at a time, this long apart.
    Trickle(Vec<u8>, Duration),
    /// These bytes, then more of the last without end.
    Endless(Vec<u8>),
    /// When the gate lets one more through.
    After(Arc<Semaphore>, Box<Reply>),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Seen {
    /// The words of a text message to WhatsApp.
    pub(crate) fn words(&self) -> String {
        self.body["text"]["body"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn to(&self) -> String {
        self.body["to"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn tag(&self) -> String {
        self.body["biz_opaque_callback_data"].as_str().unwrap_or_default().to_owned()
    }
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

/// The service; stops with its handle.
pub(crate) struct Stranger {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stranger {
    /// `script` gets the number of the request, from 0, and the request.
    pub(crate) async fn start(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Stranger {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Stranger::on(listener, script)
    }

    pub(crate) fn on(
        listener: TcpListener,
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Stranger {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (record, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (record, script) = (Arc::clone(&record), Arc::clone(&script));
                tokio::spawn(async move {
                    // A client that goes away in the middle is part of the game.
                    let _ = serve(stream, &record, &*script).await;
                });
            }
        });
        Stranger { url, seen, task }
    }

    /// A Graph API that accepts everything.
    pub(crate) async fn graph() -> Stranger {
        Stranger::start(accepted).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn words(&self) -> Vec<String> {
        self.seen().iter().map(Seen::words).collect()
    }

    pub(crate) async fn until_seen(&self, count: usize) -> Vec<Seen> {
        until(&format!("{count} requests"), || Some(self.seen()).filter(|seen| seen.len() >= count)).await
    }
}

/// What the Graph API answers to a message that it takes.
pub(crate) fn accepted(number: usize, seen: &Seen) -> Reply {
    Reply::Json(
        200,
        json!({"messaging_product": "whatsapp", "contacts": [{"input": seen.to(), "wa_id": seen.to()}],
               "messages": [{"id": wamid(number)}]}),
    )
}

/// The id that [`accepted`] gives.
pub(crate) fn wamid(number: usize) -> String {
    format!("wamid.OUT{number}")
}

/// A refusal of the Graph API.
pub(crate) fn refused(status: u16, code: i64) -> Reply {
    Reply::Json(
        status,
        json!({"error": {"message": "Refused", "type": "OAuthException", "code": code, "fbtrace_id": "Ax"}}),
    )
}

async fn serve(mut stream: TcpStream, record: &Mutex<Vec<Seen>>, script: &Script) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        if bytes[0] == 0x16 {
            // TLS is not spoken here.
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let wanted = end + 4 + length.unwrap_or(0);
        if bytes.len() >= wanted {
            break (head, serde_json::from_slice(&bytes[end + 4..wanted]).unwrap_or(Value::Null));
        }
    };
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let seen = Seen { line, head, body };
    let number = {
        let mut record = record.lock().unwrap();
        record.push(seen.clone());
        record.len() - 1
    };
    let mut reply = script(number, &seen);
    while let Reply::After(gate, then) = reply {
        gate.acquire().await.unwrap().forget();
        reply = *then;
    }
    match reply {
        Reply::Json(status, value) => {
            let body = value.to_string();
            let length = body.len();
            stream
                .write_all(
                    format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                         connection: close\r\n\r\n{body}"
                    )
                    .as_bytes(),
                )
                .await?;
        }
        Reply::Raw(bytes) => stream.write_all(&bytes).await?,
        Reply::Drop | Reply::After(..) => {}
        Reply::Trickle(bytes, gap) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(gap).await;
            }
        }
        Reply::Endless(bytes) => {
            stream.write_all(&bytes).await?;
            let last = vec![*bytes.last().unwrap(); 64 * 1024];
            loop {
                stream.write_all(&last).await?;
            }
        }
    }
    stream.shutdown().await
}
