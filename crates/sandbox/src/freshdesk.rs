//! Freshdesk API v2: tickets, contacts, searches, replies, notes. Lists are bare arrays; searches are wrapped.

use http::Method;
use serde_json::{Value, json};

use crate::data::DataSet;
use crate::http_call::{Answer, Call, segments};
use crate::rate::Window;

mod contacts;
mod query;
pub(crate) mod refusal;
mod seed;
mod tickets;

use refusal::Refusal;

/// A minute's budget of the Growth plan.
const CALLS_PER_MINUTE: u32 = 200;
const PER_PAGE_DEFAULT: usize = 30;
const PER_PAGE_MAX: usize = 100;
const PAGES_MAX: usize = 300;
const RECORDS_MAX: usize = 50_000;

#[derive(Debug)]
pub(crate) struct Freshdesk {
    key: String,
    contacts: Vec<Value>,
    tickets: Vec<Value>,
    conversations: Vec<Value>,
    window: Window,
    next: u64,
}

impl Freshdesk {
    pub(crate) fn new(key: String, data: &DataSet, now: i64) -> Self {
        let mut freshdesk = Self {
            key,
            contacts: Vec::new(),
            tickets: Vec::new(),
            conversations: Vec::new(),
            window: Window::default(),
            next: 0,
        };
        freshdesk.seed(data, now);
        freshdesk
    }

    pub(crate) fn answer(&mut self, call: &Call, rate_limit: u32) -> Answer {
        let limit = if rate_limit == 0 { CALLS_PER_MINUTE } else { rate_limit };
        // Failed calls count as well.
        let standing = self.window.count(call.now, 60, limit);
        let outcome = if standing.exceeded {
            Err(Refusal::too_many((standing.reset - call.now).max(1)))
        } else {
            self.route(call)
        };
        outcome
            .unwrap_or_else(|refusal| refusal.answer())
            .header("x-ratelimit-total", limit)
            .header("x-ratelimit-remaining", standing.remaining)
            .header("x-ratelimit-used-currentrequest", 1)
    }

    /// An answer that a knob asks for.
    pub(crate) fn forced(status: u16) -> Answer {
        Refusal::forced(status).answer().header("x-ratelimit-total", CALLS_PER_MINUTE)
    }

    fn route(&mut self, call: &Call) -> Result<Answer, Refusal> {
        // User = key, password = anything.
        if call.basic().is_none_or(|(user, _)| user != self.key) {
            return Err(Refusal::credentials());
        }
        if call.header("accept").is_some() && !call.accepts_json() {
            return Err(Refusal::empty(406));
        }
        let writes = matches!(call.method, Method::POST | Method::PUT) && !call.body.is_empty();
        if writes && call.header("content-type").is_none_or(|kind| !kind.contains("json")) {
            return Err(Refusal::empty(415));
        }
        let Some(rest) = call.path.trim_end_matches('/').strip_prefix("/api/v2/") else {
            return Err(Refusal::empty(404));
        };
        let segments = segments(rest);
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, parts.as_slice()) {
            (&Method::GET, ["tickets"]) => self.list_tickets(call),
            (&Method::POST, ["tickets"]) => self.create_ticket(call),
            (&Method::GET, ["search", "tickets"]) => self.search_tickets(call),
            (&Method::GET, ["search", "contacts"]) => self.search_contacts(call),
            (&Method::GET, ["tickets", id]) => self.show_ticket(call, id),
            (&Method::PUT, ["tickets", id]) => self.update_ticket(call, id),
            (&Method::POST, ["tickets", id, "reply"]) => self.reply(call, id),
            (&Method::POST, ["tickets", id, "notes"]) => self.note(call, id),
            (&Method::GET, ["tickets", id, "conversations"]) => self.thread(call, id),
            (&Method::GET, ["contacts"]) => self.list_contacts(call),
            (&Method::POST, ["contacts"]) => self.create_contact(call),
            (&Method::GET, ["contacts", "autocomplete"]) => Ok(self.autocomplete(call)),
            (&Method::GET, ["contacts", id]) => self.show_contact(id),
            (_, ["tickets" | "contacts"]) => Err(Refusal::method(&call.method, "GET, POST")),
            (_, ["search", "tickets" | "contacts"]) => Err(Refusal::method(&call.method, "GET")),
            (_, ["tickets", _]) => Err(Refusal::method(&call.method, "GET, PUT, DELETE")),
            (_, ["tickets", _, "reply" | "notes"]) => Err(Refusal::method(&call.method, "POST")),
            _ => Err(Refusal::empty(404)),
        }
    }

    fn next_id(&mut self) -> u64 {
        self.next += 1;
        43_000_000_000 + self.next * 11
    }
}

/// One page as a bare array with a `Link` header while more follow.
fn page(call: &Call, all: &[Value]) -> Result<Answer, Refusal> {
    let (start, per_page, number) = place(call, PER_PAGE_MAX, PAGES_MAX)?;
    let items: Vec<&Value> = all.iter().skip(start).take(per_page).collect();
    let more = start + items.len() < all.len();
    let answer = Answer::json(200, &json!(items));
    if !more {
        return Ok(answer);
    }
    Ok(answer.header(
        "link",
        format!("<{}{}?page={}&per_page={per_page}>; rel=\"next\"", call.base, call.path, number + 1),
    ))
}

/// Start, size and number of the asked page.
fn place(call: &Call, per_page_max: usize, pages_max: usize) -> Result<(usize, usize, usize), Refusal> {
    let number = |name: &str, default: usize, most: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            Ok(_) => Err(Refusal::field(
                name,
                &format!("It should be a Positive Integer less than or equal to {most}"),
                "invalid_value",
            )),
            Err(_) => Err(Refusal::field(name, "It should be a/an Positive Integer", "datatype_mismatch")),
        },
    };
    let per_page = number("per_page", PER_PAGE_DEFAULT, per_page_max)?;
    let page = number("page", 1, pages_max)?;
    Ok(((page - 1) * per_page, per_page, page))
}
