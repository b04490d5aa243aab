//! What is wrong with a message before Meta says so.

/// One problem at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct LimitProblem {
    /// The place in the words of the type, for example `buttons[1].title`.
    pub place: String,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is empty; WhatsApp wants at least one character")]
    Empty,
    #[error("has {seen} characters, WhatsApp takes at most {max}")]
    TooLong { seen: usize, max: usize },
    #[error("has {seen} entries, WhatsApp takes at most {max}")]
    TooMany { seen: usize, max: usize },
    #[error("has no entry, WhatsApp wants at least one")]
    TooFew,
    #[error("repeats {0:?}, which must be unique within the message")]
    Duplicate(String),
    #[error("{0}")]
    Form(&'static str),
}
