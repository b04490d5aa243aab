//! A message of a flow as Meta wants it.

use rapport_flow::turn::{
    ButtonParameter, ContactCard, MediaKind, MediaSource, Outgoing, Template, TemplateBody, TemplateHeader,
};
use rapport_whatsapp::card::{self, CardEmail, CardName, CardOrganisation, CardPhone};
use rapport_whatsapp::ids::IdError;
use rapport_whatsapp::message::{
    self, Body, BodyParameter, Buttons, Content, CtaUrl, List, Media, Message, Place, ReplyButton, Row,
    Section, TemplateButton, TemplateButtonKind,
};
use rapport_whatsapp::{Address, BusinessScopedId, MediaId, WaId};

/// Where a message goes; `None` for a contact that cannot be reached.
pub fn recipient(address: &rapport_store::Address) -> Option<Address> {
    let wa_id = address.wa_id.as_ref().and_then(|id| WaId::new(id.as_str()).ok());
    let scoped = address.bsuid.as_ref().and_then(|id| BusinessScopedId::new(id.as_str()).ok());
    Address::of(wa_id.as_ref(), scoped.as_ref())
}

/// The typed message; an error names an id that Meta cannot have given.
pub fn wire(to: Address, outgoing: &Outgoing, tag: String) -> Result<Message, IdError> {
    let content = match outgoing {
        Outgoing::Text { text } => return Ok(Message::text(to, text.as_str()).tagged(tag)),
        Outgoing::Media { kind, source, caption, filename } => {
            media(*kind, source, caption.as_ref(), filename.as_ref())?
        }
        Outgoing::Location { latitude, longitude, name, address } => {
            Content::Location(place(*latitude, *longitude, name.as_ref(), address.as_ref()))
        }
        Outgoing::Contacts(cards) => Content::Contacts(cards.iter().map(contact).collect()),
        Outgoing::UrlButton { text, title, url } => Content::CtaUrl(CtaUrl {
            body: Body::text(text.as_str()),
            label: title.clone(),
            url: url.clone(),
        }),
        Outgoing::LocationRequest { text } => Content::LocationRequest { text: text.clone() },
        Outgoing::Buttons { text, buttons } => Content::Buttons(Buttons {
            body: Body::text(text.as_str()),
            buttons: buttons
                .iter()
                .map(|choice| ReplyButton { id: choice.id.clone(), title: choice.title.clone() })
                .collect(),
        }),
        Outgoing::List { text, button, rows } => Content::List(List {
            body: Body::text(text.as_str()),
            button: button.clone(),
            sections: vec![Section {
                title: None,
                rows: rows
                    .iter()
                    .map(|choice| Row {
                        id: choice.id.clone(),
                        title: choice.title.clone(),
                        description: choice.description.clone(),
                    })
                    .collect(),
            }],
        }),
        Outgoing::Template(template) => Content::Template(filled(template)?),
    };
    Ok(Message::new(to, content).tagged(tag))
}

fn media(
    kind: MediaKind,
    from: &MediaSource,
    caption: Option<&String>,
    filename: Option<&String>,
) -> Result<Content, IdError> {
    let (source, caption) = (source(from)?, caption.cloned());
    Ok(match kind {
        MediaKind::Image => Content::Image(Media { source, caption }),
        MediaKind::Video => Content::Video(Media { source, caption }),
        MediaKind::Audio => Content::Audio { source, voice: false },
        MediaKind::Document => Content::Document { source, caption, filename: filename.cloned() },
    })
}

fn source(source: &MediaSource) -> Result<message::MediaSource, IdError> {
    Ok(match source {
        MediaSource::Link(link) => message::MediaSource::Link(link.clone()),
        MediaSource::Id(id) => message::MediaSource::Id(MediaId::new(id.as_str())?),
    })
}

fn place(latitude: f64, longitude: f64, name: Option<&String>, address: Option<&String>) -> Place {
    Place { latitude, longitude, name: name.cloned(), address: address.cloned() }
}

