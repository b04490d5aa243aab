//! The server: Meta webhooks in, turns, sends and calls out. It carries out what flows decide and decides nothing itself.

pub mod app;
mod background;
mod calls;
pub mod clock;
pub mod config;
pub mod desk;
mod http;
pub mod ids;
mod lanes;
pub mod logging;
mod metrics;
pub mod publish;
mod receipts;
pub mod secrets;
mod sends;
pub mod serve;
pub mod translate;
mod turns;
mod webhook;

pub use app::App;
pub use config::Config;
pub use serve::{Extras, Server, start};
