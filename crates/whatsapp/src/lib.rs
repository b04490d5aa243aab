//! Meta's WhatsApp Cloud API, and nothing else: ids, webhooks, messages, limits, errors, pace and the client.
//!
//! This crate never knows flows, contacts or SQL, reads no clock and draws no random number; only [`client`]
//! does any input or output. Facts about Meta carry the section of the project's Cloud API reference they come
//! from, for example "§12".

pub mod card;
pub mod client;
pub mod error;
pub mod ids;
mod json;
pub mod limits;
pub mod message;
pub mod pace;
pub mod signature;
pub mod verification;
pub mod webhook;

pub use client::Client;
pub use error::{Recourse, SendError};
pub use ids::{Address, BusinessScopedId, MediaId, PhoneNumber, PhoneNumberId, WaId, WabaId, Wamid};
pub use message::Message;
