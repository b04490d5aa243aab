//! A plain HTTP caller and a webhook receiver, over real sockets.
#![expect(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its own part; a fault here fails the test"
)]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::any;
use http::{HeaderMap, StatusCode};
use rapport_sandbox::{Redelivery, Sandbox, SandboxOptions};
use serde_json::Value;
use std::time::Duration;

pub(crate) const GRAPH_TOKEN: &str = "sandbox-graph-token";
pub(crate) const PHONE_ID: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";
pub(crate) const PRIYA: &str = "919820000001";

/// Options whose waits are short.
pub(crate) fn quick() -> SandboxOptions {
    let mut options = SandboxOptions { seed: Some(7), ..SandboxOptions::default() };
    options.knobs.whatsapp.status_gap_ms = 1;
    options.redelivery = Redelivery {
        first_gap: Duration::from_millis(10),
        factor: 2,
        longest_gap: Duration::from_millis(80),
        give_up_after: Duration::from_secs(30),
    };
    options
}

pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    client: reqwest::Client,
    headers: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

impl Caller {
    pub(crate) async fn new(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test plays a stranger on the wire")]
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, client, headers: Vec::new() }
    }

    /// Sends these headers with every call from now on.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Result<Reply, reqwest::Error> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.sandbox.base_url()));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            if !self.headers.iter().any(|(name, _)| name == "content-type") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Reply { status, headers, text: answer.text().await? })
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.try_call("GET", path, None).await.unwrap()
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.try_call(method, path, Some(body.to_string())).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, body).await
    }

    pub(crate) async fn raw(&self, path: &str, body: &str) -> Reply {
        self.try_call("POST", path, Some(body.to_owned())).await.unwrap()
    }
}

/// One webhook as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn value(&self) -> Value {
        let whole: Value = serde_json::from_slice(&self.body).unwrap();
        whole["entry"][0]["changes"][0]["value"].clone()
    }

    pub(crate) fn statuses(&self) -> Option<String> {
        self.value()["statuses"][0]["status"].as_str().map(str::to_owned)
    }
}

/// A server under test that keeps what it receives and refuses the first `refusals` webhooks.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub(crate) async fn new(refusals: usize) -> Self {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let keep = received.clone();
        let app = Router::new().route(
            "/hook",
            any(move |headers: HeaderMap, body: Bytes| {
                let keep = keep.clone();
                async move {
                    let signature =
                        headers.get("x-hub-signature-256").map(|v| v.to_str().unwrap().to_owned());
                    let mut all = keep.lock().unwrap();
                    all.push(Received { signature: signature.unwrap_or_default(), body });
                    if all.len() <= refusals { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
                }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, received }
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until the received webhooks satisfy a condition; fails after a generous time.
    pub(crate) async fn until(&self, what: &str, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        for _ in 0..2_000 {
            let all = self.all();
            if enough(&all) {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!(
            "never came: {what}; received {:?}",
            self.all().iter().map(Received::value).collect::<Vec<_>>()
        );
    }
}
