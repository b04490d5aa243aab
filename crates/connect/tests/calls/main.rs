//! Calls against real sockets: servers that behave, and servers that lie.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod faults;
mod guard;
mod oauth;
mod redirects;
mod request;
mod retries;
mod secrets;
mod setting;
mod stub;
mod tls;
