//! What holds for any input, not only for the cases we thought of.

use proptest::prelude::*;
use rapport_whatsapp::webhook::{Item, parse};
use serde_json::{Value, json};

/// JSON of any shape, with Meta's keys and values more likely than others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "image",
            "interactive",
            "button_reply",
            "system",
            "edit",
            "sent",
            "stop",
            "1739321024",
            "US.1",
            "messages",
            "whatsapp_business_account"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        let key = prop_oneof![
            3 => prop::sample::select(vec!["id", "from", "type", "timestamp", "text", "body", "image", "interactive", "button_reply", "contacts", "messages", "statuses", "errors", "metadata", "edit", "message", "original_message_id", "system", "wa_id", "user_id", "profile", "context", "referral", "status", "user_preferences", "value"]).prop_map(str::to_owned),
            1 => "\\PC{0,6}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6).prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn any_field() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "messages",
        "user_preferences",
        "smb_message_echoes",
        "account_update",
        "message_template_status_update",
        "flows",
        "new",
    ])
    .prop_map(str::to_owned)
}

fn any_message() -> impl Strategy<Value = Value> {
    (any::<u32>(), 1_700_000_000_u32..1_700_000_100, any_json(), prop::sample::select(vec!["text", "image", "reaction", "interactive", "x"])).prop_map(|(id, at, inner, kind)| {
        json!({"id": format!("wamid.{id}"), "from": "1650", "timestamp": at.to_string(), "type": kind, kind: inner})
    })
}

fn post(messages: &[Value]) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "2"}, "messages": messages
    }}]}]}).to_string().into_bytes()
}

fn keys(items: &[Item]) -> Vec<String> {
    let mut keys: Vec<_> =
        items.iter().map(|item| format!("{} {}", item.dedupe_key, item.raw.get())).collect();
    keys.sort();
    keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for item in parse(&bytes) {
            prop_assert!(serde_json::from_str::<Value>(item.raw.get()).is_ok());
        }
    }

    #[test]
    fn any_json_is_read(body in any_json()) {
        parse(body.to_string().as_bytes());
    }

    #[test]
    fn any_value_in_an_envelope_is_read_and_kept(field in any_field(), value in any_json()) {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]});
        let items = parse(body.to_string().as_bytes());
        prop_assert!(!items.is_empty(), "something came in, so something is kept");
        prop_assert!(items.iter().all(|item| !item.dedupe_key.is_empty() && item.dedupe_key.len() < 1500));
    }

    /// A cut or a flipped byte within a good body never panics, and never makes items out of nothing.
    #[test]
    fn a_damaged_body_is_read(messages in prop::collection::vec(any_message(), 1..4), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut body = post(&messages);
        let place = at.index(body.len());
        if cut { body.truncate(place) } else { body[place] = byte }
        parse(&body);
    }

    /// However Meta batches, the same items come out, each with the same key.
    #[test]
    fn splitting_a_batch_changes_no_item(messages in prop::collection::vec(any_message(), 0..12), at in any::<prop::sample::Index>()) {
        let cut = at.index(messages.len() + 1);
        let whole = parse(&post(&messages));
        let unlisted = |part: &[Value]| if part.is_empty() { Vec::new() } else { parse(&post(part)) };
        let (mut parts, rest) = (unlisted(&messages[..cut]), unlisted(&messages[cut..]));
        parts.extend(rest);
        if !messages.is_empty() {
            prop_assert_eq!(whole.len(), messages.len());
            prop_assert_eq!(keys(&whole), keys(&parts));
        }
    }

    #[test]
    fn items_are_sorted_by_time_and_equal_times_keep_their_place(messages in prop::collection::vec(any_message(), 2..40)) {
        let items = parse(&post(&messages));
        let mut expected = messages.clone();
        expected.sort_by_key(|message| message["timestamp"].as_str().unwrap().to_owned());
        let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        let seen: Vec<_> = items.iter().map(|item| item.raw.get().to_owned()).collect();
        prop_assert_eq!(seen, expected);
    }
}

#[test]
fn a_deep_body_does_not_exhaust_the_stack() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(parse(deep.as_bytes()).len(), 1);
    let nested = format!("{}1{}", "{\"edit\":".repeat(100_000), "}".repeat(100_000));
    assert_eq!(parse(nested.as_bytes()).len(), 1);
    let in_place = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messages":[{{"id":"a","type":"edit","edit":{nested}}}]}}}}]}}]}}"#
    );
    assert_eq!(parse(in_place.as_bytes()).len(), 1);
}
