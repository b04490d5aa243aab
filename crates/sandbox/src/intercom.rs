//! Intercom's REST API, version 2.11: contacts, conversations, tickets, tags, admins, searches.

use http::Method;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::data::DataSet;
use crate::http_call::{Answer, Call};
use crate::rate::{Standing, Window};

mod contacts;
mod conversations;
mod lists;
pub(crate) mod refusal;
pub(crate) mod search;
mod seed;
mod tickets;

use refusal::Refusal;

/// Intercom's window: 10 000 calls a minute, handed out in parts of 10 s.
const WINDOW_SECONDS: i64 = 10;
const CALLS_PER_WINDOW: u32 = 1_667;
/// Most records of one kind.
const RECORDS_MAX: usize = 50_000;

/// The workspace.
#[derive(Debug)]
pub(crate) struct Intercom {
    pub(crate) token: String,
    /// Used when the request names no version; in life a setting of the app.
    pub(crate) default_version: String,
    pub(crate) contacts: Vec<Value>,
    pub(crate) conversations: Vec<Value>,
    pub(crate) tickets: Vec<Value>,
    pub(crate) ticket_types: Vec<Value>,
    pub(crate) tags: Vec<Value>,
    pub(crate) notes: Vec<Value>,
    pub(crate) companies: Vec<Value>,
    pub(crate) admins: Vec<Value>,
    window: Window,
    next: u64,
}

impl Intercom {
    pub(crate) fn new(token: String, default_version: String, data: &DataSet, now: i64) -> Self {
        let mut intercom = Self {
            token,
            default_version,
            contacts: Vec::new(),
            conversations: Vec::new(),
            tickets: Vec::new(),
            ticket_types: Vec::new(),
            tags: Vec::new(),
            notes: Vec::new(),
            companies: Vec::new(),
            admins: Vec::new(),
            window: Window::default(),
            next: 0,
        };
        intercom.seed(data, now);
        intercom
    }

    pub(crate) fn answer(&mut self, call: &Call, rate_limit: u32, chance: &mut Chance) -> Answer {
        // Headers of the limit are left out when the token is bad.
        if let Err(refusal) = self.check_token(call) {
            return refusal.answer(chance);
        }
        let limit = if rate_limit == 0 { CALLS_PER_WINDOW } else { rate_limit };
        let standing = self.window.count(call.now, WINDOW_SECONDS, limit);
        let outcome =
            if standing.exceeded { Err(Refusal::too_many(limit)) } else { self.route(call, chance) };
        let answer = outcome.unwrap_or_else(|refusal| refusal.answer(chance));
        with_limits(answer, standing)
    }

    /// An answer that a knob asks for.
    pub(crate) fn forced(&mut self, call: &Call, status: u16, chance: &mut Chance) -> Answer {
        let refusal =
            if status == 429 { Refusal::too_many(CALLS_PER_WINDOW) } else { Refusal::forced(status) };
        let answer = refusal.answer(chance);
        if status == 401 {
            return answer;
        }
        let standing = self.window.count(call.now, WINDOW_SECONDS, CALLS_PER_WINDOW);
        with_limits(
            answer,
            Standing { remaining: if status == 429 { 0 } else { standing.remaining }, ..standing },
        )
    }

    fn check_token(&self, call: &Call) -> Result<(), Refusal> {
        if call.bearer() == Some(self.token.as_str()) { Ok(()) } else { Err(Refusal::unauthorized()) }
    }

