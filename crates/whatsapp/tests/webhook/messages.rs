//! Messages: what each kind says and what it means for the conversation.

use rapport_whatsapp::webhook::{Content, InboundMessage, Item, ItemKind, SystemKind, parse};
use serde_json::{Value, json};

use super::{AT, NUMBER, WABA, body, messages_value};

/// The one item of a POST with this message, to which the usual members are added.
fn item(mut message: Value) -> Item {
    for (key, value) in [("from", "919820000001"), ("id", "wamid.A"), ("timestamp", AT)] {
        message.as_object_mut().unwrap().entry(key).or_insert(json!(value));
    }
    let mut items = parse(&body("messages", &messages_value(&json!([message]))));
    assert_eq!(items.len(), 1);
    items.remove(0)
}

fn message(value: Value) -> InboundMessage {
    match item(value).kind {
        ItemKind::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// Kind, words for the flow, reply id, whether it opens the window, whether it reaches a flow.
fn meaning(value: Value) -> (String, Option<String>, Option<String>, bool, bool) {
    let message = message(value);
    let own = |text: Option<&str>| text.map(str::to_owned);
    let (words, reply) = (own(message.text_for_flow()), own(message.reply_id()));
    (message.kind().to_owned(), words, reply, message.opens_window(), message.reaches_flow())
}

fn says(
    kind: &str,
    words: Option<&str>,
    reply: Option<&str>,
) -> (String, Option<String>, Option<String>, bool, bool) {
    (kind.to_owned(), words.map(str::to_owned), reply.map(str::to_owned), true, true)
}

fn silent(kind: &str) -> (String, Option<String>, Option<String>, bool, bool) {
    (kind.to_owned(), None, None, false, false)
}

#[test]
fn a_text_is_read_in_full() {
    let raw = json!({"type": "text", "text": {"body": "gr\u{fc}\u{df}e / 👋"}, "context": {"from": NUMBER, "id": "wamid.Q"}});
    let item = item(raw);
    assert_eq!(item.route.number.as_ref().unwrap().as_str(), NUMBER);
    assert_eq!(item.route.waba.as_ref().unwrap().as_str(), WABA);
    assert_eq!(item.dedupe_key, "message:106540352242922:wamid.A");
    assert_eq!(item.at_ms, Some(1_739_321_024_000));
    let ItemKind::Message(message) = &item.kind else { panic!() };
    assert_eq!(message.text_for_flow(), Some("grüße / 👋"));
    assert_eq!(message.context_id().unwrap().as_str(), "wamid.Q");
    assert_eq!(message.sender.name.as_deref(), Some("Priya Sharma"));
    assert_eq!(message.sender.wa_id.as_ref().unwrap().as_str(), "919820000001");
    // The stored JSON reads as the same message; only the profile stands elsewhere.
    let mut again = InboundMessage::from_json(item.raw.get()).unwrap();
    again.sender.name = Some("Priya Sharma".to_owned());
    assert_eq!(&again, message.as_ref());
}

#[test]
fn meaning_of_every_kind() {
    let media = |kind: &str| json!({"type": kind, kind: {"id": "24230790383178626", "mime_type": "x/y", "sha256": "aGk=", "caption": "See this"}});
    for kind in ["image", "video", "document"] {
        assert_eq!(meaning(media(kind)), says(kind, Some("See this"), None));
    }
    assert_eq!(
        meaning(json!({"type": "audio", "audio": {"id": "1", "voice": true}})),
        says("audio", None, None)
    );
    assert_eq!(
        meaning(json!({"type": "sticker", "sticker": {"id": "1", "animated": true}})),
        says("sticker", None, None)
    );
    assert_eq!(
        meaning(json!({"type": "location", "location": {"latitude": 0.0, "longitude": -0.5}})),
        says("location", None, None)
    );
    assert_eq!(meaning(json!({"type": "contacts", "contacts": [{}]})), says("contacts", None, None));
    assert_eq!(
        meaning(
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "b1", "title": "Yes"}}})
        ),
        says("button_reply", Some("Yes"), Some("b1"))
    );
    assert_eq!(
        meaning(
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "r1", "title": "Orders", "description": "d"}}})
        ),
        says("list_reply", Some("Orders"), Some("r1"))
    );
    assert_eq!(
        meaning(json!({"type": "button", "button": {"payload": "STOP", "text": "Stop promotions"}})),
        says("button", Some("Stop promotions"), Some("STOP"))
    );
    assert_eq!(
        meaning(
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{}"}}})
        ),
        says("nfm_reply", None, None)
    );
    assert_eq!(
        meaning(
            json!({"type": "order", "order": {"catalog_id": "1", "text": "Quickly please", "product_items": []}})
        ),
        says("order", Some("Quickly please"), None)
    );

    assert_eq!(
        meaning(json!({"type": "reaction", "reaction": {"message_id": "wamid.T", "emoji": "👍"}})),
        silent("reaction")
    );
    assert_eq!(
        meaning(
            json!({"type": "edit", "edit": {"original_message_id": "wamid.O", "message": {"type": "text", "text": {"body": "x"}}}})
        ),
        silent("edit")
    );
    assert_eq!(
        meaning(json!({"type": "revoke", "revoke": {"original_message_id": "wamid.O"}})),
        silent("revoke")
    );
    assert_eq!(
        meaning(json!({"type": "system", "system": {"type": "user_changed_number"}})),
        silent("system")
    );
    assert_eq!(meaning(json!({"type": "hologram", "hologram": {}})), silent("hologram"));
    assert_eq!(meaning(json!({"type": "request_welcome"})), silent("request_welcome"));

    // A person did write; a flow can make nothing of it.
    let unsupported = meaning(
        json!({"type": "unsupported", "unsupported": {"type": "poll"}, "errors": [{"code": 131_051, "title": "t"}]}),
    );
    assert_eq!(unsupported, ("unsupported".to_owned(), None, None, true, false));
    let permission = json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}});
    assert_eq!(meaning(permission), ("call_permission_reply".to_owned(), None, None, true, false));
}

