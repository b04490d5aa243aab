//! Where a flow reads names: every hole and every mention of a condition, with its place.

use crate::condition::Condition;
use crate::flow::Step;
use crate::source::Span;
use crate::steps::Action;
use crate::steps::api_request::{ApiRequest, Auth, Body};
use crate::steps::send_message::{Content, Media, SendMessage, Source};
use crate::steps::send_template::{self, Header, Parameter, SendTemplate};
use crate::steps::wait::Until;
use crate::template::{FilterKind, JsonTemplate, Reference, Template};

/// One name that a step reads.
#[derive(Debug)]
pub(crate) struct Use<'f> {
    pub(crate) reference: &'f Reference,
    pub(crate) span: Span,
    pub(crate) place: Place,
    /// An unset value is foreseen: a default, or the condition asks for it.
    pub(crate) guarded: bool,
    /// Stands where a condition compares with it (`plan = pro`): probably a text without its quotes.
    pub(crate) compared_with: bool,
    /// Assignments of the same step that run before it (`set_variable` only).
    pub(crate) after: usize,
}

/// What a value is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Message,
    /// URL up to its query, which may hold no secret.
    Url,
    /// Any other part of a request.
    Request,
    Condition,
    /// A variable, a contact's field or tag, an input of another flow, a moment.
    Value,
}

/// All that a step reads.
pub(crate) fn of_step(step: &Step) -> Vec<Use<'_>> {
    let mut uses = Uses { found: Vec::new(), after: 0 };
    match &step.action {
        Action::SendMessage(action) => message(action, &mut uses),
        Action::SendTemplate(action) => template_message(action, &mut uses),
        Action::AskQuestion(action) => {
            uses.template(&action.text, Place::Message);
            uses.some(action.list_button.as_ref(), Place::Message);
            uses.some(action.invalid_text.as_ref(), Place::Message);
            for choice in &action.choices {
                uses.some(choice.title.as_ref(), Place::Message);
                uses.some(choice.description.as_ref(), Place::Message);
            }
        }
        Action::Branch(action) => action.branches.iter().for_each(|branch| uses.condition(&branch.when)),
        Action::SetVariable(action) => {
            for (at, (_, value)) in action.set.iter().enumerate() {
                uses.after = at;
                uses.json(value, Place::Value);
            }
        }
        Action::ApiRequest(action) => request(action, &mut uses),
        Action::HandOver(action) => {
            uses.some(action.text.as_ref(), Place::Message);
            uses.some(action.team.as_ref(), Place::Value);
            uses.some(action.note.as_ref(), Place::Message);
        }
        Action::RunFlow(action) => action.with.iter().for_each(|(_, value)| uses.json(value, Place::Value)),
        Action::Wait(action) => {
            if let Until::Moment(moment) = &action.until {
                uses.template(moment, Place::Value);
            }
        }
        Action::TagContact(action) => {
            action.add.iter().chain(&action.remove).for_each(|tag| uses.template(tag, Place::Value));
        }
        Action::UpdateContact(action) => {
            for (_, value) in &action.set {
                uses.json(value, Place::Value);
            }
        }
        Action::End(_) => {}
    }
    uses.found
}

struct Uses<'f> {
    found: Vec<Use<'f>>,
    after: usize,
}

impl<'f> Uses<'f> {
    fn template(&mut self, template: &'f Template, place: Place) {
        for hole in template.holes() {
            self.found.push(Use {
                reference: &hole.reference,
                span: template.place.within(hole.span.clone()),
                place,
                guarded: hole.has(FilterKind::Default),
                compared_with: false,
                after: self.after,
            });
        }
    }

    fn some(&mut self, template: Option<&'f Template>, place: Place) {
        if let Some(template) = template {
            self.template(template, place);
        }
    }

    fn json(&mut self, value: &'f JsonTemplate, place: Place) {
        for (_, template) in value.templates() {
            self.template(template, place);
        }
    }

    fn condition(&mut self, condition: &'f Condition) {
        for mention in condition.mentions() {
            self.found.push(Use {
                reference: mention.reference,
                span: condition.place.within(mention.span),
                place: Place::Condition,
                // Unset compares false: conditions are how authors look at what may be unset.
                guarded: true,
                compared_with: mention.compared_with,
                after: self.after,
            });
        }
    }