    fn route(&mut self, call: &Call, chance: &mut Chance) -> Result<Answer, Refusal> {
        let version = call.header("intercom-version").unwrap_or(&self.default_version).to_owned();
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        refusal::check_version(&version, path.first().copied().unwrap_or_default())?;
        match (&call.method, path.as_slice()) {
            (&Method::POST, ["contacts", "search"]) => self.search_contacts(call),
            (&Method::POST, ["conversations", "search"]) => self.search_conversations(call),
            (&Method::POST, ["tickets", "search"]) => self.search_tickets(call),

            (&Method::GET, ["contacts"]) => self.list_contacts(call),
            (&Method::POST, ["contacts"]) => self.create_contact(call, chance),
            (&Method::GET, ["contacts", id]) => self.contact(id).map(|contact| Answer::json(200, contact)),
            (&Method::PUT, ["contacts", id]) => self.update_contact(call, id),
            (&Method::GET, ["contacts", id, edge @ ("notes" | "tags" | "companies" | "segments")]) => {
                self.contact_edge(call, id, edge)
            }
            (&Method::POST, ["contacts", id, "notes"]) => self.create_note(call, id),
            (&Method::POST, ["contacts", id, "tags"]) => self.tag_contact(call, id),
            (&Method::DELETE, ["contacts", id, "tags", tag]) => self.untag_contact(id, tag),

            (&Method::GET, ["conversations"]) => self.list_conversations(call),
            (&Method::POST, ["conversations"]) => self.create_conversation(call),
            (&Method::GET, ["conversations", id]) => self.show_conversation(call, id),
            (&Method::POST, ["conversations", id, "reply"]) => self.reply_conversation(call, id),
            (&Method::POST, ["conversations", id, "parts"]) => self.manage_conversation(call, id),
            (&Method::POST, ["conversations", id, "tags"]) => self.tag_conversation(call, id),
            (&Method::POST, ["conversations", id, "convert"]) => self.convert_conversation(call, id),

            (&Method::POST, ["tickets"]) => self.create_ticket(call),
            (&Method::GET, ["tickets", id]) => self.ticket(id).map(|ticket| Answer::json(200, ticket)),
            (&Method::PUT, ["tickets", id]) => self.update_ticket(call, id),
            (&Method::POST, ["tickets", id, "reply"]) => self.reply_ticket(call, id),

            (&Method::GET, ["ticket_types"]) => Ok(lists::plain("list", "data", &self.ticket_types)),
            (&Method::GET, ["tags"]) => Ok(lists::plain("list", "data", &self.tags)),
            (&Method::POST, ["tags"]) => self.create_tag(call),
            (&Method::GET, ["companies"]) => Ok(lists::plain("list", "data", &self.companies)),
            (&Method::GET, ["admins"]) => Ok(lists::plain("admin.list", "admins", &self.admins)),
            (&Method::GET, ["me"]) => Ok(Answer::json(200, &self.me())),
            // A wrong method is 404 as well; without JSON in Accept such calls end as 406.
            _ if !call.accepts_json() => Err(Refusal::not_acceptable()),
            _ => Err(Refusal::not_found("Resource Not Found")),
        }
    }

    fn me(&self) -> Value {
        let mut me = self.admins.first().cloned().unwrap_or_else(|| json!({}));
        me["email_verified"] = json!(true);
        me["app"] = json!({"type": "app", "id_code": "sandbox1", "name": "Sandbox workspace", "timezone": "UTC", "region": "US"});
        me
    }

    /// A decimal id, as conversations, tags and tickets have it.
    fn next_id(&mut self) -> String {
        self.next += 1;
        (400 + self.next).to_string()
    }

    fn check_room(records: &[Value]) -> Result<(), Refusal> {
        if records.len() < RECORDS_MAX {
            Ok(())
        } else {
            Err(Refusal::new(422, "data_invalid", "The sandbox holds too many records; reset it"))
        }
    }
}

/// The body as a JSON object; anything else is 400 `parameter_invalid`.
fn object_of(call: &Call) -> Result<Value, Refusal> {
    match call.json() {
        Some(body) if body.is_object() => Ok(body),
        Some(_) => Err(Refusal::invalid("The request body must be a JSON object")),
        None => Err(Refusal::invalid("Invalid JSON in the request body")),
    }
}

fn with_limits(answer: Answer, standing: Standing) -> Answer {
    answer
        .header("x-ratelimit-limit", standing.limit)
        .header("x-ratelimit-remaining", standing.remaining)
        .header("x-ratelimit-reset", standing.reset)
}
