//! Meta webhooks as the server under test receives them.
#![expect(clippy::unwrap_used, reason = "a fault here fails the test")]

mod caller;

use caller::{Caller, GRAPH_TOKEN, PHONE_ID, PRIYA, Received, Receiver, quick};
use hmac::{Hmac, KeyInit, Mac};
use rapport_sandbox::{Speech, SpeechError};
use serde_json::{Value, json};

async fn pair(refusals: usize) -> (Caller, Receiver) {
    let receiver = Receiver::new(refusals).await;
    let mut options = quick();
    options.webhook_url = Some(receiver.url.clone());
    (Caller::new(options).await.with("authorization", &format!("Bearer {GRAPH_TOKEN}")), receiver)
}

fn signed(received: &Received) -> bool {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"sandbox-app-secret").unwrap();
    mac.update(&received.body);
    let hex: String =
        mac.finalize().into_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    received.signature == format!("sha256={hex}")
}

fn message(received: &Received) -> Value {
    received.value()["messages"][0].clone()
}

#[tokio::test]
async fn a_customers_text_comes_signed_in_metas_form() {
    let (caller, receiver) = pair(0).await;
    let id = caller.sandbox.customer(PRIYA, Some("Priya Sharma")).unwrap().say("नमस्ते / hello").unwrap();
    let got = receiver.until("the text", |all| !all.is_empty()).await.remove(0);
    assert!(signed(&got));
    assert!(got.body.is_ascii(), "escaped as Meta escapes");
    let value = got.value();
    assert_eq!(value["metadata"]["phone_number_id"], PHONE_ID);
    assert_eq!(value["contacts"][0]["profile"]["name"], "Priya Sharma");
    assert_eq!(value["contacts"][0]["user_id"], message(&got)["from_user_id"]);
    let text = message(&got);
    assert_eq!((text["from"].as_str(), text["id"].as_str()), (Some(PRIYA), Some(id.as_str())));
    assert_eq!(text["text"]["body"], "नमस्ते / hello");
    assert!(text["timestamp"].as_str().unwrap().parse::<i64>().is_ok(), "seconds as text");
}

#[tokio::test]
async fn what_is_not_answered_200_comes_again_with_the_same_id() {
    let (caller, receiver) = pair(4).await;
    let id = caller.sandbox.customer(PRIYA, None).unwrap().say("hello").unwrap();
    let all = receiver.until("the fifth attempt", |all| all.len() >= 5).await;
    assert!(all.iter().all(|one| message(one)["id"] == id.as_str() && signed(one)));
    while caller.sandbox.webhooks_waiting() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(receiver.all().len(), 5, "200 ends it");
}

