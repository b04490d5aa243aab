//! To whom a message goes.

use serde::{Deserialize, Serialize};

use super::{BusinessScopedId, PhoneNumber, WaId};

/// One way to reach a person. On the wire the first two become `to`, a scoped id becomes `recipient` (§5).
///
/// A person may have both; [`Address::of`] chooses, and only one is ever sent, because Meta does not say which wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    Phone(PhoneNumber),
    WaId(WaId),
    Scoped(BusinessScopedId),
}

impl Address {
    /// The better address of a person: the number where there is one, since some messages (authentication
    /// templates) are refused for a scoped id (131062).
    pub fn of(wa_id: Option<&WaId>, scoped: Option<&BusinessScopedId>) -> Option<Self> {
        wa_id.cloned().map(Self::WaId).or_else(|| scoped.cloned().map(Self::Scoped))
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::WaId(wa_id) => wa_id.as_str(),
            Self::Scoped(scoped) => scoped.as_str(),
        }
    }

    /// The name of the field in the body of a send that carries it.
    pub fn wire_key(&self) -> &'static str {
        match self {
            Self::Phone(_) | Self::WaId(_) => "to",
            Self::Scoped(_) => "recipient",
        }
    }
}

impl From<PhoneNumber> for Address {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}
impl From<WaId> for Address {
    fn from(wa_id: WaId) -> Self {
        Self::WaId(wa_id)
    }
}
impl From<BusinessScopedId> for Address {
    fn from(scoped: BusinessScopedId) -> Self {
        Self::Scoped(scoped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_preferred_and_the_scoped_id_stands_in() {
        let (wa, scoped) = (WaId::new("16505551234").unwrap(), BusinessScopedId::new("US.1349").unwrap());
        assert_eq!(Address::of(Some(&wa), Some(&scoped)).unwrap().wire_key(), "to");
        assert_eq!(Address::of(None, Some(&scoped)).unwrap().wire_key(), "recipient");
        assert_eq!(Address::of(None, None), None);
    }

    #[test]
    fn the_stored_form_tells_the_kinds_apart() {
        let address = Address::from(WaId::new("16505551234").unwrap());
        let text = serde_json::to_string(&address).unwrap();
        assert_eq!(text, r#"{"wa_id":"16505551234"}"#);
        assert_eq!(serde_json::from_str::<Address>(&text).unwrap(), address);
    }
}
