//! From one change to its items.

use serde_json::value::RawValue;

use super::account::AccountEvent;
use super::dedupe;
use super::envelope::{Change, Piece};
use super::fault::Fault;
use super::inbound::InboundMessage;
use super::preference::Preference;
use super::sender::{Contacts, Sender};
use super::status::Status;
use super::time;
use super::{Echo, Item, ItemKind, Route};
use crate::ids::{PhoneNumberId, WabaId};
use crate::json::Object;

pub(crate) fn piece(piece: &Piece<'_>, items: &mut Vec<Item>) {
    match piece {
        Piece::Change(change) => self::change(change, items),
        Piece::Broken { entry_id, raw, reason } => items.push(Item {
            route: Route { number: None, waba: WabaId::new(entry_id.as_str()).ok() },
            dedupe_key: dedupe::content("", entry_id, "", raw.get()),
            at_ms: None,
            kind: ItemKind::Malformed { reason },
            raw: (*raw).to_owned(),
        }),
    }
}

/// The one item of a body that is no webhook: the body itself, or as a JSON string where it is no JSON.
pub(crate) fn whole_body(body: &str, reason: &'static str) -> Item {
    let raw = serde_json::from_str::<Box<RawValue>>(body)
        .or_else(|_| serde_json::value::to_raw_value(body))
        .expect("any text can be written as a JSON string");
    let dedupe_key = dedupe::content("", "", "", raw.get());
    Item { route: Route::default(), dedupe_key, at_ms: None, kind: ItemKind::Malformed { reason }, raw }
}

fn change(change: &Change<'_>, items: &mut Vec<Item>) {
    let Some(value) = Object::read(change.value.get()) else {
        let kind = ItemKind::Malformed { reason: "the value of the change is no object" };
        items.push(whole(change, Route::default(), kind));
        return;
    };
    let number =
        value.object("metadata").and_then(|metadata| metadata.id::<PhoneNumberId>("phone_number_id"));
    let splitter = Splitter {
        change,
        contacts: Contacts::read(&value),
        route: Route { number, waba: WabaId::new(change.entry_id.as_str()).ok() },
    };
    let before = items.len();
    match change.field.as_str() {
        "messages" => {
            splitter.each(&value, "messages", items, Splitter::message);
            splitter.each(&value, "statuses", items, Splitter::status);
            splitter.errors(&value, items);
        }
        "smb_message_echoes" => splitter.each(&value, "message_echoes", items, Splitter::echo),
        "user_preferences" => splitter.each(&value, "user_preferences", items, Splitter::preference),
        _ => {}
    }
    // No list we know, or an account-level field: the change as a whole is the item.
    if items.len() == before {
        let kind = AccountEvent::read(&change.field, &value).map_or_else(
            || ItemKind::Unknown { field: change.field.clone() },
            |event| ItemKind::Account(Box::new(event)),
        );
        items.push(whole(change, splitter.route, kind));
    }
}

/// The whole value of a change as one item.
fn whole(change: &Change<'_>, route: Route, kind: ItemKind) -> Item {
    let waba = route.waba.or_else(|| WabaId::new(change.entry_id.as_str()).ok());
    Item {
        route: Route { waba, ..route },
        dedupe_key: dedupe::content(&change.field, &change.entry_id, change.entry_time, change.value.get()),
        at_ms: time::parse(change.entry_time),
        kind,
        raw: change.value.to_owned(),
    }
}

struct Splitter<'a> {
    change: &'a Change<'a>,
    contacts: Contacts,
    route: Route,
}

/// What one element of a list became: its key, and what it says.
type Reading = (Option<String>, ItemKind);

impl Splitter<'_> {
    /// One item for each element of `value[list]`; a list that is none is an item itself.
    fn each(
        &self,
        value: &Object<'_>,
        list: &str,
        items: &mut Vec<Item>,
        read: fn(&Self, &Object<'_>) -> Reading,
    ) {
        let Some(elements) = value.array(list) else {
            if value.get(list).is_some() {
                let reason = "a list of the value (messages, statuses, …) is no list";
                items.push(whole(self.change, self.route.clone(), ItemKind::Malformed { reason }));
            }
            return;
        };
        items.reserve(elements.len());
        for raw in elements {
            let element = Object::read(raw.get());
            let (key, kind) = match &element {
                Some(element) => read(self, element),
                None => (None, ItemKind::Malformed { reason: "an element of a list is no object" }),
            };
            let own_time = element.as_ref().and_then(|element| time::epoch_ms(element, "timestamp"));
            items.push(Item {
                route: self.route.clone(),
                dedupe_key: key.unwrap_or_else(|| self.content_key(raw.get())),
                at_ms: own_time.or_else(|| time::parse(self.change.entry_time)),
                kind,
                raw: raw.to_owned(),
            });
        }
    }

    fn message(&self, element: &Object<'_>) -> Reading {
        match InboundMessage::read(element, &self.contacts) {
            Some(message) => {
                let key = dedupe::message(self.route.number.as_ref(), &message.id);
                (Some(key), ItemKind::Message(Box::new(message)))
            }
            None => (None, ItemKind::Malformed { reason: "a message without a usable id" }),
        }
    }

    fn status(&self, element: &Object<'_>) -> Reading {
        // Payments and calls report here too; theirs are no states of a message (§6).
        if element.text("type").is_some_and(|kind| kind != "message") {
            return (None, ItemKind::Unknown { field: "statuses".to_owned() });
        }
        let Some(mut status) = Status::read(element) else {
            return (None, ItemKind::Malformed { reason: "a status without id or state" });
        };
        // The key is made before `contacts[]` adds ids: a repetition may come without them.
        let key = dedupe::status(&status);
        let recipient = &mut status.recipient;
        recipient.person = self.contacts.complete(std::mem::take(&mut recipient.person));
        (key, ItemKind::Status(Box::new(status)))
    }

    fn echo(&self, element: &Object<'_>) -> Reading {
        // `contacts[]` describes the customer here, so the business is read without it.
        match InboundMessage::read(element, &Contacts::default()) {
            Some(message) => {
                let key = format!("echo:{}", dedupe::message(self.route.number.as_ref(), &message.id));
                let to = Sender::read(element, ["to", "to_user_id", "to_parent_user_id"]);
                (Some(key), ItemKind::Echo(Box::new(Echo { message, to: self.contacts.complete(to) })))
            }
            None => (None, ItemKind::Malformed { reason: "an echo without a usable id" }),
        }
    }

    fn preference(&self, element: &Object<'_>) -> Reading {
        match Preference::read(element, &self.contacts) {
            Some(preference) => (None, ItemKind::Preference(Box::new(preference))),
            None => (None, ItemKind::Malformed { reason: "a preference without a value" }),
        }
    }

    /// `value.errors` describes the whole value, so the whole value is its item: the ids of the messages beside it
    /// keep two such events apart, which carry no time of their own.
    fn errors(&self, value: &Object<'_>, items: &mut Vec<Item>) {
        let faults = Fault::read_all(value);
        if !faults.is_empty() {
            let mut item = whole(self.change, self.route.clone(), ItemKind::Errors(faults));
            item.dedupe_key.insert_str(0, "errors:");
            items.push(item);
        }
    }

    fn content_key(&self, raw: &str) -> String {
        dedupe::content(&self.change.field, &self.change.entry_id, self.change.entry_time, raw)
    }
}