/// Meta wants one more part of a name beside the formatted one.
fn contact(contact: &ContactCard) -> card::ContactCard {
    let name = Some(contact.name.clone());
    card::ContactCard {
        name: CardName { formatted_name: name.clone(), first_name: name, ..CardName::default() },
        phones: contact
            .phone
            .iter()
            .map(|phone| CardPhone { phone: Some(phone.clone()), ..CardPhone::default() })
            .collect(),
        emails: contact
            .email
            .iter()
            .map(|email| CardEmail { email: Some(email.clone()), ..CardEmail::default() })
            .collect(),
        org: contact.organization.as_ref().map(|company| CardOrganisation {
            company: Some(company.clone()),
            ..CardOrganisation::default()
        }),
        ..card::ContactCard::default()
    }
}

fn filled(template: &Template) -> Result<message::Template, IdError> {
    Ok(message::Template {
        name: template.name.clone(),
        language: template.language.clone(),
        header: template.header.as_ref().map(header).transpose()?,
        body: match &template.body {
            TemplateBody::Numbered(texts) => {
                texts.iter().map(|text| BodyParameter::positional(text.as_str())).collect()
            }
            TemplateBody::Named(texts) => {
                texts.iter().map(|(name, text)| BodyParameter::named(name.as_str(), text.as_str())).collect()
            }
        },
        buttons: template
            .buttons
            .iter()
            .map(|button| TemplateButton {
                index: button.index,
                kind: match &button.parameter {
                    ButtonParameter::Payload(payload) => {
                        TemplateButtonKind::QuickReply { payload: payload.clone() }
                    }
                    ButtonParameter::UrlSuffix(suffix) => TemplateButtonKind::Url { suffix: suffix.clone() },
                    ButtonParameter::CouponCode(code) => TemplateButtonKind::CopyCode { code: code.clone() },
                },
            })
            .collect(),
    })
}

fn header(header: &TemplateHeader) -> Result<message::TemplateHeader, IdError> {
    Ok(match header {
        TemplateHeader::Text { name, text } => {
            message::TemplateHeader::Text(BodyParameter { name: name.clone(), text: text.clone() })
        }
        TemplateHeader::Media { kind, source: from, filename } => match kind {
            MediaKind::Image => message::TemplateHeader::Image(source(from)?),
            MediaKind::Video => message::TemplateHeader::Video(source(from)?),
            MediaKind::Document | MediaKind::Audio => {
                message::TemplateHeader::Document { source: source(from)?, filename: filename.clone() }
            }
        },
        TemplateHeader::Location { latitude, longitude, name, address } => {
            message::TemplateHeader::Location(place(*latitude, *longitude, name.as_ref(), address.as_ref()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_flow::Value;

    fn sent(outgoing: &Outgoing) -> Value {
        let to =
            recipient(&rapport_store::Address { wa_id: Some("919820000001".into()), bsuid: None }).unwrap();
        let message = wire(to, outgoing, "rapport:1:2".into()).unwrap();
        serde_json::from_slice(&message.to_wire()).unwrap()
    }

    #[test]
    fn a_text_goes_to_the_number_with_our_tag() {
        let body = sent(&Outgoing::Text { text: "Hello".into() });
        assert_eq!(body["to"], "919820000001");
        assert_eq!(body["text"]["body"], "Hello");
        assert_eq!(body["biz_opaque_callback_data"], "rapport:1:2");
    }

    #[test]
    fn a_person_without_a_number_is_reached_by_the_scoped_id() {
        let address = rapport_store::Address { wa_id: None, bsuid: Some("US.77".into()) };
        let message =
            wire(recipient(&address).unwrap(), &Outgoing::Text { text: "Hi".into() }, "t".into()).unwrap();
        let body: Value = serde_json::from_slice(&message.to_wire()).unwrap();
        assert_eq!(body["recipient"], "US.77");
        assert_eq!(body.get("to"), None);
    }

    #[test]
    fn named_parameters_keep_their_names() {
        let body = sent(&Outgoing::Template(Template {
            name: "order_update".into(),
            language: "en_US".into(),
            category: None,
            header: None,
            body: TemplateBody::Named(vec![("first_name".into(), "Priya".into())]),
            buttons: Vec::new(),
        }));
        let parameter = &body["template"]["components"][0]["parameters"][0];
        assert_eq!(parameter["parameter_name"], "first_name");
        assert_eq!(parameter["text"], "Priya");
    }
}