    /// A URL: its query may hold a secret, what stands before may not.
    fn url(&mut self, url: &'f Template) {
        let query = url.text.find('?').unwrap_or(url.text.len());
        let before = self.found.len();
        self.template(url, Place::Url);
        for (found, hole) in self.found[before..].iter_mut().zip(url.holes()) {
            if hole.span.start > query {
                found.place = Place::Request;
            }
        }
    }
}

fn message<'f>(action: &'f SendMessage, uses: &mut Uses<'f>) {
    let all: Vec<Option<&Template>> = match &action.content {
        Content::Text(text) | Content::LocationRequest(text) => vec![Some(text)],
        Content::Media(media) => return of_media(media, uses),
        Content::Location { latitude, longitude, name, address } => {
            vec![Some(latitude), Some(longitude), name.as_ref(), address.as_ref()]
        }
        Content::Contacts(cards) => cards
            .iter()
            .flat_map(|card| {
                [Some(&card.name), card.phone.as_ref(), card.email.as_ref(), card.organization.as_ref()]
            })
            .collect(),
        Content::UrlButton { text, title, url } => vec![Some(text), Some(title), Some(url)],
    };
    for template in all {
        uses.some(template, Place::Message);
    }
}

fn of_media<'f>(media: &'f Media, uses: &mut Uses<'f>) {
    let (Source::Link(source) | Source::Id(source)) = &media.source;
    uses.template(source, Place::Message);
    uses.some(media.caption.as_ref(), Place::Message);
    uses.some(media.filename.as_ref(), Place::Message);
}

fn template_message<'f>(action: &'f SendTemplate, uses: &mut Uses<'f>) {
    uses.template(&action.template, Place::Message);
    uses.template(&action.language, Place::Message);
    match &action.header {
        None => {}
        Some(Header::Text { text, .. }) => uses.template(text, Place::Message),
        Some(Header::Media(media)) => of_media(media, uses),
        Some(Header::Location { latitude, longitude, name, address }) => {
            uses.template(latitude, Place::Message);
            uses.template(longitude, Place::Message);
            uses.some(name.as_ref(), Place::Message);
            uses.some(address.as_ref(), Place::Message);
        }
    }
    match &action.body {
        send_template::Body::Numbered(parameters) => {
            for parameter in parameters {
                uses.template(parameter, Place::Message);
            }
        }
        send_template::Body::Named(parameters) => {
            for (_, parameter) in parameters {
                uses.template(parameter, Place::Message);
            }
        }
    }
    for button in &action.buttons {
        let (Parameter::Payload(text) | Parameter::UrlSuffix(text) | Parameter::CouponCode(text)) =
            &button.parameter;
        uses.template(text, Place::Message);
    }
}

fn request<'f>(action: &'f ApiRequest, uses: &mut Uses<'f>) {
    uses.url(&action.url);
    for (_, value) in action.headers.iter().chain(&action.query) {
        uses.template(value, Place::Request);
    }
    match &action.auth {
        Auth::None | Auth::Granted { .. } => {}
        Auth::Bearer { token } => uses.template(token, Place::Request),
        Auth::Basic { user, password } => {
            uses.template(user, Place::Request);
            uses.template(password, Place::Request);
        }
        Auth::ApiKey { key, .. } => uses.template(key, Place::Request),
        Auth::Scheme { value, .. } => uses.template(value, Place::Request),
        Auth::ClientCredentials { token_url, client_id, client_secret, scope } => {
            uses.url(token_url);
            uses.template(client_id, Place::Request);
            uses.template(client_secret, Place::Request);
            uses.some(scope.as_ref(), Place::Request);
        }
    }
    match &action.body {
        Body::None => {}
        Body::Json(value) => uses.json(value, Place::Request),
        Body::JsonText(text) | Body::Text(text) | Body::Xml(text) => uses.template(text, Place::Request),
        Body::Form(rows) => rows.iter().for_each(|(_, value)| uses.template(value, Place::Request)),
        Body::Multipart(parts) => {
            for part in parts {
                uses.template(&part.value, Place::Request);
                uses.some(part.filename.as_ref(), Place::Request);
            }
        }
    }
}
