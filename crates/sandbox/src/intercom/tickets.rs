//! Tickets. `id` goes into calls, `ticket_id` is the number people see; the list key is `tickets`.

use serde_json::{Value, json};

use super::lists::Page;
use super::refusal::Refusal;
use super::search::{Kind, Query, Searchable, sorted};
use super::{Intercom, object_of};
use crate::http_call::{Answer, Call};

const PER_PAGE_DEFAULT: usize = 20;

struct Fields;

impl Searchable for Fields {
    fn kind(&self, field: &str) -> Option<Kind> {
        Some(match field {
            "id" | "ticket_id" | "title" | "description" | "category" | "ticket_type_id" | "contact_ids"
            | "teammate_ids" | "admin_assignee_id" | "team_assignee_id" | "state" | "ticket_state" => {
                Kind::Text
            }
            "created_at" | "updated_at" | "snoozed_until" => Kind::Date,
            "open" => Kind::Boolean,
            _ if field.starts_with("ticket_attribute.") => Kind::Text,
            _ => return None,
        })
    }

    fn values<'r>(&self, record: &'r Value, field: &str) -> Vec<&'r Value> {
        let value = match field {
            "contact_ids" => {
                return record["contacts"]["contacts"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|c| &c["id"])
                    .collect();
            }
            "title" => &record["ticket_attributes"]["_default_title_"],
            "description" => &record["ticket_attributes"]["_default_description_"],
            "ticket_type_id" => &record["ticket_type"]["id"],
            "state" | "ticket_state" => &record["ticket_state"],
            _ => match field.strip_prefix("ticket_attribute.") {
                Some(key) => &record["ticket_attributes"][key],
                None => &record[field],
            },
        };
        if value.is_null() { Vec::new() } else { vec![value] }
    }
}

impl Intercom {
    pub(super) fn search_tickets(&self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let query = Query::parse(&body["query"], &Fields)?;
        let page = Page::of_body(&body, PER_PAGE_DEFAULT)?;
        let found = self.tickets.iter().filter(|one| query.finds(one, &Fields)).cloned();
        Ok(page.cut("ticket.list", "tickets", &sorted(found.collect(), &body, &Fields)?))
    }

    pub(super) fn ticket(&self, id: &str) -> Result<&Value, Refusal> {
        let found = self.tickets.iter().find(|ticket| ticket["id"] == id);
        found.ok_or_else(|| Refusal::new(404, "ticket_not_found", "Ticket not found"))
    }

    pub(super) fn create_ticket(&mut self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let kind = self.ticket_type_of(&body)?;
        let named = match body["contacts"].as_array().map(Vec::as_slice) {
            Some([one]) => one,
            Some([]) | None => return Err(Refusal::missing("contacts")),
            Some(_) => return Err(Refusal::invalid("A ticket has one contact at present")),
        };
        let by = ["id", "external_id", "email"];
        let key = by
            .iter()
            .find(|key| named[**key].is_string())
            .ok_or_else(|| Refusal::missing("contacts[0].id"))?;
        let contact = self.contacts.iter().find(|contact| contact[*key] == named[*key]);
        let contact = contact.ok_or_else(|| Refusal::not_found("User Not Found"))?.clone();
        let attributes = match &body["ticket_attributes"] {
            Value::Null => json!({}),
            Value::Object(_) => body["ticket_attributes"].clone(),
            _ => return Err(Refusal::mismatch("ticket_attributes must be an object")),
        };
        Self::check_room(&self.tickets)?;
        let id = self.next_id();
        let contact_id = contact["id"].as_str().unwrap_or_default();
        let ticket = new_ticket(
            &id,
            &kind,
            contact_id,
            contact["external_id"].as_str(),
            &attributes,
            "submitted",
            call.now,
        );
        self.tickets.push(ticket.clone());
        Ok(Answer::json(200, &ticket))
    }

    pub(super) fn update_ticket(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let ticket = self.ticket_mut(id)?;
        if let (Some(given), Some(kept)) =
            (body["ticket_attributes"].as_object(), ticket["ticket_attributes"].as_object_mut())
        {
            for (key, value) in given {
                kept.insert(key.clone(), value.clone());
            }
        }
        if let Some(open) = body["open"].as_bool() {
            ticket["open"] = json!(open);
        }
        match body["state"].as_str() {
            None => {}
            Some(state @ ("in_progress" | "waiting_on_customer" | "resolved")) => set_state(ticket, state),
            Some(_) => {
                return Err(Refusal::invalid("state must be in_progress, waiting_on_customer or resolved"));
            }
        }
        ticket["updated_at"] = json!(call.now);
        Ok(Answer::json(200, ticket))
    }

