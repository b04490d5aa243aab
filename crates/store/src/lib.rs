//! The only SQL of the product. Its public face is the product's verbs; each builds one unit, committed whole or not at
//! all, or runs one query. Nobody outside sees SQL or a backend.

mod accept;
mod account;
mod call;
mod conversation;
mod desk;
mod error;
mod flows;
mod ids;
mod retention;
mod secrets;
mod send;
mod stats;
mod turn;
mod work;

pub use accept::{Accept, Accepted, IdentityChange, Incoming, Preference, RawItem, Wish};
pub use account::Channel;
pub use call::{Action, CallRecord, EXCHANGE_BODY_BYTES_MAX, FinishedCall, QueuedCall};
pub use conversation::{Address, Conversation, WAITING_MAX, WaitingMessage, WithTeam};
pub use desk::{Entry, Reply, Sent, Summary};
pub use error::{OpenError, StoreError};
pub use flows::{Publication, Published, Revision};
pub use ids::{AccountId, CallKey, ChannelId, ContactId, ConversationKey, MessageId, SendKey, TurnId};
pub use retention::Retention;
pub use secrets::{SealedSecret, SecretEntry};
pub use send::{Fate, QueuedSend, Resolved, SendResult, SendState, Status, StatusItem, StatusOutcome};
pub use stats::{Queues, WriterStats};
pub use turn::{Committed, TurnCommit, TurnOutcome};
pub use work::Recovery;

use std::path::PathBuf;

/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The SQLite file; made when it does not exist. Its folder must.
    pub path: PathBuf,
    pub synchronous: Synchronous,
    /// Page cache of each connection, KiB. A large one is walked at each commit.
    pub cache_kib: u32,
    /// The write-ahead log is copied back at this length; larger ones make the tail.
    pub checkpoint_pages: u32,
    /// Connections for reading.
    pub readers: usize,
    /// Most units that share one commit.
    pub batch_units_max: usize,
}

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// When it is on the disk: what product promises rest on.
    #[default]
    Full,
    /// When the system has it: for tests. A power cut loses the latest commits.
    Off,
}

impl Settings {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Settings {
            path: path.into(),
            synchronous: Synchronous::Full,
            cache_kib: 8 * 1024,
            checkpoint_pages: 1000,
            readers: 4,
            batch_units_max: 256,
        }
    }
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {}

impl Store {
    /// Opens or makes the database and brings its schema up to date. `now` (epoch milliseconds) dates the migrations.
    pub fn open(settings: &Settings, now: i64) -> Result<Store, OpenError> {
        let _ = now;
        Err(OpenError::File { path: settings.path.clone(), cause: String::new() })
    }

    /// Commits what is queued and closes the database. Verbs of clones fail with [`StoreError::Closed`] afterwards.
    pub async fn close(self) {}
}
