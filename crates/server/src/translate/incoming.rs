//! A message of Meta's as flows see it.

use rapport_flow::Value;
use rapport_flow::turn::Message;
use rapport_store::Address;
use rapport_whatsapp::webhook::{Content, InboundMessage, Media, Sender};
use serde_json::json;

/// How the platform names whoever wrote.
pub fn address(sender: &Sender) -> Address {
    Address {
        wa_id: sender.wa_id.as_ref().map(|id| id.as_str().to_owned()),
        bsuid: sender.scoped.as_ref().map(|id| id.as_str().to_owned()),
    }
}

/// `sent_at`: Meta's time, or ours where it gave none.
pub fn message(inbound: &InboundMessage, sent_at: i64, accepted_at: i64) -> Message {
    Message {
        id: inbound.id.as_str().to_owned(),
        sent_at,
        accepted_at,
        kind: kind(&inbound.content).to_owned(),
        text: inbound.text_for_flow().map(str::to_owned),
        reply_id: inbound.reply_id().map(str::to_owned),
        context_id: inbound.context_id().map(|id| id.as_str().to_owned()),
        content: content(&inbound.content),
        referral: inbound
            .referral()
            .and_then(|referral| serde_json::to_value(referral).ok())
            .unwrap_or(Value::Null),
        first: false,
    }
}

/// Taps on reply buttons and on rows are both `interactive`, as Meta calls them.
fn kind(content: &Content) -> &str {
    match content {
        Content::ButtonReply(_) | Content::ListReply(_) | Content::FormReply(_) => "interactive",
        other => other.kind(),
    }
}

fn content(content: &Content) -> Value {
    match content {
        Content::Image(media)
        | Content::Video(media)
        | Content::Audio(media)
        | Content::Document(media)
        | Content::Sticker(media) => file(media),
        Content::Location(place) => json!({
            "latitude": place.latitude, "longitude": place.longitude, "name": place.name, "address": place.address,
        }),
        Content::Contacts(cards) => serde_json::to_value(cards).unwrap_or(Value::Null),
        Content::FormReply(form) => form.answers().unwrap_or(Value::Null),
        Content::Order(order) => serde_json::to_value(order).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn file(media: &Media) -> Value {
    json!({
        "id": media.id.as_str(), "mime_type": media.mime_type, "filename": media.filename, "sha256": media.sha256,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Message {
        message(&InboundMessage::from_json(raw).unwrap(), 1_000, 2_000)
    }

    #[test]
    fn a_tap_carries_its_id_and_its_words() {
        let tapped = read(
            r#"{"id":"wamid.A","from":"919820000001","timestamp":"1","type":"interactive","context":{"id":"wamid.Q"},
                "interactive":{"type":"button_reply","button_reply":{"id":"7-1:SUPPORT","title":"Support"}}}"#,
        );
        assert_eq!(tapped.kind, "interactive");
        assert_eq!(
            (tapped.text.as_deref(), tapped.reply_id.as_deref()),
            (Some("Support"), Some("7-1:SUPPORT"))
        );
        assert_eq!(tapped.context_id.as_deref(), Some("wamid.Q"));
    }

    #[test]
    fn a_location_keeps_zero() {
        let place = read(
            r#"{"id":"wamid.B","from":"1","timestamp":"1","type":"location","location":{"latitude":0.0,"longitude":7.5}}"#,
        );
        assert_eq!(place.content["latitude"].as_f64(), Some(0.0));
        assert_eq!(place.content["longitude"].as_f64(), Some(7.5));
        assert_eq!(place.text, None);
    }

    #[test]
    fn the_answers_of_a_form_are_values() {
        let form = read(
            r#"{"id":"wamid.C","from":"1","timestamp":"1","type":"interactive","interactive":{"type":"nfm_reply",
                "nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"size\":\"42\",\"flow_token\":\"t\"}"}}}"#,
        );
        assert_eq!(form.content["size"], "42");
    }
}
