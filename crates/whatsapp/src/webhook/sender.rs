//! Who sent a message (§5): by number, by business-scoped id, or by both, with a name from `contacts[]`.

use serde::{Deserialize, Serialize};

use crate::ids::{Address, BusinessScopedId, WaId};
use crate::json::Object;

/// A person as one webhook shows them. Match by `scoped` first, then by `wa_id`; both together join two contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    pub wa_id: Option<WaId>,
    pub scoped: Option<BusinessScopedId>,
    /// Only with linked portfolios.
    pub parent: Option<BusinessScopedId>,
    /// The profile name the person chose.
    pub name: Option<String>,
    /// Changeable; for display only.
    pub username: Option<String>,
    /// Present when the number's identity check is on.
    pub identity_key_hash: Option<String>,
}

impl Sender {
    /// Where an answer goes; `None` when the webhook names nobody.
    pub fn address(&self) -> Option<Address> {
        Address::of(self.wa_id.as_ref(), self.scoped.as_ref())
    }

    /// Reads the three ids from the keys they have in this place. `""` is none, and a scoped id standing where a
    /// number belongs is recognised (§5).
    pub(crate) fn read(object: &Object<'_>, [phone, scoped, parent]: [&str; 3]) -> Self {
        let (wa_id, stray) = object.text(phone).map_or((None, None), number_or_scoped);
        let scoped = object.id(scoped).or(stray);
        Self { wa_id, scoped, parent: object.id(parent), ..Self::default() }
    }

    fn names_nobody(&self) -> bool {
        self.wa_id.is_none() && self.scoped.is_none()
    }

    fn is(&self, other: &Self) -> bool {
        let equal = |a: &Option<BusinessScopedId>, b: &Option<BusinessScopedId>| a.is_some() && a == b;
        equal(&self.scoped, &other.scoped) || (self.wa_id.is_some() && self.wa_id == other.wa_id)
    }
}

/// Digits (with or without `+`) are a number, all else is an opaque id.
fn number_or_scoped(text: String) -> (Option<WaId>, Option<BusinessScopedId>) {
    match WaId::new(text.strip_prefix('+').unwrap_or(&text)) {
        Ok(wa_id) => (Some(wa_id), None),
        Err(_) => (None, BusinessScopedId::new(text).ok()),
    }
}

/// The `contacts[]` of one change; not aligned with its messages, so matched by id and never by index (§3).
#[derive(Debug, Default)]
pub(crate) struct Contacts(Vec<Sender>);

impl Contacts {
    pub(crate) fn read(value: &Object<'_>) -> Self {
        Self(value.objects("contacts").iter().map(contact).collect())
    }

    /// Adds what `contacts[]` knows of this person. A lone contact also stands for a sender without any id.
    pub(crate) fn complete(&self, mut sender: Sender) -> Sender {
        let known = match self.0.as_slice() {
            [only] if sender.names_nobody() => Some(only),
            all => all.iter().find(|contact| contact.is(&sender)),
        };
        if let Some(known) = known {
            sender.wa_id = sender.wa_id.or_else(|| known.wa_id.clone());
            sender.scoped = sender.scoped.or_else(|| known.scoped.clone());
            sender.parent = sender.parent.or_else(|| known.parent.clone());
            sender.name.clone_from(&known.name);
            sender.username.clone_from(&known.username);
            sender.identity_key_hash.clone_from(&known.identity_key_hash);
        }
        sender
    }
}

fn contact(object: &Object<'_>) -> Sender {
    let profile = object.object("profile");
    let field = |key: &str| profile.as_ref().and_then(|profile| profile.text(key));
    Sender {
        name: field("name"),
        username: field("username"),
        identity_key_hash: object.text("identity_key_hash"),
        ..Sender::read(object, ["wa_id", "user_id", "parent_user_id"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: [&str; 3] = ["from", "from_user_id", "from_parent_user_id"];

    fn sender(message: &str, contacts: &str) -> Sender {
        let value = format!(r#"{{"contacts":{contacts}}}"#);
        let contacts = Contacts::read(&Object::read(&value).unwrap());
        contacts.complete(Sender::read(&Object::read(message).unwrap(), FROM))
    }

    #[test]
    fn contacts_are_matched_by_id_and_not_by_place() {
        let contacts = r#"[{"wa_id":"222","profile":{"name":"Two"}},{"wa_id":"111","user_id":"US.1","profile":{"name":"One","username":"@one"}}]"#;
        let one = sender(r#"{"from":"111"}"#, contacts);
        assert_eq!((one.name.as_deref(), one.username.as_deref()), (Some("One"), Some("@one")));
        assert_eq!(
            one.scoped.unwrap().as_str(),
            "US.1",
            "the contact adds the id that the message leaves out"
        );
        assert_eq!(sender(r#"{"from_user_id":"US.1"}"#, contacts).wa_id.unwrap().as_str(), "111");
        assert_eq!(sender(r#"{"from":"333"}"#, contacts).name, None);
    }

    #[test]
    fn empty_text_is_no_number() {
        let nobody =
            sender(r#"{"from":"","from_user_id":"US.1"}"#, r#"[{"wa_id":"","profile":{"name":""}}]"#);
        assert_eq!((nobody.wa_id, nobody.name), (None, None));
        assert_eq!(nobody.scoped.unwrap().as_str(), "US.1");
    }

    #[test]
    fn a_scoped_id_in_the_place_of_a_number_is_recognised() {
        let scoped = sender(r#"{"from":"US.1349"}"#, r#"[{"wa_id":"US.1349","profile":{"name":"Kim"}}]"#);
        assert_eq!((scoped.wa_id, scoped.name.as_deref()), (None, Some("Kim")));
        assert_eq!(scoped.scoped.unwrap().as_str(), "US.1349");
    }

    #[test]
    fn a_lone_contact_stands_for_a_sender_who_is_not_named() {
        assert_eq!(
            sender("{}", r#"[{"user_id":"US.9","profile":{"name":"Kim"}}]"#).scoped.unwrap().as_str(),
            "US.9"
        );
        assert_eq!(sender("{}", r#"[{"user_id":"US.9"},{"user_id":"US.8"}]"#), Sender::default());
    }

    #[test]
    fn an_answer_goes_to_the_number_where_there_is_one() {
        assert_eq!(
            sender(r#"{"from":"+111","from_user_id":"US.1"}"#, "[]").address().unwrap().as_str(),
            "111"
        );
        assert_eq!(sender("{}", "[]").address(), None);
    }
}
