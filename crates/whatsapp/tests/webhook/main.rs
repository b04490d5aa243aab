//! One case for each kind of news, written as Meta writes it, and what we read in it.
#![expect(clippy::unwrap_used, reason = "a helper of tests may fail")]

mod body;
mod messages;
mod news;

use serde_json::{Value, json};

const NUMBER: &str = "106540352242922";
const WABA: &str = "102290129340398";
const AT: &str = "1739321024";

fn body(field: &str, value: &Value) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}]})
        .to_string()
        .into_bytes()
}

fn messages_value(messages: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Priya Sharma"}, "wa_id": "919820000001"}],
        "messages": messages
    })
}
