//! Meta's JSON of a message (§8, §9, §11), written straight into bytes: no intermediate value.

mod template;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use self::template::WireTemplate;
use super::{
    Body, Buttons, Content, CtaUrl, FlowAction, FlowMessage, FlowRef, Header, List, MediaSource, Message,
    Section,
};
use crate::ids::Wamid;

pub(crate) fn message(message: &Message) -> Vec<u8> {
    bytes(&Wire(message))
}

/// The body that marks a message and all before it as read, with the typing indicator where wanted (§11). The
/// indicator ends with the answer, or after 25 seconds.
pub fn read_receipt(message: &Wamid, typing: bool) -> Vec<u8> {
    #[derive(Serialize)]
    struct Receipt<'a> {
        messaging_product: &'static str,
        status: &'static str,
        message_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        typing_indicator: Option<Typed>,
    }
    #[derive(Serialize)]
    struct Typed {
        r#type: &'static str,
    }
    let receipt = Receipt {
        messaging_product: "whatsapp",
        status: "read",
        message_id: message.as_str(),
        typing_indicator: typing.then_some(Typed { r#type: "text" }),
    };
    bytes(&receipt)
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, body).expect("all keys are text and writing to memory cannot fail");
    bytes
}

struct Wire<'a>(&'a Message);

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        map.serialize_entry("recipient_type", "individual")?;
        map.serialize_entry(message.to.wire_key(), message.to.as_str())?;
        if let Some(context) = &message.context {
            map.serialize_entry("context", &One("message_id", context))?;
        }
        if let Some(hash) = &message.recipient_identity_key_hash {
            map.serialize_entry("recipient_identity_key_hash", hash)?;
        }
        if let Some(tag) = &message.biz_opaque_callback_data {
            map.serialize_entry("biz_opaque_callback_data", tag)?;
        }
        content(&mut map, &message.content)?;
        map.end()
    }
}

fn content<M: SerializeMap>(map: &mut M, content: &Content) -> Result<(), M::Error> {
    let mut typed = |kind: &'static str, file: File<'_>| -> Result<(), M::Error> {
        map.serialize_entry("type", kind)?;
        map.serialize_entry(kind, &file)
    };
    match content {
        Content::Image(media) => {
            typed("image", File { caption: media.caption.as_deref(), ..File::of(&media.source) })
        }
        Content::Video(media) => {
            typed("video", File { caption: media.caption.as_deref(), ..File::of(&media.source) })
        }
        Content::Audio { source, voice } => {
            typed("audio", File { voice: voice.then_some(true), ..File::of(source) })
        }
        Content::Document { source, caption, filename } => {
            let (caption, filename) = (caption.as_deref(), filename.as_deref());
            typed("document", File { caption, filename, ..File::of(source) })
        }
        Content::Sticker(source) => typed("sticker", File::of(source)),
        Content::Text { body, preview_url } => {
            map.serialize_entry("type", "text")?;
            map.serialize_entry("text", &Text { body, preview_url: *preview_url })
        }
        Content::Location(place) => {
            map.serialize_entry("type", "location")?;
            map.serialize_entry("location", place)
        }
        Content::Contacts(cards) => {
            map.serialize_entry("type", "contacts")?;
            map.serialize_entry("contacts", cards)
        }
        Content::Reaction(reaction) => {
            map.serialize_entry("type", "reaction")?;
            map.serialize_entry("reaction", reaction)
        }
        Content::Template(template) => {
            map.serialize_entry("type", "template")?;
            map.serialize_entry("template", &WireTemplate(template))
        }
        Content::Buttons(Buttons { body, buttons }) => {
            let buttons = Each(buttons, |button| Reply { r#type: "reply", reply: button });
            interactive(map, "button", body, &One("buttons", buttons))
        }
        Content::List(List { body, button, sections }) => {
            interactive(map, "list", body, &Menu { button, sections })
        }
        Content::CtaUrl(CtaUrl { body, label, url }) => {
            let parameters = Link { display_text: label, url };
            interactive(map, "cta_url", body, &Action { name: "cta_url", parameters: Some(parameters) })
        }
        Content::Flow(flow) => {
            let parameters = Some(FlowParameters(flow));
            interactive(map, "flow", &flow.body, &Action { name: "flow", parameters })
        }
        Content::LocationRequest { text } => {
            let action = Action::<()> { name: "send_location", parameters: None };
            interactive(map, "location_request_message", &Body::text(text), &action)
        }
        Content::ContactRequest { text } => {
            let action = Action::<()> { name: "request_contact_info", parameters: None };
            interactive(map, "request_contact_info", &Body::text(text), &action)
        }
    }
}

fn interactive<M: SerializeMap>(
    map: &mut M,
    kind: &'static str,
    body: &Body,
    action: &impl Serialize,
) -> Result<(), M::Error> {
    #[derive(Serialize)]
    struct Interactive<'a, A> {
        r#type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<WireHeader<'a>>,
        body: One<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<One<&'a str>>,
        action: &'a A,
    }
    map.serialize_entry("type", "interactive")?;
    map.serialize_entry(
        "interactive",
        &Interactive {
            r#type: kind,
            header: body.header.as_ref().map(WireHeader),
            body: One("text", body.text.as_str()),
            footer: body.footer.as_deref().map(|footer| One("text", footer)),
            action,
        },
    )
}

/// An object with a single member.
struct One<T>(&'static str, T);

impl<T: Serialize> Serialize for One<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

/// A list of which each element is written through a view.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, V: Serialize, F: Fn(&'a T) -> V> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
    preview_url: bool,
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice: Option<bool>,
}

impl<'a> File<'a> {
    fn of(source: &'a MediaSource) -> Self {
        let (id, link) = match source {
            MediaSource::Id(id) => (Some(id.as_str()), None),
            MediaSource::Link(link) => (None, Some(link.as_str())),
        };
        Self { id, link, caption: None, filename: None, voice: None }
    }
}

#[derive(Serialize)]
struct Reply<'a, T> {
    r#type: &'static str,
    reply: &'a T,
}

