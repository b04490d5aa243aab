//! Contacts: list by email or phone, filter, autocomplete, show, create.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::seed::new_contact;
use super::{Freshdesk, PER_PAGE_DEFAULT, RECORDS_MAX, page, place, query};
use crate::http_call::{Answer, Call};

const SEARCHABLE: [&str; 9] =
    ["active", "company_id", "email", "id", "language", "mobile", "phone", "tag", "created_at"];

impl Freshdesk {
    pub(super) fn list_contacts(&self, call: &Call) -> Result<Answer, Refusal> {
        let by = |contact: &&Value| {
            ["email", "mobile", "phone", "unique_external_id"].iter().all(|key| {
                call.query(key).is_none_or(|wanted| {
                    contact[*key].as_str().is_some_and(|has| has.eq_ignore_ascii_case(wanted))
                })
            })
        };
        let found: Vec<Value> = self.contacts.iter().filter(by).cloned().collect();
        page(call, &found)
    }

    pub(super) fn search_contacts(&self, call: &Call) -> Result<Answer, Refusal> {
        wrapped(call, &self.contacts, &SEARCHABLE)
    }

    pub(super) fn autocomplete(&self, call: &Call) -> Answer {
        let term = call.query("term").unwrap_or_default().to_lowercase();
        let hit = |contact: &&Value| {
            contact["name"].as_str().is_some_and(|name| name.to_lowercase().contains(&term))
        };
        let found: Vec<Value> = self
            .contacts
            .iter()
            .filter(hit)
            .take(PER_PAGE_DEFAULT)
            .map(|c| json!({"id": c["id"], "name": c["name"]}))
            .collect();
        Answer::json(200, &json!(found))
    }

    pub(super) fn show_contact(&self, id: &str) -> Result<Answer, Refusal> {
        let contact =
            id.parse::<u64>().ok().and_then(|id| self.contacts.iter().find(|contact| contact["id"] == id));
        contact.map(|contact| Answer::json(200, contact)).ok_or_else(|| Refusal::empty(404))
    }

    pub(super) fn create_contact(&mut self, call: &Call) -> Result<Answer, Refusal> {
        let body = call.json().filter(Value::is_object).ok_or_else(Refusal::json)?;
        let name = body["name"].as_str().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Refusal::field("name", "It should be a/an String", "missing_field"))?;
        let keys = ["email", "mobile", "phone", "unique_external_id", "twitter_id"];
        if keys.iter().all(|key| body[*key].is_null()) {
            return Err(Refusal::field(
                "email",
                "Please fill at least 1 of email, mobile, phone, twitter_id, unique_external_id fields",
                "missing_field",
            ));
        }
        if !body["email"].is_null() && self.contacts.iter().any(|contact| contact["email"] == body["email"]) {
            return Err(Refusal::field("email", "It should be a unique value", "duplicate_value"));
        }
        if self.contacts.len() >= RECORDS_MAX {
            return Err(Refusal::field(
                "name",
                "The sandbox holds too many records; reset it",
                "invalid_value",
            ));
        }
        let id = self.next_id();
        let mut contact = new_contact(id, name, call.now);
        for key in keys.iter().chain(&["address", "job_title", "custom_fields", "tags", "language"]) {
            if let Some(value) = body.get(*key) {
                contact[*key] = value.clone();
            }
        }
        self.contacts.push(contact.clone());
        Ok(Answer::json(201, &contact))
    }

    /// The requester that a new ticket names, made when new.
    pub(super) fn requester(&mut self, body: &Value, now: i64) -> Result<u64, Refusal> {
        if let Some(id) = body["requester_id"].as_u64() {
            let known = self.contacts.iter().any(|contact| contact["id"] == id);
            let unknown = || {
                Refusal::field(
                    "requester_id",
                    "There is no contact matching the given requester_id",
                    "invalid_value",
                )
            };
            return known.then_some(id).ok_or_else(unknown);
        }
        for (given, key) in
            [("email", "email"), ("phone", "mobile"), ("unique_external_id", "unique_external_id")]
        {
            let Some(wanted) = body[given].as_str() else { continue };
            if let Some(known) = self.contacts.iter().find(|contact| contact[key] == wanted) {
                return Ok(known["id"].as_u64().unwrap_or_default());
            }
            let name = match (body["name"].as_str(), given) {
                (Some(name), _) => name,
                (None, "phone") => {
                    return Err(Refusal::field("name", "It should be a/an String", "missing_field"));
                }
                (None, _) => wanted.split('@').next().unwrap_or(wanted),
            };
            let id = self.next_id();
            let mut contact = new_contact(id, name, now);
            contact[key] = json!(wanted);
            self.contacts.push(contact);
            return Ok(id);
        }
        Err(Refusal::field(
            "requester_id",
            "One of requester_id, phone, email, twitter_id, facebook_id, unique_external_id is needed",
            "missing_field",
        ))
    }
}

/// `{"total": …, "results": […]}`, 30 a page, pages 1 to 10.
pub(super) fn wrapped(call: &Call, records: &[Value], fields: &[&str]) -> Result<Answer, Refusal> {
    let raw = call
        .query("query")
        .ok_or_else(|| Refusal::field("query", "It should be a/an String", "missing_field"))?;
    let filter =
        query::parse(raw, fields).map_err(|message| Refusal::field("query", &message, "invalid_value"))?;
    let (start, per_page, _) = place(call, PER_PAGE_DEFAULT, 10)?;
    let found: Vec<&Value> = records.iter().filter(|record| filter.finds(record)).collect();
    let results: Vec<&&Value> = found.iter().skip(start).take(per_page).collect();
    Ok(Answer::json(200, &json!({"total": found.len(), "results": results})))
}
