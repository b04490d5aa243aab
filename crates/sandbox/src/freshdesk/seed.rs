//! From the data set to Freshdesk's records. Status and priority are numbers here.

use serde_json::{Map, Value, json};

use super::Freshdesk;
use crate::clock::iso;
use crate::data::{DataSet, TicketPriority, TicketStatus, Vendor};

const DAY: i64 = 86_400;

impl Freshdesk {
    pub(super) fn seed(&mut self, data: &DataSet, now: i64) {
        for person in data.people_in(Vendor::Freshdesk) {
            let id = self.next_id();
            let mut contact = new_contact(id, &person.name, now - 300 * DAY);
            contact["email"] = json!(person.email);
            contact["mobile"] = json!(person.phone);
            contact["unique_external_id"] = json!(person.external_id);
            contact["tags"] = json!(person.tags);
            let custom: Map<String, Value> = person
                .custom_attributes
                .iter()
                .map(|(key, value)| (format!("cf_{}", key.to_lowercase()), value.clone()))
                .collect();
            contact["custom_fields"] = Value::Object(custom);
            self.contacts.push(contact);
            for past in &person.tickets {
                let at = now - i64::from(past.days_ago) * DAY - 7200;
                let number = self.tickets.len() as u64 + 141;
                let mut ticket = new_ticket(number, id, &past.subject, &past.description, at);
                ticket["status"] = json!(match past.status {
                    TicketStatus::New | TicketStatus::Open => 2,
                    TicketStatus::Pending | TicketStatus::Hold => 3,
                    TicketStatus::Solved => 4,
                    TicketStatus::Closed => 5,
                });
                ticket["priority"] = json!(match past.priority {
                    TicketPriority::Low => 1,
                    TicketPriority::Normal => 2,
                    TicketPriority::High => 3,
                    TicketPriority::Urgent => 4,
                });
                ticket["tags"] = json!(past.tags);
                self.tickets.push(ticket);
            }
        }
    }
}

pub(super) fn new_contact(id: u64, name: &str, at: i64) -> Value {
    json!({
        "active": true, "address": null, "company_id": null, "view_all_tickets": false, "description": null,
        "email": null, "id": id, "job_title": null, "language": "en", "mobile": null, "name": name, "phone": null,
        "time_zone": "Mumbai", "twitter_id": null, "custom_fields": {}, "tags": [], "other_emails": [],
        "other_companies": [], "unique_external_id": null, "created_at": iso(at), "updated_at": iso(at),
    })
}

pub(super) fn new_ticket(id: u64, requester: u64, subject: &str, description: &str, at: i64) -> Value {
    json!({
        "cc_emails": [], "fwd_emails": [], "reply_cc_emails": [], "fr_escalated": false, "spam": false,
        "email_config_id": null, "group_id": null, "priority": 1, "requester_id": requester, "responder_id": null,
        "source": 2, "company_id": null, "status": 2, "subject": subject, "to_emails": null, "product_id": null,
        "id": id, "type": null, "due_by": iso(at + 3 * DAY), "fr_due_by": iso(at + DAY), "is_escalated": false,
        "description": format!("<div>{description}</div>"), "description_text": description, "custom_fields": {},
        "created_at": iso(at), "updated_at": iso(at), "tags": [], "attachments": [],
    })
}
