//! Tickets: list, filter, show, create, change, reply, note.

use serde_json::{Value, json};

use super::contacts::wrapped;
use super::refusal::Refusal;
use super::seed::new_ticket;
use super::{Freshdesk, RECORDS_MAX, page};
use crate::clock::{iso, parse_iso};
use crate::http_call::{Answer, Call};

const SEARCHABLE: [&str; 9] =
    ["agent_id", "group_id", "priority", "status", "tag", "type", "due_by", "created_at", "updated_at"];
/// A list without `updated_since` shows only so much.
const LIST_SECONDS: i64 = 30 * 86_400;
/// Conversations inside a ticket.
const INCLUDED_MAX: usize = 10;

impl Freshdesk {
    pub(super) fn list_tickets(&self, call: &Call) -> Result<Answer, Refusal> {
        let since = match call.query("updated_since") {
            None => None,
            Some(text) => Some(parse_iso(text).ok_or_else(|| {
                Refusal::field(
                    "updated_since",
                    "It should be in the 'combined date and time ISO8601' format",
                    "invalid_date",
                )
            })?),
        };
        let requester = match call.query("email") {
            None => None,
            Some(email) => {
                let contact = self
                    .contacts
                    .iter()
                    .find(|c| c["email"].as_str().is_some_and(|has| has.eq_ignore_ascii_case(email)));
                match contact {
                    Some(contact) => Some(contact["id"].clone()),
                    None => return page(call, &[]),
                }
            }
        };
        let asked = call.query("requester_id").map(|id| id.parse::<u64>().map(Value::from));
        let asked = asked.transpose().map_err(|_| {
            Refusal::field("requester_id", "It should be a/an Positive Integer", "datatype_mismatch")
        })?;
        let shown = |ticket: &&Value| {
            let created = ticket["created_at"].as_str().and_then(parse_iso).unwrap_or(0);
            let updated = ticket["updated_at"].as_str().and_then(parse_iso).unwrap_or(0);
            since.map_or(created > call.now - LIST_SECONDS, |since| updated >= since)
                && requester.as_ref().is_none_or(|id| ticket["requester_id"] == *id)
                && asked.as_ref().is_none_or(|id| ticket["requester_id"] == *id)
        };
        let mut found: Vec<Value> = self.tickets.iter().filter(shown).cloned().collect();
        let by = call.query("order_by").unwrap_or("created_at");
        if !matches!(by, "created_at" | "due_by" | "updated_at" | "status") {
            return Err(Refusal::field(
                "order_by",
                "It should be one of these values: 'created_at,due_by,updated_at,status'",
                "invalid_value",
            ));
        }
        found.sort_by_key(|ticket| {
            (ticket[by].as_u64().unwrap_or(0), ticket[by].as_str().unwrap_or_default().to_owned())
        });
        if call.query("order_type").unwrap_or("desc") == "desc" {
            found.reverse();
        }
        // Lists leave the description out unless it is asked for.
        if call.query("include").is_none_or(|include| !include.contains("description")) {
            for ticket in found.iter_mut().filter_map(Value::as_object_mut) {
                ticket.shift_remove("description");
                ticket.shift_remove("description_text");
            }
        }
        page(call, &found)
    }

    pub(super) fn search_tickets(&self, call: &Call) -> Result<Answer, Refusal> {
        wrapped(call, &self.tickets, &SEARCHABLE)
    }

    pub(super) fn show_ticket(&self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let mut ticket = self.tickets[self.place(id)?].clone();
        for wanted in call.query("include").unwrap_or_default().split(',').map(str::trim) {
            match wanted {
                "conversations" => {
                    let thread: Vec<Value> = self.thread_of(&ticket).into_iter().take(INCLUDED_MAX).collect();
                    ticket["conversations"] = json!(thread);
                }
                "requester" => {
                    let contact = self.contacts.iter().find(|c| c["id"] == ticket["requester_id"]);
                    let contact = contact.map(|c| json!({"id": c["id"], "name": c["name"], "email": c["email"], "mobile": c["mobile"], "phone": c["phone"]}));
                    ticket["requester"] = json!(contact);
                }
                "stats" => {
                    ticket["stats"] =
                        json!({"closed_at": null, "resolved_at": null, "first_responded_at": null});
                }
                "" | "company" | "sla_policy" => {}
                _ => {
                    return Err(Refusal::field(
                        "include",
                        "It should be one of these values: 'conversations,requester,company,stats,sla_policy'",
                        "invalid_value",
                    ));
                }
            }
        }
        Ok(Answer::json(200, &ticket))
    }