#[tokio::test]
async fn statuses_climb_and_carry_the_senders_tag() {
    let (caller, receiver) = pair(0).await;
    caller.sandbox.customer(PRIYA, None).unwrap().say("hello").unwrap();
    let body = json!({"messaging_product": "whatsapp", "to": format!("+{PRIYA}"), "type": "text", "text": {"body": "Hi"},
                      "biz_opaque_callback_data": "outbox-17"});
    let sent = caller.post(&format!("/v25.0/{PHONE_ID}/messages"), &body).await.json();
    let all = receiver
        .until("three statuses", |all| all.iter().filter(|one| one.statuses().is_some()).count() == 3)
        .await;
    let statuses: Vec<Value> = all
        .iter()
        .filter(|one| one.statuses().is_some())
        .map(|one| one.value()["statuses"][0].clone())
        .collect();
    let words: Vec<&str> = statuses.iter().map(|status| status["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["sent", "delivered", "read"]);
    for status in &statuses {
        assert_eq!(status["id"], sent["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "outbox-17");
        assert_eq!(status["recipient_id"], PRIYA);
    }
    assert_eq!(statuses[0]["pricing"]["type"], "free_customer_service");
    assert!(statuses[2].get("pricing").is_none(), "not with read");
}

#[tokio::test]
async fn taps_answer_the_message_that_offered_them() {
    let (caller, receiver) = pair(0).await;
    let priya = caller.sandbox.customer(PRIYA, None).unwrap();
    priya.say("hello").unwrap();
    assert!(matches!(priya.tap("ORDERS"), Err(SpeechError::NoChoice(..))));
    let buttons = json!({"type": "button", "body": {"text": "Which?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "SUPPORT", "title": "Support"}}, {"type": "reply", "reply": {"id": "ORDERS", "title": "Orders"}}]}});
    let rows = json!({"type": "list", "body": {"text": "Which?"}, "action": {"button": "Pick", "sections": [
        {"rows": [{"id": "A-1", "title": "Lamp", "description": "blue"}]}]}});
    for content in [buttons, rows] {
        let body = json!({"messaging_product": "whatsapp", "to": PRIYA, "type": "interactive", "interactive": content});
        assert_eq!(caller.post(&format!("/v25.0/{PHONE_ID}/messages"), &body).await.status, 200);
    }
    let offered: Vec<String> =
        priya.bubbles().iter().filter(|b| b.kind == "interactive").map(|b| b.id.clone()).collect();
    priya.tap("Orders").unwrap();
    priya.tap("A-1").unwrap();
    let all = receiver
        .until("both taps", |all| all.iter().filter(|one| message(one)["type"] == "interactive").count() == 2)
        .await;
    let taps: Vec<Value> = all.iter().map(message).filter(|one| one["type"] == "interactive").collect();
    assert_eq!(
        taps[0]["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "ORDERS", "title": "Orders"}})
    );
    assert_eq!(taps[0]["context"]["id"], offered[0].as_str());
    assert_eq!(
        taps[1]["interactive"]["list_reply"],
        json!({"id": "A-1", "title": "Lamp", "description": "blue"})
    );
    assert_eq!(taps[1]["context"]["id"], offered[1].as_str());
}

#[tokio::test]
async fn a_customers_picture_can_be_fetched() {
    let (caller, receiver) = pair(0).await;
    let caller = caller.with("user-agent", "test");
    caller
        .sandbox
        .customer(PRIYA, None)
        .unwrap()
        .send(&Speech::Image { caption: Some("This one".into()) })
        .unwrap();
    let got = receiver.until("the picture", |all| !all.is_empty()).await.remove(0);
    let image = &message(&got)["image"];
    assert_eq!(
        (image["mime_type"].as_str(), image["caption"].as_str()),
        (Some("image/png"), Some("This one"))
    );
    let info = caller.get(&format!("/v25.0/{}", image["id"].as_str().unwrap())).await.json();
    let url = info["url"].as_str().unwrap().strip_prefix(&caller.sandbox.base_url()).unwrap().to_owned();
    assert_eq!(caller.get(&url).await.header("content-type"), "image/png");
}

#[tokio::test]
async fn knobs_double_delay_and_spoil_webhooks() {
    let (caller, receiver) = pair(0).await;
    caller.post("/__sandbox/knobs", &json!({"webhooks": {"duplicate_percent": 100}})).await;
    let priya = caller.sandbox.customer(PRIYA, None).unwrap();
    priya.say("twice").unwrap();
    let all = receiver.until("both", |all| all.len() >= 2).await;
    assert_eq!(all[0].body, all[1].body);

    caller
        .post(
            "/__sandbox/knobs",
            &json!({"webhooks": {"duplicate_percent": 0, "reorder_percent": 100, "reorder_ms": 200}}),
        )
        .await;
    priya.say("held").unwrap();
    // Both run through one lane, so that the hold is drawn before the knob turns back.
    receiver.until("the held one", |all| all.len() >= 3).await;
    caller
        .post("/__sandbox/knobs", &json!({"webhooks": {"reorder_percent": 0, "bad_signature_percent": 100}}))
        .await;
    priya.say("spoilt").unwrap();
    let all = receiver.until("the spoilt one", |all| all.len() >= 4).await;
    assert!(signed(&all[2]) && !signed(&all[3]));
}

#[tokio::test]
async fn hidden_numbers_leave_only_the_scoped_id() {
    let (caller, receiver) = pair(0).await;
    caller.post("/__sandbox/knobs", &json!({"whatsapp": {"hide_phone_numbers": true}})).await;
    caller.sandbox.customer(PRIYA, None).unwrap().say("hello").unwrap();
    let got = receiver.until("the text", |all| !all.is_empty()).await.remove(0);
    assert!(message(&got).get("from").is_none() && got.value()["contacts"][0].get("wa_id").is_none());
    let user_id = message(&got)["from_user_id"].as_str().unwrap().to_owned();
    let body = json!({"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "Hi"}});
    let sent = caller.post(&format!("/v25.0/{PHONE_ID}/messages"), &body).await.json();
    assert_eq!(sent["contacts"][0]["user_id"], user_id.as_str());
    assert!(sent["contacts"][0].get("wa_id").is_none());
    let all = receiver.until("a status", |all| all.iter().any(|one| one.statuses().is_some())).await;
    let status = all.iter().find(|one| one.statuses().is_some()).unwrap().value()["statuses"][0].clone();
    assert_eq!(status["recipient_user_id"], user_id.as_str());
    assert!(status.get("recipient_id").is_none());
}
