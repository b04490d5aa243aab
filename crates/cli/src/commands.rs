//! The commands, one file each.

pub mod call;
pub mod chat;
pub mod check;
pub mod conversation;
pub mod demo;
pub mod explain;
pub mod flow;
pub mod installation;
pub mod sandbox;
pub mod secret;
pub mod serve;
pub mod test;
