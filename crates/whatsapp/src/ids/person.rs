//! What identifies a person: a phone number in three spellings, or a business-scoped id (§5).

use super::{IdError, text_id, text_impls};

/// A telephone number in E.164 with its `+`, checked once at the boundary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Fewest digits of a number after the `+`, country code included (Saint Helena's have seven).
pub const PHONE_DIGITS_MIN: usize = 7;
/// Most digits of a number after the `+`. Source: ITU-T E.164.
pub const PHONE_DIGITS_MAX: usize = 15;

impl PhoneNumber {
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        let text = text.into();
        let digits = text.strip_prefix('+').unwrap_or_default();
        let right = (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if right { Ok(Self(text)) } else { Err(no_phone_number(&text)) }
    }

    /// The digits without the `+`, as `wa_id` is mostly (not always: Brazil, Mexico, Argentina) written.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }
}
text_impls!(PhoneNumber);

fn no_phone_number(text: &str) -> IdError {
    IdError::Form {
        what: "phone number",
        seen: text.chars().take(40).collect(),
        wanted: "write a plus, the country code and the number, 7 to 15 digits in all (+16505551234)",
    }
}

/// WhatsApp's own spelling of a person's number: digits, kept verbatim.
///
/// It may differ from the number that was dialled (Brazil's ninth digit, Mexico's `521`, Argentina's `549`), so it
/// is never derived from a [`PhoneNumber`], nor is a message matched to a person by comparing the two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WaId(String);

/// Most digits of a `wa_id` we take for one; longer text is some other id.
pub const WA_ID_DIGITS_MAX: usize = 20;

impl WaId {
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        let text = text.into();
        let right = (1..=WA_ID_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if right {
            return Ok(Self(text));
        }
        let seen = text.chars().take(40).collect();
        Err(IdError::Form { what: "wa_id", seen, wanted: "it has 1 to 20 digits and nothing else" })
    }

    /// The same number with a `+`, where it has the form of one.
    pub fn phone_number(&self) -> Option<PhoneNumber> {
        PhoneNumber::new(format!("+{}", self.0)).ok()
    }
}
text_impls!(WaId);

text_id! {
    /// A user's id within one business portfolio (`US.1349…`, early ones `user.<hex>`); opaque. It changes when
    /// the user changes number, and may be all we have of a person who uses a username (§5).
    BusinessScopedId, "business-scoped user id", &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_e164_with_a_plus() {
        assert_eq!(PhoneNumber::new("+16505551234").unwrap().digits(), "16505551234");
        for bad in [
            "16505551234",
            "+1 650 555 1234",
            "+",
            "+0123456789",
            "+123456",
            "+1234567890123456",
            "",
            "+١٢٣٤٥٦٧",
        ] {
            let error = PhoneNumber::new(bad).expect_err(bad).to_string();
            assert!(error.contains("plus, the country code"), "{error}");
        }
    }

    #[test]
    fn a_wa_id_is_kept_as_it_came() {
        assert_eq!(WaId::new("5491123456789").unwrap().to_string(), "5491123456789");
        assert!(
            WaId::new("+16505551234").is_err() && WaId::new("US.1349").is_err() && WaId::new("").is_err()
        );
        assert_eq!(WaId::new("16505551234").unwrap().phone_number().unwrap().as_str(), "+16505551234");
        assert_eq!(WaId::new("5678").unwrap().phone_number(), None);
    }
}
