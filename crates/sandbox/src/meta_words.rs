//! Meta's webhook bodies: inbound messages and statuses.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::graph::Business;
use crate::graph::fault::Fault;
use crate::phone::Customer;
use crate::phone::speech::Said;

/// The body for one message of a customer.
pub(crate) fn message(
    business: &Business,
    customer: &Customer,
    id: &str,
    said: &Said,
    at: i64,
    hidden: bool,
) -> Bytes {
    let mut message = said.extra.clone().unwrap_or_else(|| json!({}));
    let mut set = |key: &str, value: Value| {
        if let Some(object) = message.as_object_mut() {
            object.entry(key).or_insert(value);
        }
    };
    if !hidden {
        set("from", json!(customer.wa_id));
    }
    set("from_user_id", json!(customer.user_id));
    set("id", json!(id));
    set("timestamp", json!(at.to_string()));
    set("type", json!(said.kind));
    if !said.content.is_null() {
        set(&said.kind, said.content.clone());
    }
    if let Some(quoted) = &said.reply_to {
        let digits: String = business.display_phone_number.chars().filter(char::is_ascii_digit).collect();
        set("context", json!({"from": digits, "id": quoted}));
    }
    let value = json!({
        "messaging_product": "whatsapp", "metadata": metadata(business), "contacts": [contact(customer, hidden)],
        "messages": [message],
    });
    envelope(business, &value)
}

/// A status to report.
pub(crate) struct Report<'a> {
    pub(crate) message: &'a str,
    pub(crate) status: &'a str,
    pub(crate) opaque: Option<&'a str>,
    pub(crate) category: &'a str,
    pub(crate) by_user_id: bool,
    pub(crate) fault: Option<&'a Fault>,
    pub(crate) at: i64,
}

/// The body for one status.
pub(crate) fn status(business: &Business, customer: &Customer, report: &Report<'_>, hidden: bool) -> Bytes {
    let mut status =
        json!({"id": report.message, "status": report.status, "timestamp": report.at.to_string()});
    if report.by_user_id || hidden {
        status["recipient_user_id"] = json!(customer.user_id);
    } else {
        status["recipient_id"] = json!(customer.wa_id);
    }
    if let Some(opaque) = report.opaque {
        status["biz_opaque_callback_data"] = json!(opaque);
    }
    // With sent and delivered only, as Meta does; a failed message costs nothing.
    if matches!(report.status, "sent" | "delivered") {
        let service = report.category == "service";
        status["pricing"] = json!({
            "billable": !service, "pricing_model": "PMP", "category": report.category,
            "type": if service { "free_customer_service" } else { "regular" },
        });
    }
    if let Some(fault) = report.fault {
        status["errors"] = json!([fault.in_status()]);
    }
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(business)});
    if report.status != "failed" {
        value["contacts"] = json!([contact(customer, hidden)]);
    }
    value["statuses"] = json!([status]);
    envelope(business, &value)
}

fn metadata(business: &Business) -> Value {
    let digits: String = business.display_phone_number.chars().filter(char::is_ascii_digit).collect();
    json!({"display_phone_number": digits, "phone_number_id": business.phone_number_id})
}

fn contact(customer: &Customer, hidden: bool) -> Value {
    let mut contact = json!({"profile": {"name": customer.name}});
    if !hidden {
        contact["wa_id"] = json!(customer.wa_id);
    }
    contact["user_id"] = json!(customer.user_id);
    contact
}

fn envelope(business: &Business, value: &Value) -> Bytes {
    let whole = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": business.waba_id, "changes": [{"value": value, "field": "messages"}]}],
    });
    Bytes::from(escaped(&whole.to_string()))
}

/// Meta writes `\/` and `\uXXXX`; a server that re-serialises the body before checking its signature fails here.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 8);
    for c in json.chars() {
        match c {
            // Outside strings JSON has neither slashes nor letters beyond ASCII.
            '/' => text.push_str("\\/"),
            c if c.is_ascii() => text.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    text.push_str("\\u");
                    text.push_str(&crate::hex::hex(&unit.to_be_bytes()));
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_changes_the_bytes_and_not_the_value() {
        let value = json!({"a": "https://x/ü \\ \" 👍🏽 हिन्दी"});
        let text = escaped(&value.to_string());
        assert!(text.is_ascii() && text.contains("\\/") && text.contains("\\u00fc"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
