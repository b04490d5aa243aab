//! From the data set to Zendesk's records.

use serde_json::{Value, json};

use super::Zendesk;
use crate::clock::iso;
use crate::data::{DataSet, TicketPriority, TicketStatus, Vendor};

const DAY: i64 = 86_400;

impl Zendesk {
    pub(super) fn seed(&mut self, data: &DataSet, now: i64) {
        let agent_id = self.next_id();
        let mut agent = new_user(agent_id, "Meera Iyer", Some(&self.access.email), None, now - 500 * DAY);
        agent["role"] = json!("agent");
        self.users.push(agent);
        for person in data.people_in(Vendor::Zendesk) {
            let id = self.next_id();
            let mut user =
                new_user(id, &person.name, person.email.as_deref(), person.phone.as_deref(), now - 300 * DAY);
            user["external_id"] = json!(person.external_id);
            user["tags"] = json!(person.tags);
            user["user_fields"] = Value::Object(person.custom_attributes.clone());
            self.users.push(user);
            for past in &person.tickets {
                let at = now - i64::from(past.days_ago) * DAY - 7200;
                let ticket_id = 35_400 + self.tickets.len() as u64;
                let mut ticket = new_ticket(ticket_id, id, &past.subject, &past.description, at);
                ticket["status"] = json!(match past.status {
                    TicketStatus::New => "new",
                    TicketStatus::Open => "open",
                    TicketStatus::Pending => "pending",
                    TicketStatus::Hold => "hold",
                    TicketStatus::Solved => "solved",
                    TicketStatus::Closed => "closed",
                });
                ticket["priority"] = json!(match past.priority {
                    TicketPriority::Low => "low",
                    TicketPriority::Normal => "normal",
                    TicketPriority::High => "high",
                    TicketPriority::Urgent => "urgent",
                });
                ticket["tags"] = json!(past.tags);
                self.tickets.push(ticket);
                let comment_id = self.next_id();
                self.comments.push(new_comment(comment_id, ticket_id, id, &past.description, true, at));
            }
        }
    }
}

pub(super) fn new_user(id: u64, name: &str, email: Option<&str>, phone: Option<&str>, at: i64) -> Value {
    json!({
        "id": id, "url": format!("https://sandbox.zendesk.com/api/v2/users/{id}.json"), "name": name, "email": email,
        "created_at": iso(at), "updated_at": iso(at), "time_zone": "Mumbai", "phone": phone, "locale": "en-US",
        "organization_id": null, "role": "end-user", "verified": true, "external_id": null, "tags": [], "alias": "",
        "active": true, "shared": false, "suspended": false, "user_fields": {}, "notes": "", "details": "",
    })
}

pub(super) fn new_ticket(id: u64, requester: u64, subject: &str, description: &str, at: i64) -> Value {
    json!({
        "url": format!("https://sandbox.zendesk.com/api/v2/tickets/{id}.json"), "id": id, "external_id": null,
        "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": null}}, "created_at": iso(at),
        "updated_at": iso(at), "type": null, "subject": subject, "raw_subject": subject, "description": description,
        "priority": null, "status": "new", "recipient": null, "requester_id": requester, "submitter_id": requester,
        "assignee_id": null, "organization_id": null, "group_id": null, "collaborator_ids": [], "follower_ids": [],
        "has_incidents": false, "is_public": true, "due_at": null, "tags": [], "custom_fields": [],
        "satisfaction_rating": null, "allow_channelback": false,
    })
}

pub(super) fn new_comment(id: u64, ticket: u64, author: u64, body: &str, public: bool, at: i64) -> Value {
    json!({
        "id": id, "type": "Comment", "author_id": author, "body": body, "html_body": format!("<div class=\"zd-comment\"><p>{body}</p></div>"),
        "plain_body": body, "public": public, "attachments": [], "audit_id": id + 1, "via": {"channel": "api"},
        "created_at": iso(at), "metadata": {"system": {}, "custom": {}}, "ticket_id": ticket,
    })
}
