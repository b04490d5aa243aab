//! A call that got no usable answer: how it is told and whether it may be made again.

use rapport_flow::request::Outcome;

/// What came of one attempt that has no answer to give.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) outcome: Outcome,
    /// For people; masked before it leaves the crate.
    pub(crate) detail: String,
    pub(crate) again: Again,
}

/// Whether another attempt makes sense; decided where the fault is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// It would end the same.
    Never,
    /// The request may have been carried out: only for what may be repeated.
    IfRepeatable,
    /// Not a byte of the request had left us.
    Always,
}

impl Fault {
    pub(crate) fn new(outcome: Outcome, again: Again, detail: impl Into<String>) -> Self {
        Fault { outcome, again, detail: detail.into() }
    }

    pub(crate) fn bad_template(detail: impl Into<String>) -> Self {
        Fault::new(Outcome::BadTemplate, Again::Never, detail)
    }

    pub(crate) fn blocked(detail: impl Into<String>) -> Self {
        Fault::new(Outcome::BlockedAddress, Again::Never, detail)
    }
}
