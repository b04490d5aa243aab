//! The key under which a repeated item is recognised (§2.3). Meta repeats for 7 days, and sends to every subscribed
//! app, so duplicates are daily business.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::status::Status;
use crate::ids::{PhoneNumberId, Wamid};

/// An inbound message: the number it came to and its id.
pub(crate) fn message(number: Option<&PhoneNumberId>, id: &Wamid) -> String {
    format!("message:{}:{id}", number.map_or("", PhoneNumberId::as_str))
}

/// A status: message, state, and in groups the participant. `None` for a state too long to be one.
pub(crate) fn status(status: &Status) -> Option<String> {
    let (id, state) = (&status.id, status.state.as_str());
    let participant = status.recipient.group_id.as_ref().and_then(|_| status.recipient.person.address());
    (state.len() <= NAME_BYTES_MAX).then(|| match participant {
        Some(person) => format!("status:{id}:{state}:{}", person.as_str()),
        None => format!("status:{id}:{state}"),
    })
}

/// Longest name of a state or field that a key holds, in bytes; Meta's longest has 40.
const NAME_BYTES_MAX: usize = 64;

/// Anything else: what it says, in which field and account, at which time. Neither the order of keys nor the way
/// text is escaped makes a difference.
pub(crate) fn content(field: &str, entry_id: &str, entry_time: &str, value: &str) -> String {
    let mut hash = Sha256::new();
    for part in [field, entry_id, entry_time] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    // What does not parse (too deep) is hashed as it came.
    match serde_json::from_str::<Value>(value) {
        Ok(mut value) => {
            value.sort_all_objects();
            hash.update(value.to_string());
        }
        Err(_) => hash.update(value),
    }
    let hex: String = hash.finalize().iter().take(16).flat_map(|byte| hex_digits(*byte)).collect();
    let name = if (1..=NAME_BYTES_MAX).contains(&field.len()) { field } else { "body" };
    format!("{name}:{hex}")
}

fn hex_digits(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15]
        .map(|half| char::from_digit(u32::from(half), 16).expect("half a byte is one digit"))
}

#[cfg(test)]
mod tests {
    use super::content;

    #[test]
    fn spelling_makes_no_difference_but_meaning_does() {
        let key = content("flows", "1", "2", r#"{"a":"\u00e4","b":[{"x":1,"y":2}]}"#);
        assert_eq!(key, content("flows", "1", "2", r#"{ "b": [ {"y":2,"x":1} ], "a": "ä" }"#));
        let others = [
            content("flows", "1", "2", r#"{"a":"a","b":[{"x":1,"y":2}]}"#),
            content("flows", "1", "3", r#"{"a":"ä","b":[{"x":1,"y":2}]}"#),
            content("flows", "2", "2", r#"{"a":"ä","b":[{"x":1,"y":2}]}"#),
            content("calls", "1", "2", r#"{"a":"ä","b":[{"x":1,"y":2}]}"#),
            content("flows", "12", "", r#"{"a":"ä","b":[{"x":1,"y":2}]}"#),
        ];
        assert!(others.iter().all(|other| *other != key));
    }
}
