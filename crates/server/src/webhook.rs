//! Meta webhooks: verified over the raw bytes, split into items, durable before the 200.

use crate::app::{App, Channel};
use crate::lanes::{self, Acceptance, Job};
use crate::{clock, translate};
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use http::{HeaderMap, StatusCode};
use rapport_store::{
    ContactId, IdentityChange, Incoming, MessageId, Preference, RawItem, Status, StatusItem, StatusOutcome,
    StoreError, Wish,
};
use rapport_whatsapp::PhoneNumberId;
use rapport_whatsapp::signature::{self, SignatureError};
use rapport_whatsapp::verification::Handshake;
use rapport_whatsapp::webhook::{self, Content, InboundMessage, Item, ItemKind, StatusState};
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::sync::oneshot;

/// `GET /webhooks/whatsapp[/{app}]`: Meta asks whether the address is ours.
pub(crate) async fn verify(
    State(app): State<Arc<App>>,
    name: Option<Path<String>>,
    handshake: Result<Query<Handshake>, QueryRejection>,
) -> Response {
    // A query that cannot be read is nobody's handshake either.
    let handshake = handshake.map(|Query(handshake)| handshake).unwrap_or_default();
    let mut refusal = "no channel is configured for this address".to_owned();
    for channel in channels_of(&app, name.as_ref()) {
        match handshake.answer(channel.verify_token.expose_secret()) {
            Ok(challenge) => return (StatusCode::OK, challenge.to_owned()).into_response(),
            Err(error) => refusal = error.to_string(),
        }
    }
    tracing::warn!(refusal, "a webhook verification was refused");
    (StatusCode::FORBIDDEN, format!("{refusal}\n")).into_response()
}

/// `POST /webhooks/whatsapp[/{app}]`.
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    name: Option<Path<String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = headers.get(signature::HEADER).map(http::HeaderValue::as_bytes);
    let signers = match signers(&app, name.as_ref(), &body, header) {
        Ok(signers) => signers,
        Err(error) => {
            metrics::counter!("rapport_webhooks_refused_total").increment(1);
            tracing::warn!(%error, bytes = body.len(), "a webhook was refused");
            return (StatusCode::UNAUTHORIZED, format!("{error}\n")).into_response();
        }
    };
    if app.stopping.begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping; deliver this again\n").into_response();
    }
    metrics::counter!("rapport_webhooks_total").increment(1);
    match accept(&app, &signers, webhook::parse(&body)).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::error!(%error, "a webhook could not be stored; Meta will deliver it again");
            (StatusCode::SERVICE_UNAVAILABLE, "not stored; deliver this again\n").into_response()
        }
    }
}

fn channels_of<'a>(app: &'a App, name: Option<&'a Path<String>>) -> impl Iterator<Item = &'a Arc<Channel>> {
    let name = name.map(|Path(name)| name.as_str());
    app.channels.values().filter(move |channel| name.is_none() || channel.app.as_deref() == name)
}

/// The channels whose secret signed the body. The secret belongs to the Meta app, so several may; which one is not read
/// from the unverified body, and one app's secret does not speak for the numbers of another.
fn signers<'a>(
    app: &'a App,
    name: Option<&'a Path<String>>,
    body: &[u8],
    header: Option<&[u8]>,
) -> Result<Vec<&'a Arc<Channel>>, SignatureError> {
    let mut refusal = if header.is_none() { SignatureError::Missing } else { SignatureError::Mismatch };
    let mut signers = Vec::new();
    for channel in channels_of(app, name) {
        match channel.signer.verify(body, header) {
            Ok(()) => signers.push(channel),
            Err(error) => refusal = error,
        }
    }
    if signers.is_empty() { Err(refusal) } else { Ok(signers) }
}

/// Tells when a message is durable, or why it is not.
type Stored = oneshot::Receiver<Result<(), StoreError>>;

