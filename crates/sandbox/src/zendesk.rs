//! Zendesk Support: search, users, tickets, comments, tags, and the OAuth token endpoint.

use http::Method;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::data::DataSet;
use crate::http_call::{Answer, Call, segments};
use crate::rate::Window;

mod oauth;
mod query;
pub(crate) mod refusal;
mod seed;
mod tickets;

use refusal::Refusal;

/// A minute's budget of the Team plan.
const CALLS_PER_MINUTE: u32 = 200;
/// Only so many results of a search can be fetched.
const SEARCH_RESULTS_MAX: usize = 1_000;
const PER_PAGE_MAX: usize = 100;
const RECORDS_MAX: usize = 50_000;

/// How a client may sign in.
#[derive(Debug, Clone)]
pub struct ZendeskAccess {
    /// Agent's address; as Basic user it is followed by `/token`.
    pub email: String,
    pub api_token: String,
    /// A fixed OAuth access token that never expires here.
    pub oauth_token: String,
    pub client_id: String,
    pub client_secret: String,
}

impl Default for ZendeskAccess {
    fn default() -> Self {
        Self {
            email: "agent@example.com".into(),
            api_token: "sandbox-zendesk-token".into(),
            oauth_token: "sandbox-zendesk-oauth".into(),
            client_id: "sandbox".into(),
            client_secret: "sandbox-zendesk-secret".into(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Zendesk {
    access: ZendeskAccess,
    tokens: oauth::Tokens,
    users: Vec<Value>,
    tickets: Vec<Value>,
    comments: Vec<Value>,
    window: Window,
    next: u64,
}

impl Zendesk {
    pub(crate) fn new(access: ZendeskAccess, data: &DataSet, now: i64) -> Self {
        let mut zendesk = Self {
            access,
            tokens: oauth::Tokens::default(),
            users: Vec::new(),
            tickets: Vec::new(),
            comments: Vec::new(),
            window: Window::default(),
            next: 0,
        };
        zendesk.seed(data, now);
        zendesk
    }

    pub(crate) fn answer(&mut self, call: &Call, rate_limit: u32, chance: &mut Chance) -> Answer {
        let limit = if rate_limit == 0 { CALLS_PER_MINUTE } else { rate_limit };
        let standing = self.window.count(call.now, 60, limit);
        let outcome = if standing.exceeded {
            Err(Refusal::too_many((standing.reset - call.now).max(1)))
        } else {
            self.route(call, chance)
        };
        outcome
            .unwrap_or_else(|refusal| refusal.answer())
            .header("x-rate-limit", limit)
            .header("x-rate-limit-remaining", standing.remaining)
    }

    /// An answer that a knob asks for.
    pub(crate) fn forced(status: u16) -> Answer {
        Refusal::forced(status).answer().header("x-rate-limit", CALLS_PER_MINUTE)
    }

    fn route(&mut self, call: &Call, chance: &mut Chance) -> Result<Answer, Refusal> {
        let path = call.path.trim_end_matches('/').trim_end_matches(".json").to_owned();
        if path == "/oauth/tokens" {
            return if call.method == Method::POST {
                Ok(self.tokens.grant(call, &self.access, chance))
            } else {
                Err(Refusal::endpoint())
            };
        }
        self.check_access(call)?;
        let Some(rest) = path.strip_prefix("/api/v2/") else { return Err(Refusal::endpoint()) };
        let segments = segments(rest);
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, parts.as_slice()) {
            (&Method::GET, ["search"]) => self.search(call),
            (&Method::GET, ["search", "count"]) => self.search_count(call),
            (&Method::GET, ["users", "search"]) => self.search_users(call),
            (&Method::GET, ["users", "me"]) => Ok(Answer::json(200, &json!({"user": self.users.first()}))),
            (&Method::GET, ["users", id]) => self.user(id),
            (&Method::GET, ["users", id, "tickets", "requested"]) => self.requested(call, id),
            (&Method::GET, ["tickets"]) => self.list_tickets(call),
            (&Method::POST, ["tickets"]) => self.create_ticket(call, "ticket"),
            (&Method::POST, ["requests"]) => self.create_ticket(call, "request"),
            (&Method::GET, ["tickets", id]) => self.show_ticket(id),
            (&Method::PUT, ["tickets", id]) => self.update_ticket(call, id),
            (&Method::DELETE, ["tickets", id]) => self.delete_ticket(id),
            (&Method::GET, ["tickets", id, "comments"]) => self.list_comments(call, id),
            (
                method @ (&Method::GET | &Method::PUT | &Method::POST | &Method::DELETE),
                ["tickets", id, "tags"],
            ) => self.ticket_tags(call, method, id),
            _ => Err(Refusal::endpoint()),
        }
    }

    fn check_access(&self, call: &Call) -> Result<(), Refusal> {
        if let Some(token) = call.bearer() {
            let good = token == self.access.oauth_token || self.tokens.is_live(token, call.now);
            return if good { Ok(()) } else { Err(Refusal::invalid_token()) };
        }
        let good = call.basic().is_some_and(|(user, password)| {
            user.strip_suffix("/token").is_some_and(|email| email.eq_ignore_ascii_case(&self.access.email))
                && password == self.access.api_token
        });
        if good { Ok(()) } else { Err(Refusal::unauthenticated()) }
    }

    /// Ids above 2^32, as live accounts have them.
    fn next_id(&mut self) -> u64 {
        self.next += 1;
        21_000_000_000 + self.next * 13
    }
}

/// One page by `page` and `per_page`, in Zendesk's older form.
fn page(call: &Call, key: &str, all: &[Value], most: usize) -> Result<Answer, Refusal> {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(|| Refusal::bad_page(name)),
    };
    if call.query.iter().any(|(name, _)| name.starts_with("page[")) && key == "results" {
        return Err(Refusal::bad_page("page"));
    }
    let per_page = number("per_page", PER_PAGE_MAX)?.min(PER_PAGE_MAX);
    let page = number("page", 1)?;
    let start = (page - 1).saturating_mul(per_page);
    if start >= most {
        return Err(Refusal::too_far());
    }
    let items: Vec<&Value> = all.iter().skip(start).take(per_page).collect();
    let address = |number: usize| {
        let mut link = format!("{}{}?page={number}&per_page={per_page}", call.base, call.path);
        for (name, value) in
            call.query.iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "per_page"))
        {
            let pair: String =
                url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
            link.push('&');
            link.push_str(&pair);
        }
        link
    };
    let next = (start + items.len() < all.len()).then(|| address(page + 1));
    let previous = (page > 1).then(|| address(page - 1));
    let mut list = json!({});
    list[key] = json!(items);
    if key == "results" {
        list["facets"] = Value::Null;
    }
    list["next_page"] = json!(next);
    list["previous_page"] = json!(previous);
    list["count"] = json!(all.len());
    Ok(Answer::json(200, &list))
}
