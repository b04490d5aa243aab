//! The body as a whole: bad parts, order, repetitions.

use rapport_whatsapp::webhook::{ItemKind, parse};
use serde_json::{Value, json};

use super::{AT, NUMBER, WABA, body, messages_value};

#[test]
fn one_bad_item_never_stops_the_others() {
    let good =
        json!({"from": "1650", "id": "wamid.G", "timestamp": AT, "type": "text", "text": {"body": "hi"}});
    let value = messages_value(&json!([17, {"type": "text"}, good, null, "x", [], {"id": {}, "from": []}]));
    let body = json!({"object": "whatsapp_business_account", "entry": [
        "nonsense",
        {"id": WABA},
        {"id": WABA, "changes": [{"value": {}}, 5, {"field": "messages", "value": "text"}, {"field": "messages", "value": value}]}
    ]}).to_string();
    let items = parse(body.as_bytes());
    assert_eq!(items.iter().filter(|item| item.kind.name() == "message").count(), 1);
    assert_eq!(items.iter().filter(|item| item.kind.name() == "malformed").count(), 11);
    assert_eq!(items.len(), 12);
    let raws: Vec<_> = items.iter().map(|item| item.raw.get()).collect();
    assert!(
        raws.contains(&"17") && raws.contains(&"\"nonsense\"") && raws.contains(&r#"{"type":"text"}"#),
        "{raws:?}"
    );
}

#[test]
fn a_body_that_is_no_webhook_is_one_item() {
    for body in [
        "",
        "null",
        "[]",
        "hello",
        "{",
        r#"{"object":"page","entry":[]}"#,
        r#"{"object":"whatsapp_business_account"}"#,
        "\u{0}",
    ] {
        let items = parse(body.as_bytes());
        assert_eq!(items.len(), 1, "{body:?}");
        assert!(matches!(items[0].kind, ItemKind::Malformed { .. }));
        assert!(serde_json::from_str::<Value>(items[0].raw.get()).is_ok());
    }
    assert_eq!(parse(b"\xff\xfe").len(), 1);
    assert!(parse(br#"{"object":"whatsapp_business_account","entry":[]}"#).is_empty());
}

#[test]
fn bytes_that_are_no_utf8_spoil_only_their_own_text() {
    let mut bytes = body(
        "messages",
        &messages_value(
            &json!([{"from": "1650", "id": "wamid.A", "timestamp": AT, "type": "text", "text": {"body": "caf?"}}]),
        ),
    );
    let place = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[place] = 0xe9;
    let items = parse(&bytes);
    let ItemKind::Message(message) = &items[0].kind else { panic!() };
    assert_eq!(message.text_for_flow(), Some("caf\u{fffd}"));
}

#[test]
fn items_come_in_the_order_of_metas_time_then_of_position() {
    let text = |id: &str, at: Value| json!({"from": "1650", "id": id, "timestamp": at, "type": "text", "text": {"body": "x"}});
    let messages = json!([
        text("late", json!("1739321030")),
        text("undated", json!("soon")),
        text("first", json!(1_739_321_020)),
        text("second", json!("1739321020")),
        text("ms", json!(1_739_321_025_000_i64))
    ]);
    let ids: Vec<_> = parse(&body("messages", &messages_value(&messages)))
        .iter()
        .map(|item| match &item.kind {
            ItemKind::Message(message) => message.id.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        ids,
        ["first", "second", "ms", "late", "undated"],
        "what has no time stays behind what it followed"
    );
}

#[test]
fn a_repetition_has_the_same_key_and_other_news_another() {
    let errors = |id: &str| {
        body(
            "messages",
            &json!({"metadata": {"phone_number_id": NUMBER}, "messages": [{"id": id, "type": "interactive"}], "errors": [{"code": 131_000, "title": "t"}]}),
        )
    };
    let keys = |body: &[u8]| -> Vec<String> { parse(body).into_iter().map(|item| item.dedupe_key).collect() };
    assert_eq!(keys(&errors("wamid.1")), keys(&errors("wamid.1")));
    let (one, two) = (keys(&errors("wamid.1")), keys(&errors("wamid.2")));
    assert_eq!(one.len(), 2);
    assert!(one.iter().all(|key| !two.contains(key)));
}
