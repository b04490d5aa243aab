//! Search, users, tickets, comments and tags.

use http::Method;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::seed::{new_comment, new_ticket, new_user};
use super::{RECORDS_MAX, SEARCH_RESULTS_MAX, Zendesk, page, query};
use crate::clock::iso;
use crate::http_call::{Answer, Call};

const STATUSES: [&str; 6] = ["new", "open", "pending", "hold", "solved", "closed"];
const PRIORITIES: [&str; 4] = ["urgent", "high", "normal", "low"];
const TYPES: [&str; 4] = ["problem", "incident", "question", "task"];

impl Zendesk {
    pub(super) fn search(&self, call: &Call) -> Result<Answer, Refusal> {
        page(call, "results", &self.found(call)?, SEARCH_RESULTS_MAX)
    }

    pub(super) fn search_count(&self, call: &Call) -> Result<Answer, Refusal> {
        Ok(Answer::json(200, &json!({"count": self.found(call)?.len()})))
    }

    fn found(&self, call: &Call) -> Result<Vec<Value>, Refusal> {
        let words = call.query("query").filter(|words| !words.trim().is_empty());
        let terms = query::parse(words.ok_or_else(|| Refusal::query("Invalid search: query is missing"))?);
        let typed = |record: &Value, kind: &str| {
            let mut record = record.clone();
            record["result_type"] = json!(kind);
            record
        };
        let tickets = self
            .tickets
            .iter()
            .filter(|ticket| !ticket["id"].is_null())
            .map(|ticket| typed(ticket, "ticket"));
        let users = self.users.iter().map(|user| typed(user, "user"));
        let mut found: Vec<Value> = tickets
            .chain(users)
            .filter(|result| {
                let requester = self.users.iter().find(|user| user["id"] == result["requester_id"]);
                terms.iter().all(|term| term.holds(result, requester))
            })
            .collect();
        let by = call.query("sort_by").unwrap_or("created_at");
        if !matches!(by, "created_at" | "updated_at" | "priority" | "status" | "ticket_type" | "relevance") {
            return Err(Refusal::query("Invalid search: sort_by is not a sortable field"));
        }
        found.sort_by_key(|result| result[by].as_str().unwrap_or_default().to_owned());
        if call.query("sort_order").unwrap_or("desc") == "desc" {
            found.reverse();
        }
        Ok(found)
    }

    /// `query=email:…` or `external_id=`, which takes no search words.
    pub(super) fn search_users(&self, call: &Call) -> Result<Answer, Refusal> {
        let found: Vec<Value> = match (call.query("external_id"), call.query("query")) {
            (Some(id), _) => self.users.iter().filter(|user| user["external_id"] == id).cloned().collect(),
            (None, Some(words)) => {
                let terms = query::parse(words);
                self.users
                    .iter()
                    .filter(|user| terms.iter().all(|term| term.holds(user, None)))
                    .cloned()
                    .collect()
            }
            (None, None) => return Err(Refusal::query("Invalid search: query or external_id is missing")),
        };
        page(call, "users", &found, 10_000)
    }

    pub(super) fn user(&self, id: &str) -> Result<Answer, Refusal> {
        let user = id.parse::<u64>().ok().and_then(|id| self.users.iter().find(|user| user["id"] == id));
        Ok(Answer::json(200, &json!({"user": user.ok_or_else(Refusal::record)?})))
    }

    pub(super) fn requested(&self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        self.user(id)?;
        let id = id.parse::<u64>().unwrap_or_default();
        let tickets: Vec<Value> = self.tickets.iter().filter(|t| t["requester_id"] == id).cloned().collect();
        page(call, "tickets", &tickets, 10_000)
    }

    pub(super) fn list_tickets(&self, call: &Call) -> Result<Answer, Refusal> {
        let tickets: Vec<Value> =
            self.tickets.iter().filter(|ticket| !ticket["id"].is_null()).cloned().collect();
        page(call, "tickets", &tickets, 10_000)
    }

    pub(super) fn show_ticket(&self, id: &str) -> Result<Answer, Refusal> {
        Ok(Answer::json(200, &json!({"ticket": self.tickets[self.place(id)?]})))
    }

