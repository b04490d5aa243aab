//! # A secret stands in plain text
//!
//! **Seen:** something that looks like a token, key or password is written into a header, the query, the body or the
//! `auth` block.
//!
//! **Meaning:** whoever reads the flow, its history, a copy of it or the record of a call reads the secret, and it is sent
//! to any address that somebody writes into the step.
//!
//! **Change:** keep it as a secret, bound to the API's address, and name it here. Then make a new one at the vendor: this
//! one has been seen.
//!
//! ```yaml
//! auth: {type: bearer, token: "{{secret.intercom_token}}"}
//! ```

use super::outline::{self, Vendor};
use super::seen::error;
use crate::finding::Finding;
use crate::source::Span;
use crate::steps::api_request::{ApiRequest, Auth, Body};
use crate::template::{Template, edit_of};

pub(super) const CODE: &str = "secret-in-plain-text";

/// Shortest text that is taken for a secret because of where it stands.
const SECRET_CHARS_MIN: usize = 12;

/// Beginnings that tokens of well-known services have.
const SHAPES: [&str; 11] = [
    "sk-",
    "sk_live_",
    "rk_live_",
    "xoxb-",
    "xoxp-",
    "ghp_",
    "github_pat_",
    "glpat-",
    "dG9rO",
    "EAA",
    "AIza",
];

pub(super) fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let mut found = Vec::new();
    let name = proposed_name(step);
    let mut look = |template: &Template, place: &str, telling: bool| {
        if let Some(span) = secret_in(template, telling) {
            found.push(finding(template, span, place, &name));
        }
    };
    for (header, value) in &step.headers {
        look(value, &format!("the header `{}`", header.value), is_telling(&header.value));
    }
    for (parameter, value) in &step.query {
        look(value, &format!("the query parameter `{}`", parameter.value), is_telling(&parameter.value));
    }
    match &step.auth {
        Auth::None | Auth::Granted { .. } => {}
        Auth::Bearer { token } => look(token, "`auth`", true),
        Auth::Basic { user, password } => {
            // A user may be a key, as Freshdesk's is; an address is none.
            look(user, "`auth`", !user.text.contains('@'));
            look(password, "`auth`", true);
        }
        Auth::ApiKey { key, .. } => look(key, "`auth`", true),
        Auth::Scheme { value, .. } => look(value, "`auth`", true),
        Auth::ClientCredentials { client_secret, .. } => look(client_secret, "`auth`", true),
    }
    match &step.body {
        Body::None => {}
        Body::Json(body) => {
            for (way, template) in body.templates() {
                look(
                    template,
                    &format!("the body at `{way}`"),
                    is_telling(way.rsplit(['.', '"']).next().unwrap_or("")),
                );
            }
        }
        Body::JsonText(template) | Body::Text(template) | Body::Xml(template) => {
            look(template, "the body", false);
        }
        Body::Form(rows) => {
            for (row, value) in rows {
                look(value, &format!("the field `{}`", row.value), is_telling(&row.value));
            }
        }
        Body::Multipart(parts) => {
            for part in parts {
                look(&part.value, &format!("the part `{}`", part.name.value), is_telling(&part.name.value));
            }
        }
    }
    look_at_address(step, &mut look);
    found
}

/// `?api_key=…` and `https://user:password@…` as written into the address.
fn look_at_address(step: &ApiRequest, look: &mut impl FnMut(&Template, &str, bool)) {
    let Some(url) = outline::url(step) else { return };
    let telling = url
        .query_pairs()
        .any(|(name, value)| is_telling(&name) && !value.contains(outline::HOLE) && is_long(&value));
    if telling || url.password().is_some() {
        look(&step.url, "the address", true);
    } else {
        look(&step.url, "the address", false);
    }
}

/// Names of headers, parameters and fields that hold secrets, without case and signs.
const WHOLE_NAMES: [&str; 5] = ["authorization", "key", "token", "auth", "pwd"];
const PARTS_OF_NAMES: [&str; 6] = ["apikey", "accesstoken", "authtoken", "secret", "password", "apitoken"];

fn is_telling(name: &str) -> bool {
    let name: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    WHOLE_NAMES.contains(&name.as_str()) || PARTS_OF_NAMES.iter().any(|part| name.contains(part))
}

fn is_long(text: &str) -> bool {
    text.chars().count() >= SECRET_CHARS_MIN
}

