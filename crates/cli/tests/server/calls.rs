//! Strangers' APIs that lie, stall and lead astray; and where the secret never shows.

use crate::house::{ACCESS_TOKEN, API_TOKEN, House, Plan, until};
use crate::meta;
use crate::stranger::{Reply, Stranger};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A call that says what it wants; each outcome has an answer of its own.
fn flow(url: &str) -> String {
    call("lookup", "any_message: true", url, false, 3)
}

fn call(name: &str, trigger: &str, url: &str, repeatable: bool, seconds: u32) -> String {
    let deadline = seconds + 1;
    format!(
        "flow: {name}
triggers: [{{{trigger}}}]
steps:
  call:
    type: api_request
    method: POST
    repeatable: {repeatable}
    url: {url}
    headers: {{Authorization: 'Bearer {{{{secret.api_token}}}}'}}
    body: {{json: {{want: '{{{{message.text}}}}'}}}}
    timeout: {seconds}s
    deadline: {deadline}s
    retries: 0
    response: json
    save: {{thing: {{path: name, required: true}}}}
    exits: {{ok: good, failed: bad}}
  good: {{type: send_message, text: 'Found {{{{thing}}}}.', next: end}}
  bad: {{type: send_message, text: 'Failed {{{{thing | default: \"-\"}}}}.', next: end}}
"
    )
}

