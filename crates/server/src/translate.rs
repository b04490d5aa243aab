//! Between Meta's words and the product's: what came in, and what goes out.

mod incoming;
mod outgoing;

pub(crate) use incoming::{address, message};
pub(crate) use outgoing::{recipient, wire};