#[derive(Serialize)]
struct Menu<'a> {
    button: &'a str,
    sections: &'a [Section],
}

#[derive(Serialize)]
struct Link<'a> {
    display_text: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Action<P> {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<P>,
}

struct WireHeader<'a>(&'a Header);

impl Serialize for WireHeader<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Header::Text(text) => typed(serializer, "text", text),
            Header::Image(source) => typed(serializer, "image", &File::of(source)),
            Header::Video(source) => typed(serializer, "video", &File::of(source)),
            Header::Document { source, filename } => {
                typed(serializer, "document", &File { filename: filename.as_deref(), ..File::of(source) })
            }
        }
    }
}

/// `{"type": kind, kind: value}`, Meta's way to tag.
fn typed<S: Serializer>(
    serializer: S,
    kind: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("type", kind)?;
    map.serialize_entry(kind, value)?;
    map.end()
}

struct FlowParameters<'a>(&'a FlowMessage);

impl Serialize for FlowParameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Payload<'a> {
            screen: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            data: Option<&'a Map<String, Value>>,
        }
        let flow = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow_message_version", "3")?;
        match &flow.flow {
            FlowRef::Id(id) => map.serialize_entry("flow_id", id)?,
            FlowRef::Name(name) => map.serialize_entry("flow_name", name)?,
        }
        map.serialize_entry("flow_cta", &flow.label)?;
        if let Some(token) = &flow.token {
            map.serialize_entry("flow_token", token)?;
        }
        match &flow.action {
            Some(FlowAction::Navigate { screen, data }) => {
                map.serialize_entry("flow_action", "navigate")?;
                // An empty object is refused (§8).
                let data = data.as_ref().filter(|data| !data.is_empty());
                map.serialize_entry("flow_action_payload", &Payload { screen, data })?;
            }
            Some(FlowAction::DataExchange) => map.serialize_entry("flow_action", "data_exchange")?,
            None => {}
        }
        if flow.draft {
            map.serialize_entry("mode", "draft")?;
        }
        map.end()
    }
}
