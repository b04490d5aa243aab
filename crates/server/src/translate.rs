//! Between Meta's words and the product's: what came in, and what goes out.

mod incoming;
mod outgoing;

pub use incoming::{address, message};
pub use outgoing::{recipient, wire};