    pub(super) fn reply_ticket(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let part_id = self.next_id();
        let ticket = self.ticket_mut(id)?;
        let from = match body["type"].as_str() {
            Some("user") if ticket["category"] == "Back-office" => {
                return Err(Refusal::new(
                    400,
                    "parameter_mismatch",
                    "User replies are not allowed on Backoffice tickets",
                ));
            }
            Some(from @ ("user" | "admin")) => from,
            _ => return Err(Refusal::invalid("type must be user or admin")),
        };
        let text =
            body["body"].as_str().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing("body"))?;
        ticket["updated_at"] = json!(call.now);
        Ok(Answer::json(
            200,
            &json!({
                "type": "ticket_part", "id": part_id, "part_type": body["message_type"].as_str().unwrap_or("comment"),
                "body": format!("<p>{text}</p>"), "created_at": call.now, "updated_at": call.now,
                "author": {"type": from, "id": body["admin_id"].as_str().or(body["intercom_user_id"].as_str())},
                "attachments": [], "redacted": false,
            }),
        ))
    }

    /// `POST /conversations/{id}/convert`
    pub(super) fn convert_conversation(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let kind = self.ticket_type_of(&body)?;
        let ticket_id = self.next_id();
        let conversation = self.conversation_mut(id)?;
        let contact = conversation["contacts"]["contacts"][0].clone();
        let title = conversation["title"].as_str().unwrap_or("Conversation").to_owned();
        conversation["ticket"] = json!({"type": "ticket", "id": ticket_id});
        let attributes =
            json!({"_default_title_": title, "_default_description_": conversation["source"]["body"]});
        let contact_id = contact["id"].as_str().unwrap_or_default();
        let ticket = new_ticket(
            &ticket_id,
            &kind,
            contact_id,
            contact["external_id"].as_str(),
            &attributes,
            "submitted",
            call.now,
        );
        self.tickets.push(ticket.clone());
        Ok(Answer::json(200, &ticket))
    }

    fn ticket_mut(&mut self, id: &str) -> Result<&mut Value, Refusal> {
        let found = self.tickets.iter_mut().find(|ticket| ticket["id"] == id);
        found.ok_or_else(|| Refusal::new(404, "ticket_not_found", "Ticket not found"))
    }

    fn ticket_type_of(&self, body: &Value) -> Result<Value, Refusal> {
        let id = match &body["ticket_type_id"] {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.to_string(),
            _ => return Err(Refusal::missing("ticket_type_id")),
        };
        let kind = self.ticket_types.iter().find(|kind| kind["id"] == id.as_str());
        kind.cloned().ok_or_else(|| Refusal::not_found("Ticket type not found"))
    }
}

pub(super) fn new_ticket(
    id: &str,
    kind: &Value,
    contact: &str,
    external_id: Option<&str>,
    attributes: &Value,
    state: &str,
    at: i64,
) -> Value {
    let mut ticket = json!({
        "type": "ticket", "id": id, "ticket_id": id.parse::<u64>().map_or(0, |id| id.saturating_sub(400)).to_string(), "category": kind["category"],
        "ticket_attributes": attributes, "ticket_state": "", "ticket_state_internal_label": "",
        "ticket_state_external_label": "", "ticket_type": kind,
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": contact, "external_id": external_id}]},
        "admin_assignee_id": "0", "team_assignee_id": "0", "created_at": at, "updated_at": at,
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": [], "total_count": 0},
        "open": true, "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": false}, "is_shared": false,
    });
    set_state(&mut ticket, state);
    ticket
}

fn set_state(ticket: &mut Value, state: &str) {
    let label = match state {
        "submitted" => "Submitted",
        "in_progress" => "In progress",
        "waiting_on_customer" => "Waiting on you",
        _ => "Resolved",
    };
    ticket["ticket_state"] = json!(state);
    ticket["ticket_state_internal_label"] = json!(label);
    ticket["ticket_state_external_label"] = json!(label);
    ticket["open"] = json!(state != "resolved");
}
