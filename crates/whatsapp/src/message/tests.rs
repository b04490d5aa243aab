use serde_json::{Value, json};

use super::*;
use crate::card::CardName;
use crate::ids::{BusinessScopedId, PhoneNumber, WaId};

fn to() -> Address {
    WaId::new("16505551234").unwrap().into()
}

fn wire(message: &Message) -> Value {
    serde_json::from_slice(&message.to_wire()).unwrap()
}

fn problems(content: Content) -> Vec<String> {
    Message::new(to(), content).validate().iter().map(ToString::to_string).collect()
}

fn button(id: &str, title: &str) -> ReplyButton {
    ReplyButton { id: id.to_owned(), title: title.to_owned() }
}

fn buttons(buttons: Vec<ReplyButton>) -> Content {
    Content::Buttons(Buttons { body: Body::text("Which one?"), buttons })
}

fn row(id: &str) -> Row {
    Row { id: id.to_owned(), title: format!("Row {id}"), description: None }
}

fn list(sections: Vec<Section>) -> Content {
    Content::List(List { body: Body::text("Pick"), button: "Menu".to_owned(), sections })
}

fn template(body: Vec<BodyParameter>) -> Template {
    Template {
        name: "order_shipped".to_owned(),
        language: "en_US".to_owned(),
        header: None,
        body,
        buttons: vec![],
    }
}

/// One valid message of every kind.
fn one_of_each() -> Vec<Content> {
    let link = || MediaSource::Link("https://files.example.com/a".to_owned());
    let media = || Media { source: link(), caption: Some("See".to_owned()) };
    let name = CardName {
        formatted_name: Some("Ann Lee".into()),
        first_name: Some("Ann".into()),
        ..CardName::default()
    };
    vec![
        Content::Text { body: "hi".to_owned(), preview_url: false },
        Content::Image(media()),
        Content::Video(media()),
        Content::Audio { source: MediaSource::Id(MediaId::new("42").unwrap()), voice: true },
        Content::Document { source: link(), caption: None, filename: Some("a.pdf".to_owned()) },
        Content::Sticker(link()),
        Content::Location(Place { latitude: 0.0, longitude: -0.1, name: None, address: None }),
        Content::Contacts(vec![ContactCard { name, ..ContactCard::default() }]),
        Content::Reaction(Reaction { message_id: Wamid::new("wamid.T").unwrap(), emoji: String::new() }),
        buttons(vec![button("y", "Yes"), button("n", "No")]),
        list(vec![Section { title: None, rows: vec![row("1")] }]),
        Content::CtaUrl(CtaUrl {
            body: Body::text("See"),
            label: "Open".into(),
            url: "https://example.com/x".into(),
        }),
        Content::LocationRequest { text: "Where are you?".to_owned() },
        Content::ContactRequest { text: "Your number?".to_owned() },
        Content::Flow(FlowMessage {
            body: Body::text("Book"),
            flow: FlowRef::Name("booking".to_owned()),
            label: "Book".to_owned(),
            token: Some("t-1".to_owned()),
            action: Some(FlowAction::Navigate {
                screen: "A".to_owned(),
                data: json!({"price": 12.50, "big": 12_345_678_901_234_567_890_u64}).as_object().cloned(),
            }),
            draft: true,
        }),
        Content::Template(Template {
            header: Some(TemplateHeader::Location(Place {
                latitude: 1.5,
                longitude: 2.5,
                name: None,
                address: None,
            })),
            buttons: vec![TemplateButton {
                index: 1,
                kind: TemplateButtonKind::CopyCode { code: "SAVE20".into() },
            }],
            ..template(vec![BodyParameter::positional("Priya")])
        }),
    ]
}

#[test]
fn every_kind_is_valid_and_survives_our_own_stored_form() {
    for content in one_of_each() {
        let message = Message::new(to(), content).tagged("outbox-7");
        assert_eq!(message.validate(), [], "{}", message.content.kind());
        let stored = serde_json::to_string(&message).unwrap();
        let again: Message = serde_json::from_str(&stored).unwrap();
        assert_eq!(again, message, "{stored}");
        assert_eq!(again.to_wire(), message.to_wire());
    }
}

