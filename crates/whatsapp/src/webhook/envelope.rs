//! The layers around what happened: body, `entry[]`, `changes[]` (§3).

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{Object, array, scalar};

/// One change with what its entry says of it, or the smallest part that could not be read.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    Change(Change<'a>),
    Broken { entry_id: String, raw: &'a RawValue, reason: &'static str },
}

#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// The WABA's id; empty when missing.
    pub(crate) entry_id: String,
    /// The text of `entry[].time`; empty when missing.
    pub(crate) entry_time: &'a str,
    pub(crate) field: String,
    pub(crate) value: &'a RawValue,
}

/// All pieces of a body in their order; an error when it has no entries to speak of.
pub(crate) fn pieces(body: &str) -> Result<Vec<Piece<'_>>, &'static str> {
    // Almost every body has the documented shape and is then read in a single pass.
    match serde_json::from_str::<Body<'_>>(body) {
        Ok(well_formed) if is_whatsapp(well_formed.object) => Ok(well_formed.pieces()),
        _ => level_by_level(body),
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    object: Option<&'a RawValue>,
    #[serde(borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    #[serde(borrow)]
    changes: Vec<BodyChange<'a>>,
}

#[derive(Deserialize)]
struct BodyChange<'a> {
    #[serde(borrow)]
    field: &'a RawValue,
    #[serde(borrow)]
    value: &'a RawValue,
}

impl<'a> Body<'a> {
    fn pieces(self) -> Vec<Piece<'a>> {
        let mut pieces = Vec::with_capacity(1);
        for entry in self.entry {
            let entry_id = entry.id.and_then(|id| scalar(id.get())).unwrap_or_default();
            let entry_time = entry.time.map_or("", RawValue::get);
            for change in entry.changes {
                let (entry_id, field) = (entry_id.clone(), scalar(change.field.get()).unwrap_or_default());
                pieces.push(Piece::Change(Change { entry_id, entry_time, field, value: change.value }));
            }
        }
        pieces
    }
}

fn is_whatsapp(object: Option<&RawValue>) -> bool {
    object.is_none_or(|object| object.get() == "\"whatsapp_business_account\"")
}

/// The same for a body of which some part is not as documented: only that part is broken.
fn level_by_level(body: &str) -> Result<Vec<Piece<'_>>, &'static str> {
    let top = Object::read(body.trim_ascii()).ok_or("the body is no JSON object")?;
    if top.text("object").is_some_and(|object| object != "whatsapp_business_account") {
        return Err(
            "`object` is not whatsapp_business_account: another product of Meta sends to this address",
        );
    }
    let mut pieces = Vec::new();
    for raw in top.array("entry").ok_or("`entry` is missing or no list")? {
        entry(raw, &mut pieces);
    }
    Ok(pieces)
}

fn entry<'a>(raw: &'a RawValue, pieces: &mut Vec<Piece<'a>>) {
    let Some(entry) = Object::read(raw.get()) else {
        pieces.push(Piece::Broken {
            entry_id: String::new(),
            raw,
            reason: "an element of `entry` is no object",
        });
        return;
    };
    let entry_id = entry.text("id").unwrap_or_default();
    let Some(changes) = entry.get("changes").and_then(array) else {
        pieces.push(Piece::Broken { entry_id, raw, reason: "the entry has no list of changes" });
        return;
    };
    for raw in changes {
        let entry_id = entry_id.clone();
        // The value of a change is found again in its raw text, since a member's `&str` is no `RawValue`.
        let change: Option<BodyChange<'a>> = serde_json::from_str(raw.get()).ok();
        pieces.push(match change {
            Some(change) => Piece::Change(Change {
                entry_id,
                entry_time: entry.get("time").unwrap_or_default(),
                field: scalar(change.field.get()).unwrap_or_default(),
                value: change.value,
            }),
            None => Piece::Broken { entry_id, raw, reason: "a change without field or value" },
        });
    }
}