/// Stores every item. One bad item never stops the others; only a store that cannot write makes Meta deliver again.
async fn accept(app: &Arc<App>, signers: &[&Arc<Channel>], items: Vec<Item>) -> Result<(), StoreError> {
    let now = clock::now();
    let mut statuses = Vec::new();
    let mut raw = Vec::new();
    let mut waits = Vec::new();
    let mut strangers: Vec<(rapport_store::Address, Stored)> = Vec::new();
    let mut result = Ok(());
    for item in &items {
        metrics::counter!("rapport_webhook_items_total", "kind" => item.kind.name()).increment(1);
        let number = item.route.number.as_ref().map(PhoneNumberId::as_str);
        let channel = signers.iter().find(|channel| number == Some(channel.number.as_str()));
        match (&item.kind, channel) {
            (ItemKind::Message(inbound), Some(channel)) => {
                let from = translate::address(&inbound.sender);
                if let Some(at) = strangers.iter().position(|(stranger, _)| same_person(stranger, &from)) {
                    // Until their first message has made the contact, a stranger has no lane that keeps the order.
                    result = result.and(durable(strangers.swap_remove(at).1).await);
                }
                match begin_message(app, channel, inbound, item, now).await {
                    Ok(Some((stored, true))) => waits.push(stored),
                    Ok(Some((stored, false))) => strangers.push((from, stored)),
                    Ok(None) => raw.push(raw_item(app, item, "messages", now)),
                    Err(error) => result = Err(error),
                }
            }
            (ItemKind::Status(status), Some(_)) => match status_item(app, status, item, now) {
                Some(status) => statuses.push(status),
                None => raw.push(raw_item(app, item, "statuses", now)),
            },
            (ItemKind::Preference(preference), Some(channel)) => match wish(&preference.wish) {
                Some(wish) => {
                    let preference = Preference {
                        account: app.account,
                        channel: channel.id,
                        from: translate::address(&preference.person),
                        stranger: ContactId(app.next_id()),
                        wish,
                        source: "user_preferences".into(),
                        at: item.at_ms.unwrap_or(now),
                    };
                    if let Err(error) = app.store.record_preference(preference).await {
                        result = Err(error);
                    }
                }
                None => raw.push(raw_item(app, item, "user_preferences", now)),
            },
            (ItemKind::Unknown { field }, _) => raw.push(raw_item(app, item, field, now)),
            (ItemKind::Malformed { reason }, _) => {
                tracing::warn!(reason, "an item of a webhook could not be read; it is kept as it came");
                raw.push(raw_item(app, item, "malformed", now));
            }
            (ItemKind::Errors(faults), _) => {
                let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
                tracing::warn!(?codes, "Meta reports trouble with the app or the account");
                raw.push(raw_item(app, item, "errors", now));
            }
            (kind, _) => raw.push(raw_item(app, item, kind.name(), now)),
        }
    }
    for kept in join_all(raw.into_iter().map(|raw| app.store.accept_raw(raw))).await {
        result = result.and(kept.map(drop));
    }
    for outcome in app.store.accept_statuses(statuses).await {
        match outcome {
            Ok(StatusOutcome::Applied { send, settled: true }) => {
                app.sends.look_again(send);
            }
            Ok(_) => {}
            Err(error) => result = Err(error),
        }
    }
    waits.extend(strangers.into_iter().map(|(_, stored)| stored));
    for stored in waits {
        result = result.and(durable(stored).await);
    }
    result
}

/// A lane that went away without telling may not have stored the message.
async fn durable(stored: Stored) -> Result<(), StoreError> {
    stored.await.unwrap_or(Err(StoreError::Closed))
}

fn same_person(one: &rapport_store::Address, other: &rapport_store::Address) -> bool {
    (one.wa_id.is_some() && one.wa_id == other.wa_id) || (one.bsuid.is_some() && one.bsuid == other.bsuid)
}

fn wish(wish: &webhook::Wish) -> Option<Wish> {
    match wish {
        webhook::Wish::Stop => Some(Wish::StopMarketing),
        webhook::Wish::Allow => Some(Wish::ResumeMarketing),
        webhook::Wish::Other(_) => None,
    }
}

