//! Why a call to Meta did not work, and what to do next: decided here, where the codes are understood (§12).

mod graph;
mod recourse;
mod table;

pub use graph::GraphError;
pub use recourse::{Backoff, DropReason, Recourse, Scope, pair_delay};
pub use table::{Row, TABLE, after_failed_status, row};

/// The outcome of a call that did not work. Its text is for operators and never holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing left this machine (name not found, connection refused, no TLS): trying again is safe.
    #[error("could not reach {host}: {reason}")]
    NotSent { host: String, reason: String },
    /// We asked for something that cannot be asked; trying again is pointless.
    #[error("the request could not be made: {reason}")]
    NotMade { reason: String },
    /// The request left, but no answer came back (time-out, broken connection): Meta may have taken it.
    #[error("no answer from {host}: {reason}; WhatsApp may have taken the request")]
    NoAnswer { host: String, reason: String },
    /// An answer that is not the Graph API's: a 5xx without a code, a page of a proxy, a 200 without a message id.
    #[error(
        "{host} answered status {status} in a form the Graph API does not use: {seen:?}; WhatsApp may have taken the request"
    )]
    Unreadable { host: String, status: u16, seen: String },
    /// Meta says no, with a code.
    #[error("{0}")]
    Refused(Box<GraphError>),
    /// A file is larger than the caller is ready to take.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge { max_bytes: u64 },
}

impl SendError {
    pub fn recourse(&self) -> Recourse {
        match self {
            Self::NotSent { .. } => Recourse::Retry { backoff: Backoff::DEFAULT, scope: Scope::Message },
            Self::NoAnswer { .. } | Self::Unreadable { .. } => Recourse::UnknownFate,
            Self::NotMade { .. } | Self::TooLarge { .. } => Recourse::Drop(DropReason::BadRequest),
            Self::Refused(error) => error.recourse(),
        }
    }

    /// Meta's code, where Meta answered with one.
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Refused(error) => Some(error.code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
