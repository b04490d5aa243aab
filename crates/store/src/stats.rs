//! Figures for `/metrics`.

use crate::ids::AccountId;
use crate::unit::values;
use crate::{Store, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of the writer since the start; read at any time.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) units: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) reruns: AtomicU64,
    pub(crate) failures: AtomicU64,
    /// 1 while the latest batch failed as a whole.
    pub(crate) failing: AtomicU64,
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
    /// The latest batch failed as a whole: nothing can be written at the moment.
    pub failing: bool,
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
            failing: get(&self.failing) != 0,
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
        self.backend.counters.read()
    }

    /// Counts what waits; a few index scans, off the async threads.
    pub async fn queues(&self, account: AccountId) -> Result<Queues, StoreError> {
        let count = |sql: &'static str| {
            self.rows_apart(sql, values![account], |row| {
                Ok((u64::try_from(row.int(0)?).unwrap_or(0), row.maybe_int(1)?))
            })
        };
        let first = |rows: Vec<(u64, Option<i64>)>| rows.first().copied().unwrap_or_default();
        let (unconsumed_messages, oldest_unconsumed_at) = first(
            count("select count(*), min(at) from message where account = $1 and unconsumed = 1").await?,
        );
        let (queued_sends, oldest_send_at) =
            first(count("select count(*), min(at) from message where account = $1 and unsettled = 1").await?);
        let (unknown_sends, _) = first(
            count(
                "select count(*), min(at) from message where account = $1 and unsettled = 1 and state = 'unknown'",
            )
            .await?,
        );
        let (open_calls, oldest_call_at) =
            first(count("select count(*), min(ordered_at) from call where account = $1 and open = 1").await?);
        let (running_sessions, _) = first(
            count(
                "select count(*), min(alarm_at) from conversation where account = $1 and alarm_at is not null",
            )
            .await?,
        );
        let (with_team, _) = first(
            count("select count(*), min(team_since) from conversation where account = $1 and with_team = 1")
                .await?,
        );
        let (parked_statuses, _) =
            first(count("select count(*), min(accepted_at) from parked_status where account = $1").await?);
        Ok(Queues {
            unconsumed_messages,
            oldest_unconsumed_at,
            queued_sends,
            unknown_sends,
            oldest_send_at,
            open_calls,
            oldest_call_at,
            running_sessions,
            with_team,
            parked_statuses,
        })
    }
}