    pub(super) fn create_ticket(&mut self, call: &Call) -> Result<Answer, Refusal> {
        let body = call.json().filter(Value::is_object).ok_or_else(Refusal::json)?;
        let mut wrong = wrong_numbers(&body);
        for key in ["subject", "description"] {
            match &body[key] {
                Value::String(text) if !text.is_empty() => {}
                Value::Null | Value::String(_) => {
                    wrong.push(fault(key, "It should be a/an String", "missing_field"));
                }
                _ => wrong.push(fault(
                    key,
                    "Value set is of the wrong type. It should be a/an String",
                    "datatype_mismatch",
                )),
            }
        }
        if !wrong.is_empty() {
            return Err(Refusal::fields(&wrong));
        }
        if self.tickets.len() >= RECORDS_MAX || self.contacts.len() >= RECORDS_MAX {
            return Err(Refusal::field(
                "subject",
                "The sandbox holds too many records; reset it",
                "invalid_value",
            ));
        }
        let requester = self.requester(&body, call.now)?;
        let id = self.tickets.len() as u64 + 141;
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let mut ticket = new_ticket(id, requester, text("subject"), text("description"), call.now);
        apply(&mut ticket, &body);
        self.tickets.push(ticket.clone());
        Ok(Answer::json(201, &ticket).header("location", format!("{}/api/v2/tickets/{id}", call.base)))
    }

    pub(super) fn update_ticket(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let at = self.place(id)?;
        let body = call.json().filter(Value::is_object).ok_or_else(Refusal::json)?;
        let wrong = wrong_numbers(&body);
        if !wrong.is_empty() {
            return Err(Refusal::fields(&wrong));
        }
        let ticket = &mut self.tickets[at];
        apply(ticket, &body);
        ticket["updated_at"] = json!(iso(call.now));
        Ok(Answer::json(200, ticket))
    }

    /// Goes to the customer. Its id is not the ticket's.
    pub(super) fn reply(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        self.add(call, id, false, false)
    }

    pub(super) fn note(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let private = call.json().and_then(|body| body["private"].as_bool()).unwrap_or(true);
        self.add(call, id, true, private)
    }

    pub(super) fn thread(&self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let ticket = &self.tickets[self.place(id)?];
        page(call, &self.thread_of(ticket))
    }

    fn add(&mut self, call: &Call, id: &str, note: bool, private: bool) -> Result<Answer, Refusal> {
        let at = self.place(id)?;
        let body = call.json().filter(Value::is_object).ok_or_else(Refusal::json)?;
        let text = body["body"].as_str().filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Refusal::field("body", "It should be a/an String", "missing_field"))?;
        if self.conversations.len() >= RECORDS_MAX {
            return Err(Refusal::field(
                "body",
                "The sandbox holds too many records; reset it",
                "invalid_value",
            ));
        }
        let entry_id = self.next_id();
        let mut entry = json!({
            "id": entry_id, "body": text, "body_text": text, "ticket_id": self.tickets[at]["id"], "user_id": 43_000_000_001_u64,
            "created_at": iso(call.now), "updated_at": iso(call.now), "attachments": [],
        });
        if note {
            entry["incoming"] = json!(false);
            entry["private"] = json!(private);
            entry["support_email"] = Value::Null;
        } else {
            entry["from_email"] = json!("support@example.com");
            entry["cc_emails"] = json!([]);
            entry["bcc_emails"] = json!([]);
            entry["replied_to"] = json!([]);
        }
        self.conversations.push(entry.clone());
        self.tickets[at]["updated_at"] = json!(iso(call.now));
        Ok(Answer::json(201, &entry))
    }

    fn thread_of(&self, ticket: &Value) -> Vec<Value> {
        self.conversations.iter().filter(|entry| entry["ticket_id"] == ticket["id"]).cloned().collect()
    }

    fn place(&self, id: &str) -> Result<usize, Refusal> {
        let id = id.parse::<u64>().ok();
        id.and_then(|id| self.tickets.iter().position(|ticket| ticket["id"] == id))
            .ok_or_else(|| Refusal::empty(404))
    }
}

/// Status, priority and source are numbers of known lists; text in their place is a `datatype_mismatch`.
fn wrong_numbers(body: &Value) -> Vec<(String, String, String)> {
    let known = [
        ("status", 2..=5, "2,3,4,5"),
        ("priority", 1..=4, "1,2,3,4"),
        ("source", 1..=13, "1,2,3,5,6,7,9,10,11,12,13"),
    ];
    known
        .into_iter()
        .filter_map(|(key, range, list)| {
            let listed = format!("It should be one of these values: '{list}'");
            match &body[key] {
                Value::Null => None,
                Value::Number(number) => {
                    let fits = number.as_u64().is_some_and(|n| range.contains(&n));
                    (!fits).then(|| fault(key, &listed, "invalid_value"))
                }
                Value::String(_) => {
                    Some(fault(key, &format!("Value set is of type String.{listed}"), "datatype_mismatch"))
                }
                _ => Some(fault(key, &listed, "datatype_mismatch")),
            }
        })
        .collect()
}

fn fault(field: &str, message: &str, code: &str) -> (String, String, String) {
    (field.to_owned(), message.to_owned(), code.to_owned())
}

fn apply(ticket: &mut Value, body: &Value) {
    for key in [
        "status",
        "priority",
        "source",
        "subject",
        "type",
        "tags",
        "custom_fields",
        "responder_id",
        "group_id",
    ] {
        if let Some(value) = body.get(key) {
            ticket[key] = value.clone();
        }
    }
    if let Some(text) = body["description"].as_str() {
        ticket["description"] = json!(text);
        ticket["description_text"] = json!(text);
    }
}
