//! Template management: create, list, get, delete. A template created here is approved at once.

use http::Method;
use serde_json::{Value, json};

use super::fault::Fault;
use super::template_fill::variables;
use super::{Around, Graph, validate};
use crate::http_call::{Answer, Call};

/// Templates of an unverified business.
const TEMPLATES_MAX: usize = 250;
const NAME_CHARS_MAX: usize = 512;
const PER_PAGE_DEFAULT: usize = 25;

/// A template of the data set in the form that the list shows.
pub(crate) fn seeded(template: &Value, id: &str) -> Value {
    let mut whole = template.clone();
    if let Some(object) = whole.as_object_mut() {
        object.insert("id".into(), json!(id));
        for (key, value) in
            [("status", "APPROVED"), ("parameter_format", "POSITIONAL"), ("rejected_reason", "NONE")]
        {
            object.entry(key).or_insert_with(|| json!(value));
        }
        object.entry("quality_score").or_insert_with(|| json!({"score": "GREEN"}));
    }
    whole
}

impl Graph {
    pub(super) fn template_at(&self, id: &str) -> Option<usize> {
        self.templates.iter().position(|template| template["id"] == id)
    }

    /// The edge `/{waba}/message_templates`.
    pub(super) fn templates_call(&mut self, call: &Call, _around: &mut Around<'_>) -> Result<Answer, Fault> {
        match call.method {
            Method::GET => Ok(self.list_templates(call)),
            Method::POST => self.create_template(call),
            Method::DELETE => self.delete_templates(call),
            _ => Err(Fault::unknown_object(&call.method, &self.business.waba_id)),
        }
    }

    /// The node `/{template-id}`.
    pub(super) fn template_call(
        &mut self,
        call: &Call,
        id: &str,
        _around: &mut Around<'_>,
    ) -> Result<Answer, Fault> {
        let at = self.template_at(id).ok_or_else(|| Fault::unknown_object(&call.method, id))?;
        match call.method {
            Method::GET => Ok(Answer::json(200, &fields_of(&self.templates[at], call.query("fields")))),
            Method::POST => {
                let body = call.json().unwrap_or(Value::Null);
                let template = &mut self.templates[at];
                if !matches!(template["status"].as_str(), Some("APPROVED" | "REJECTED" | "PAUSED")) {
                    return Err(Fault::parameter(
                        "Only approved, rejected and paused templates can be edited.",
                    ));
                }
                if let Some(components) = body.get("components") {
                    check_components(components)?;
                    template["components"] = components.clone();
                }
                Ok(Answer::json(200, &json!({"success": true})))
            }
            _ => Err(Fault::unknown_object(&call.method, id)),
        }
    }

    fn list_templates(&self, call: &Call) -> Answer {
        let wanted = |template: &&Value| {
            ["name", "status", "language", "category"]
                .iter()
                .all(|key| call.query(key).is_none_or(|value| template[*key] == value))
        };
        let all: Vec<&Value> = self.templates.iter().filter(wanted).collect();
        let limit =
            call.query("limit").and_then(|n| n.parse().ok()).unwrap_or(PER_PAGE_DEFAULT).clamp(1, 250);
        let start = call.query("after").and_then(|after| after.strip_prefix('t')?.parse().ok()).unwrap_or(0);
        let page: Vec<Value> = all
            .iter()
            .skip(start)
            .take(limit)
            .map(|template| fields_of(template, call.query("fields")))
            .collect();
        let end = start.saturating_add(page.len());
        let mut paging = json!({"cursors": {"before": format!("t{start}"), "after": format!("t{end}")}});
        if end < all.len() {
            let path = &call.path;
            paging["next"] = json!(format!("{}{path}?limit={limit}&after=t{end}", call.base));
        }
        Answer::json(200, &json!({"data": page, "paging": paging}))
    }