#[test]
fn what_is_said_in_a_group_is_nobodys_answer_to_us() {
    let (_, words, _, window, flow) =
        meaning(json!({"type": "text", "text": {"body": "hi all"}, "group_id": "G"}));
    assert_eq!((words.as_deref(), window, flow), (Some("hi all"), false, false));
}

#[test]
fn details_of_media_places_cards_and_orders() {
    let Content::Audio(audio) = message(
        json!({"type": "audio", "audio": {"id": 42, "voice": true, "mime_type": "audio/ogg; codecs=opus"}}),
    )
    .content
    else {
        panic!()
    };
    assert_eq!((audio.id.as_str(), audio.voice, audio.caption), ("42", true, None));
    let Content::Document(file) =
        message(json!({"type": "document", "document": {"id": "1", "filename": "../../a.pdf"}})).content
    else {
        panic!()
    };
    assert_eq!(file.filename.as_deref(), Some("../../a.pdf"), "kept as it came, never used as a path here");
    let Content::Location(place) = message(
        json!({"type": "location", "location": {"latitude": "0.0", "longitude": 12.5, "name": "Quay"}}),
    )
    .content
    else {
        panic!()
    };
    assert_eq!((place.latitude, place.longitude, place.name.as_deref()), (0.0, 12.5, Some("Quay")));
    let Content::Contacts(cards) = message(json!({"type": "contacts", "contacts": [
        {"name": {"formatted_name": "Ann Lee"}, "phones": [{"phone": "+1 650", "wa_id": "1650", "type": "CELL"}], "addresses": [{"zip": 94025}], "org": {"title": "Lead"}},
        {"emails": [{"email": "priya@example.com"}], "urls": "none"}
    ]})).content else { panic!() };
    assert_eq!(cards[0].phones[0].wa_id.as_deref(), Some("1650"));
    assert_eq!(
        (cards[0].phones[0].kind.as_deref(), cards[0].addresses[0].zip.as_deref()),
        (Some("CELL"), Some("94025"))
    );
    assert_eq!((cards[1].name.formatted_name.as_deref(), cards[1].urls.len()), (None, 0));
    let Content::Order(order) = message(json!({"type": "order", "order": {"catalog_id": "7", "text": "", "product_items": [{"product_retailer_id": "sku", "quantity": 2, "item_price": 30.50, "currency": "USD"}]}})).content else { panic!() };
    assert_eq!((order.text, order.items[0].item_price.as_deref()), (None, Some("30.5")));
}

#[test]
fn a_reaction_is_taken_back_by_an_empty_or_a_missing_emoji() {
    for removed in [json!({"message_id": "wamid.T", "emoji": ""}), json!({"message_id": "wamid.T"})] {
        let Content::Reaction(reaction) = message(json!({"type": "reaction", "reaction": removed})).content
        else {
            panic!()
        };
        assert_eq!((reaction.to.as_str(), reaction.emoji), ("wamid.T", None));
    }
}

