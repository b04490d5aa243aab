//! The traffic between phones and business: a customer speaks, a message of the bot runs through its statuses.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::graph::fault::Fault;
use crate::graph::send::new_wamid;
use crate::graph::{After, media};
use crate::knobs::DeliveryStatus;
use crate::lanes::Hook;
use crate::meta_words::{self, Report};
use crate::phone::speech::{Said, Speech, SpeechError};
use crate::phone::{Annotation, Bubble, Side, brief};
use crate::world::{Shared, World};

/// How often and how long apart a step's name is asked for: the server may store it only after its send call returns.
const ANNOTATE_GAPS_MS: [u64; 5] = [0, 150, 500, 1_500, 4_000];

/// A phone number as digits, from `+91 98200 00001` or `919820000001`.
pub(crate) fn digits_of(phone: &str) -> Result<String, SpeechError> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let shaped = phone.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    if shaped && (7..=15).contains(&digits.len()) {
        Ok(digits)
    } else {
        Err(SpeechError::Phone(phone.to_owned()))
    }
}

/// Makes or renames a customer.
pub(crate) fn open(shared: &Shared, phone: &str, name: Option<&str>) -> Result<Value, SpeechError> {
    let wa_id = digits_of(phone)?;
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let name: Option<String> = name.map(|name| name.chars().take(100).collect());
    let now = shared.clock.now();
    let shown = {
        let mut world = shared.world();
        let customer = world.phones.open(&wa_id, name.as_deref()).ok_or(SpeechError::Full)?;
        brief(customer, now)
    };
    shared.log.tell("customer", shown.clone());
    Ok(shown)
}

/// A customer does something with the phone; gives the new message's id.
pub(crate) fn speak(shared: &Shared, phone: &str, speech: &Speech) -> Result<String, SpeechError> {
    let wa_id = digits_of(phone)?;
    let now_ms = shared.clock.now_ms();
    let now = now_ms.div_euclid(1000);
    let (id, bubble, hook) = {
        let mut guard = shared.world();
        let world: &mut World = &mut guard;
        let hidden = world.knobs.whatsapp.hide_phone_numbers;
        let said = said(world, &wa_id, speech)?;
        let id = said.extra.as_ref().and_then(|raw| raw["id"].as_str()).map(str::to_owned);
        let id = id.unwrap_or_else(|| new_wamid(&mut world.chance));
        let customer = world.phones.open(&wa_id, None).ok_or(SpeechError::Full)?;
        customer.last_wrote = Some(now);
        let body = meta_words::message(&world.graph.business, customer, &id, &said, now, hidden);
        let bubble = show(customer, &id, &said, now_ms);
        (id, bubble, Hook { wa_id: wa_id.clone(), what: "message", body })
    };
    shared.log.tell("message", json!({"wa_id": wa_id, "bubble": bubble}));
    if !shared.lanes.deliver(hook) {
        tracing::warn!("too many Meta webhooks wait; one was dropped");
    }
    Ok(id)
}

fn said(world: &mut World, wa_id: &str, speech: &Speech) -> Result<Said, SpeechError> {
    let World { graph, phones, chance, .. } = world;
    let empty = std::collections::VecDeque::new();
    let bubbles = phones.get(wa_id).map_or(&empty, |customer| &customer.bubbles);
    let mut media = |mime: &str| {
        let id = graph.next_id();
        graph.media.receive(id, mime, media::unique_sample(mime, chance))
    };
    speech.said(&mut bubbles.iter(), &mut media)
}

