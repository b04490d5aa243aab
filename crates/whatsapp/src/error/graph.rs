//! The Graph API's error object (§12).

use std::fmt;
use std::time::Duration;

use super::recourse::{Backoff, DropReason, Recourse, Scope};
use super::table::row;
use crate::json::Object;

/// What Meta answered. Decide on the code only; the texts are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status; it varies for the same code.
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub message: String,
    /// `error_data.details`, or `error_data` itself where it is a text.
    pub details: Option<String>,
    /// Meta's own word that trying again may help.
    pub transient: bool,
    /// What Meta's support asks for.
    pub fbtrace_id: Option<String>,
    /// From `X-Business-Use-Case-Usage`, with limits of calls.
    pub regain_access: Option<Duration>,
}

impl GraphError {
    /// Reads the body of an answer; `None` when it holds no error with a code.
    pub fn read(status: u16, body: &str) -> Option<Self> {
        let error = Object::read(body.trim_ascii())?.object("error")?;
        Some(Self {
            status,
            code: error.integer("code")?,
            subcode: error.integer("error_subcode"),
            message: error.text("message").or_else(|| error.text("error_user_title")).unwrap_or_default(),
            details: error
                .object("error_data")
                .and_then(|data| data.text("details"))
                .or_else(|| error.text("error_data"))
                .or_else(|| error.text("error_user_msg")),
            transient: error.boolean("is_transient").unwrap_or_default(),
            fbtrace_id: error.text("fbtrace_id"),
            regain_access: None,
        })
    }

    pub fn recourse(&self) -> Recourse {
        let recourse = match row(self.code) {
            Some(row) => row.recourse,
            None if self.transient => Recourse::Retry { backoff: Backoff::DEFAULT, scope: Scope::Message },
            // Not documented, and Meta did say no: sending it again unread would only say it twice.
            None => Recourse::Drop(DropReason::BadRequest),
        };
        match (recourse, self.regain_access) {
            (Recourse::Retry { backoff, scope }, Some(asked)) => {
                let at_least = backoff.at_least.max(asked);
                Recourse::Retry { backoff: Backoff { at_least, ..backoff }, scope }
            }
            (recourse, _) => recourse,
        }
    }

    /// Meta has been seen to quote a malformed token in its message; it goes no further.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        if !secret.is_empty() {
            self.message = self.message.replace(secret, "[token]");
            self.details = self.details.map(|details| details.replace(secret, "[token]"));
        }
        self
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = row(self.code);
        let meaning = row.map_or("WhatsApp refused the request", |row| row.meaning);
        write!(f, "{meaning} (code {}", self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, ".{subcode}")?;
        }
        write!(f, ", status {}", self.status)?;
        if let Some(trace) = &self.fbtrace_id {
            write!(f, ", fbtrace_id {trace}")?;
        }
        f.write_str(")")?;
        match &self.details {
            Some(details) => write!(f, ": {details}")?,
            None if !self.message.is_empty() => write!(f, ": {}", self.message)?,
            None => {}
        }
        row.map_or(Ok(()), |row| write!(f, " | {}", row.mend))
    }
}