    fn create_template(&mut self, call: &Call) -> Result<Answer, Fault> {
        let body = call
            .json()
            .filter(Value::is_object)
            .ok_or_else(|| Fault::parameter("The parameter name is required."))?;
        let name = validate::text(&body["name"], "name", 1, NAME_CHARS_MAX)?;
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(Fault::parameter(
                "name: only lower-case letters, digits and underscores are allowed",
            ));
        }
        let language = validate::text(&body["language"], "language", 2, 10)?;
        let category = validate::text(&body["category"], "category", 1, 30)?.to_uppercase();
        if !["UTILITY", "MARKETING", "AUTHENTICATION"].contains(&category.as_str()) {
            return Err(Fault::parameter(
                "Param category must be one of {AUTHENTICATION, MARKETING, UTILITY}.",
            ));
        }
        check_components(&body["components"])?;
        if self.templates.len() >= TEMPLATES_MAX {
            return Err(Fault::coded(
                2_388_019,
                format!("This account holds {TEMPLATES_MAX} templates already"),
            ));
        }
        if self.templates.iter().any(|t| t["name"] == name && t["language"] == language) {
            return Err(Fault::parameter(format!(
                "Content in this language already exists for template {name}"
            )));
        }
        let mut template = body.clone();
        if let Some(object) = template.as_object_mut() {
            object.insert("category".into(), json!(category));
        }
        let id = self.next_id();
        let created = json!({"id": id, "status": "APPROVED", "category": category});
        self.templates.push(seeded(&template, &id));
        Ok(Answer::json(200, &created))
    }

    fn delete_templates(&mut self, call: &Call) -> Result<Answer, Fault> {
        let (name, id) = (call.query("name"), call.query("hsm_id"));
        if name.is_none() && id.is_none() {
            return Err(Fault::missing("name"));
        }
        let before = self.templates.len();
        self.templates.retain(|t| !(name.is_none_or(|n| t["name"] == n) && id.is_none_or(|i| t["id"] == i)));
        if self.templates.len() == before {
            return Err(Fault::parameter("Message template not found"));
        }
        Ok(Answer::json(200, &json!({"success": true})))
    }
}

fn check_components(components: &Value) -> Result<(), Fault> {
    let all = validate::list(components, "components", 1, 10)?;
    let kind = |part: &Value| part["type"].as_str().unwrap_or_default().to_uppercase();
    if !all.iter().any(|part| kind(part) == "BODY") {
        return Err(Fault::missing("components: BODY"));
    }
    for part in all {
        let words = part["text"].as_str().unwrap_or_default();
        let length = words.chars().count();
        let holes = variables(words);
        match kind(part).as_str() {
            "BODY" => {
                if !part["add_security_recommendation"].is_null() {
                    continue;
                }
                if !(1..=1024).contains(&length) {
                    return Err(Fault::coded(
                        2_388_040,
                        format!("BODY: {length} characters; 1 to 1024 are allowed"),
                    ));
                }
                let trimmed = words.trim();
                if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
                    return Err(Fault::coded(
                        2_388_299,
                        "BODY: a variable can't stand at the start or the end",
                    ));
                }
                if trimmed.contains("}}{{") || trimmed.contains("}} {{") {
                    return Err(Fault::coded(2_388_072, "BODY: two variables stand side by side"));
                }
                let examples = part["example"]["body_text"][0]
                    .as_array()
                    .or(part["example"]["body_text_named_params"].as_array());
                if holes.len() != examples.map_or(0, Vec::len) {
                    return Err(Fault::coded(2_388_072, "BODY: each variable needs an example"));
                }
            }
            "HEADER"
                if part["format"].as_str().is_none_or(|f| f.eq_ignore_ascii_case("text"))
                    && (!(1..=60).contains(&length) || holes.len() > 1) =>
            {
                return Err(Fault::coded(2_388_047, "HEADER: 1 to 60 characters and at most one variable"));
            }
            "FOOTER"
                if part["code_expiration_minutes"].is_null()
                    && (!(1..=60).contains(&length) || !holes.is_empty()) =>
            {
                return Err(Fault::coded(2_388_073, "FOOTER: 1 to 60 characters and no variable"));
            }
            "BUTTONS" => {
                for (at, button) in validate::list(&part["buttons"], "buttons", 1, 10)?.iter().enumerate() {
                    if kind(button) != "OTP" {
                        validate::text(&button["text"], &format!("buttons[{at}]['text']"), 1, 25)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Only the asked fields, and always the id.
pub(super) fn fields_of(object: &Value, fields: Option<&str>) -> Value {
    let Some(fields) = fields else { return object.clone() };
    let mut shown = json!({});
    for field in
        fields.split(',').map(|field| field.split(['{', '.']).next().unwrap_or_default().trim()).chain(["id"])
    {
        if let Some(value) = object.get(field) {
            shown[field] = value.clone();
        }
    }
    shown
}