/// The range of what looks like a secret among the author's own words.
fn secret_in(template: &Template, telling: bool) -> Option<Span> {
    let text = &template.text;
    let mut at = 0;
    let words = text.split(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '&' | '?' | '<' | '>' | ',' | '@' | '{' | '}')
    });
    for word in words {
        let start = at + text[at..].find(word).unwrap_or(0);
        at = start + word.len();
        // In an address only the part behind a `:` can be a password; `https://…` itself is none.
        let is_address = word.contains("://");
        let looks = SHAPES.iter().any(|shape| word.starts_with(shape)) && word.len() >= 20 || is_jwt(word);
        let stands = telling && !is_address && is_long(word) && !is_placeholder(word);
        let in_hole = template.holes().any(|hole| hole.span.start < at && start < hole.span.end);
        if (looks || stands) && !in_hole {
            return Some(start..at);
        }
        if is_address
            && telling
            && let Some(password) = word.rsplit_once(':').map(|(_, password)| password)
            && !password.starts_with("//")
            && text[at..].starts_with('@')
        {
            return Some(at - password.len()..at);
        }
    }
    None
}

fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2 && word.len() >= 30
}

fn is_placeholder(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["your", "xxx", "token_here", "example", "changeme", "..."].iter().any(|sign| lower.contains(sign))
}

/// A name for the secret, after whom it belongs to.
fn proposed_name(step: &ApiRequest) -> String {
    match outline::vendor(step) {
        Some(Vendor::Intercom) => "intercom_token".to_owned(),
        Some(Vendor::Zendesk) => "zendesk_token".to_owned(),
        Some(Vendor::Freshdesk) => "freshdesk_key".to_owned(),
        None => {
            let host =
                outline::url(step).and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            let known = host.rsplit('.').nth(1).unwrap_or("api");
            let known: String = known.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("{}_token", if known.is_empty() { "api" } else { &known })
        }
    }
}

fn finding(template: &Template, span: Span, place: &str, name: &str) -> Finding {
    let finding = error(CODE, format!("{place} holds what looks like a secret in plain text"))
        .at(template.place.within(span.clone()))
        .because("Whoever reads the flow, its history or the record of a call reads it too.")
        .mend(format!("Keep it as a secret (`rapport secret set {name}`), write `{{{{secret.{name}}}}}` here, and make a new one at the vendor: this one has been seen."));
    let hole = format!("{{{{secret.{name}}}}}");
    let bare = template.place.span.len() == template.text.len();
    // A plain scalar cannot begin with a brace.
    let text = if bare && span == (0..template.text.len()) { format!("\"{hole}\"") } else { hole };
    // Quotes around the beginning alone would break the scalar.
    let fits = !bare || span.start > 0 || span.end == template.text.len();
    match edit_of(&template.place, span, text).filter(|_| fits) {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{step, told_of_step};
    use crate::steps::api_request::{ApiRequest, Auth};
    use crate::template::Template;
    use serde_json::json;

    fn call() -> ApiRequest {
        step(Method::Post, "https://api.example.com/x")
    }

    #[test]
    fn literal_secrets_in_every_place() {
        let auth = |auth| ApiRequest { auth, ..call() };
        for (step, wrong) in [
            (call().header("Authorization", "Bearer dG9rOjEyMzQ1Njc4OTBhYmNkZWY="), true),
            (call().header("Authorization", "Bearer {{secret.a}}"), false),
            (call().header("X-Api-Key", "0123456789abcdef"), true),
            (call().header("X-Request-Name", "customer context lookup"), false),
            (call().header("Intercom-Version", "2.11"), false),
            (call().query("api_key", "0123456789abcdef"), true),
            (call().query("key", "{{order_key}}"), false),
            (call().json(&json!({"auth": {"client_secret": "0123456789abcdef"}})), true),
            (call().json(&json!({"note": "sk_live_0123456789abcdefghij"})), true),
            (call().json(&json!({"note": "a long note about a password somebody lost"})), false),
            (auth(Auth::Basic { user: Template::of("{{secret.k}}"), password: Template::of("X") }), false),
            (
                auth(Auth::Basic {
                    user: Template::of("agent@example.com/token"),
                    password: Template::of("0123456789abcdef"),
                }),
                true,
            ),
            (step(Method::Get, "https://api.example.com/x?api_key=0123456789abcdef"), true),
            (step(Method::Get, "https://bot:hunter2hunter2@api.example.com/x"), true),
            (step(Method::Get, "https://api.example.com/x?key={{secret.k}}"), false),
        ] {
            assert_eq!(
                told_of_step(&step).contains(&super::CODE),
                wrong,
                "{:?} {:?} {:?}",
                step.url.text,
                step.headers,
                step.body
            );
        }
    }

    #[test]
    fn offers_the_move_and_never_repeats_the_secret() {
        let step = call().header("Authorization", "Bearer 0123456789abcdef");
        let findings = crate::diagnosis::of_step(&step);
        let told = findings.iter().find(|finding| finding.code == super::CODE).unwrap();
        assert!(!format!("{told:?}").contains("0123456789abcdef"));
        assert_eq!(told.span, Some(7..23));
        let fix = told.fix.as_ref().unwrap();
        assert_eq!((fix.safe, fix.edits[0].text.as_str()), (false, "{{secret.example_token}}"));
    }
}
