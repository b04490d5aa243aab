//! From the data set to Intercom's records.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Intercom;
use crate::data::{Author, ConversationState, DataSet, Person, Role, TicketStatus, Vendor};

const DAY: i64 = 86_400;

impl Intercom {
    pub(super) fn seed(&mut self, data: &DataSet, now: i64) {
        self.admins = vec![
            admin("814860", "Meera Iyer", "meera@example.com"),
            admin("814861", "Tom Baker", "tom@example.com"),
        ];
        self.ticket_types = vec![
            ticket_type("78", "Order", "Customer"),
            ticket_type("79", "Refund", "Customer"),
            ticket_type("80", "Back office task", "Back-office"),
        ];
        for (at, person) in data.people_in(Vendor::Intercom).enumerate() {
            self.seed_person(person, at, now);
        }
    }

    fn seed_person(&mut self, person: &Person, at: usize, now: i64) {
        let created = now - 400 * DAY + i64::try_from(at).unwrap_or(0) * 10 * DAY;
        let id = contact_id(&format!("{}|{:?}|{at}", person.name, person.email));
        let mut contact = new_contact(&id, created);
        contact["role"] = json!(if person.role == Role::Lead { "lead" } else { "user" });
        contact["external_id"] = json!(person.external_id);
        contact["email"] = json!(person.email);
        contact["phone"] = json!(person.phone);
        contact["formatted_phone"] = json!(person.phone);
        contact["name"] = json!(person.name);
        contact["language_override"] = json!(person.language);
        contact["location"] = json!({"type": "location", "country": person.country, "region": null, "city": person.city,
                                     "country_code": null, "continent_code": null});
        contact["custom_attributes"] = Value::Object(person.custom_attributes.clone());
        contact["last_seen_at"] = json!(now - DAY);
        for name in &person.tags {
            let tag = self.tag_named(name);
            attach(
                &mut contact,
                "tags",
                &json!({"type": "tag", "id": tag["id"], "url": format!("/tags/{}", tag["id"].as_str().unwrap_or_default())}),
            );
        }
        if let Some(company) = &person.company {
            let company_id = contact_id(company);
            attach(
                &mut contact,
                "companies",
                &json!({"type": "company", "id": company_id, "url": format!("/companies/{company_id}")}),
            );
            self.companies.push(json!({
                "type": "company", "id": company_id, "company_id": format!("co-{at}"), "name": company, "app_id": "sandbox1",
                "plan": {}, "created_at": created, "updated_at": created, "monthly_spend": 0, "session_count": 0,
                "user_count": 1, "tags": {"type": "tag.list", "tags": []}, "segments": {"type": "segment.list", "segments": []},
                "custom_attributes": {},
            }));
        }
        for text in &person.notes {
            let note_id = self.next_id();
            attach(
                &mut contact,
                "notes",
                &json!({"type": "note", "id": note_id, "url": format!("/notes/{note_id}")}),
            );
            let note = new_note(&note_id, &id, text, self.admins.first(), created + DAY);
            self.notes.push(note);
        }
        self.contacts.push(contact);
        for past in &person.conversations {
            let at = now - i64::from(past.days_ago) * DAY - 3600;
            let conversation_id = self.next_id();
            let first = past.messages.first().map(|m| m.text.as_str()).unwrap_or_default();
            let mut conversation = super::conversations::new_conversation(
                &conversation_id,
                &id,
                person.external_id.as_deref(),
                first,
                at,
            );
            conversation["title"] = json!(past.subject);
            conversation["source"]["author"]["name"] = json!(person.name);
            conversation["source"]["author"]["email"] = json!(person.email);
            let state = match past.state {
                ConversationState::Open => "open",
                ConversationState::Closed => "closed",
                ConversationState::Snoozed => "snoozed",
            };
            conversation["state"] = json!(state);
            conversation["open"] = json!(state != "closed");
            conversation["snoozed_until"] = if state == "snoozed" { json!(now + DAY) } else { Value::Null };
            conversation["priority"] = json!(if past.priority { "priority" } else { "not_priority" });
            for (n, message) in past.messages.iter().enumerate().skip(1) {
                let author = match message.from {
                    Author::Customer => {
                        json!({"type": "user", "id": id, "name": person.name, "email": person.email})
                    }
                    Author::Team => {
                        json!({"type": "admin", "id": "814860", "name": "Meera Iyer", "email": "meera@example.com"})
                    }
                };
                let part_id = self.next_id();
                super::conversations::add_part(
                    &mut conversation,
                    &part_id,
                    "comment",
                    Some(&message.text),
                    &author,
                    at + i64::try_from(n).unwrap_or(0) * 600,
                );
            }
            self.conversations.push(conversation);
        }
        for past in &person.tickets {
            let ticket_id = self.next_id();
            let at = now - i64::from(past.days_ago) * DAY - 7200;
            let state = match past.status {
                TicketStatus::New => "submitted",
                TicketStatus::Open => "in_progress",
                TicketStatus::Pending | TicketStatus::Hold => "waiting_on_customer",
                TicketStatus::Solved | TicketStatus::Closed => "resolved",
            };
            let attributes =
                json!({"_default_title_": past.subject, "_default_description_": past.description});
            let kind = self.ticket_types.first().cloned().unwrap_or_default();
            let ticket = super::tickets::new_ticket(
                &ticket_id,
                &kind,
                &id,
                person.external_id.as_deref(),
                &attributes,
                state,
                at,
            );
            self.tickets.push(ticket);
        }
    }

