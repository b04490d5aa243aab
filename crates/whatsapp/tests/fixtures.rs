//! The payload collection that lies beside the repository (not part of it): every webhook is read, nothing is lost,
//! and each is what its index says. Skipped where the collection is absent.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper of tests may fail, and says what it skipped"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use rapport_whatsapp::error::GraphError;
use rapport_whatsapp::webhook::{AccountEvent, Content, InboundMessage, Item, ItemKind, parse};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder =
        std::env::var_os("RAPPORT_SHARED").map_or_else(beside, PathBuf::from).join("fixtures/whatsapp");
    if folder.join("INDEX.md").is_file() {
        return Some(folder);
    }
    println!("skipped: no fixtures in {}", folder.display());
    None
}

/// Name and type of each file, from the index.
fn index(folder: &std::path::Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder.join("INDEX.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (name, kind) = (cells.next()?, cells.next()?);
        name.contains(".json").then(|| (name.to_owned(), kind.to_owned()))
    });
    rows.collect()
}

fn is_webhook(name: &str) -> bool {
    !["send_", "response_", "template_create_", "flow_json_"].iter().any(|start| name.starts_with(start))
}

/// How many items a body must give, counted without our parser.
fn expected_items(body: &Value) -> usize {
    let count = |value: &Value, list: &str| value[list].as_array().map_or(0, Vec::len);
    let mut items = 0;
    for entry in body["entry"].as_array().unwrap() {
        for change in entry["changes"].as_array().unwrap() {
            let value = &change["value"];
            let listed = match change["field"].as_str().unwrap() {
                "messages" => {
                    count(value, "messages")
                        + count(value, "statuses")
                        + usize::from(count(value, "errors") > 0)
                }
                "user_preferences" => count(value, "user_preferences"),
                "smb_message_echoes" => count(value, "message_echoes"),
                _ => 0,
            };
            items += listed.max(1);
        }
    }
    items
}

#[test]
fn every_webhook_is_read_and_is_what_its_index_says() {
    let Some(folder) = folder() else { return };
    let index = index(&folder);
    assert!(index.len() > 200, "the index lists {} files", index.len());
    let mut webhooks = 0;
    for (name, kind) in index.iter().filter(|(name, _)| is_webhook(name)) {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let items = parse(&bytes);
        webhooks += 1;
        assert_eq!(items.len(), expected_items(&body), "{name}");
        for item in &items {
            assert!(!matches!(item.kind, ItemKind::Malformed { .. }), "{name}: {:?}", item.kind);
            let raw: Value = serde_json::from_str(item.raw.get()).unwrap();
            assert!(contains(&body, &raw), "{name}: the raw item is a part of the body");
        }
        check_kind(name, kind, &items);
    }
    assert!(webhooks > 100, "{webhooks} webhooks read");
}

fn contains(whole: &Value, part: &Value) -> bool {
    whole == part
        || match whole {
            Value::Array(items) => items.iter().any(|item| contains(item, part)),
            Value::Object(members) => members.values().any(|member| contains(member, part)),
            _ => false,
        }
}

