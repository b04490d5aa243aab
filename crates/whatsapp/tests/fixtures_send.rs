//! Bodies of sends in the payload collection beside the repository: ours are equal, for the kinds we have.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper of tests may fail, and says what it skipped"
)]

use std::path::PathBuf;

use rapport_whatsapp::card::{
    CardAddress, CardEmail, CardName, CardOrganisation, CardPhone, CardUrl, ContactCard,
};
use rapport_whatsapp::ids::{Address, BusinessScopedId, MediaId, WaId, Wamid};
use rapport_whatsapp::message::{
    Body, BodyParameter, Buttons, Content, CtaUrl, FlowAction, FlowMessage, FlowRef, Header, List, Media,
    MediaSource, Message, Place, Reaction, ReplyButton, Row, Section, Template, TemplateButton,
    TemplateButtonKind, read_receipt,
};
use serde_json::{Value, json};

fn fixture(name: &str) -> Option<Value> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder =
        std::env::var_os("RAPPORT_SHARED").map_or_else(beside, PathBuf::from).join("fixtures/whatsapp");
    let Ok(bytes) = std::fs::read(folder.join(format!("{name}.json"))) else {
        println!("skipped: no fixture {name}");
        return None;
    };
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// The text at a JSON pointer of the fixture.
fn at(fixture: &Value, pointer: &str) -> String {
    fixture
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {fixture}"))
        .to_owned()
}

/// Compares after giving both the same recipient (the fixtures hold placeholders) and the members that Meta fills in.
fn same(name: &str, build: impl FnOnce(&Value) -> Message) {
    let Some(mut theirs) = fixture(name) else { return };
    let message = build(&theirs);
    let ours: Value = serde_json::from_slice(&message.to_wire()).unwrap();
    let members = theirs.as_object_mut().unwrap();
    members.entry("recipient_type").or_insert(json!("individual"));
    if members.contains_key("to") {
        members.insert("to".to_owned(), json!(message.to.as_str()));
    }
    assert_eq!(ours, theirs, "{name}");
    // Our own stored form keeps all of it.
    let stored = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message, "{name}");
}

fn to() -> Address {
    WaId::new("16505551234").unwrap().into()
}

fn send(content: Content) -> Message {
    Message::new(to(), content)
}

fn link(fixture: &Value, pointer: &str) -> MediaSource {
    MediaSource::Link(at(fixture, pointer))
}

fn parameters(fixture: &Value, component: usize) -> Vec<BodyParameter> {
    let list =
        fixture.pointer(&format!("/template/components/{component}/parameters")).unwrap().as_array().unwrap();
    let one = |value: &Value| BodyParameter {
        name: value["parameter_name"].as_str().map(str::to_owned),
        text: value["text"].as_str().unwrap().to_owned(),
    };
    list.iter().map(one).collect()
}

fn template(fixture: &Value, body: Vec<BodyParameter>, buttons: Vec<TemplateButton>) -> Message {
    send(Content::Template(Template {
        name: at(fixture, "/template/name"),
        language: at(fixture, "/template/language/code"),
        header: None,
        body,
        buttons,
    }))
}

fn body(fixture: &Value, header: Option<Header>) -> Body {
    let footer = fixture.pointer("/interactive/footer/text").map(|text| text.as_str().unwrap().to_owned());
    Body { text: at(fixture, "/interactive/body/text"), header, footer }
}

#[test]
fn texts() {
    let text = |preview_url| move |f: &Value| send(Content::Text { body: at(f, "/text/body"), preview_url });
    same("send_text.metaoas", text(false));
    same("send_text_preview.courier", text(true));
    same("send_text_reply.metaoas", |f| {
        text(false)(f).replying_to(Wamid::new(at(f, "/context/message_id")).unwrap())
    });
    same("send_with_identity_hash.metadocs", |f| {
        let hash = Some(at(f, "/recipient_identity_key_hash"));
        Message { recipient_identity_key_hash: hash, ..text(false)(f) }
    });
    same("send_text_to_bsuid.courier", |f| {
        let to = BusinessScopedId::new(at(f, "/recipient")).unwrap();
        Message::new(to, Content::Text { body: at(f, "/text/body"), preview_url: false })
    });
}

#[test]
fn files_places_reactions() {
    same("send_image_link.metaoas", |f| {
        send(Content::Image(Media { source: link(f, "/image/link"), caption: None }))
    });
    same("send_document_link.courier", |f| {
        let (caption, filename) = (Some(at(f, "/document/caption")), Some(at(f, "/document/filename")));
        send(Content::Document { source: link(f, "/document/link"), caption, filename })
    });
    same("send_document_id.metaoas", |f| {
        let (caption, filename) = (Some(at(f, "/document/caption")), Some(at(f, "/document/filename")));
        let source = MediaSource::Id(MediaId::new(at(f, "/document/id")).unwrap());
        send(Content::Document { source, caption, filename })
    });
    same("send_location.metaoas", |f| {
        let (name, address) = (Some(at(f, "/location/name")), Some(at(f, "/location/address")));
        send(Content::Location(Place { latitude: 37.758_056, longitude: -122.425_332, name, address }))
    });
    same("send_reaction.metaoas", |f| {
        let message_id = Wamid::new(at(f, "/reaction/message_id")).unwrap();
        send(Content::Reaction(Reaction { message_id, emoji: at(f, "/reaction/emoji") }))
    });
}