#[test]
fn a_form_reply_is_json_in_a_string_whatever_it_holds() {
    let reply = |json: &str| {
        let value = json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": json}}});
        let Content::FormReply(reply) = message(value).content else { panic!() };
        reply
    };
    let object = reply(r#"{"flow_token":"t-1","age":"32"}"#);
    assert_eq!(
        (object.flow_token.as_deref(), object.answers().unwrap()["age"].as_str()),
        (Some("t-1"), Some("32"))
    );
    assert_eq!(reply(r#"["a"]"#).answers(), Some(json!(["a"])));
    assert_eq!((reply("not json").answers(), reply("not json").response_json.as_str()), (None, "not json"));
}

#[test]
fn a_changed_identifier_is_found_in_every_spelling() {
    let notice = |from: &str, system: Value| {
        let Content::System(notice) =
            message(json!({"from": from, "type": "system", "system": system})).content
        else {
            panic!()
        };
        let text = |id: Option<&rapport_whatsapp::WaId>| id.map(ToString::to_string);
        (notice.kind.clone(), text(notice.old_wa_id.as_ref()), text(notice.new_wa_id.as_ref()), notice)
    };
    let (old, new) = (Some("111".to_owned()), Some("222".to_owned()));
    for system in [
        json!({"type": "user_changed_number", "wa_id": "222"}),
        json!({"type": "customer_changed_number", "new_wa_id": "222"}),
        json!({"type": "user_changed_number", "wa_id": "222", "customer": "111"}),
    ] {
        let (kind, from, to, _) = notice("111", system);
        assert_eq!((kind, from, to), (SystemKind::NumberChanged, old.clone(), new.clone()));
    }
    let (kind, _, _, change) =
        notice("", json!({"type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "US.1"}));
    assert_eq!(kind, SystemKind::ScopedIdChanged);
    assert_eq!((change.old_scoped.unwrap().as_str(), change.new_scoped.unwrap().as_str()), ("US.1", "US.2"));
    assert_eq!(notice("111", json!({"type": "customer_identity_changed"})).0, SystemKind::IdentityChanged);
}

#[test]
fn an_edit_carries_the_new_content_and_does_not_nest() {
    let edit = |inner: Value| {
        let Content::Edit(edit) =
            message(json!({"type": "edit", "edit": {"original_message_id": "wamid.O", "message": inner}}))
                .content
        else {
            panic!()
        };
        edit
    };
    let new = edit(json!({"type": "image", "image": {"id": "1", "caption": "better"}}));
    assert_eq!(
        (new.original.as_str(), new.content.media().unwrap().caption.as_deref()),
        ("wamid.O", Some("better"))
    );
    let nested = edit(json!({"type": "edit", "edit": {"original_message_id": "wamid.O", "message": {}}}));
    assert!(matches!(*nested.content, Content::Unknown { reason: Some(_), .. }));
}

#[test]
fn an_ad_is_named_on_any_kind_of_message() {
    let referral = json!({"source_type": "ad", "source_id": "1202", "headline": "Chat", "ctwa_clid": "Aff", "welcome_message": {"text": "Hi"}});
    let message = message(json!({"type": "image", "image": {"id": "1"}, "referral": referral}));
    let referral = message.referral().unwrap();
    assert_eq!((referral.ctwa_clid.as_deref(), referral.welcome_text.as_deref()), (Some("Aff"), Some("Hi")));
}

#[test]
fn forwarded_and_product_enquiries_have_a_context_without_an_answer() {
    let forwarded =
        message(json!({"type": "text", "text": {"body": "x"}, "context": {"frequently_forwarded": true}}));
    assert!(forwarded.context_id().is_none() && forwarded.context.unwrap().frequently_forwarded);
    let product = json!({"from": "1", "id": "wamid.P", "referred_product": {"catalog_id": "7", "product_retailer_id": "sku"}});
    let enquiry = message(json!({"type": "text", "text": {"body": "x"}, "context": product}));
    assert_eq!(
        enquiry.context.unwrap().referred_product,
        Some((Some("7".to_owned()), Some("sku".to_owned())))
    );
}

#[test]
fn a_message_that_cannot_be_read_is_still_a_message() {
    for broken in [
        json!({"type": "interactive"}),
        json!({"type": "text"}),
        json!({"type": "text", "text": "hello"}),
        json!({"type": "image", "image": {"caption": "no id"}}),
        json!({"type": "location", "location": {"latitude": 91, "longitude": 0}}),
        json!({"type": "reaction", "reaction": {}}),
    ] {
        let message = message(broken.clone());
        assert!(matches!(message.content, Content::Unknown { reason: Some(_), .. }), "{broken}");
        assert_eq!(message.kind(), broken["type"].as_str().unwrap());
        assert!(!message.reaches_flow());
    }
}

#[test]
fn a_missing_type_is_told_from_the_body() {
    assert_eq!(message(json!({"location": {"latitude": 1, "longitude": 2}})).kind(), "location");
    assert_eq!(message(json!({})).kind(), "untyped");
}
