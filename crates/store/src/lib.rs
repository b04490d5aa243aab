//! The only SQL of the product. Its public face is the product's verbs; each builds one unit, committed whole or not at
//! all, or runs one query. Nobody outside sees SQL or a backend.

mod accept;
mod account;
mod call;
mod conversation;
mod desk;
mod error;
mod flows;
mod identity;
mod ids;
mod retention;
mod secrets;
mod send;
mod sqlite;
mod stats;
mod status;
mod turn;
mod unit;
mod work;

pub use accept::{Accept, Accepted, Incoming, RawItem};
pub use account::Channel;
pub use call::{Action, CallRecord, EXCHANGE_BODY_BYTES_MAX, FinishedCall, QueuedCall};
pub use conversation::{Address, Conversation, WAITING_MAX, WaitingMessage, WithTeam};
pub use desk::{Entry, Reply, Sent, Summary};
pub use error::{OpenError, StoreError};
pub use flows::{Publication, Published, Revision};
pub use identity::{IdentityChange, Preference, Wish};
pub use ids::{AccountId, CallKey, ChannelId, ContactId, ConversationKey, MessageId, SendKey, TurnId};
pub use retention::Retention;
pub use secrets::{SealedSecret, SecretEntry};
pub use send::{Fate, QueuedSend, Resolved, SendResult, SendState};
pub use stats::{Queues, WriterStats};
pub use status::{Status, StatusItem, StatusOutcome};
pub use turn::{Committed, TurnCommit, TurnOutcome};
pub use work::Recovery;

use crate::sqlite::{Readers, Row, Writer};
use crate::stats::Counters;
use crate::unit::{Outcome, Unit, Value};
use std::future::{Ready, ready};
use std::path::PathBuf;
use std::sync::Arc;

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
    /// The file grows no further than this, in pages of 4 KiB; `None` for as far as the disk goes.
    pub pages_max: Option<u32>,
    /// For tools beside a running server: opens without the lock that keeps a second server away.
    pub shared: bool,
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
            pages_max: None,
            shared: false,
        }
    }
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Arc<Backend>,
}

#[derive(Debug)]
struct Backend {
    writer: Writer,
    readers: Readers,
    counters: Arc<Counters>,
}

/// Units handed to the writer at once. More are split, so that a large POST does not become one long transaction.
const UNITS_A_SUBMISSION: usize = 64;

impl Store {
    /// Opens or makes the database and brings its schema up to date. `now` (epoch milliseconds) dates the migrations.
    pub fn open(settings: &Settings, now: i64) -> Result<Store, OpenError> {
        let counters = Arc::new(Counters::default());
        let (writer, readers) = sqlite::open(settings, now, &counters)?;
        Ok(Store { backend: Arc::new(Backend { writer, readers, counters }) })
    }

    /// Commits what is queued and closes the database. Verbs of clones that write fail with [`StoreError::Closed`]
    /// afterwards.
    pub async fn close(self) {
        self.backend.writer.close().await;
    }

    /// Commits one unit.
    async fn commit(&self, unit: Unit) -> Result<Outcome, StoreError> {
        self.backend.writer.commit(vec![unit]).await?.pop().unwrap_or(Err(StoreError::Closed))
    }

    /// Commits units independently of one another, in this order.
    async fn commit_each(&self, mut units: Vec<Unit>) -> Vec<Result<Outcome, StoreError>> {
        let mut answers = Vec::with_capacity(units.len());
        while !units.is_empty() {
            let rest = units.split_off(units.len().min(UNITS_A_SUBMISSION));
            let len = units.len();
            match self.backend.writer.commit(units).await {
                Ok(some) => answers.extend(some),
                Err(error) => answers.extend((0..len).map(|_| Err(error.clone()))),
            }
            units = rest;
        }
        answers
    }

    /// Runs a query of microseconds where it stands.
    fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Ready<Result<Vec<T>, StoreError>> {
        ready(self.backend.readers.rows(sql, values, read))
    }

    /// The first row of a query of microseconds.
    async fn row<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values, read).await?.into_iter().next())
    }

    /// Runs a query that may take long, off the async threads.
    async fn rows_apart<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: impl Into<Vec<Value>>,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        let backend = Arc::clone(&self.backend);
        let values = values.into();
        tokio::task::spawn_blocking(move || backend.readers.rows(sql, &values, read))
            .await
            .map_err(|_| StoreError::Closed)?
    }
}