fn raw(text: String) -> Reply {
    Reply::Raw(text.into_bytes())
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";

fn lie(want: &str, never: &Arc<Semaphore>) -> Reply {
    let good = "{\"name\": \"a thing\"}";
    match want {
        "good" => Reply::Json(200, json!({"name": "a thing"})),
        "slow" => Reply::After(Arc::clone(never), Box::new(Reply::Drop)),
        "trickle" => Reply::Trickle(
            format!("{OK}content-length: {}\r\n\r\n{good}", good.len()).into_bytes(),
            Duration::from_secs(1),
        ),
        "half" => raw(format!("{OK}content-length: 1000\r\n\r\n{{\"name\": \"a th")),
        "short" => raw(format!("{OK}content-length: 10\r\n\r\n{good}")),
        "endless" => Reply::Endless(format!("{OK}\r\n{{\"name\": \"a").into_bytes()),
        "huge" => raw(format!("{OK}content-length: 99999999999\r\n\r\n{{")),
        "html" => raw(format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{}\r\n\r\n<html>Sign in</html>", "connection: close")),
        "inward" => raw("HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into()),
        "drop" => Reply::Drop,
        "noise" => raw("\u{0}\u{1}SSH-2.0-nothing\r\n\r\n".into()),
        "echo" => Reply::Json(200, json!({"name": format!("<{API_TOKEN}>")})),
        "echo refusal" => Reply::Json(401, json!({"error": format!("Bearer {API_TOKEN} is not valid")})),
        "missing" => Reply::Json(200, json!({"nom": "a thing"})),
        other => Reply::Json(400, json!({"unexpected": other})),
    }
}

/// The outcome of the only call of a conversation.
fn outcome(entries: &[Value]) -> Option<String> {
    let facts = entries.iter().flat_map(|entry| entry["turn"]["events"].as_array().into_iter().flatten());
    facts.filter_map(|event| event["fact"]["call_finished"]["outcome"].as_str()).map(str::to_owned).next()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_lie_has_its_outcome_and_the_secret_never_shows() {
    let graph = Stranger::graph().await;
    let never = Arc::new(Semaphore::new(0));
    let api = Stranger::start(move |_, seen| lie(seen.body["want"].as_str().unwrap_or(""), &never)).await;
    let house = House::new(
        &Plan::new(&graph.url).api(&api.url).flow("lookup.yaml", flow(&format!("{}/things", api.url))),
    );
    let server = house.serve().await;
    let wants = [
        ("good", "ok"),
        ("slow", "timeout"),
        ("trickle", "timeout"),
        ("half", "connect"),
        ("short", "not_json"),
        ("endless", "too_large"),
        ("huge", "too_large"),
        ("html", "not_json"),
        ("inward", "redirect_refused"),
        ("drop", "connect"),
        ("noise", "connect"),
        ("echo", "ok"),
        ("echo refusal", "client_error"),
        ("missing", "missing_required"),
    ];
    for (n, (want, _)) in wants.iter().enumerate() {
        meta::say(&server.webhooks(), &format!("9198207000{n:02}"), &format!("wamid.{n}"), want).await;
    }
    let seen = graph.until_seen(wants.len()).await;
    assert!(server.stop().await.success());
    let timelines = house.timelines();
    for (n, (want, expected)) in wants.iter().enumerate() {
        let of = timelines
            .iter()
            .map(|(_, entries)| entries)
            .find(|entries| entries[0]["in"]["text"] == *want)
            .unwrap();
        assert_eq!(outcome(of).as_deref(), Some(*expected), "{want}: {of:?}");
        let to = format!("9198207000{n:02}");
        let words: Vec<_> =
            seen.iter().filter(|seen| seen.to() == to).map(super::stranger::Seen::words).collect();
        let said = match (*want, *expected) {
            ("echo", _) => "Found <{{secret.api_token}}>.",
            (_, "ok") => "Found a thing.",
            _ => "Failed -.",
        };
        assert_eq!(words, [said], "{want}");
    }
    assert!(
        api.seen().iter().all(|seen| seen.head.contains(&format!("Bearer {API_TOKEN}"))),
        "the call itself has it"
    );
    assert_eq!(api.seen().len(), wants.len(), "no call was made twice, and none went inward");

    let (data, log) = (house.data(), house.log());
    for secret in [API_TOKEN, ACCESS_TOKEN, meta::APP_SECRET] {
        let stored = data.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!stored, "a token stands in the database");
        assert!(!log.contains(secret), "a token stands in the log");
    }
    assert!(!format!("{timelines:?}").contains(API_TOKEN));
    for (id, _) in &timelines {
        assert!(!house.ok(&["conversation", "show", id]).contains(API_TOKEN));
    }
    for private in ["91982070", "trickle", "a thing", "+91982070"] {
        assert!(!log.contains(private), "{private:?} stands in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_text_where_tls_should_be_and_a_closed_door() {
    let graph = Stranger::graph().await;
    let api = Stranger::start(|_, _| Reply::Json(200, json!({"name": "a thing"}))).await;
    let secure = api.url.replace("http://", "https://");
    let plan = Plan::new(&graph.url).api(&secure).flow("lookup.yaml", flow(&format!("{secure}/things")));
    let house = House::new(&plan);
    let settings = std::fs::read_to_string(house.path("rapport.toml")).unwrap();
    house.write("rapport.toml", &settings.replace("allow = [\"https://", "allow = [\""));
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000001", "wamid.1", "good").await;
    assert_eq!(graph.until_seen(1).await[0].words(), "Failed -.");
    assert_eq!(outcome(&house.timeline()).as_deref(), Some("tls"));
    server.kill();

    // Without the operator's word the address is private, whatever the flow's author wrote.
    house.write(
        "rapport.toml",
        &settings
            .replace(&format!("{secure:?}"), "")
            .replace("origins = []", "origins = [\"https://example.com\"]"),
    );
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000001", "wamid.2", "good").await;
    graph.until_seen(2).await;
    until("the blocked call", || {
        let entries = house.timeline();
        let later = &entries[entries.len() / 2..];
        (outcome(later)? == "blocked_address").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_a_call_that_may_not_be_repeated_is_unknown_and_one_that_may_is_made_again() {
    let graph = Stranger::graph().await;
    let never = Arc::new(Semaphore::new(0));
    let slow = Arc::new(AtomicBool::new(true));
    let still_slow = Arc::clone(&slow);
    let api = Stranger::start(move |_, _| {
        let answer = Reply::Json(200, json!({"name": "a thing"}));
        let holds = still_slow.load(Ordering::SeqCst);
        if holds { Reply::After(Arc::clone(&never), Box::new(answer)) } else { answer }
    })
    .await;
    let once = call("once", "keywords: [once]", &format!("{}/once", api.url), false, 30);
    let again = call("again", "keywords: [again]", &format!("{}/again", api.url), true, 30);
    let house =
        House::new(&Plan::new(&graph.url).api(&api.url).flow("once.yaml", once).flow("again.yaml", again));
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000001", "wamid.1", "once").await;
    meta::say(&server.webhooks(), "919820000002", "wamid.2", "again").await;
    api.until_seen(2).await;
    server.kill();
    slow.store(false, Ordering::SeqCst);

    let _server = house.serve().await;
    let seen = graph.until_seen(2).await;
    let said = |to: &str| seen.iter().find(|seen| seen.to() == to).map(super::stranger::Seen::words).unwrap();
    assert_eq!(said("919820000001"), "Failed -.");
    assert_eq!(said("919820000002"), "Found a thing.");
    let lines: Vec<_> = api.seen().iter().map(|seen| seen.line.clone()).collect();
    assert_eq!(lines.iter().filter(|line| line.ends_with("/once")).count(), 1, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.ends_with("/again")).count(), 2, "{lines:?}");
    let outcomes: Vec<_> = house.timelines().iter().filter_map(|(_, entries)| outcome(entries)).collect();
    assert!(outcomes.contains(&"unknown".to_owned()) && outcomes.contains(&"ok".to_owned()), "{outcomes:?}");
}
