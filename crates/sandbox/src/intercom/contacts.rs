//! Contacts: search, list, show, create, change, notes and tags.

use serde_json::{Value, json};

use super::lists::Page;
use super::refusal::Refusal;
use super::search::{Kind, Query, Searchable, sorted};
use super::seed::{attach, new_contact, new_note};
use super::{Intercom, object_of};
use crate::chance::Chance;
use crate::http_call::{Answer, Call};

/// Items a page unless asked otherwise.
const PER_PAGE_DEFAULT: usize = 50;

/// The searchable fields; custom attributes take their kind from the data.
struct Fields<'a>(&'a [Value]);

impl Searchable for Fields<'_> {
    fn kind(&self, field: &str) -> Option<Kind> {
        if let Some(key) = field.strip_prefix("custom_attributes.") {
            let set = self
                .0
                .iter()
                .map(|contact| &contact["custom_attributes"][key])
                .find(|value| !value.is_null());
            return Some(match set {
                Some(Value::Bool(_)) => Kind::Boolean,
                Some(Value::Number(_)) if key.ends_with("_at") => Kind::Date,
                Some(Value::Number(_)) => Kind::Integer,
                Some(_) => Kind::Text,
                // Nobody has it and no schema names it: a misspelt or mis-cased attribute.
                None if self.0.iter().any(|contact| contact["custom_attributes"].get(key).is_some()) => {
                    Kind::Text
                }
                None => return None,
            });
        }
        Some(match field {
            "id"
            | "role"
            | "name"
            | "avatar"
            | "email"
            | "email_domain"
            | "phone"
            | "external_id"
            | "language_override"
            | "browser"
            | "browser_language"
            | "os"
            | "location.country"
            | "location.region"
            | "location.city"
            | "ios_app_version"
            | "ios_device"
            | "ios_os_version"
            | "android_app_version"
            | "android_device"
            | "android_os_version"
            | "segment_id" => Kind::Text,
            "owner_id" => Kind::Integer,
            "created_at"
            | "signed_up_at"
            | "updated_at"
            | "last_seen_at"
            | "last_contacted_at"
            | "last_replied_at"
            | "last_email_opened_at"
            | "last_email_clicked_at"
            | "ios_last_seen_at"
            | "android_last_seen_at" => Kind::Date,
            "unsubscribed_from_emails" | "marked_email_as_spam" | "has_hard_bounced" => Kind::Boolean,
            "tag_id" => Kind::Tag,
            _ => return None,
        })
    }

    fn values<'r>(&self, record: &'r Value, field: &str) -> Vec<&'r Value> {
        let value = match field {
            "tag_id" => {
                return record["tags"]["data"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|tag| &tag["id"])
                    .collect();
            }
            "email_domain" => &record["email_domain"],
            _ => match field.split_once('.') {
                Some((outer, inner)) => &record[outer][inner],
                None => &record[field],
            },
        };
        if value.is_null() { Vec::new() } else { vec![value] }
    }
}

impl Intercom {
    pub(super) fn search_contacts(&self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let fields = Fields(&self.contacts);
        let query = Query::parse(&body["query"], &fields)?;
        let page = Page::of_body(&body, PER_PAGE_DEFAULT)?;
        let found =
            self.contacts.iter().filter(|contact| query.finds(&with_domain(contact), &fields)).cloned();
        Ok(page.cut("list", "data", &sorted(found.collect(), &body, &fields)?))
    }

    pub(super) fn list_contacts(&self, call: &Call) -> Result<Answer, Refusal> {
        Ok(Page::of_query(call, PER_PAGE_DEFAULT)?.cut("list", "data", &self.contacts))
    }

    pub(super) fn contact(&self, id: &str) -> Result<&Value, Refusal> {
        self.contacts
            .iter()
            .find(|contact| contact["id"] == id)
            .ok_or_else(|| Refusal::not_found("User Not Found"))
    }

