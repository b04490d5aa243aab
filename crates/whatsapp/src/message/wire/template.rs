//! A template's part of the body (§9).

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use super::{Each, File, One, typed};
use crate::message::{BodyParameter, Template, TemplateButton, TemplateButtonKind, TemplateHeader};

pub(super) struct WireTemplate<'a>(pub(super) &'a Template);

impl Serialize for WireTemplate<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let template = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &template.name)?;
        map.serialize_entry("language", &One("code", &template.language))?;
        let header = template.header.as_ref().map(Component::Header);
        let body = (!template.body.is_empty()).then_some(Component::Body(&template.body));
        let buttons = template.buttons.iter().map(Component::Button);
        let components: Vec<_> = header.into_iter().chain(body).chain(buttons).collect();
        if !components.is_empty() {
            map.serialize_entry("components", &components)?;
        }
        map.end()
    }
}

enum Component<'a> {
    Header(&'a TemplateHeader),
    Body(&'a [BodyParameter]),
    Button(&'a TemplateButton),
}

impl Serialize for Component<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Header(header) => {
                map.serialize_entry("type", "header")?;
                map.serialize_entry("parameters", &[Parameter::Header(header)])?;
            }
            Self::Body(parameters) => {
                map.serialize_entry("type", "body")?;
                map.serialize_entry("parameters", &Each(parameters, Parameter::Text))?;
            }
            Self::Button(TemplateButton { index, kind }) => {
                let sub_type = match kind {
                    TemplateButtonKind::QuickReply { .. } => "quick_reply",
                    TemplateButtonKind::Url { .. } => "url",
                    TemplateButtonKind::CopyCode { .. } => "copy_code",
                    TemplateButtonKind::Flow { .. } => "flow",
                };
                map.serialize_entry("type", "button")?;
                map.serialize_entry("sub_type", sub_type)?;
                map.serialize_entry("index", &index.to_string())?;
                map.serialize_entry("parameters", &[Parameter::Button(kind)])?;
            }
        }
        map.end()
    }
}

enum Parameter<'a> {
    Text(&'a BodyParameter),
    Header(&'a TemplateHeader),
    Button(&'a TemplateButtonKind),
}

impl Serialize for Parameter<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct FlowStart<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            flow_token: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            flow_action_data: Option<&'a Map<String, Value>>,
        }
        match self {
            Self::Text(variable) => self::variable(serializer, variable),
            Self::Header(TemplateHeader::Text(variable)) => self::variable(serializer, variable),
            Self::Header(TemplateHeader::Image(source)) => typed(serializer, "image", &File::of(source)),
            Self::Header(TemplateHeader::Video(source)) => typed(serializer, "video", &File::of(source)),
            Self::Header(TemplateHeader::Document { source, filename }) => {
                typed(serializer, "document", &File { filename: filename.as_deref(), ..File::of(source) })
            }
            Self::Header(TemplateHeader::Location(place)) => typed(serializer, "location", place),
            Self::Button(TemplateButtonKind::QuickReply { payload }) => typed(serializer, "payload", payload),
            Self::Button(TemplateButtonKind::Url { suffix }) => typed(serializer, "text", suffix),
            Self::Button(TemplateButtonKind::CopyCode { code }) => typed(serializer, "coupon_code", code),
            Self::Button(TemplateButtonKind::Flow { token, data }) => typed(
                serializer,
                "action",
                &FlowStart { flow_token: token.as_deref(), flow_action_data: data.as_ref() },
            ),
        }
    }
}

fn variable<S: Serializer>(serializer: S, variable: &BodyParameter) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("type", "text")?;
    if let Some(name) = &variable.name {
        map.serialize_entry("parameter_name", name)?;
    }
    map.serialize_entry("text", &variable.text)?;
    map.end()
}
