//! Statuses, wishes, news of the account, echoes.

use rapport_whatsapp::webhook::{AccountEvent, Item, ItemKind, Wish, parse};
use serde_json::json;

use super::{AT, NUMBER, WABA, body};

#[test]
fn a_status_is_read_in_full() {
    let status = json!({
        "id": "wamid.S", "status": "failed", "timestamp": AT, "recipient_id": "919820000001",
        "biz_opaque_callback_data": "outbox-7",
        "conversation": {"id": "c", "expiration_timestamp": 1_739_407_424, "origin": {"type": "service"}},
        "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
        "errors": [{"code": 131_049, "title": "t", "error_data": {"details": "healthy ecosystem"}}]
    });
    let items =
        parse(&body("messages", &json!({"metadata": {"phone_number_id": NUMBER}, "statuses": [status]})));
    let [Item { kind: ItemKind::Status(status), dedupe_key, .. }] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(dedupe_key, "status:wamid.S:failed");
    assert_eq!(
        (status.state.as_str(), status.biz_opaque_callback_data.as_deref()),
        ("failed", Some("outbox-7"))
    );
    assert_eq!(status.recipient.person.wa_id.as_ref().unwrap().as_str(), "919820000001");
    assert_eq!(status.conversation.as_ref().unwrap().expires_ms, Some(1_739_407_424_000));
    let pricing = status.pricing.as_ref().unwrap();
    assert_eq!(
        (pricing.billable, pricing.model.as_deref(), pricing.kind.as_deref()),
        (Some(true), Some("PMP"), Some("regular"))
    );
    assert_eq!((status.errors[0].code, status.errors[0].sentence()), (131_049, "healthy ecosystem"));
}

#[test]
fn statuses_of_payments_and_unknown_states_do_no_harm() {
    let statuses = json!([
        {"id": "wamid.1", "status": "captured", "type": "payment", "timestamp": AT},
        {"id": "wamid.2", "status": "in_orbit", "timestamp": AT}
    ]);
    let items = parse(&body("messages", &json!({"statuses": statuses})));
    assert!(matches!(&items[0].kind, ItemKind::Unknown { field } if field == "statuses"));
    let ItemKind::Status(status) = &items[1].kind else { panic!() };
    assert_eq!((status.state.as_str(), status.state.rank()), ("in_orbit", None));
}

#[test]
fn preferences_are_the_opt_out_list() {
    let value = json!({
        "metadata": {"phone_number_id": NUMBER}, "contacts": [{"wa_id": "1650", "user_id": "US.1"}],
        "user_preferences": [
            {"wa_id": "1650", "category": "marketing_messages", "value": "stop", "timestamp": 1_731_705_721},
            {"wa_id": "1650", "value": "resume", "timestamp": "1731705722"},
            {"wa_id": "1650", "value": "signup", "timestamp": "1731705723"},
            {"wa_id": "1650", "value": "perhaps", "timestamp": "1731705724"}
        ]
    });
    let items = parse(&body("user_preferences", &value));
    let wishes: Vec<_> = items
        .iter()
        .map(|item| match &item.kind {
            ItemKind::Preference(preference) => preference.wish.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(wishes, [Wish::Stop, Wish::Allow, Wish::Allow, Wish::Other("perhaps".to_owned())]);
    let ItemKind::Preference(first) = &items[0].kind else { panic!() };
    assert_eq!(first.person.scoped.as_ref().unwrap().as_str(), "US.1");
}

#[test]
fn account_news_is_routed_by_account_and_timed_by_its_entry() {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "time": 1_748_454_394, "changes": [
        {"field": "phone_number_quality_update", "value": {"display_phone_number": "15550783881", "event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}},
        {"field": "something_new", "value": {"x": 1}},
        {"field": "flows", "value": {"event": "FLOW_STATUS_CHANGE", "flow_id": "6", "new_status": "PUBLISHED"}},
        {"field": "business_capability_update", "value": {"max_daily_conversations_per_business": 2000}}
    ]}]}).to_string();
    let items = parse(body.as_bytes());
    assert!(items.iter().all(|item| item.at_ms == Some(1_748_454_394_000) && item.route.number.is_none()));
    assert!(items.iter().all(|item| item.route.waba.as_ref().unwrap().as_str() == WABA));
    let account = |n: usize| match &items[n].kind {
        ItemKind::Account(event) => event.as_ref(),
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(account(0), AccountEvent::NumberQuality(quality) if quality.event.as_deref() == Some("THROUGHPUT_UPGRADE"))
    );
    assert!(matches!(&items[1].kind, ItemKind::Unknown { field } if field == "something_new"));
    assert_eq!(items[1].raw.get(), r#"{"x":1}"#);
    assert!(
        matches!(account(2), AccountEvent::Flow(flow) if flow.new_status.as_deref() == Some("PUBLISHED"))
    );
    assert!(
        matches!(account(3), AccountEvent::Capability { max_daily_conversations: Some(limit), .. } if limit == "2000")
    );
}

#[test]
fn an_echo_is_outgoing() {
    let value = json!({"metadata": {"phone_number_id": NUMBER}, "contacts": [{"wa_id": "1650", "profile": {"name": "Kim"}}],
        "message_echoes": [{"from": "15550783881", "to": "1650", "id": "wamid.E", "timestamp": AT, "type": "text", "text": {"body": "typed by hand"}}]});
    let items = parse(&body("smb_message_echoes", &value));
    let ItemKind::Echo(echo) = &items[0].kind else { panic!() };
    assert_eq!((echo.to.name.as_deref(), echo.message.sender.name.as_deref()), (Some("Kim"), None));
    assert_eq!(echo.message.text_for_flow(), Some("typed by hand"));
}

#[test]
fn a_status_learns_the_other_id_from_contacts_without_changing_its_key() {
    let status = json!([{"id": "wamid.S", "status": "sent", "timestamp": AT, "recipient_user_id": "US.1"}]);
    let contacts = json!([{"wa_id": "1650", "user_id": "US.1", "profile": {"name": "Kim"}}]);
    let with = parse(&body("messages", &json!({"contacts": contacts, "statuses": status})));
    let without = parse(&body("messages", &json!({"statuses": status})));
    assert_eq!(with[0].dedupe_key, without[0].dedupe_key);
    let ItemKind::Status(status) = &with[0].kind else { panic!() };
    assert_eq!(status.recipient.person.wa_id.as_ref().unwrap().as_str(), "1650");
}