    /// `POST /tickets` (wrapper `ticket`) and `POST /requests` (wrapper `request`).
    pub(super) fn create_ticket(&mut self, call: &Call, wrapper: &str) -> Result<Answer, Refusal> {
        let body = call.json().unwrap_or(Value::Null);
        let given = &body[wrapper];
        if !given.is_object() {
            return Err(Refusal::attribute(&format!(
                "You passed an invalid value for the {wrapper} attribute. Must be an object"
            )));
        }
        let text = given["comment"]["body"]
            .as_str()
            .or(given["description"].as_str())
            .filter(|text| !text.trim().is_empty());
        let text =
            text.ok_or_else(|| Refusal::invalid("base", "BlankValue", "Description: cannot be blank"))?;
        check_choices(given)?;
        if self.tickets.len() >= RECORDS_MAX || self.users.len() >= RECORDS_MAX {
            return Err(Refusal::invalid(
                "base",
                "LimitExceeded",
                "The sandbox holds too many records; reset it",
            ));
        }
        let requester = self.requester(&given["requester"], &given["requester_id"], call.now)?;
        let id = 35_400 + self.tickets.len() as u64;
        let subject = given["subject"].as_str().or(given["raw_subject"].as_str()).unwrap_or(text);
        let mut ticket = new_ticket(id, requester, subject, text, call.now);
        apply(&mut ticket, given);
        self.tickets.push(ticket.clone());
        let comment_id = self.next_id();
        let public = given["comment"]["public"].as_bool().unwrap_or(true);
        self.comments.push(new_comment(comment_id, id, requester, text, public, call.now));
        let mut created = json!({});
        created[wrapper] = ticket;
        Ok(Answer::json(201, &created)
            .header("location", format!("{}/api/v2/{wrapper}s/{id}.json", call.base)))
    }

    pub(super) fn update_ticket(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let at = self.place(id)?;
        let body = call.json().unwrap_or(Value::Null);
        let given = &body["ticket"];
        if !given.is_object() {
            return Err(Refusal::attribute(
                "You passed an invalid value for the ticket attribute. Must be an object",
            ));
        }
        if self.tickets[at]["status"] == "closed" {
            return Err(Refusal::invalid("status", "InvalidValue", "Status: closed prevents ticket update"));
        }
        check_choices(given)?;
        let agent = self.users.first().and_then(|agent| agent["id"].as_u64()).unwrap_or_default();
        let mut events = Vec::new();
        if !given["comment"].is_null() {
            let text = given["comment"]["body"].as_str().or(given["comment"]["html_body"].as_str());
            let text = text.filter(|text| !text.trim().is_empty());
            let text =
                text.ok_or_else(|| Refusal::invalid("base", "BlankValue", "Comment: cannot be blank"))?;
            let public = given["comment"]["public"].as_bool().unwrap_or(true);
            let comment_id = self.next_id();
            let ticket_id = self.tickets[at]["id"].as_u64().unwrap_or_default();
            self.comments.push(new_comment(comment_id, ticket_id, agent, text, public, call.now));
            events.push(json!({"id": comment_id, "type": "Comment", "author_id": agent, "body": text, "public": public, "attachments": []}));
        }
        let audit_id = self.next_id();
        let ticket = &mut self.tickets[at];
        for key in ["status", "priority", "subject"] {
            if given.get(key).is_some_and(|new| *new != ticket[key]) {
                events.push(json!({"id": audit_id + 1, "type": "Change", "field_name": key, "value": given[key], "previous_value": ticket[key]}));
            }
        }
        apply(ticket, given);
        ticket["updated_at"] = json!(iso(call.now));
        let audit = json!({
            "id": audit_id, "ticket_id": ticket["id"], "created_at": iso(call.now), "author_id": agent,
            "metadata": {"system": {}, "custom": {}}, "events": events, "via": {"channel": "api"},
        });
        Ok(Answer::json(200, &json!({"ticket": ticket, "audit": audit})))
    }

    pub(super) fn delete_ticket(&mut self, id: &str) -> Result<Answer, Refusal> {
        let at = self.place(id)?;
        // Its place stays, so that the ids of later tickets stay unique.
        self.tickets[at]["id"] = Value::Null;
        self.tickets[at]["requester_id"] = Value::Null;
        self.tickets[at]["status"] = json!("deleted");
        Ok(Answer::empty(204))
    }

