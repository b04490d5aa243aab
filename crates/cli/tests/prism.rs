//! Sends the requests of the examples to Prism, an independent mock server that holds them against Intercom's own
//! description of its API. Needs the command `prism` (npm: @stoplight/prism-cli) and the description, a file that is not
//! ours to ship: `specs/intercom-2.11-mock.yaml` below the folder `RAPPORT_SHARED`, or below `shared` beside this checkout.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use rapport_connect::{Dialer, MappedHost, SecretMap, SecretValue, Settings};
use rapport_flow::document::{Source, read_flow};
use rapport_flow::request::{Exchange, PreparedBody, PreparedRequest, SecretText, prepare};
use rapport_flow::scope::Plain;
use rapport_flow::steps::Action;
use serde_json::json;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const INTERCOM: &str = "https://api.intercom.io";

const FLOWS: [&str; 3] = ["customer-context.yaml", "intercom-searches.yaml", "order-status.yaml"];

/// 2026-11-23, epoch milliseconds. Any instant would do.
const NOW: i64 = 1_795_392_000_000;

/// Tenths of a second that Prism may take to start; it takes about twenty.
const STARTING_TRIES: u32 = 1200;

#[tokio::test]
async fn intercoms_description_accepts_what_the_examples_send() {
    let Some(prism) = Prism::start().await else { return };
    let dialer = prism.dialer();
    let mut refused = Vec::new();
    let requests = requests();
    assert!(requests.len() >= FLOWS.len(), "only {} requests were found", requests.len());
    for (name, request) in &requests {
        let exchange = dialer.call(request, name, &secrets()).await;
        if !accepted(&exchange) {
            refused.push(format!("{name}: {}", told(&exchange)));
        }
    }
    assert!(refused.is_empty(), "Prism refuses:\n{}", refused.join("\n"));

    // Without this a Prism that lets everything through would pass for one that agrees.
    let (_, mut wrong) = requests.into_iter().next().unwrap();
    let text = SecretText::plain(r#"{"query": 1}"#);
    wrong.body = PreparedBody::Text { content_type: "application/json".to_owned(), text };
    let exchange = dialer.call(&wrong, "wrong", &secrets()).await;
    assert!(!accepted(&exchange), "Prism accepts what is no query: {}", told(&exchange));
    let (_, mut unsigned) = self::requests().into_iter().next().unwrap();
    unsigned.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    let exchange = dialer.call(&unsigned, "unsigned", &secrets()).await;
    assert_eq!(exchange.status, Some(401), "{}", told(&exchange));
}

/// Every request of the examples, by flow and step, filled with what a conversation would have gathered.
fn requests() -> Vec<(String, PreparedRequest)> {
    let scope = Plain {
        values: serde_json::from_value(json!({
            "contact": {"phone": "+919820000001", "phone_digits": "919820000001"},
            "customer_email": "priya@example.com",
            "typed_name": "Priya",
            "typed_email": "priya@example.com",
            "order_email": "priya@example.com",
            "contact_id": "6310a8f2c1d4e5b6a7980123",
        }))
        .unwrap(),
        now: NOW,
        ..Plain::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut requests = Vec::new();
    for file in FLOWS {
        let source = Source::new(file, std::fs::read_to_string(folder.join(file)).unwrap());
        let (flow, findings) = read_flow(&source);
        let flow = flow.unwrap_or_else(|| panic!("{file}: {findings:?}"));
        let before = requests.len();
        for (name, step) in &flow.steps {
            if let Action::ApiRequest(request) = &step.action {
                requests.push((format!("{file} {name}"), prepare(request, &scope).unwrap()));
            }
        }
        assert!(requests.len() > before, "{file} has no request");
    }
    requests
}

fn secrets() -> SecretMap {
    let token = SecretValue { value: "a-token".to_owned().into(), origins: vec![INTERCOM.parse().unwrap()] };
    SecretMap([("intercom_token".to_owned(), token)].into())
}

/// Prism answers a success, and tells of no violation in a header beside it.
fn accepted(exchange: &Exchange) -> bool {
    exchange.status.is_some_and(|status| (200..300).contains(&status)) && violations(exchange).is_none()
}

fn violations(exchange: &Exchange) -> Option<&str> {
    let header = exchange.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("sl-violations"));
    header.map(|(_, value)| value.as_str())
}

fn told(exchange: &Exchange) -> String {
    format!(
        "{:?} {} {:?}\n  sent {}",
        exchange.status,
        violations(exchange).unwrap_or(&exchange.body),
        exchange.detail,
        exchange.sent.body
    )
}

/// A running Prism; it ends with this.
struct Prism {
    process: Child,
    port: u16,
}

impl Prism {
    /// `None`, and says so, where Prism or the description is missing.
    async fn start() -> Option<Prism> {
        let description = description();
        if !description.is_file() {
            println!("skipped: there is no {}", description.display());
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("prism");
        command.args(["mock", "--errors", "--host", "127.0.0.1", "--port"]).arg(port.to_string());
        command.arg(&description).stdout(Stdio::null()).stderr(Stdio::null());
        let process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                println!("skipped: there is no command `prism` (npm install -g @stoplight/prism-cli)");
                return None;
            }
            Err(error) => panic!("prism cannot be started: {error}"),
        };
        let mut prism = Prism { process, port };
        // It reads the whole description before it listens.
        for _ in 0..STARTING_TRIES {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(prism);
            }
            if let Some(status) = prism.process.try_wait().unwrap() {
                panic!("prism ended with {status} before it answered");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("prism does not answer on port {port}");
    }

    fn dialer(&self) -> Dialer {
        let mut settings = Settings::new(Arc::new(|| NOW));
        settings.hosts = vec![MappedHost {
            origin: INTERCOM.parse().unwrap(),
            base: format!("http://127.0.0.1:{}", self.port).parse().unwrap(),
        }];
        Dialer::new(&settings).unwrap()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn description() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("RAPPORT_SHARED").map_or_else(beside, PathBuf::from);
    shared.join("specs/intercom-2.11-mock.yaml")
}
