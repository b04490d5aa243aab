//! The customers' phones: who there is, what each has seen, and when each last wrote.

use std::collections::VecDeque;

use indexed::Indexed;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::data::{DataSet, Vendor};

pub(crate) mod bubble;
mod indexed;
pub(crate) mod speech;

pub use bubble::{Annotation, Bubble, Side};

/// Customers kept; sends to further numbers are refused.
pub(crate) const CUSTOMERS_MAX: usize = 20_000;
/// Bubbles kept per customer.
pub(crate) const BUBBLES_KEPT_MAX: usize = 5_000;
/// How long a customer's message keeps the service window open, in seconds.
pub(crate) const WINDOW_SECONDS: i64 = 24 * 3600;

/// One pretend customer with a phone.
#[derive(Debug, Clone, Serialize)]
pub struct Customer {
    /// Digits, no `+`.
    pub wa_id: String,
    pub name: String,
    /// Business-scoped user id, the same for one number at all times.
    pub user_id: String,
    pub on_whatsapp: bool,
    /// Seconds since 1970 of the customer's last message; decides the 24 h window.
    pub last_wrote: Option<i64>,
    /// Seconds since 1970 until which the bot is shown as typing.
    pub typing_until: i64,
    #[serde(skip)]
    pub(crate) bubbles: VecDeque<Bubble>,
    #[serde(skip)]
    pub(crate) pushed: u64,
}

impl Customer {
    fn new(wa_id: &str, name: &str, on_whatsapp: bool) -> Self {
        Self {
            wa_id: wa_id.to_owned(),
            name: name.to_owned(),
            user_id: user_id(wa_id),
            on_whatsapp,
            last_wrote: None,
            typing_until: 0,
            bubbles: VecDeque::new(),
            pushed: 0,
        }
    }

    /// Whether free-form messages may still reach this customer.
    pub fn window_open(&self, now: i64) -> bool {
        self.last_wrote.is_some_and(|at| now - at < WINDOW_SECONDS)
    }

    /// Adds a bubble and numbers it.
    pub(crate) fn push(&mut self, mut bubble: Bubble) {
        self.pushed += 1;
        bubble.number = self.pushed;
        if self.bubbles.len() == BUBBLES_KEPT_MAX {
            self.bubbles.pop_front();
        }
        self.bubbles.push_back(bubble);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Phones {
    customers: Indexed<Customer>,
}

impl Phones {
    pub(crate) fn from_data(data: &DataSet) -> Self {
        let mut phones = Self::default();
        for person in data.people_in(Vendor::Graph) {
            if let Some(wa_id) = person.wa_id() {
                phones.customers.insert(wa_id, Customer::new(wa_id, &person.name, person.whatsapp));
            }
        }
        phones
    }

    pub(crate) fn get(&self, wa_id: &str) -> Option<&Customer> {
        self.customers.get(wa_id)
    }

    pub(crate) fn get_mut(&mut self, wa_id: &str) -> Option<&mut Customer> {
        self.customers.get_mut(wa_id)
    }

    /// The customer of a number, made when new. `None` when there are too many.
    pub(crate) fn open(&mut self, wa_id: &str, name: Option<&str>) -> Option<&mut Customer> {
        if self.customers.get(wa_id).is_none() {
            if self.customers.len() >= CUSTOMERS_MAX {
                return None;
            }
            let shown = name.map_or_else(|| format!("+{wa_id}"), str::to_owned);
            self.customers.insert(wa_id, Customer::new(wa_id, &shown, true));
        }
        let customer = self.customers.get_mut(wa_id)?;
        if let Some(name) = name {
            name.clone_into(&mut customer.name);
        }
        Some(customer)
    }

    /// The number behind a business-scoped user id.
    pub(crate) fn wa_id_of(&self, user_id: &str) -> Option<String> {
        self.customers.iter().find(|c| c.user_id == user_id).map(|c| c.wa_id.clone())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter()
    }

    /// The customer who has a bubble with this message id, and the bubble.
    pub(crate) fn find_bubble(&mut self, wa_id: Option<&str>, id: &str) -> Option<(String, &mut Bubble)> {
        let in_chat = |customer: &Customer| customer.bubbles.iter().rposition(|b| b.id == id);
        let owner = match wa_id {
            Some(wa_id) => wa_id.to_owned(),
            None => self.customers.iter().find(|c| in_chat(c).is_some())?.wa_id.clone(),
        };
        let customer = self.customers.get_mut(&owner)?;
        let at = in_chat(customer)?;
        customer.bubbles.get_mut(at).map(|bubble| (owner, bubble))
    }

    /// Everyone for the page, newest conversation first, without the bubbles.
    pub(crate) fn overview(&self, now: i64) -> Value {
        let mut rows: Vec<&Customer> = self.iter().collect();
        rows.sort_by_key(|c| std::cmp::Reverse(c.bubbles.back().map_or(0, |b| b.at_ms)));
        rows.into_iter().take(200).map(|c| brief(c, now)).collect()
    }
}

/// A customer as the page lists it.
pub(crate) fn brief(customer: &Customer, now: i64) -> Value {
    json!({
        "wa_id": customer.wa_id, "name": customer.name, "user_id": customer.user_id,
        "on_whatsapp": customer.on_whatsapp, "window_open": customer.window_open(now),
        "typing_until": customer.typing_until, "last_at_ms": customer.bubbles.back().map(|b| b.at_ms),
        "bubbles": customer.bubbles.len(),
    })
}

/// A stable id of Meta's form: two letters of a country, a dot, digits.
fn user_id(wa_id: &str) -> String {
    let country = [("91", "IN"), ("44", "GB"), ("55", "BR"), ("1", "US")]
        .iter()
        .find(|(prefix, _)| wa_id.starts_with(prefix))
        .map_or("DE", |(_, country)| country);
    let digest = Sha256::digest(wa_id.as_bytes());
    let digits: String = digest.iter().take(20).map(|byte| char::from(b'0' + byte % 10)).collect();
    format!("{country}.{digits}")
}