    /// The tag of a name, made when new.
    pub(super) fn tag_named(&mut self, name: &str) -> Value {
        if let Some(tag) =
            self.tags.iter().find(|tag| tag["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)))
        {
            return tag.clone();
        }
        let tag = json!({"type": "tag", "id": self.next_id(), "name": name});
        self.tags.push(tag.clone());
        tag
    }
}

/// 24 hexadecimal digits, the same for the same seed at every start.
pub(super) fn contact_id(seed: &str) -> String {
    crate::hex::hex(&Sha256::digest(seed.as_bytes())[..12])
}

/// A contact with every key of the 2.11 schema, unset ones null.
pub(super) fn new_contact(id: &str, created: i64) -> Value {
    let list = |edge: &str| json!({"type": "list", "data": [], "url": format!("/contacts/{id}/{edge}"), "total_count": 0, "has_more": false});
    json!({
        "type": "contact", "id": id, "workspace_id": "sandbox1", "external_id": null, "role": "user", "email": null,
        "phone": null, "formatted_phone": null, "name": null, "avatar": null, "owner_id": null,
        "social_profiles": {"type": "list", "data": []}, "has_hard_bounced": false, "marked_email_as_spam": false,
        "unsubscribed_from_emails": false, "created_at": created, "updated_at": created, "signed_up_at": created,
        "last_seen_at": null, "last_replied_at": null, "last_contacted_at": null, "last_email_opened_at": null,
        "last_email_clicked_at": null, "language_override": null, "browser": null, "browser_version": null,
        "browser_language": null, "os": null,
        "location": {"type": "location", "country": null, "region": null, "city": null},
        "custom_attributes": {},
        "tags": list("tags"), "notes": list("notes"), "companies": list("companies"),
    })
}

/// Adds a reference to one of a contact's short lists.
pub(super) fn attach(contact: &mut Value, edge: &str, reference: &Value) {
    if let Some(list) = contact.pointer_mut(&format!("/{edge}/data")).and_then(Value::as_array_mut) {
        if list.iter().any(|known| known["id"] == reference["id"]) {
            return;
        }
        list.push(reference.clone());
        let count = list.len();
        contact[edge]["total_count"] = json!(count);
    }
}

pub(super) fn new_note(id: &str, contact: &str, body: &str, author: Option<&Value>, at: i64) -> Value {
    json!({
        "type": "note", "id": id, "created_at": at, "contact": {"type": "contact", "id": contact}, "author": author,
        "body": format!("<p>{body}</p>"),
    })
}

fn admin(id: &str, name: &str, email: &str) -> Value {
    json!({
        "type": "admin", "id": id, "name": name, "email": email, "job_title": "Support", "away_mode_enabled": false,
        "away_mode_reassign": false, "has_inbox_seat": true, "team_ids": [], "avatar": {"type": "avatar", "image_url": null},
    })
}

fn ticket_type(id: &str, name: &str, category: &str) -> Value {
    let attribute = |id: &str, key: &str, order: u32| {
        json!({
            "type": "ticket_type_attribute", "id": id, "workspace_id": "sandbox1", "name": key, "description": "",
            "data_type": "string", "order": order, "required_to_create": false, "visible_on_create": true,
            "default": true, "ticket_type_id": id, "archived": false,
        })
    };
    json!({
        "type": "ticket_type", "id": id, "category": category, "name": name, "description": "", "icon": "🎟️",
        "workspace_id": "sandbox1", "archived": false, "created_at": 1_700_000_000, "updated_at": 1_700_000_000,
        "ticket_type_attributes": {"type": "list", "data": [attribute("1", "_default_title_", 0), attribute("2", "_default_description_", 1)]},
    })
}
