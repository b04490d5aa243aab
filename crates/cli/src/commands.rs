//! The commands, one file each.

pub(crate) mod call;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod conversation;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod flow;
pub(crate) mod installation;
pub(crate) mod sandbox;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod test;
