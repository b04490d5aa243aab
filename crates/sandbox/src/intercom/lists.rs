//! Lists and their pages. The cursor goes back in the body of a search, or in the query of a list.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::http_call::{Answer, Call};

/// Most items a page.
const PER_PAGE_MAX: usize = 150;

/// Which page was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    per_page: usize,
    start: usize,
}

impl Page {
    /// `pagination` of a search body; `per_page` is required inside it.
    pub(super) fn of_body(body: &Value, default: usize) -> Result<Self, Refusal> {
        let pagination = match &body["pagination"] {
            Value::Null => return Ok(Self { per_page: default, start: 0 }),
            Value::Object(pagination) => pagination,
            _ => return Err(Refusal::invalid("pagination must be an object")),
        };
        let per_page = match pagination.get("per_page") {
            None | Some(Value::Null) => return Err(Refusal::missing("pagination.per_page")),
            Some(value) => per_page(
                value.as_u64().ok_or_else(|| Refusal::mismatch("pagination.per_page must be an integer"))?,
            )?,
        };
        let start = match pagination.get("starting_after") {
            None | Some(Value::Null) => 0,
            Some(Value::String(cursor)) => start_of(cursor)?,
            Some(_) => return Err(Refusal::mismatch("pagination.starting_after must be a string")),
        };
        Ok(Self { per_page, start })
    }

    /// `per_page` and `starting_after` of a GET list.
    pub(super) fn of_query(call: &Call, default: usize) -> Result<Self, Refusal> {
        let per_page = match call.query("per_page") {
            None => default,
            Some(text) => {
                per_page(text.parse().map_err(|_| Refusal::invalid("per_page must be an integer"))?)?
            }
        };
        let start = call.query("starting_after").filter(|c| !c.is_empty()).map_or(Ok(0), start_of)?;
        Ok(Self { per_page, start })
    }

    /// One page of `all` as `{type, <key>, total_count, pages}`.
    pub(super) fn cut(self, kind: &str, key: &str, all: &[Value]) -> Answer {
        let items: Vec<&Value> = all.iter().skip(self.start).take(self.per_page).collect();
        let end = self.start.saturating_add(items.len());
        let number = self.start / self.per_page + 1;
        let mut pages = json!({
            "type": "pages", "page": number, "per_page": self.per_page,
            "total_pages": all.len().div_ceil(self.per_page),
        });
        if end < all.len() {
            pages["next"] =
                json!({"page": number + 1, "starting_after": STANDARD.encode(format!("after:{end}"))});
        }
        let mut list = json!({"type": kind});
        list[key] = json!(items);
        list["total_count"] = json!(all.len());
        list["pages"] = pages;
        Answer::json(200, &list)
    }
}

/// A list without pages.
pub(super) fn plain(kind: &str, key: &str, all: &[Value]) -> Answer {
    let mut list = json!({"type": kind});
    list[key] = json!(all);
    Answer::json(200, &list)
}

fn per_page(asked: u64) -> Result<usize, Refusal> {
    match usize::try_from(asked) {
        Ok(count @ 1..=PER_PAGE_MAX) => Ok(count),
        _ => Err(Refusal::invalid(format!("per_page must be between 1 and {PER_PAGE_MAX}"))),
    }
}

fn start_of(cursor: &str) -> Result<usize, Refusal> {
    let raw = STANDARD.decode(cursor).ok().and_then(|raw| String::from_utf8(raw).ok());
    raw.and_then(|text| text.strip_prefix("after:")?.parse().ok())
        .ok_or_else(|| Refusal::invalid("starting_after is not a cursor of this list"))
}
