//! Trouble on purpose, the script API, the page.
#![expect(clippy::unwrap_used, reason = "a fault here fails the test")]

mod caller;

use std::sync::{Arc, Mutex};

use caller::{Caller, GRAPH_TOKEN, PHONE_ID, PRIYA, quick};
use rapport_sandbox::{
    Annotation, BoxFuture, DeskAuthor, DeskConversation, DeskError, DeskMessage, DeskThread, TeamDesk,
};
use serde_json::{Value, json};

async fn intercom() -> Caller {
    Caller::new(quick()).await.with("authorization", "Bearer sandbox-intercom-token")
}

async fn turn(caller: &Caller, knobs: Value) {
    let reply = caller.post("/__sandbox/knobs", &json!({"intercom": knobs})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn the_next_calls_fail_and_then_it_works() {
    let caller = intercom().await;
    turn(&caller, json!({"fail_next": 2, "error_status": 429})).await;
    for _ in 0..2 {
        let reply = caller.get("/me").await;
        assert_eq!(
            (reply.status, reply.json()["errors"][0]["code"].as_str()),
            (429, Some("rate_limit_exceeded"))
        );
        assert_eq!(reply.header("x-ratelimit-remaining"), "0");
    }
    assert_eq!(caller.get("/me").await.status, 200);
}

#[tokio::test]
async fn each_trouble_shows_on_the_wire() {
    let caller = intercom().await;
    turn(&caller, json!({"drop_percent": 100})).await;
    assert!(caller.try_call("GET", "/me", None).await.is_err(), "no answer at all");
    turn(&caller, json!({"drop_percent": 0, "half_percent": 100})).await;
    assert!(caller.try_call("GET", "/me", None).await.is_err(), "shorter than promised");
    turn(&caller, json!({"half_percent": 0, "html_percent": 100})).await;
    let page = caller.get("/me").await;
    assert!(
        page.status == 200
            && page.text.starts_with("<!DOCTYPE html>")
            && page.header("content-type").starts_with("text/html")
    );
    turn(&caller, json!({"html_percent": 0, "error_percent": 100, "error_status": 503})).await;
    assert_eq!(caller.get("/me").await.status, 503);
    turn(
        &caller,
        json!({"error_percent": 0, "bytes_per_second": 4_000_000, "latency_ms": 1, "jitter_ms": 1}),
    )
    .await;
    assert_eq!(caller.get("/me").await.json()["type"], "admin", "slow and whole");
    let requests = caller.sandbox.requests();
    let troubles: Vec<_> = requests.iter().map(|request| request.trouble).collect();
    assert_eq!(troubles, [Some("drop"), Some("half"), Some("html"), Some("error"), None]);
    assert!(requests.iter().all(|request| !format!("{request:?}").contains("sandbox-intercom-token")));
}

#[tokio::test]
async fn a_dropped_send_was_carried_out_unless_told_otherwise() {
    let caller = Caller::new(quick()).await.with("authorization", &format!("Bearer {GRAPH_TOKEN}"));
    let priya = caller.sandbox.customer(PRIYA, None).unwrap();
    priya.say("hello").unwrap();
    let body = json!({"messaging_product": "whatsapp", "to": PRIYA, "type": "text", "text": {"body": "Hi"}})
        .to_string();
    let path = format!("/v25.0/{PHONE_ID}/messages");
    caller.post("/__sandbox/knobs", &json!({"graph": {"drop_percent": 100}})).await;
    assert!(caller.try_call("POST", &path, Some(body.clone())).await.is_err());
    assert_eq!(priya.bubbles().len(), 2);
    caller.post("/__sandbox/knobs", &json!({"graph": {"drop_after_work": false}})).await;
    assert!(caller.try_call("POST", &path, Some(body)).await.is_err());
    assert_eq!(priya.bubbles().len(), 2);
}

#[tokio::test]
async fn knobs_are_refused_by_name_and_come_to_rest() {
    let caller = intercom().await;
    let reply = caller.post("/__sandbox/knobs", &json!({"intercom": {"drop_percent": 300}})).await;
    assert_eq!(reply.status, 400);
    let reply = caller.post("/__sandbox/knobs", &json!({"intercom": {"speed": 1}})).await;
    assert!(reply.json()["error"].as_str().unwrap().contains("speed"));
    turn(&caller, json!({"latency_ms": 5})).await;
    let rest = caller.try_call("DELETE", "/__sandbox/knobs", None).await.unwrap().json();
    assert_eq!(rest["intercom"]["latency_ms"], 0);
}

#[tokio::test]
async fn the_script_api_never_falls_over() {
    let caller = intercom().await;
    let path = format!("/__sandbox/customers/{PRIYA}/messages");
    for body in [
        "",
        "x",
        "[]",
        "{}",
        "null",
        r#"{"type":"dance"}"#,
        r#"{"type":"text"}"#,
        r#"{"type":"text","text":""}"#,
        r#"{"type":"location","latitude":"x"}"#,
        r#"{"type":"raw","message":{}}"#,
        r#"{"type":"tap","id":"x"}"#,
    ] {
        let reply = caller.raw(&path, body).await;
        assert!((400..500).contains(&reply.status), "{body}: {}", reply.status);
        assert!(reply.json()["error"].is_string(), "{body}");
    }
    assert_eq!(caller.raw("/__sandbox/customers/12/messages", r#"{"text":"x"}"#).await.status, 400);
    assert_eq!(caller.get("/__sandbox/customers/0/messages").await.status, 404);
    let raw = json!({"type": "raw", "message": {"type": "unsupported", "errors": [{"code": 131_051}]}});
    assert_eq!(caller.post(&path, &raw).await.status, 200);
    assert_eq!(caller.get(&path).await.json()["messages"].as_array().unwrap().len(), 1);
    caller.post("/__sandbox/reset", &json!({})).await;
    assert_eq!(caller.get(&path).await.json()["messages"], json!([]));
}

#[tokio::test]
async fn the_page_is_whole_and_guarded() {
    let caller = Caller::new(quick()).await;
    let page = caller.get("/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-security-policy").contains("script-src 'self'")
            && !page.header("content-security-policy").contains("unsafe")
    );
    let mut found = 0;
    for piece in page.text.split('"').filter(|piece| piece.starts_with("/page/")) {
        assert_eq!(caller.get(piece).await.status, 200, "{piece}");
        found += 1;
    }
    assert!(found >= 5);
    assert_eq!(caller.get("/page/..%2fCargo.toml").await.status, 404);
    let caller = caller.with("origin", "https://evil.example.com");
    assert_eq!(caller.post("/__sandbox/reset", &json!({})).await.status, 403);
    let caller = Caller::new(quick()).await.with("host", "evil.example.com");
    assert_eq!(caller.get("/__sandbox/state").await.status, 403);
}

#[tokio::test]
async fn steps_are_named_under_the_bots_messages() {
    let mut options = quick();
    options.annotate = Some(Arc::new(|opaque: &str| {
        let step = opaque.to_owned();
        Box::pin(async move { Some(Annotation { flow: "customer-context".into(), step }) })
    }));
    let caller = Caller::new(options).await.with("authorization", &format!("Bearer {GRAPH_TOKEN}"));
    let priya = caller.sandbox.customer(PRIYA, None).unwrap();
    priya.say("hello").unwrap();
    let mut events = caller.sandbox.subscribe();
    let body = json!({"messaging_product": "whatsapp", "to": PRIYA, "type": "text", "text": {"body": "Hi"}, "biz_opaque_callback_data": "ask_email"});
    caller.post(&format!("/v25.0/{PHONE_ID}/messages"), &body).await;
    while events.recv().await.unwrap().kind != "step" {}
    assert_eq!(priya.bubbles()[1].step.as_ref().unwrap().step, "ask_email");
}

#[derive(Default)]
struct Desk(Mutex<Vec<String>>);

impl Desk {
    fn row() -> DeskConversation {
        DeskConversation {
            id: "c1".into(),
            customer_name: "Priya Sharma".into(),
            customer_phone: PRIYA.into(),
            team: Some("support".into()),
            reason: None,
            last_message: "SUPPORT".into(),
            since: 1_795_435_200,
        }
    }
}

impl TeamDesk for Desk {
    fn list(&self) -> BoxFuture<'_, Result<Vec<DeskConversation>, DeskError>> {
        Box::pin(async { Ok(vec![Self::row()]) })
    }

    fn show<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<DeskThread, DeskError>> {
        Box::pin(async move {
            if id != "c1" {
                return Err(DeskError::Unknown);
            }
            let said = self.0.lock().unwrap().clone();
            let messages =
                said.into_iter().map(|text| DeskMessage { from: DeskAuthor::Agent, text, at: 1 }).collect();
            Ok(DeskThread { conversation: Self::row(), messages })
        })
    }

    fn reply<'a>(&'a self, _id: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), DeskError>> {
        Box::pin(async move {
            self.0.lock().unwrap().push(text.to_owned());
            Ok(())
        })
    }

    fn release<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<(), DeskError>> {
        Box::pin(async { Err(DeskError::Refused("it is with the bot already".into())) })
    }
}

#[tokio::test]
async fn the_team_answers_through_the_desk() {
    assert_eq!(Caller::new(quick()).await.get("/__sandbox/desk").await.status, 404, "none supplied");
    let mut options = quick();
    options.desk = Some(Arc::new(Desk::default()));
    let caller = Caller::new(options).await;
    assert_eq!(caller.get("/__sandbox/state").await.json()["desk"], true);
    assert_eq!(caller.get("/__sandbox/desk").await.json()["conversations"][0]["team"], "support");
    assert_eq!(caller.get("/__sandbox/desk/nobody").await.status, 404);
    assert_eq!(caller.post("/__sandbox/desk/c1/reply", &json!({"text": " "})).await.status, 400);
    assert_eq!(
        caller.post("/__sandbox/desk/c1/reply", &json!({"text": "Hello, Meera here"})).await.status,
        200
    );
    assert_eq!(caller.get("/__sandbox/desk/c1").await.json()["messages"][0]["text"], "Hello, Meera here");
    let refused = caller.post("/__sandbox/desk/c1/release", &json!({})).await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (409, Some("it is with the bot already")));
}

#[tokio::test]
async fn a_stopped_sandbox_no_longer_listens() {
    let caller = Caller::new(quick()).await;
    let address = caller.sandbox.address();
    assert_eq!(caller.get("/__sandbox/state").await.status, 200);
    caller.sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