    pub(super) fn list_comments(&self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let ticket = &self.tickets[self.place(id)?];
        let comments: Vec<Value> = self
            .comments
            .iter()
            .filter(|c| c["ticket_id"] == ticket["id"])
            .map(|comment| {
                let mut comment = comment.clone();
                if let Some(object) = comment.as_object_mut() {
                    object.shift_remove("ticket_id");
                }
                comment
            })
            .collect();
        page(call, "comments", &comments, 10_000)
    }

    /// PUT adds, POST replaces, DELETE removes.
    pub(super) fn ticket_tags(&mut self, call: &Call, method: &Method, id: &str) -> Result<Answer, Refusal> {
        let at = self.place(id)?;
        let body = call.json().unwrap_or(Value::Null);
        let given: Vec<Value> =
            body["tags"].as_array().into_iter().flatten().filter(|tag| tag.is_string()).cloned().collect();
        let ticket = &mut self.tickets[at];
        let mut tags: Vec<Value> = ticket["tags"].as_array().cloned().unwrap_or_default();
        match *method {
            Method::PUT => {
                let fresh: Vec<Value> = given.into_iter().filter(|tag| !tags.contains(tag)).collect();
                tags.extend(fresh);
            }
            Method::POST => tags = given,
            Method::DELETE => tags.retain(|tag| !given.contains(tag)),
            _ => {}
        }
        ticket["tags"] = json!(tags);
        let status = if *method == Method::POST { 201 } else { 200 };
        Ok(Answer::json(status, &json!({"tags": tags})))
    }

    fn place(&self, id: &str) -> Result<usize, Refusal> {
        let id: u64 = id.parse().map_err(|_| {
            Refusal::attribute(
                "You passed an invalid value for the id attribute. Invalid parameter: id must be an integer",
            )
        })?;
        self.tickets.iter().position(|ticket| ticket["id"] == id).ok_or_else(Refusal::record)
    }

    fn requester(&mut self, given: &Value, id: &Value, now: i64) -> Result<u64, Refusal> {
        let known = |user: &&Value| {
            (given["email"].is_string()
                && user["email"].as_str().map(str::to_lowercase)
                    == given["email"].as_str().map(str::to_lowercase))
                || (!id.is_null() && user["id"] == *id)
        };
        if let Some(user) = self.users.iter().find(known) {
            return Ok(user["id"].as_u64().unwrap_or_default());
        }
        if !id.is_null() {
            return Err(Refusal::invalid("requester", "InvalidValue", "Requester: is invalid"));
        }
        if given.is_null() {
            // Without a requester the ticket is the caller's own.
            return Ok(self.users.first().and_then(|agent| agent["id"].as_u64()).unwrap_or_default());
        }
        let name = given["name"].as_str().filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| {
            Refusal::invalid(
                "requester",
                "BlankValue",
                "Requester: Name: is too short (minimum is 1 characters)",
            )
        })?;
        let id = self.next_id();
        self.users.push(new_user(id, name, given["email"].as_str(), given["phone"].as_str(), now));
        Ok(id)
    }
}

fn check_choices(given: &Value) -> Result<(), Refusal> {
    for (key, known) in [("status", &STATUSES[..]), ("priority", &PRIORITIES[..]), ("type", &TYPES[..])] {
        let value = &given[key];
        if !value.is_null() && value.as_str().is_none_or(|text| !known.contains(&text)) {
            let label = format!("{}{}", key[..1].to_uppercase(), &key[1..]);
            return Err(Refusal::invalid(
                key,
                "InvalidValue",
                &format!("{label}: is not properly formatted or not included in the list"),
            ));
        }
    }
    Ok(())
}

fn apply(ticket: &mut Value, given: &Value) {
    for key in [
        "status",
        "priority",
        "type",
        "subject",
        "external_id",
        "tags",
        "custom_fields",
        "assignee_id",
        "group_id",
    ] {
        if let Some(value) = given.get(key) {
            ticket[key] = value.clone();
        }
    }
}