#[test]
fn the_wire_form_names_its_own_type() {
    for content in one_of_each() {
        let wire = wire(&Message::new(to(), content.clone()));
        let kind = wire["type"].as_str().unwrap().to_owned();
        assert!(wire.get(&kind).is_some(), "{wire}");
        let named = if kind == "interactive" { wire["interactive"]["type"].as_str().unwrap() } else { &kind };
        assert_eq!(named, content.kind());
    }
}

#[test]
fn a_number_is_to_and_a_scoped_id_is_recipient() {
    let phone = wire(&Message::text(PhoneNumber::new("+16505551234").unwrap(), "hi"));
    assert_eq!((&phone["to"], phone.get("recipient")), (&json!("+16505551234"), None));
    let scoped = wire(&Message::text(BusinessScopedId::new("US.1349").unwrap(), "hi"));
    assert_eq!((&scoped["recipient"], scoped.get("to")), (&json!("US.1349"), None));
}

#[test]
fn a_reply_is_quoted_and_tagged() {
    let message = Message::text(to(), "see https://example.com")
        .replying_to(Wamid::new("wamid.Q").unwrap())
        .tagged("7");
    assert_eq!(
        wire(&message),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234", "type": "text",
            "context": {"message_id": "wamid.Q"}, "biz_opaque_callback_data": "7",
            "text": {"body": "see https://example.com", "preview_url": true}})
    );
}

