//! Reading JSON whose shape is not promised: one level at a time, a wrong type never more than a missing field.
//!
//! Fields stay text until they are asked for, so that nothing is built which nobody reads, numbers keep their digits,
//! and each part can be kept exactly as it came.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One level of an object: its members, still as text. Of a key that occurs twice the last one counts.
#[derive(Debug)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// `None` when the text is something other than one well-formed object.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(_, raw)| raw.get())
    }

    /// The text of a member; one that is `null` counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        let (_, raw) = self.0.iter().rfind(|(name, _)| name == key)?;
        Some(raw.get()).filter(|text| *text != "null")
    }

    pub(crate) fn object(&self, key: &str) -> Option<Object<'a>> {
        self.get(key).and_then(Object::read)
    }

    /// The elements of an array; `None` when the member is absent or no array.
    pub(crate) fn array(&self, key: &str) -> Option<Vec<&'a RawValue>> {
        self.get(key).and_then(array)
    }

    /// The objects of an array, anything else in it left out.
    pub(crate) fn objects(&self, key: &str) -> Vec<Object<'a>> {
        self.array(key).unwrap_or_default().into_iter().filter_map(|raw| Object::read(raw.get())).collect()
    }

    /// Text that says something: a string that is not empty, or the digits of a number (Meta writes ids both ways).
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(scalar).filter(|text| !text.is_empty())
    }

    /// [`Self::text`] as an identifier; one that is not valid counts as absent.
    pub(crate) fn id<T: TryFrom<String>>(&self, key: &str) -> Option<T> {
        self.text(key).and_then(|text| T::try_from(text).ok())
    }

    /// A finite number, also when written as a string.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.text(key)?.trim().parse().ok()
    }

    pub(crate) fn boolean(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            "true" | "\"true\"" => Some(true),
            "false" | "\"false\"" => Some(false),
            _ => None,
        }
    }
}

/// The elements of an array, or `None` for anything else.
pub(crate) fn array(text: &str) -> Option<Vec<&RawValue>> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// The content of a string, or a number's digits as they came.
pub(crate) fn scalar(text: &str) -> Option<String> {
    match text.as_bytes().first()? {
        b'"' => string(text),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

/// A JSON string's content. Half a surrogate pair (a name cut within an emoji) becomes U+FFFD, it does not cost us
/// the message.
fn string(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    serde_json::from_str::<String>(text).ok().or_else(|| {
        // As bytes, serde_json lets half a pair pass, encoded like any code point; that is then no UTF-8.
        let bytes: WtfBytes = serde_json::from_str(text).ok()?;
        Some(String::from_utf8_lossy(&bytes.0).into_owned())
    })
}

struct WtfBytes(Vec<u8>);

impl<'de> Deserialize<'de> for WtfBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = WtfBytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<WtfBytes, E> {
                Ok(WtfBytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Members).map(Object)
    }
}

/// A key borrowed from the body where it has no escapes (serde's own `Cow` always copies).
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_type_is_a_missing_field() {
        let object =
            Object::read(r#"{"a":"x","n":12345678901234567890,"o":{},"l":[1],"e":"","z":null,"b":true}"#)
                .unwrap();
        assert_eq!(object.text("a").as_deref(), Some("x"));
        assert_eq!(object.text("n").as_deref(), Some("12345678901234567890"), "digits stay as they came");
        for absent in ["o", "l", "e", "z", "b", "nothing"] {
            assert_eq!(object.text(absent), None, "{absent}");
        }
        assert!(object.object("a").is_none() && object.array("o").is_none() && object.number("a").is_none());
        assert_eq!((object.boolean("b"), object.boolean("a")), (Some(true), None));
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(Object::read(r#"{"a":"1","\u0061":"2"}"#).unwrap().text("a").as_deref(), Some("2"));
    }

    #[test]
    fn escapes_and_halves_of_pairs_are_read() {
        assert_eq!(string(r#""gr\u00fc\u00dfe \/ \ud83d\ude00""#).as_deref(), Some("grüße / 😀"));
        let cut = string(r#""Ann \ud83d""#).unwrap();
        assert!(cut.starts_with("Ann \u{fffd}"), "{cut:?}");
    }
}
