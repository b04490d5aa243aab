//! Pretend WhatsApp (Meta Graph), Intercom, Zendesk and Freshdesk over real HTTP, with a phone to chat on.
//!
//! One listener serves all: Graph at `/v25.0/…` and `/graph/v25.0/…`, Intercom at `/intercom/…` and at its own root
//! paths, Zendesk at `/zendesk/api/v2/…`, Freshdesk at `/freshdesk/api/v2/…`, the chat page at `/`, the script API at
//! `/__sandbox/…`. The formats are written from the vendors' publications alone: no production crate is used, so that
//! a misreading there is not repeated here.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use rapport_sandbox::{Sandbox, SandboxOptions};
//!
//! let sandbox = Sandbox::start(SandboxOptions::default()).await?;
//! sandbox.set_webhook(Some("http://127.0.0.1:8080/webhooks/whatsapp".into()));
//! let priya = sandbox.customer("919820000001", Some("Priya Sharma"))?;
//! let mut inbox = priya.inbox();
//! priya.say("Can someone look into my account?")?;
//! let answer = inbox.next().await;
//! sandbox.stop().await;
//! # Ok(()) }
//! ```

mod chance;
mod clock;
mod control;
mod conversation;
mod data;
mod desk;
mod events;
mod freshdesk;
mod graph;
mod hex;
mod http_call;
mod intercom;
mod knobs;
mod lanes;
mod meta_words;
mod options;
mod page;
mod phone;
mod rate;
mod record;
mod sandbox;
mod serve;
mod wire;
mod world;
mod zendesk;

pub use data::{DataError, DataSet, Person, Role, Vendor};
pub use desk::{DeskAuthor, DeskConversation, DeskError, DeskMessage, DeskThread, TeamDesk};
pub use events::Event;
pub use graph::Business;
pub use knobs::{
    DeliveryStatus, KnobError, Knobs, RecipientFaults, Trouble, WebhookTrouble, WhatsAppManners,
};
pub use options::{Annotate, BoxFuture, Redelivery, SandboxOptions};
pub use phone::bubble::{Choice, ChoiceKind};
pub use phone::speech::{Speech, SpeechError};
pub use phone::{Annotation, Bubble, Customer, Side};
pub use record::RecordedRequest;
pub use sandbox::{CustomerPhone, Inbox, Sandbox, StartError};
pub use zendesk::ZendeskAccess;
