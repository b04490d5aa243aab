//! Conversations: search, list, show, open, reply, close and tag. Their list key is `conversations`, not `data`.

use serde_json::{Value, json};

use super::lists::Page;
use super::refusal::Refusal;
use super::search::{Kind, Query, Searchable, sorted};
use super::{Intercom, object_of};
use crate::http_call::{Answer, Call};

const PER_PAGE_DEFAULT: usize = 20;
/// Parts kept of one conversation, as many as Intercom itself shows.
const PARTS_MAX: usize = 500;

struct Fields;

impl Searchable for Fields {
    fn kind(&self, field: &str) -> Option<Kind> {
        Some(match field {
            "id"
            | "source.type"
            | "source.id"
            | "source.delivered_as"
            | "source.subject"
            | "source.body"
            | "source.author.id"
            | "source.author.type"
            | "source.author.name"
            | "source.author.email"
            | "source.url"
            | "contact_ids"
            | "teammate_ids"
            | "admin_assignee_id"
            | "team_assignee_id"
            | "state"
            | "priority"
            | "channel_initiated"
            | "conversation_rating.remark"
            | "title" => Kind::Text,
            "created_at" | "updated_at" | "waiting_since" | "snoozed_until" => Kind::Date,
            "open" | "read" => Kind::Boolean,
            "tag_ids" => Kind::Tag,
            "statistics.count_conversation_parts" => Kind::Integer,
            _ => return None,
        })
    }

    fn values<'r>(&self, record: &'r Value, field: &str) -> Vec<&'r Value> {
        let ids = |list: &'r Value| list.as_array().into_iter().flatten().map(|item| &item["id"]).collect();
        match field {
            "contact_ids" => ids(&record["contacts"]["contacts"]),
            "teammate_ids" => ids(&record["teammates"]["admins"]),
            "tag_ids" => ids(&record["tags"]["tags"]),
            _ => {
                let value = field.split('.').fold(record, |value, key| &value[key]);
                if value.is_null() { Vec::new() } else { vec![value] }
            }
        }
    }
}

impl Intercom {
    pub(super) fn search_conversations(&self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let query = Query::parse(&body["query"], &Fields)?;
        let page = Page::of_body(&body, PER_PAGE_DEFAULT)?;
        let found = self.conversations.iter().filter(|one| query.finds(one, &Fields)).map(without_parts);
        Ok(page.cut("conversation.list", "conversations", &sorted(found.collect(), &body, &Fields)?))
    }

    pub(super) fn list_conversations(&self, call: &Call) -> Result<Answer, Refusal> {
        let all: Vec<Value> = self.conversations.iter().map(without_parts).collect();
        Ok(Page::of_query(call, PER_PAGE_DEFAULT)?.cut("conversation.list", "conversations", &all))
    }

    pub(super) fn show_conversation(&self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let mut conversation = self.conversation(id)?.clone();
        if call.query("display_as") == Some("plaintext") {
            strip_markup(&mut conversation);
        }
        Ok(Answer::json(200, &conversation))
    }

