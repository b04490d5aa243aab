//! Meta's side of the webhook: bodies, signatures, POSTs.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const APP_SECRET: &str = "app-secret-of-the-tests";
pub(crate) const VERIFY_TOKEN: &str = "verify-token-of-the-tests";

/// Seconds since 1970, now: what Meta writes.
pub(crate) fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "plays Meta, whose clock is not ours")]
    let now = std::time::SystemTime::now();
    i64::try_from(now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A text message as an item of `messages`.
pub(crate) fn text(from: &str, id: &str, words: &str) -> Value {
    json!({"from": from, "id": id, "timestamp": now().to_string(), "type": "text", "text": {"body": words}})
}

/// A status as an item of `statuses`.
pub(crate) fn status(wamid: &str, state: &str, to: &str, tag: Option<&str>) -> Value {
    let mut status =
        json!({"id": wamid, "status": state, "timestamp": now().to_string(), "recipient_id": to});
    if let Some(tag) = tag {
        status["biz_opaque_callback_data"] = tag.into();
    }
    status
}

/// A body around the value of one change.
pub(crate) fn change(field: &str, value: &Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [
        {"field": field, "value": value}
    ]}]})
}

fn value(number: &str) -> Value {
    json!({"messaging_product": "whatsapp",
           "metadata": {"display_phone_number": "15550783881", "phone_number_id": number}})
}

/// A body with these messages, to `number`.
pub(crate) fn messages_to(number: &str, messages: Vec<Value>) -> Value {
    let mut value = value(number);
    let mut senders: Vec<String> =
        messages.iter().map(|one| one["from"].as_str().unwrap_or("").to_owned()).collect();
    senders.dedup();
    value["contacts"] =
        senders.iter().map(|wa_id| json!({"profile": {"name": "Priya Sharma"}, "wa_id": wa_id})).collect();
    value["messages"] = messages.into();
    change("messages", &value)
}

pub(crate) fn messages(messages: Vec<Value>) -> Value {
    messages_to(NUMBER, messages)
}

pub(crate) fn statuses(statuses: Vec<Value>) -> Value {
    let mut value = value(NUMBER);
    value["statuses"] = statuses.into();
    change("messages", &value)
}

/// The value of `X-Hub-Signature-256`.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex: String =
        mac.finalize().into_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!("sha256={hex}")
}

/// A client without proxies, with connections of its own.
pub(crate) fn client() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "plays Meta's sender of webhooks")]
    let builder = reqwest::Client::builder();
    builder.no_proxy().build().unwrap()
}

/// POSTs raw bytes with a header as given; gives the status.
pub(crate) async fn post_raw(url: &str, body: Vec<u8>, signature: Option<&str>) -> u16 {
    let mut request = client().post(url).header("content-type", "application/json").body(body);
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    request.send().await.unwrap().status().as_u16()
}

/// POSTs a body signed rightly; gives the status.
pub(crate) async fn post(url: &str, body: &Value) -> u16 {
    let body = body.to_string().into_bytes();
    let signature = signature(APP_SECRET, &body);
    post_raw(url, body, Some(&signature)).await
}

/// A text from one person, delivered.
pub(crate) async fn say(url: &str, from: &str, id: &str, words: &str) {
    assert_eq!(post(url, &messages(vec![text(from, id, words)])).await, 200);
}
