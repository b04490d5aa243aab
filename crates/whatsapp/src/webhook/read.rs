//! From a message's JSON to its [`Content`].

use super::content::{
    CallPermission, Choice, Content, Context, Edit, FormReply, Location, Media, Order, OrderItem, Reaction,
    Referral, SystemKind, SystemNotice,
};
use super::time::epoch_ms;
use crate::card::{CardAddress, CardEmail, CardName, CardOrganisation, CardPhone, CardUrl, ContactCard};
use crate::ids::{BusinessScopedId, WaId};
use crate::json::Object;

/// Never fails: what cannot be read is [`Content::Unknown`] with the reason.
pub(crate) fn content(message: &Object<'_>) -> Content {
    let kind = message.text("type").unwrap_or_else(|| guessed_kind(message).to_owned());
    match known(&kind, message) {
        Ok(Some(content)) => content,
        Ok(None) => Content::Unknown { kind, reason: None },
        Err(reason) => Content::Unknown { kind, reason: Some(reason) },
    }
}

/// Some senders leave `type` out; then the member that carries the content names the kind.
fn guessed_kind<'k>(message: &Object<'_>) -> &'k str {
    const BODIES: &[&str] = &[
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "interactive",
        "button",
        "order",
        "system",
        "edit",
        "revoke",
    ];
    BODIES.iter().find(|body| message.get(body).is_some()).copied().unwrap_or("untyped")
}