    /// Answers with the first message, whose `conversation_id` is what later calls need.
    pub(super) fn create_conversation(&mut self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let from = &body["from"];
        if !matches!(from["type"].as_str(), Some("user" | "lead" | "contact")) {
            return Err(Refusal::invalid("from.type must be user, lead or contact"));
        }
        let text =
            body["body"].as_str().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing("body"))?;
        let contact = self.contact(from["id"].as_str().unwrap_or_default())?.clone();
        let contact_id = contact["id"].as_str().unwrap_or_default();
        Self::check_room(&self.conversations)?;
        let id = self.next_id();
        let mut conversation =
            new_conversation(&id, contact_id, contact["external_id"].as_str(), text, call.now);
        conversation["source"]["author"]["name"] = contact["name"].clone();
        conversation["source"]["author"]["email"] = contact["email"].clone();
        self.conversations.push(conversation);
        Ok(Answer::json(
            200,
            &json!({
                "type": "user_message", "id": self.next_id(), "created_at": call.now, "body": text,
                "message_type": "inapp", "conversation_id": id,
            }),
        ))
    }

    pub(super) fn reply_conversation(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let kind = match body["message_type"].as_str() {
            Some(kind @ ("comment" | "note")) => kind.to_owned(),
            _ => return Err(Refusal::invalid("message_type must be comment or note")),
        };
        let text =
            body["body"].as_str().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing("body"))?;
        let author = match body["type"].as_str() {
            Some("admin") => self.admin_of(&body)?,
            Some("user") if kind == "note" => return Err(Refusal::invalid("A contact cannot write a note")),
            Some("user") => self.contact_named_in(&body)?,
            _ => return Err(Refusal::invalid("type must be user or admin")),
        };
        let id = if id == "last" {
            let last = self.conversations.iter().rev().find(|one| {
                one["contacts"]["contacts"].as_array().into_iter().flatten().any(|c| c["id"] == author["id"])
            });
            last.and_then(|one| one["id"].as_str()).unwrap_or_default().to_owned()
        } else {
            id.to_owned()
        };
        let part_id = self.next_id();
        let conversation = self.conversation_mut(&id)?;
        add_part(conversation, &part_id, &kind, Some(text), &author, call.now);
        if author["type"] == "user" {
            conversation["open"] = json!(true);
            conversation["state"] = json!("open");
        }
        Ok(Answer::json(200, conversation))
    }

    /// Close, snooze, open, assign.
    pub(super) fn manage_conversation(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let author = self.admin_of(&body)?;
        let part_id = self.next_id();
        let conversation = self.conversation_mut(id)?;
        let kind = body["message_type"].as_str().unwrap_or_default();
        match kind {
            "close" => {
                conversation["state"] = json!("closed");
                conversation["open"] = json!(false);
            }
            "open" => {
                conversation["state"] = json!("open");
                conversation["open"] = json!(true);
            }
            "snoozed" => {
                let until =
                    body["snoozed_until"].as_i64().ok_or_else(|| Refusal::missing("snoozed_until"))?;
                conversation["state"] = json!("snoozed");
                conversation["snoozed_until"] = json!(until);
            }
            "assignment" => {
                let assignee = body["assignee_id"].as_str().ok_or_else(|| Refusal::missing("assignee_id"))?;
                conversation["admin_assignee_id"] = json!(assignee.parse::<i64>().ok());
            }
            _ => return Err(Refusal::invalid("message_type must be close, snoozed, open or assignment")),
        }
        add_part(conversation, &part_id, kind, body["body"].as_str(), &author, call.now);
        Ok(Answer::json(200, conversation))
    }

    pub(super) fn tag_conversation(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        self.admin_of(&body)?;
        let tag = self.tag_of(&body)?;
        let conversation = self.conversation_mut(id)?;
        if let Some(tags) = conversation.pointer_mut("/tags/tags").and_then(Value::as_array_mut)
            && !tags.contains(&tag)
        {
            tags.push(tag.clone());
        }
        Ok(Answer::json(200, &tag))
    }

    fn conversation(&self, id: &str) -> Result<&Value, Refusal> {
        self.conversations
            .iter()
            .find(|one| one["id"] == id)
            .ok_or_else(|| Refusal::not_found("Resource Not Found"))
    }

    pub(super) fn conversation_mut(&mut self, id: &str) -> Result<&mut Value, Refusal> {
        self.conversations
            .iter_mut()
            .find(|one| one["id"] == id)
            .ok_or_else(|| Refusal::not_found("Resource Not Found"))
    }

    fn admin_of(&self, body: &Value) -> Result<Value, Refusal> {
        let id = body["admin_id"].as_str().ok_or_else(|| Refusal::missing("admin_id"))?;
        let admin = self.admins.iter().find(|admin| admin["id"] == id);
        let admin =
            admin.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin for admin_id not found"))?;
        Ok(json!({"type": "admin", "id": admin["id"], "name": admin["name"], "email": admin["email"]}))
    }

    fn contact_named_in(&self, body: &Value) -> Result<Value, Refusal> {
        let by = [("intercom_user_id", "id"), ("email", "email"), ("user_id", "external_id")];
        let (given, key) = by
            .iter()
            .find(|(given, _)| body[*given].is_string())
            .ok_or_else(|| Refusal::missing("intercom_user_id, email or user_id"))?;
        let contact = self.contacts.iter().find(|contact| contact[*key] == body[*given]);
        let contact = contact.ok_or_else(|| Refusal::not_found("User Not Found"))?;
        Ok(json!({"type": "user", "id": contact["id"], "name": contact["name"], "email": contact["email"]}))
    }
}

/// A fresh conversation with every key that a list shows.
pub(super) fn new_conversation(
    id: &str,
    contact: &str,
    external_id: Option<&str>,
    text: &str,
    at: i64,
) -> Value {
    json!({
        "type": "conversation", "id": id, "created_at": at, "updated_at": at, "waiting_since": at,
        "snoozed_until": null,
        "source": {
            "type": "conversation", "id": format!("9{id}"), "delivered_as": "customer_initiated", "subject": "",
            "body": format!("<p>{text}</p>"),
            "author": {"type": "user", "id": contact, "name": null, "email": null}, "attachments": [], "url": null,
            "redacted": false,
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": contact, "external_id": external_id}]},
        "first_contact_reply": null, "admin_assignee_id": null, "team_assignee_id": null, "open": true,
        "state": "open", "read": false, "tags": {"type": "tag.list", "tags": []}, "priority": "not_priority",
        "sla_applied": null, "statistics": null, "conversation_rating": null,
        "teammates": {"type": "admin.list", "admins": []}, "title": null, "custom_attributes": {}, "topics": {},
        "ticket": null, "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": false},
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": [], "total_count": 0},
    })
}

pub(super) fn add_part(
    conversation: &mut Value,
    id: &str,
    kind: &str,
    text: Option<&str>,
    author: &Value,
    at: i64,
) {
    conversation["updated_at"] = json!(at);
    let Some(parts) =
        conversation.pointer_mut("/conversation_parts/conversation_parts").and_then(Value::as_array_mut)
    else {
        return;
    };
    if parts.len() == PARTS_MAX {
        parts.remove(0);
    }
    parts.push(json!({
        "type": "conversation_part", "id": id, "part_type": kind, "body": text.map(|text| format!("<p>{text}</p>")),
        "created_at": at, "updated_at": at, "notified_at": at, "assigned_to": null, "author": author,
        "attachments": [], "external_id": null, "redacted": false,
    }));
    let count = parts.len();
    conversation["conversation_parts"]["total_count"] = json!(count);
}

/// Lists leave the parts out; only a single conversation has them.
fn without_parts(conversation: &Value) -> Value {
    let mut short = conversation.clone();
    if let Some(object) = short.as_object_mut() {
        object.shift_remove("conversation_parts");
    }
    short
}

fn strip_markup(conversation: &mut Value) {
    let plain = |text: &str| text.replace("<p>", "").replace("</p>", "");
    if let Some(body) = conversation["source"]["body"].as_str().map(plain) {
        conversation["source"]["body"] = json!(body);
    }
    let parts =
        conversation.pointer_mut("/conversation_parts/conversation_parts").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        if let Some(body) = part["body"].as_str().map(plain) {
            part["body"] = json!(body);
        }
    }
}