/// Hands a message to its contact's lane; says whether the contact is known. `None`: it names nobody.
async fn begin_message(
    app: &Arc<App>,
    channel: &Channel,
    inbound: &InboundMessage,
    item: &Item,
    now: i64,
) -> Result<Option<(Stored, bool)>, StoreError> {
    let mut from = translate::address(&inbound.sender);
    if from == rapport_store::Address::default() || inbound.group_id.is_some() {
        return Ok(None);
    }
    let sent_at = item.at_ms.unwrap_or(now);
    if let Some(change) = identity_change(app, inbound, sent_at) {
        // It comes from the old address and belongs to the person, who has the new one from now on.
        from = rapport_store::Address {
            wa_id: change.new.wa_id.clone().or(from.wa_id),
            bsuid: change.new.bsuid.clone().or(from.bsuid),
        };
        app.store.change_identity(change).await?;
    }
    let stranger = ContactId(app.next_id());
    let basis = app.store.conversation_from(app.account, channel.id, &from, sent_at, stranger).await?;
    let (key, known) = (basis.key, basis.known);
    let for_flow = inbound.reaches_flow();
    let incoming = Incoming {
        account: app.account,
        channel: channel.id,
        from,
        profile_name: inbound.sender.name.clone(),
        id: MessageId(app.next_id()),
        message: translate::message(inbound, sent_at, now),
        for_flow,
        raw: (!matches!(inbound.content, Content::Text { .. })).then(|| item.raw.get().to_owned()),
    };
    let (done, told) = oneshot::channel();
    let acceptance = Acceptance { incoming, basis: Some(basis), done };
    lanes::push(app, key, Job::Accept(Box::new(acceptance)));
    Ok(Some((told, known)))
}

/// A system message may say that its sender has another number or id now.
fn identity_change(app: &App, inbound: &InboundMessage, at: i64) -> Option<IdentityChange> {
    let Content::System(notice) = &inbound.content else { return None };
    let text = |id: &rapport_whatsapp::WaId| id.as_str().to_owned();
    let scoped = |id: &rapport_whatsapp::BusinessScopedId| id.as_str().to_owned();
    let new = rapport_store::Address {
        wa_id: notice.new_wa_id.as_ref().map(text),
        bsuid: notice.new_scoped.as_ref().map(scoped),
    };
    let old = rapport_store::Address {
        wa_id: notice.old_wa_id.as_ref().or(inbound.sender.wa_id.as_ref()).map(text),
        bsuid: notice.old_scoped.as_ref().or(inbound.sender.scoped.as_ref()).map(scoped),
    };
    let empty = rapport_store::Address::default();
    (new != empty && old != empty && new != old).then_some(IdentityChange {
        account: app.account,
        old,
        new,
        at,
    })
}

fn status_item(app: &App, status: &webhook::Status, item: &Item, now: i64) -> Option<StatusItem> {
    let kind = match &status.state {
        StatusState::Sent => Status::Sent,
        StatusState::Delivered => Status::Delivered,
        StatusState::Read => Status::Read,
        StatusState::Played => Status::Played,
        StatusState::Failed => Status::Failed,
        StatusState::Other(_) => return None,
    };
    Some(StatusItem {
        account: app.account,
        wamid: status.id.as_str().to_owned(),
        status: kind,
        at: item.at_ms.unwrap_or(now),
        tag: status.biz_opaque_callback_data.clone(),
        recipient: translate::address(&status.recipient.person),
        error: status.errors.first().and_then(|fault| serde_json::to_value(fault).ok()),
        pricing: status.pricing.as_ref().and_then(|pricing| serde_json::to_value(pricing).ok()),
        accepted_at: now,
    })
}

fn raw_item(app: &App, item: &Item, field: &str, now: i64) -> RawItem {
    RawItem {
        account: app.account,
        field: field.to_owned(),
        key: item.dedupe_key.clone(),
        body: item.raw.get().to_owned(),
        accepted_at: now,
    }
}