/// `Ok(None)`: a kind we do not know. `Err`: a known kind without the part that makes it usable.
fn known(kind: &str, message: &Object<'_>) -> Result<Option<Content>, &'static str> {
    let body = || message.object(kind).ok_or("its body is missing or no object");
    Ok(Some(match kind {
        "text" => Content::Text { body: body()?.text("body").ok_or("its text is empty")? },
        "image" => Content::Image(media(&body()?)?),
        "video" => Content::Video(media(&body()?)?),
        "audio" => Content::Audio(media(&body()?)?),
        "document" => Content::Document(media(&body()?)?),
        "sticker" => Content::Sticker(media(&body()?)?),
        "location" => Content::Location(location(&body()?)?),
        "contacts" => Content::Contacts(message.objects("contacts").iter().map(card).collect()),
        "reaction" => {
            let body = body()?;
            let to = body.id("message_id").ok_or("it does not say which message it is for")?;
            Content::Reaction(Reaction { to, emoji: body.text("emoji") })
        }
        "interactive" => interactive(&body()?)?,
        "button" => {
            let body = body()?;
            let text = body.text("text");
            let id =
                body.text("payload").or_else(|| text.clone()).ok_or("it has neither payload nor text")?;
            Content::TemplateButton(Choice {
                title: text.unwrap_or_else(|| id.clone()),
                id,
                description: None,
            })
        }
        "order" => Content::Order(order(&body()?)),
        "system" => Content::System(system(message, &body()?)),
        "edit" => {
            let body = body()?;
            let original =
                body.id("original_message_id").ok_or("it does not say which message it replaces")?;
            let new = body.object("message").ok_or("the new content is missing")?;
            // An edit inside an edit would let a body nest as deep as it likes.
            let content = match new.text("type").as_deref() {
                Some("edit") => {
                    Content::Unknown { kind: "edit".to_owned(), reason: Some("an edit inside an edit") }
                }
                _ => content(&new),
            };
            Content::Edit(Edit { original, content: Box::new(content) })
        }
        "revoke" => {
            let original =
                body()?.id("original_message_id").ok_or("it does not say which message it deletes")?;
            Content::Revoke { original }
        }
        "unsupported" | "unknown" => {
            Content::Unsupported { of: message.object("unsupported").and_then(|what| what.text("type")) }
        }
        _ => return Ok(None),
    }))
}

fn media(body: &Object<'_>) -> Result<Media, &'static str> {
    Ok(Media {
        id: body.id("id").ok_or("its media id is missing")?,
        mime_type: body.text("mime_type"),
        sha256: body.text("sha256"),
        caption: body.text("caption"),
        filename: body.text("filename"),
        voice: body.boolean("voice").unwrap_or_default(),
        animated: body.boolean("animated").unwrap_or_default(),
    })
}

fn location(body: &Object<'_>) -> Result<Location, &'static str> {
    let degrees = |key, most: f64| body.number(key).filter(|degrees| degrees.abs() <= most);
    Ok(Location {
        latitude: degrees("latitude", 90.0).ok_or("its latitude is missing or out of range")?,
        longitude: degrees("longitude", 180.0).ok_or("its longitude is missing or out of range")?,
        name: body.text("name"),
        address: body.text("address"),
        url: body.text("url"),
    })
}

fn card(card: &Object<'_>) -> ContactCard {
    ContactCard {
        name: card.object("name").map(|name| CardName::from_fields(|key| name.text(key))).unwrap_or_default(),
        phones: card
            .objects("phones")
            .iter()
            .map(|part| CardPhone::from_fields(|key| part.text(key)))
            .collect(),
        emails: card
            .objects("emails")
            .iter()
            .map(|part| CardEmail::from_fields(|key| part.text(key)))
            .collect(),
        addresses: card
            .objects("addresses")
            .iter()
            .map(|part| CardAddress::from_fields(|key| part.text(key)))
            .collect(),
        org: card.object("org").map(|part| CardOrganisation::from_fields(|key| part.text(key))),
        birthday: card.text("birthday"),
        urls: card.objects("urls").iter().map(|part| CardUrl::from_fields(|key| part.text(key))).collect(),
    }
}

fn interactive(body: &Object<'_>) -> Result<Content, &'static str> {
    const KINDS: &[&str] = &["button_reply", "list_reply", "nfm_reply", "call_permission_reply"];
    let kind = body
        .text("type")
        .or_else(|| KINDS.iter().find(|kind| body.get(kind).is_some()).map(ToString::to_string));
    let kind = kind.ok_or("it does not say what kind of answer it is")?;
    let answer = body.object(&kind);
    let present = || answer.as_ref().ok_or("the answer itself is missing");
    Ok(match kind.as_str() {
        "button_reply" => Content::ButtonReply(choice(present()?)?),
        "list_reply" => Content::ListReply(choice(present()?)?),
        "nfm_reply" => Content::FormReply(form_reply(present()?)),
        "call_permission_reply" => {
            let answer = present()?;
            Content::CallPermissionReply(CallPermission {
                accepted: answer.text("response").as_deref() == Some("accept"),
                permanent: answer.boolean("is_permanent").unwrap_or_default(),
                expires_ms: epoch_ms(answer, "expiration_timestamp"),
            })
        }
        _ => Content::Unknown { kind, reason: None },
    })
}

fn choice(answer: &Object<'_>) -> Result<Choice, &'static str> {
    let title = answer.text("title");
    let id = answer.text("id").or_else(|| title.clone()).ok_or("the choice has neither id nor title")?;
    Ok(Choice { title: title.unwrap_or_else(|| id.clone()), id, description: answer.text("description") })
}

fn form_reply(answer: &Object<'_>) -> FormReply {
    // Documented as a string holding JSON; taken as it is should it ever be JSON itself.
    let response_json =
        answer.text("response_json").or_else(|| answer.get("response_json").map(str::to_owned));
    let response_json = response_json.unwrap_or_default();
    let flow_token = Object::read(response_json.trim()).and_then(|answers| answers.text("flow_token"));
    FormReply { name: answer.text("name"), flow_token, response_json }
}

fn order(body: &Object<'_>) -> Order {
    let item = |item: &Object<'_>| OrderItem {
        product_retailer_id: item.text("product_retailer_id"),
        quantity: item.text("quantity"),
        item_price: item.text("item_price"),
        currency: item.text("currency"),
    };
    Order {
        catalog_id: body.text("catalog_id"),
        text: body.text("text"),
        items: body.objects("product_items").iter().map(item).collect(),
    }
}

/// The old identifier stands in the message's `from` or in `customer`, the new one in `wa_id` or `new_wa_id`; a
/// business-scoped id may stand in any of them.
fn system(message: &Object<'_>, body: &Object<'_>) -> SystemNotice {
    let kind = match body.text("type").as_deref() {
        Some("user_changed_number" | "customer_changed_number") => SystemKind::NumberChanged,
        Some("user_changed_user_id") => SystemKind::ScopedIdChanged,
        Some("customer_identity_changed" | "user_identity_changed") => SystemKind::IdentityChanged,
        other => SystemKind::Other(other.map(str::to_owned)),
    };
    let number = |object: &Object<'_>, key| object.id::<WaId>(key);
    let scoped = |object: &Object<'_>, key| object.id::<BusinessScopedId>(key);
    SystemNotice {
        kind,
        body: body.text("body"),
        old_wa_id: number(body, "previous_wa_id")
            .or_else(|| number(message, "from"))
            .or_else(|| number(body, "customer")),
        new_wa_id: number(body, "wa_id").or_else(|| number(body, "new_wa_id")),
        old_scoped: scoped(body, "previous_user_id").or_else(|| scoped(message, "from_user_id")),
        new_scoped: scoped(body, "user_id"),
    }
}

pub(crate) fn context(message: &Object<'_>) -> Option<Context> {
    let context = message.object("context")?;
    Some(Context {
        id: context.id("id"),
        from: context.text("from"),
        forwarded: context.boolean("forwarded").unwrap_or_default(),
        frequently_forwarded: context.boolean("frequently_forwarded").unwrap_or_default(),
        referred_product: context
            .object("referred_product")
            .map(|product| (product.text("catalog_id"), product.text("product_retailer_id"))),
    })
}

pub(crate) fn referral(message: &Object<'_>) -> Option<Referral> {
    let referral = message.object("referral")?;
    Some(Referral {
        source_type: referral.text("source_type"),
        source_id: referral.text("source_id"),
        source_url: referral.text("source_url"),
        headline: referral.text("headline"),
        body: referral.text("body"),
        media_type: referral.text("media_type"),
        image_url: referral.text("image_url"),
        video_url: referral.text("video_url"),
        thumbnail_url: referral.text("thumbnail_url"),
        ctwa_clid: referral.text("ctwa_clid"),
        welcome_text: referral.object("welcome_message").and_then(|welcome| welcome.text("text")),
    })
}