    pub(super) fn create_contact(&mut self, call: &Call, chance: &mut Chance) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        if ["email", "external_id", "role"].iter().all(|key| body[*key].is_null()) {
            return Err(Refusal::missing("One of email, external_id and role"));
        }
        if !matches!(body["role"].as_str(), None | Some("user" | "lead")) {
            return Err(Refusal::invalid("role must be user or lead"));
        }
        let role = body["role"].as_str().unwrap_or("user");
        let taken = |key: &str| {
            let value = &body[key];
            !value.is_null() && self.contacts.iter().any(|c| c["role"] == role && c[key] == *value)
        };
        if role == "user" && (taken("email") || taken("external_id")) {
            let known = self.contacts.iter().find(|c| {
                c["role"] == role && (c["email"] == body["email"] || c["external_id"] == body["external_id"])
            });
            let id = known.and_then(|c| c["id"].as_str()).unwrap_or_default();
            return Err(Refusal::new(
                409,
                "conflict",
                format!("A contact matching those details already exists with id={id}"),
            ));
        }
        Self::check_room(&self.contacts)?;
        let mut contact = new_contact(&chance.hex(24), call.now);
        contact["role"] = json!(role);
        change(&mut contact, &body)?;
        self.contacts.push(contact.clone());
        Ok(Answer::json(200, &contact))
    }

    pub(super) fn update_contact(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        self.contact(id)?;
        let mut answer = Value::Null;
        for contact in self.contacts.iter_mut().filter(|contact| contact["id"] == id) {
            change(contact, &body)?;
            contact["updated_at"] = json!(call.now);
            answer = contact.clone();
        }
        Ok(Answer::json(200, &answer))
    }

    /// `GET /contacts/{id}/notes | tags | companies | segments`
    pub(super) fn contact_edge(&self, call: &Call, id: &str, edge: &str) -> Result<Answer, Refusal> {
        let contact = self.contact(id)?;
        let page = Page::of_query(call, PER_PAGE_DEFAULT)?;
        let linked = |records: &[Value]| -> Vec<Value> {
            let ids = contact[edge]["data"].as_array().map_or(&[] as &[Value], Vec::as_slice);
            records
                .iter()
                .filter(|record| ids.iter().any(|link| link["id"] == record["id"]))
                .cloned()
                .collect()
        };
        Ok(match edge {
            "notes" => page.cut("list", "data", &linked(&self.notes)),
            "tags" => super::lists::plain("list", "data", &linked(&self.tags)),
            "companies" => page.cut("list", "data", &linked(&self.companies)),
            _ => super::lists::plain("list", "data", &[]),
        })
    }

    pub(super) fn create_note(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        self.contact(id)?;
        let text =
            body["body"].as_str().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing("body"))?;
        let author =
            self.admins.iter().find(|admin| body["admin_id"].is_null() || admin["id"] == body["admin_id"]);
        let author = author
            .ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin for admin_id not found"))?
            .clone();
        Self::check_room(&self.notes)?;
        let note_id = self.next_id();
        let note = new_note(&note_id, id, text, Some(&author), call.now);
        self.notes.push(note.clone());
        let reference = json!({"type": "note", "id": note_id, "url": format!("/notes/{note_id}")});
        for contact in self.contacts.iter_mut().filter(|contact| contact["id"] == id) {
            attach(contact, "notes", &reference);
        }
        Ok(Answer::json(200, &note))
    }

    pub(super) fn tag_contact(&mut self, call: &Call, id: &str) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        self.contact(id)?;
        let tag = self.tag_of(&body)?;
        let reference = json!({"type": "tag", "id": tag["id"], "url": format!("/tags/{}", tag["id"].as_str().unwrap_or_default())});
        for contact in self.contacts.iter_mut().filter(|contact| contact["id"] == id) {
            attach(contact, "tags", &reference);
        }
        Ok(Answer::json(200, &tag))
    }

    pub(super) fn untag_contact(&mut self, id: &str, tag: &str) -> Result<Answer, Refusal> {
        self.contact(id)?;
        let tag = self.tag_of(&json!({"id": tag}))?;
        for contact in self.contacts.iter_mut().filter(|contact| contact["id"] == id) {
            if let Some(list) = contact.pointer_mut("/tags/data").and_then(Value::as_array_mut) {
                list.retain(|known| known["id"] != tag["id"]);
                let count = list.len();
                contact["tags"]["total_count"] = json!(count);
            }
        }
        Ok(Answer::json(200, &tag))
    }

    /// The tag that `{"id": "…"}` names.
    pub(super) fn tag_of(&self, body: &Value) -> Result<Value, Refusal> {
        let id = body["id"].as_str().ok_or_else(|| Refusal::missing("id"))?;
        let tag = self.tags.iter().find(|tag| tag["id"] == id);
        tag.cloned().ok_or_else(|| Refusal::new(404, "tag_not_found", "Resource Not Found"))
    }

    pub(super) fn create_tag(&mut self, call: &Call) -> Result<Answer, Refusal> {
        let body = object_of(call)?;
        let name =
            body["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| Refusal::missing("name"))?;
        Self::check_room(&self.tags)?;
        Ok(Answer::json(200, &self.tag_named(name)))
    }
}

fn change(contact: &mut Value, body: &Value) -> Result<(), Refusal> {
    for key in ["email", "phone", "name", "external_id", "avatar", "language_override"] {
        match body.get(key) {
            None => {}
            Some(value) if value.is_string() || value.is_null() => contact[key] = value.clone(),
            Some(_) => return Err(Refusal::mismatch(format!("{key} must be a string"))),
        }
    }
    contact["formatted_phone"] = contact["phone"].clone();
    for key in ["owner_id", "signed_up_at", "last_seen_at", "unsubscribed_from_emails"] {
        if let Some(value) = body.get(key) {
            contact[key] = value.clone();
        }
    }
    match (body.get("custom_attributes"), contact["custom_attributes"].as_object_mut()) {
        (Some(Value::Object(given)), Some(kept)) => {
            for (key, value) in given {
                if value.is_array() || value.is_object() {
                    return Err(Refusal::mismatch(format!(
                        "custom_attributes.{key} must be a text, a number or a boolean"
                    )));
                }
                kept.insert(key.clone(), value.clone());
            }
            Ok(())
        }
        (None | Some(Value::Null), _) => Ok(()),
        _ => Err(Refusal::mismatch("custom_attributes must be an object")),
    }
}

/// `email_domain` is searchable but never shown.
fn with_domain(contact: &Value) -> Value {
    let mut whole = contact.clone();
    if let Some((_, domain)) = contact["email"].as_str().and_then(|email| email.rsplit_once('@')) {
        whole["email_domain"] = json!(domain);
    }
    whole
}
