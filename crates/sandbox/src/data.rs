//! The people behind all pretend services, as one document. The built-in one is `data/default.json`; `--data FILE`
//! replaces it. The form:
//!
//! ```json
//! {"people": [{
//!    "name": "Priya Sharma", "email": "priya@example.com", "phone": "+919820000001", "external_id": "cust-1001",
//!    "role": "user", "language": "en", "city": "Mumbai", "country": "India", "company": "Sharma Interiors",
//!    "whatsapp": true, "only_in": ["intercom", "zendesk", "freshdesk", "whatsapp"],
//!    "custom_attributes": {"plan": "pro"}, "tags": ["vip"], "notes": ["…"],
//!    "conversations": [{"subject": "…", "state": "open|closed|snoozed", "days_ago": 3, "priority": false,
//!                       "messages": [{"from": "customer|team", "text": "…"}]}],
//!    "tickets": [{"subject": "…", "description": "…", "status": "new|open|pending|hold|solved|closed",
//!                 "priority": "low|normal|high|urgent", "days_ago": 2, "tags": ["order"]}]}],
//!  "templates": [ …as Meta lists message templates… ]}
//! ```
//!
//! Only `name` is required of a person. `only_in` absent means everywhere. `whatsapp: false` makes a number that
//! WhatsApp does not know (error 131026). Days are counted back from the start of the sandbox.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Most people and most templates of one document.
pub(crate) const DATA_ENTRIES_MAX: usize = 10_000;

const DEFAULT: &str = include_str!("../data/default.json");

/// The whole document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    pub people: Vec<Person>,
    #[serde(default)]
    pub templates: Vec<Value>,
}

/// One person, as each vendor will show them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub name: String,
    #[serde(default)]
    pub email: Option<String>,
    /// E.164 with `+`.
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub external_id: Option<String>,
    #[serde(default)]
    pub role: Role,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub city: Option<String>,
    #[serde(default)]
    pub country: Option<String>,
    #[serde(default)]
    pub company: Option<String>,
    #[serde(default = "yes")]
    pub whatsapp: bool,
    #[serde(default)]
    pub only_in: Vec<Vendor>,
    #[serde(default)]
    pub custom_attributes: Map<String, Value>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub conversations: Vec<PastConversation>,
    #[serde(default)]
    pub tickets: Vec<PastTicket>,
}

/// Intercom's two kinds of contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    User,
    Lead,
}

/// A pretend service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    #[serde(rename = "whatsapp", alias = "graph")]
    Graph,
    Intercom,
    Zendesk,
    Freshdesk,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastConversation {
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub state: ConversationState,
    #[serde(default)]
    pub days_ago: u32,
    #[serde(default)]
    pub priority: bool,
    pub messages: Vec<PastMessage>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    #[default]
    Open,
    Closed,
    Snoozed,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastMessage {
    pub from: Author,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Customer,
    Team,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastTicket {
    pub subject: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub status: TicketStatus,
    #[serde(default)]
    pub priority: TicketPriority,
    #[serde(default)]
    pub days_ago: u32,
    #[serde(default)]
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    New,
    #[default]
    Open,
    Pending,
    Hold,
    Solved,
    Closed,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketPriority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

/// A data file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error(
        "the data file is not understood: {0} (its form is described in the documentation of `rapport sandbox`)"
    )]
    Shape(#[from] serde_json::Error),
    #[error("person {at} ({name}): the phone `{phone}` is not E.164; write it as +919820000001")]
    Phone { at: usize, name: String, phone: String },
    #[error("template {at} needs the texts `name`, `language`, `category` and the list `components`")]
    Template { at: usize },
    #[error("the data file holds more than {DATA_ENTRIES_MAX} people or templates")]
    TooLarge,
}

impl DataSet {
    /// The built-in people: Priya Sharma and seven others.
    ///
    /// # Panics
    /// Never: a test reads the built-in document.
    pub fn built_in() -> Self {
        Self::parse(DEFAULT).expect("the built-in data set is tested")
    }

    /// Reads a document and checks what its types cannot say.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let data: Self = serde_json::from_str(text)?;
        if data.people.len() > DATA_ENTRIES_MAX || data.templates.len() > DATA_ENTRIES_MAX {
            return Err(DataError::TooLarge);
        }
        for (at, person) in data.people.iter().enumerate() {
            if let Some(phone) = person.phone.as_deref().filter(|phone| !is_e164(phone)) {
                return Err(DataError::Phone { at, name: person.name.clone(), phone: phone.to_owned() });
            }
        }
        for (at, template) in data.templates.iter().enumerate() {
            let texts = ["name", "language", "category"].iter().all(|key| template[*key].is_string());
            if !texts || !template["components"].is_array() {
                return Err(DataError::Template { at });
            }
        }
        Ok(data)
    }

    /// The people that one service knows.
    pub fn people_in(&self, vendor: Vendor) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |p| p.only_in.is_empty() || p.only_in.contains(&vendor))
    }
}

impl Person {
    /// The phone without `+`, as WhatsApp writes it.
    pub fn wa_id(&self) -> Option<&str> {
        self.phone.as_deref().map(|phone| phone.trim_start_matches('+'))
    }
}

fn is_e164(phone: &str) -> bool {
    phone
        .strip_prefix('+')
        .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_people_hold_the_cases_the_docs_speak_of() {
        let data = DataSet::built_in();
        let priya = &data.people[0];
        assert_eq!(priya.email.as_deref(), Some("priya@example.com"));
        assert_eq!(priya.wa_id(), Some("919820000001"));
        assert_eq!(priya.custom_attributes["plan"], "pro");
        assert_eq!((priya.conversations.len(), priya.tickets.len()), (2, 2));
        let user_of =
            |lead: &Person| data.people.iter().any(|p| p.role == Role::User && p.email == lead.email);
        assert!(data.people.iter().any(|p| p.role == Role::Lead && user_of(p)), "a lead with a user's email");
        assert!(
            data.people.iter().filter(|p| p.email == priya.email).count() == 1,
            "the worked example's person is found alone"
        );
        assert!(
            data.people.iter().any(|p| p.custom_attributes.contains_key("Plan")),
            "the key in another case"
        );
        assert!(data.people.iter().any(|p| p.custom_attributes.is_empty()), "one without attributes");
        assert!(data.people.iter().any(|p| !p.name.is_ascii()), "names beyond ASCII");
    }

    #[test]
    fn a_bad_document_says_where() {
        let message = |text: &str| DataSet::parse(text).unwrap_err().to_string();
        assert!(message(r#"{"people":[{"name":"A","phone":"98200"}]}"#).contains("person 0 (A)"));
        assert!(message(r#"{"people":[{"nam":"A"}]}"#).contains("line 1"));
        assert!(message(r#"{"people":[],"templates":[{"name":"x"}]}"#).contains("template 0"));
    }
}