#[test]
fn contact_cards() {
    let own = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    for name in ["send_contacts.metaoas", "send_contacts.metadocs"] {
        same(name, |f| {
            let card = &f["contacts"][0];
            let n = &card["name"];
            send(Content::Contacts(vec![ContactCard {
                name: CardName {
                    formatted_name: own(n, "formatted_name"),
                    first_name: own(n, "first_name"),
                    last_name: own(n, "last_name"),
                    middle_name: own(n, "middle_name"),
                    prefix: own(n, "prefix"),
                    suffix: own(n, "suffix"),
                },
                phones: list(card, "phones")
                    .iter()
                    .map(|p| CardPhone {
                        phone: own(p, "phone"),
                        wa_id: own(p, "wa_id"),
                        kind: own(p, "type"),
                    })
                    .collect(),
                emails: list(card, "emails")
                    .iter()
                    .map(|e| CardEmail { email: own(e, "email"), kind: own(e, "type") })
                    .collect(),
                addresses: list(card, "addresses")
                    .iter()
                    .map(|a| CardAddress {
                        street: own(a, "street"),
                        city: own(a, "city"),
                        state: own(a, "state"),
                        zip: own(a, "zip"),
                        country: own(a, "country"),
                        country_code: own(a, "country_code"),
                        kind: own(a, "type"),
                    })
                    .collect(),
                org: Some(CardOrganisation {
                    company: own(&card["org"], "company"),
                    department: own(&card["org"], "department"),
                    title: own(&card["org"], "title"),
                }),
                birthday: own(card, "birthday"),
                urls: list(card, "urls")
                    .iter()
                    .map(|u| CardUrl { url: own(u, "url"), kind: own(u, "type") })
                    .collect(),
            }]))
        });
    }
}

#[test]
fn things_to_tap() {
    for (name, header) in [
        ("send_buttons.metaoas", false),
        ("send_buttons_three.courier", false),
        ("send_reply_buttons.metadocs", true),
    ] {
        same(name, |f| {
            let buttons = f.pointer("/interactive/action/buttons").unwrap().as_array().unwrap();
            let buttons = buttons
                .iter()
                .map(|b| ReplyButton { id: at(b, "/reply/id"), title: at(b, "/reply/title") })
                .collect();
            let header = header.then(|| {
                Header::Image(MediaSource::Id(MediaId::new(at(f, "/interactive/header/image/id")).unwrap()))
            });
            send(Content::Buttons(Buttons { body: body(f, header), buttons }))
        });
    }
    for (name, header) in
        [("send_list.metaoas", true), ("send_list.metadocs", true), ("send_list_one_section.courier", false)]
    {
        same(name, |f| {
            let row = |row: &Value| Row {
                id: at(row, "/id"),
                title: at(row, "/title"),
                description: row["description"].as_str().map(str::to_owned),
            };
            let section = |section: &Value| Section {
                title: section["title"].as_str().map(str::to_owned),
                rows: section["rows"].as_array().unwrap().iter().map(row).collect(),
            };
            let header = header.then(|| Header::Text(at(f, "/interactive/header/text")));
            send(Content::List(List {
                body: body(f, header),
                button: at(f, "/interactive/action/button"),
                sections: f
                    .pointer("/interactive/action/sections")
                    .unwrap()
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(section)
                    .collect(),
            }))
        });
    }
    for name in ["send_cta_url.metadocs", "send_cta_url_image_header.courier"] {
        same(name, |f| {
            let header = Some(Header::Image(link(f, "/interactive/header/image/link")));
            let p = "/interactive/action/parameters";
            let (label, url) = (at(f, &format!("{p}/display_text")), at(f, &format!("{p}/url")));
            send(Content::CtaUrl(CtaUrl { body: body(f, header), label, url }))
        });
    }
    same("send_location_request.courier", |f| {
        send(Content::LocationRequest { text: at(f, "/interactive/body/text") })
    });
}

#[test]
fn flows() {
    let flow = |f: &Value, header, action| {
        let p = "/interactive/action/parameters";
        let token = f.pointer(&format!("{p}/flow_token")).map(|token| token.as_str().unwrap().to_owned());
        send(Content::Flow(FlowMessage {
            body: body(f, header),
            flow: FlowRef::Id(at(f, &format!("{p}/flow_id"))),
            label: at(f, &format!("{p}/flow_cta")),
            token,
            action: Some(action),
            draft: false,
        }))
    };
    let navigate = |f: &Value| FlowAction::Navigate {
        screen: at(f, "/interactive/action/parameters/flow_action_payload/screen"),
        data: f
            .pointer("/interactive/action/parameters/flow_action_payload/data")
            .unwrap()
            .as_object()
            .cloned(),
    };
    same("send_flow_by_id.metaoas", |f| {
        flow(f, Some(Header::Text(at(f, "/interactive/header/text"))), navigate(f))
    });
    same("send_flow_navigate_data.courier", |f| flow(f, None, navigate(f)));
    same("send_flow_data_exchange.courier", |f| flow(f, None, FlowAction::DataExchange));
}

#[test]
fn templates() {
    same("send_template_named_params.metadocs", |f| template(f, parameters(f, 0), vec![]));
    same("send_template_positional.metadocs", |f| template(f, parameters(f, 0), vec![]));
    same("send_template_flow_button.metaoas", |f| {
        let action = f.pointer("/template/components/0/parameters/0/action").unwrap();
        let kind = TemplateButtonKind::Flow {
            token: Some(at(action, "/flow_token")),
            data: action["flow_action_data"].as_object().cloned(),
        };
        template(f, vec![], vec![TemplateButton { index: 0, kind }])
    });
}

#[test]
fn the_typing_indicator() {
    let Some(theirs) = fixture("send_typing_indicator.metaoas") else { return };
    let ours = read_receipt(&Wamid::new(at(&theirs, "/message_id")).unwrap(), true);
    assert_eq!(serde_json::from_slice::<Value>(&ours).unwrap(), theirs);
}
