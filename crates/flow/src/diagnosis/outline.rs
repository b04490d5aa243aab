//! A request as far as it is fixed by its text: address, vendor, headers. Holes are stand-ins.

use crate::finding::Edit;
use crate::source::Text;
use crate::steps::api_request::{ApiRequest, Auth, Body};
use crate::template::{JsonTemplate, Part, Template, edit_of};
use url::Url;

/// Stands in for a hole.
pub(super) const HOLE: &str = "0hole0";

/// The vendors whose habits we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vendor {
    Intercom,
    Zendesk,
    Freshdesk,
}

impl Vendor {
    /// By the host. Stand-ins for tests are known by a path that begins with the vendor's name.
    pub(super) fn of_url(url: &Url) -> Option<Vendor> {
        let host = url.host_str().unwrap_or("").to_ascii_lowercase();
        let is = |domain: &str, name: &str| {
            host == domain
                || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
                || url.path_segments().and_then(|mut segments| segments.next()) == Some(name)
        };
        if is("intercom.io", "intercom") {
            Some(Vendor::Intercom)
        } else if is("zendesk.com", "zendesk") {
            Some(Vendor::Zendesk)
        } else if is("freshdesk.com", "freshdesk") {
            Some(Vendor::Freshdesk)
        } else {
            None
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Vendor::Intercom => "Intercom",
            Vendor::Zendesk => "Zendesk",
            Vendor::Freshdesk => "Freshdesk",
        }
    }
}

/// A template with a stand-in for each hole.
pub(super) fn stand_in(template: &Template) -> String {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Hole(_) => out.push_str(HOLE),
        }
    }
    out
}

/// The address with a stand-in for each hole.
pub(super) fn url(step: &ApiRequest) -> Option<Url> {
    Url::parse(stand_in(&step.url).trim()).ok()
}

pub(super) fn vendor(step: &ApiRequest) -> Option<Vendor> {
    let by_host = url(step).and_then(|url| Vendor::of_url(&url));
    by_host.or_else(|| header(step, "intercom-version").map(|_| Vendor::Intercom))
}

pub(super) fn header<'s>(step: &'s ApiRequest, name: &str) -> Option<&'s (Text, Template)> {
    step.headers.iter().find(|(known, _)| known.value.trim().eq_ignore_ascii_case(name))
}

/// The template of a text at a key of a JSON body; numbers and structures have none.
pub(super) fn body_text<'s>(step: &'s ApiRequest, keys: &[&str]) -> Option<&'s Template> {
    let Body::Json(body) = &step.body else { return None };
    let mut node = body;
    for key in keys {
        let JsonTemplate::Object(entries) = node else { return None };
        node = &entries.iter().find(|(known, _)| known == key)?.1;
    }
    match node {
        JsonTemplate::Text(template) => Some(template),
        _ => None,
    }
}

/// The keys at the top of a JSON body; `None` when the body is no object or no JSON.
pub(super) fn body_keys(step: &ApiRequest) -> Option<Vec<String>> {
    match &step.body {
        Body::Json(JsonTemplate::Object(entries)) => {
            Some(entries.iter().map(|(key, _)| key.clone()).collect())
        }
        Body::JsonText(template) => {
            // A digit is JSON inside and outside of quotes.
            let sample = stand_in(template).replace(HOLE, "0");
            let body: crate::Value = serde_json::from_str(&sample).ok()?;
            Some(body.as_object()?.keys().cloned().collect())
        }
        _ => None,
    }
}

/// Whether the step says who it is, in whatever way.
pub(super) fn has_auth(step: &ApiRequest) -> bool {
    !matches!(step.auth, Auth::None) || header(step, "authorization").is_some()
}

/// An edit of a whole text, quoted again where its new value needs it; `None` where it cannot be made by a machine.
pub(super) fn rewrite(text: &str, place: &crate::source::Place, new: &str) -> Option<Edit> {
    if place.runs.is_empty() {
        return None;
    }
    let bare = place.span.len() == text.len();
    let edit = edit_of(place, 0..text.len(), new)?;
    let awkward = new
        .starts_with(['{', '[', '@', '#', '*', '&', '!', '|', '>', '%', '`', '"', '\'', '-', '?', ' '])
        || (new.contains(['[', ']', '{', '}', ',']) && !text.contains(['[', ']', '{', '}', ',']))
        || new.contains(": ")
        || new.contains(" #");
    if !bare {
        return (!new.contains(['"', '\'', '\\', '\n'])).then_some(edit);
    }
    if !awkward {
        return Some(edit);
    }
    (!new.contains('\'')).then(|| Edit { text: format!("'{new}'"), ..edit })
}