fn check_kind(name: &str, kind: &str, items: &[Item]) {
    let message = || match &items[0].kind {
        ItemKind::Message(message) => message.as_ref(),
        other => panic!("{name}: {other:?}"),
    };
    let account = || match &items[0].kind {
        ItemKind::Account(event) => event.as_ref(),
        other => panic!("{name}: {other:?}"),
    };
    if let Some(state) = kind.strip_prefix("statuses/") {
        let [Item { kind: ItemKind::Status(status), at_ms: Some(_), .. }] = items else { panic!("{name}") };
        assert_eq!(status.state.as_str(), state, "{name}");
        return;
    }
    if let Some(kind) = kind.strip_prefix("messages/") {
        check_message(name, kind, message());
        assert!(items[0].route.number.is_some(), "{name}");
        assert_eq!(items[0].at_ms.is_none(), name.starts_with("bad_timestamp"), "{name}");
        return;
    }
    match kind {
        "messages field, value.errors" => {
            assert!(matches!(&items[0].kind, ItemKind::Errors(faults) if faults[0].code == 0));
        }
        "messages + value.errors" => {
            assert!(matches!(&message().content, Content::Unknown { reason: Some(_), .. }), "{name}");
            assert!(
                matches!(&items[1].kind, ItemKind::Errors(faults) if faults[0].code == 131_000),
                "{name}"
            );
        }
        "messages batch" | "mixed fields batch" => assert!(items.len() > 1, "{name}"),
        "user_preferences" => assert!(matches!(items[0].kind, ItemKind::Preference(_)), "{name}"),
        "smb_message_echoes" => assert!(matches!(&items[0].kind, ItemKind::Echo(_)), "{name}"),
        "message_template_status_update" => {
            let AccountEvent::TemplateStatus(status) = account() else { panic!("{name}") };
            assert_eq!(status.usable(), !name.contains("rejected"), "{name}");
            assert!(status.template.name.is_some() && status.template.language.is_some());
        }
        "message_template_quality_update" => {
            assert!(matches!(account(), AccountEvent::TemplateQuality { new: Some(_), .. }), "{name}");
        }
        "message_template_components_update" => assert!(
            matches!(account(), AccountEvent::TemplateComponents { template } if template.name.is_some()),
            "{name}"
        ),
        "template_category_update" => {
            let AccountEvent::TemplateCategory(category) = account() else { panic!("{name}") };
            assert_eq!(category.changes_ms.is_some(), name.contains("pending"), "{name}");
        }
        "phone_number_quality_update" => {
            assert!(matches!(account(), AccountEvent::NumberQuality(q) if q.event.is_some()), "{name}");
        }
        "phone_number_name_update" => {
            assert!(matches!(account(), AccountEvent::NumberName { decision: Some(_), .. }), "{name}");
        }
        "business_capability_update" => assert!(
            matches!(
                account(),
                AccountEvent::Capability { max_daily_conversations: Some(_), max_phone_numbers: Some(_) }
            ),
            "{name}"
        ),
        "account_update" => assert!(matches!(account(), AccountEvent::Account(_)), "{name}"),
        "account_alerts" => assert!(
            matches!(account(), AccountEvent::Alert { severity: Some(_), kind: Some(_), .. }),
            "{name}"
        ),
        "account_review_update" => {
            assert!(matches!(account(), AccountEvent::Review { decision: Some(_) }), "{name}");
        }
        "account_settings_update" => {
            assert!(matches!(account(), AccountEvent::Settings { kind: Some(_) }), "{name}");
        }
        "security" => assert!(matches!(account(), AccountEvent::Security { event: Some(_), .. }), "{name}"),
        "flows" => assert!(
            matches!(account(), AccountEvent::Flow(flow) if flow.event.is_some() && flow.flow_id.is_some()),
            "{name}"
        ),
        _ => {
            assert!(
                matches!(items[0].kind, ItemKind::Unknown { .. }),
                "{name} ({kind}): {:?}",
                items[0].kind
            );
        }
    }
}

fn check_message(name: &str, kind: &str, message: &InboundMessage) {
    // The index writes "interactive list_reply"; the old name of unsupported was unknown.
    let kind = kind.strip_prefix("interactive ").unwrap_or(kind);
    let kind = match kind {
        "unknown" => "unsupported",
        // The index calls it a text; what it holds is a template's button, with every context there is.
        "text" if name == "text.netflie.json" => "button",
        _ => kind,
    };
    assert_eq!(message.kind(), kind, "{name}");
    let words = message.text_for_flow();
    match kind {
        "text" => assert!(words.is_some_and(|words| !words.is_empty()), "{name}"),
        "button_reply" | "list_reply" | "button" => {
            assert!(words.is_some() && message.reply_id().is_some(), "{name}");
        }
        "nfm_reply" => {
            let Content::FormReply(reply) = &message.content else { panic!("{name}") };
            assert!(reply.answers().is_some(), "{name}");
        }
        "system" => {
            let Content::System(notice) = &message.content else { panic!("{name}") };
            // One fixture has words where the digits belong.
            let placeholders = name.contains("netflie");
            assert_eq!(
                notice.new_wa_id.is_some(),
                name.contains("number_changed") && !placeholders,
                "{name}"
            );
        }
        "unsupported" => assert_eq!(message.errors[0].code, 131_051, "{name}"),
        _ => {}
    }
    let quiet =
        ["reaction", "edit", "revoke", "system", "unsupported", "call_permission_reply"].contains(&kind);
    assert_eq!(message.reaches_flow(), !quiet && !name.starts_with("group_"), "{name}");
    assert_eq!(
        message.sender.address().is_none(),
        name.starts_with("no_sender"),
        "{name}: {:?}",
        message.sender
    );
    assert_eq!(
        message.referral().is_some(),
        name.contains("referral") || name == "text.netflie.json",
        "{name}"
    );
    if name.contains("bsuid_only") || name.contains("bsuid_in_from") || name.contains("username_only") {
        assert!(message.sender.wa_id.is_none() && message.sender.scoped.is_some(), "{name}");
    }
}

#[test]
fn every_answer_is_read() {
    let Some(folder) = folder() else { return };
    let mut errors = 0;
    for name in index(&folder).into_keys().filter(|name| name.starts_with("response_")) {
        let body = std::fs::read_to_string(folder.join(&name)).unwrap();
        let error = GraphError::read(400, &body);
        match name.strip_prefix("response_error_") {
            Some(rest) => {
                let code: i64 = rest.split('.').next().unwrap().parse().unwrap();
                assert_eq!(error.expect(&name).code, code, "{name}");
                errors += 1;
            }
            None => assert!(error.is_none(), "{name}"),
        }
    }
    assert!(errors > 4, "{errors} errors read");
}