#[test]
fn a_template_has_only_components_with_something_to_fill_in() {
    let plain = wire(&Message::new(to(), Content::Template(template(vec![]))));
    assert_eq!(plain["template"], json!({"name": "order_shipped", "language": {"code": "en_US"}}));
    let full = Template {
        header: Some(TemplateHeader::Document {
            source: MediaSource::Link("https://x/y.pdf".into()),
            filename: Some("y.pdf".into()),
        }),
        buttons: vec![
            TemplateButton { index: 0, kind: TemplateButtonKind::QuickReply { payload: "P".into() } },
            TemplateButton { index: 2, kind: TemplateButtonKind::Url { suffix: "A-17".into() } },
            TemplateButton { index: 3, kind: TemplateButtonKind::Flow { token: None, data: None } },
        ],
        ..template(vec![BodyParameter::named("first_name", "Priya"), BodyParameter::named("order", "A-17")])
    };
    assert_eq!(
        wire(&Message::new(to(), Content::Template(full)))["template"]["components"],
        json!([
            {"type": "header", "parameters": [{"type": "document", "document": {"link": "https://x/y.pdf", "filename": "y.pdf"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "parameter_name": "first_name", "text": "Priya"},
                {"type": "text", "parameter_name": "order", "text": "A-17"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "P"}]},
            {"type": "button", "sub_type": "url", "index": "2", "parameters": [{"type": "text", "text": "A-17"}]},
            {"type": "button", "sub_type": "flow", "index": "3", "parameters": [{"type": "action", "action": {}}]}
        ])
    );
}

#[test]
fn an_empty_map_of_flow_data_is_left_out() {
    let action = FlowAction::Navigate { screen: "A".to_owned(), data: Some(serde_json::Map::new()) };
    let flow = FlowMessage {
        body: Body::text("x"),
        flow: FlowRef::Id("1".into()),
        label: "Go".into(),
        token: None,
        action: Some(action),
        draft: false,
    };
    let wire = wire(&Message::new(to(), Content::Flow(flow)));
    assert_eq!(wire["interactive"]["action"]["parameters"]["flow_action_payload"], json!({"screen": "A"}));
}

#[test]
fn a_read_receipt_can_show_typing() {
    let id = Wamid::new("wamid.T").unwrap();
    assert_eq!(
        String::from_utf8(read_receipt(&id, false)).unwrap(),
        r#"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.T"}"#
    );
    assert!(
        String::from_utf8(read_receipt(&id, true))
            .unwrap()
            .ends_with(r#","typing_indicator":{"type":"text"}}"#)
    );
}

#[test]
fn lengths_are_counted_in_characters_and_named_with_their_place() {
    let text = |n: usize| Content::Text { body: "ü".repeat(n), preview_url: false };
    assert_eq!(problems(text(4096)), [""; 0]);
    assert_eq!(problems(text(4097)), ["text: has 4097 characters, WhatsApp takes at most 4096"]);
    assert_eq!(
        problems(Content::Text { body: " \n".into(), preview_url: false }),
        ["text: is empty; WhatsApp wants at least one character"]
    );
}

#[test]
fn buttons_have_their_limits() {
    assert_eq!(problems(buttons(vec![])), ["buttons: has no entry, WhatsApp wants at least one"]);
    let four = (0..4).map(|n| button(&n.to_string(), &format!("T{n}"))).collect();
    assert_eq!(problems(buttons(four)), ["buttons: has 4 entries, WhatsApp takes at most 3"]);
    assert_eq!(
        problems(buttons(vec![button("a", "Same"), button("a", "Same"), button(" b", &"x".repeat(21))])),
        [
            "buttons[2].title: has 21 characters, WhatsApp takes at most 20",
            "buttons[2].id: must not begin or end with a space",
            "buttons[1].title: repeats \"Same\", which must be unique within the message",
            "buttons[1].id: repeats \"a\", which must be unique within the message",
        ]
    );
}

#[test]
fn a_list_has_ten_rows_over_all_its_sections() {
    let section = |title: Option<&str>, rows: std::ops::Range<i32>| Section {
        title: title.map(str::to_owned),
        rows: rows.map(|n| row(&n.to_string())).collect(),
    };
    assert_eq!(problems(list(vec![section(Some("A"), 0..5), section(Some("B"), 5..10)])), [""; 0]);
    assert_eq!(
        problems(list(vec![section(Some("A"), 0..6), section(None, 5..10)])),
        [
            "sections (rows of all together): has 11 entries, WhatsApp takes at most 10",
            "sections[1].title: is required when there is more than one section",
            "sections[1].rows[0].id: repeats \"5\", which must be unique within the message",
        ]
    );
    let image = Some(Header::Image(MediaSource::Id(MediaId::new("1").unwrap())));
    let with_image = List {
        body: Body { header: image, ..Body::text("x") },
        button: "M".into(),
        sections: vec![section(None, 0..1)],
    };
    assert_eq!(
        problems(Content::List(with_image)),
        ["body.header: must be a text: a list takes no file as its header"]
    );
}

#[test]
fn template_variables_hold_one_line() {
    for bad in ["two\nlines", "a\tb", "a     b"] {
        let seen = problems(Content::Template(template(vec![BodyParameter::positional(bad)])));
        assert!(seen.len() == 1 && seen[0].starts_with("body[0]: must not hold line breaks"), "{seen:?}");
    }
    assert_eq!(problems(Content::Template(template(vec![BodyParameter::positional("a    b")]))), [""; 0]);
    assert_eq!(
        problems(Content::Template(template(vec![
            BodyParameter::positional("a"),
            BodyParameter::named("n", "b")
        ]))),
        ["body: mixes named and positional variables; a template has one kind or the other"]
    );
    let odd = Template { name: "Order-Shipped".into(), ..template(vec![]) };
    assert_eq!(problems(Content::Template(odd)), ["name: has small letters, digits and underscores only"]);
}

#[test]
fn links_are_https_and_places_are_on_earth() {
    for bad in ["http://example.com", "example.com", "https://", "https://a b", ""] {
        assert_eq!(problems(Content::Sticker(MediaSource::Link(bad.into()))).len(), 1, "{bad}");
    }
    for (latitude, longitude) in [(90.5, 0.0), (0.0, -181.0), (f64::NAN, 0.0)] {
        assert_eq!(
            problems(Content::Location(Place { latitude, longitude, name: None, address: None })).len(),
            1
        );
    }
}

#[test]
fn a_card_needs_two_parts_of_a_name() {
    let only = CardName { formatted_name: Some("Ann".into()), ..CardName::default() };
    let card = ContactCard { name: only, ..ContactCard::default() };
    assert_eq!(
        problems(Content::Contacts(vec![card])),
        ["contacts[0].name: needs one more part besides formatted_name, such as first_name"]
    );
    assert_eq!(problems(Content::Contacts(vec![])), ["contacts: has no entry, WhatsApp wants at least one"]);
}

#[test]
fn a_reaction_cannot_quote() {
    let reaction =
        Content::Reaction(Reaction { message_id: Wamid::new("wamid.T").unwrap(), emoji: "👍".into() });
    let message = Message::new(to(), reaction).replying_to(Wamid::new("wamid.T").unwrap());
    assert_eq!(message.validate().len(), 1);
    let tag = Message::text(to(), "x").tagged("t".repeat(513));
    assert_eq!(tag.validate()[0].place, "biz_opaque_callback_data");
}
