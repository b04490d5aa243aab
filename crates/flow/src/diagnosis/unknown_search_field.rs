//! # Intercom does not search by this field
//!
//! **Seen:** a contact search on a field that is not in Intercom's list.
//!
//! **Meaning:** a field that cannot be searched is refused or finds nobody. Custom attributes are written
//! `custom_attributes.name`.
//!
//! **Change:** use one of: id, role, name, avatar, owner_id, email, email_domain, phone, external_id, created_at,
//! signed_up_at, updated_at, last_seen_at, last_contacted_at, last_replied_at, last_email_opened_at,
//! last_email_clicked_at, language_override, browser, browser_language, os, location.country, location.region,
//! location.city, unsubscribed_from_emails, marked_email_as_spam, has_hard_bounced, the fields of mobile apps
//! (`ios_…`, `android_…`), segment_id, tag_id, `custom_attributes.…`.

use super::outline::{self, Vendor, body_text};
use super::seen::warning;
use crate::finding::Finding;
use crate::spelling::nearest;
use crate::steps::api_request::{ApiRequest, Body};
use crate::template::Template;

pub(super) const CODE: &str = "unknown-search-field";

/// Source: the description of the contact search in Intercom's published API, version 2.11.
const FIELDS: [&str; 29] = [
    "id",
    "role",
    "name",
    "avatar",
    "owner_id",
    "email",
    "email_domain",
    "phone",
    "external_id",
    "created_at",
    "signed_up_at",
    "updated_at",
    "last_seen_at",
    "last_contacted_at",
    "last_replied_at",
    "last_email_opened_at",
    "last_email_clicked_at",
    "language_override",
    "browser",
    "browser_language",
    "os",
    "location.country",
    "location.region",
    "location.city",
    "unsubscribed_from_emails",
    "marked_email_as_spam",
    "has_hard_bounced",
    "segment_id",
    "tag_id",
];

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let is_search = outline::url(step).is_some_and(|url| url.path().ends_with("/contacts/search"));
    if outline::vendor(step) != Some(Vendor::Intercom) || !is_search {
        return Vec::new();
    }
    fields(step).into_iter().filter_map(finding).collect()
}

/// The texts under `field` of the query and of its groups, two levels deep.
fn fields(step: &ApiRequest) -> Vec<&Template> {
    if let Some(field) = body_text(step, &["query", "field"]) {
        return vec![field];
    }
    let Body::Json(body) = &step.body else { return Vec::new() };
    body.templates()
        .into_iter()
        .filter(|(way, _)| way.starts_with("query.") && way.rsplit('.').next() == Some("field"))
        .map(|(_, field)| field)
        .collect()
}

fn finding(field: &Template) -> Option<Finding> {
    let name = field.plain()?;
    let known = FIELDS.contains(&name)
        || ["custom_attributes.", "ios_", "android_"].iter().any(|prefix| name.starts_with(prefix));
    if known {
        return None;
    }
    let finding = warning(CODE, format!("Intercom does not search contacts by `{name}`"))
        .at(field.place.span.clone())
        .because("A field that is not in its list is refused, or finds nobody.");
    Some(match nearest(name, FIELDS) {
        Some(near) => {
            let finding = finding.mend(format!("Did you mean `{near}`?"));
            match outline::rewrite(name, &field.place, near) {
                Some(edit) => finding.offered_fix(vec![edit]),
                None => finding,
            }
        }
        None => finding.mend(format!("For an attribute of your own write `custom_attributes.{name}`.")),
    })
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};
    use serde_json::{Value, json};

    fn wrong(query: &Value) -> bool {
        let step =
            step(Method::Post, "https://api.intercom.io/contacts/search").json(&json!({"query": query}));
        told_of_step(&step).contains(&super::CODE)
    }

    #[test]
    fn fields_of_filters_and_groups() {
        assert!(wrong(&json!({"field": "phone_number", "operator": "=", "value": "x"})));
        assert!(wrong(
            &json!({"operator": "AND", "value": [{"field": "email", "value": "a"}, {"field": "plan", "value": "b"}]})
        ));
        assert!(!wrong(
            &json!({"operator": "AND", "value": [{"field": "email", "value": "a"}, {"field": "role", "value": "user"}]})
        ));
        assert!(!wrong(&json!({"field": "custom_attributes.plan", "operator": "=", "value": "pro"})));
    }
}