/// Puts the customer's own bubble on the phone. A reaction changes the bubble it is about instead.
fn show(customer: &mut crate::phone::Customer, id: &str, said: &Said, at_ms: i64) -> Value {
    if said.kind == "reaction" {
        let target = said.content["message_id"].as_str().unwrap_or_default();
        let Some(bubble) = customer.bubbles.iter_mut().rev().find(|bubble| bubble.id == target) else {
            return Value::Null;
        };
        bubble.reaction = said.content["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
        return json!(bubble);
    }
    customer.push(Bubble {
        number: 0,
        id: id.to_owned(),
        from: Side::Customer,
        kind: said.kind.clone(),
        content: said.content.clone(),
        at_ms,
        status: "sent".into(),
        error: None,
        opaque: None,
        step: None,
        reply_to: said.reply_to.clone(),
        reaction: None,
    });
    json!(customer.bubbles.back())
}

/// Does what follows from a Graph call, after its answer is on its way.
pub(crate) fn follow_up(shared: &Arc<Shared>, after: Vec<After>) {
    for one in after {
        match one {
            After::Typing { wa_id } => {
                let until = shared.world().phones.get(&wa_id).map(|customer| customer.typing_until);
                shared.log.tell("typing", json!({"wa_id": wa_id, "until": until}));
            }
            After::Read { wa_id, message } => {
                shared.log.tell(
                    "status",
                    json!({"wa_id": wa_id, "id": message, "status": "read", "from": "customer"}),
                );
            }
            After::Accepted { wa_id, message, category, by_user_id, fault } => {
                let bubble =
                    shared.world().phones.find_bubble(Some(&wa_id), &message).map(|(_, b)| b.clone());
                let opaque = bubble.as_ref().and_then(|bubble| bubble.opaque.clone());
                if let Some(bubble) = &bubble {
                    shared.log.tell("message", json!({"wa_id": wa_id, "bubble": bubble}));
                } else {
                    // A reaction: the page reads the chat again.
                    shared.log.tell("customer", json!({"wa_id": wa_id}));
                }
                if let Some(opaque) = opaque.clone() {
                    tokio::spawn(annotate(shared.clone(), wa_id.clone(), message.clone(), opaque));
                }
                let run =
                    Run { wa_id, message, category, by_user_id, fault, opaque, reaction: bubble.is_none() };
                tokio::spawn(run.statuses(shared.clone()));
            }
        }
    }
}

/// One message of the bot on its way through the statuses.
struct Run {
    wa_id: String,
    message: String,
    category: &'static str,
    by_user_id: bool,
    fault: Option<Fault>,
    opaque: Option<String>,
    reaction: bool,
}

impl Run {
    async fn statuses(self, shared: Arc<Shared>) {
        let manners = shared.world().knobs.whatsapp.clone();
        let planned = match (&self.fault, self.reaction) {
            (Some(_), _) => vec![DeliveryStatus::Failed],
            // Of reactions only `sent` is ever reported.
            (None, true) => manners.statuses.into_iter().filter(|s| *s == DeliveryStatus::Sent).collect(),
            (None, false) => manners.statuses,
        };
        for status in planned {
            if !shared.sleep(manners.status_gap_ms).await {
                return;
            }
            self.report(&shared, status);
        }
    }

    fn report(&self, shared: &Shared, status: DeliveryStatus) {
        let failed = status == DeliveryStatus::Failed;
        let general = Fault::coded(131_000, "Message failed to send due to an unknown error.");
        let fault = failed.then(|| self.fault.as_ref().unwrap_or(&general));
        let error = fault.map(Fault::in_status);
        let hook = {
            let mut guard = shared.world();
            let world: &mut World = &mut guard;
            if let Some((_, bubble)) = world.phones.find_bubble(Some(&self.wa_id), &self.message) {
                status.word().clone_into(&mut bubble.status);
                bubble.error.clone_from(&error);
            }
            let hidden = world.knobs.whatsapp.hide_phone_numbers;
            // A reset in between took the customer away, and with it the reason to report.
            let Some(customer) = world.phones.get(&self.wa_id) else { return };
            let report = Report {
                message: &self.message,
                status: status.word(),
                opaque: self.opaque.as_deref(),
                category: self.category,
                by_user_id: self.by_user_id,
                fault,
                at: shared.clock.now(),
            };
            let body = meta_words::status(&world.graph.business, customer, &report, hidden);
            Hook { wa_id: self.wa_id.clone(), what: status.word(), body }
        };
        let event = json!({"wa_id": self.wa_id, "id": self.message, "status": status.word(), "error": error, "from": "business"});
        shared.log.tell("status", event);
        if !shared.lanes.deliver(hook) {
            tracing::warn!("too many Meta webhooks wait; one was dropped");
        }
    }
}

/// Finds out which step sent a message and writes it under the bubble.
async fn annotate(shared: Arc<Shared>, wa_id: String, message: String, opaque: String) {
    for gap in ANNOTATE_GAPS_MS {
        if !shared.sleep(gap).await {
            return;
        }
        let Some(step) = ask(&shared, &opaque).await else { continue };
        if let Some((_, bubble)) = shared.world().phones.find_bubble(Some(&wa_id), &message) {
            bubble.step = Some(step.clone());
        }
        shared.log.tell("step", json!({"wa_id": wa_id, "id": message, "step": step}));
        return;
    }
}

async fn ask(shared: &Shared, opaque: &str) -> Option<Annotation> {
    if let Some(hook) = &shared.options.annotate {
        return hook(opaque).await;
    }
    let base = shared.options.annotate_url.as_deref()?;
    let url = url::Url::parse_with_params(base, [("opaque", opaque)]).ok()?;
    let answer = shared.client.get(url).timeout(std::time::Duration::from_secs(3)).send().await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    serde_json::from_slice(&answer.bytes().await.ok()?).ok()
}
