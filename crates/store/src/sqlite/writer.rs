//! The writer: takes whatever units are queued, commits them together, then answers all.
//!
//! It never waits for more: under load the queue fills while a commit is on its way to the disk, alone a unit is
//! committed at once. The good path has no savepoints; when a unit is refused after it changed something, the batch is
//! rolled back and run again with a savepoint around each unit.
//!
//! | killed | then |
//! | --- | --- |
//! | before the commit | nothing of the batch is stored, nobody was answered |
//! | after the commit, before the answers | all is stored; callers look again: redelivery, work found by its rows |

use crate::StoreError;
use crate::stats::Counters;
use crate::unit::{Changes, Outcome, Rule, Unit};
use rusqlite::Connection;
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// Submissions that may wait; more wait in their callers, which holds back whoever produces them.
const QUEUE_LEN: usize = 4096;

type Answers = Vec<Result<Outcome, StoreError>>;

enum Job {
    Commit { units: Vec<Unit>, answers: oneshot::Sender<Answers> },
    Close(oneshot::Sender<()>),
}

/// The way to the writer thread. Dropped, it waits until what is queued is committed.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// The thread owns the connection, and `lock` until it ends.
    pub(super) fn start(
        connection: Connection,
        lock: Option<File>,
        batch_units_max: usize,
        counters: Arc<Counters>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE_LEN);
        let thread = thread::Builder::new().name("store-writer".into()).spawn(move || {
            let closed = Batches { connection: &connection, held: HashMap::new(), counters: &counters }
                .serve(jobs, batch_units_max.max(1));
            drop(connection);
            drop(lock);
            if let Some(closed) = closed {
                // Whoever closed the store need not wait for it.
                let _ = closed.send(());
            }
        })?;
        Ok(Writer { queue: Some(queue), thread: Some(thread) })
    }

    /// Commits units, each whole or not at all, in this order; answers in the same order once they are on disk.
    pub(crate) async fn commit(&self, units: Vec<Unit>) -> Result<Answers, StoreError> {
        let (answers, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(Job::Commit { units, answers }).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)
    }

    /// Commits what is queued, copies the write-ahead log back and ends the thread.
    pub(crate) async fn close(&self) {
        let (closed, done) = oneshot::channel();
        if let Some(queue) = &self.queue
            && queue.send(Job::Close(closed)).await.is_ok()
        {
            // An error means that the thread has ended, which is what we wait for.
            let _ = done.await;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has been reported by its thread.
            let _ = thread.join();
        }
    }
}

/// A statement kept prepared, and the places of its values.
struct Held<'c> {
    statement: rusqlite::Statement<'c>,
    places: Vec<usize>,
}

struct Batches<'c> {
    connection: &'c Connection,
    /// By the address of the text: texts are constants, and hashing them would cost more than running some of them.
    held: HashMap<(usize, usize), Held<'c>>,
    counters: &'c Counters,
}

/// Why a batch was not committed.
enum Failed {
    /// A unit was refused after it changed something.
    NeedsSavepoints,
    /// All units of the batch share this fate.
    Whole(StoreError),
}

impl<'c> Batches<'c> {
    /// Until the store is closed, which the one returned is to be told, or nobody has it any more.
    fn serve(mut self, mut jobs: mpsc::Receiver<Job>, units_max: usize) -> Option<oneshot::Sender<()>> {
        let mut taken = Vec::new();
        let mut queued = VecDeque::new();
        loop {
            if queued.is_empty() {
                if jobs.blocking_recv_many(&mut taken, units_max) == 0 {
                    return None;
                }
                queued.extend(taken.drain(..));
            }
            let mut batch = Vec::new();
            let mut senders = Vec::new();
            let mut closing = None;
            let mut units_len = 0;
            while let Some(job) = queued.pop_front().or_else(|| jobs.try_recv().ok()) {
                match job {
                    Job::Commit { units, answers } => {
                        if units_len > 0 && units_len + units.len() > units_max {
                            queued.push_front(Job::Commit { units, answers });
                            break;
                        }
                        units_len += units.len();
                        batch.push(units);
                        senders.push(answers);
                    }
                    Job::Close(closed) => {
                        closing = Some(closed);
                        break;
                    }
                }
            }
            if units_len > 0 {
                let answers = self.run(&batch);
                for (sender, answers) in senders.into_iter().zip(answers) {
                    // Whoever asked may have gone; the work is done all the same.
                    let _ = sender.send(answers);
                }
            }
            if closing.is_some() {
                // Only tidies up; the log is read back at the next start just as well.
                let _ = self.connection.execute_batch("pragma wal_checkpoint(truncate)");
                return closing;
            }
        }
    }

    fn run(&mut self, batch: &[Vec<Unit>]) -> Vec<Answers> {
        let begun = Instant::now();
        let mut result = self.attempt(batch, false);
        if matches!(result, Err(Failed::NeedsSavepoints)) {
            self.counters.reruns.fetch_add(1, Relaxed);
            result = self.attempt(batch, true);
        }
        self.counters.batch_us.fetch_add(micros(begun), Relaxed);
        self.counters.failing.store(u64::from(result.is_err()), Relaxed);
        match result {
            Ok(answers) => answers,
            Err(Failed::NeedsSavepoints) => unreachable!("savepoints were used"),
            Err(Failed::Whole(error)) => {
                self.counters.failures.fetch_add(1, Relaxed);
                batch.iter().map(|units| units.iter().map(|_| Err(error.clone())).collect()).collect()
            }
        }
    }

    fn attempt(&mut self, batch: &[Vec<Unit>], savepoints: bool) -> Result<Vec<Answers>, Failed> {
        let result = self.attempt_open(batch, savepoints);
        if result.is_err() && !self.connection.is_autocommit() {
            // After an error that rolled back by itself there is nothing left to do; any other failure shows next time.
            let _ = self.connection.execute_batch("rollback");
        }
        result
    }

    fn attempt_open(&mut self, batch: &[Vec<Unit>], savepoints: bool) -> Result<Vec<Answers>, Failed> {
        let whole = |error: StoreError| Failed::Whole(error);
        self.step("begin immediate").map_err(whole)?;
        let mut touched = Vec::new();
        let mut stale = 0;
        let mut answers = Vec::with_capacity(batch.len());
        for units in batch {
            let mut of_submission = Vec::with_capacity(units.len());
            for unit in units {
                if savepoints {
                    self.step("savepoint unit").map_err(whole)?;
                }
                let (result, changes) = self.unit(unit);
                let kept = matches!(result, Ok(Outcome::Done(_) | Outcome::Duplicate));
                if let Err(error) = &result
                    && !concerns_one_unit(error)
                {
                    return Err(Failed::Whole(error.clone()));
                }
                if !kept && changes.any() && !savepoints {
                    return Err(Failed::NeedsSavepoints);
                }
                if savepoints {
                    if !kept {
                        self.step("rollback to unit").map_err(whole)?;
                    }
                    self.step("release unit").map_err(whole)?;
                }
                if kept && changes.any() && !touched.contains(&unit.account) {
                    touched.push(unit.account);
                }
                stale += u64::from(matches!(result, Ok(Outcome::Stale)));
                of_submission.push(result);
            }
            answers.push(of_submission);
        }
        for account in touched {
            let raise = crate::unit::Statement {
                sql: "update account set changes = changes + 1 where account = $1",
                values: vec![account.into()],
                rule: Rule::Any,
            };
            self.execute(&raise).map_err(whole)?;
        }
        let committing = Instant::now();
        self.step("commit").map_err(whole)?;
        let units: usize = batch.iter().map(Vec::len).sum();
        self.count(units, stale, micros(committing));
        Ok(answers)
    }

    /// Runs one unit. The second value says what it changed, for whoever has to undo it.
    fn unit(&mut self, unit: &Unit) -> (Result<Outcome, StoreError>, Changes) {
        let mut changes = Changes::default();
        for (index, statement) in unit.statements.iter().enumerate() {
            match self.execute(statement) {
                Ok(0) => match statement.rule {
                    Rule::Any => {}
                    Rule::Must => return (Ok(Outcome::Stale), changes),
                    Rule::Gate => return (Ok(Outcome::Duplicate), changes),
                },
                Ok(_) => changes.note(index),
                Err(error) => return (Err(error), changes),
            }
        }
        (Ok(Outcome::Done(changes)), changes)
    }

    fn execute(&mut self, statement: &crate::unit::Statement) -> Result<usize, StoreError> {
        let held = self.held(statement.sql)?;
        for (index, place) in held.places.iter().enumerate() {
            held.statement.raw_bind_parameter(index + 1, &statement.values[*place])?;
        }
        Ok(held.statement.raw_execute()?)
    }

    fn step(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.held(sql)?.statement.raw_execute()?;
        Ok(())
    }

    fn held(&mut self, sql: &'static str) -> Result<&mut Held<'c>, StoreError> {
        use std::collections::hash_map::Entry;
        Ok(match self.held.entry((sql.as_ptr() as usize, sql.len())) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(place) => {
                #[cfg(debug_assertions)]
                super::plans::check(self.connection, sql);
                let statement = self.connection.prepare(sql)?;
                let places = super::places(&statement);
                place.insert(Held { statement, places })
            }
        })
    }

    fn count(&self, units: usize, stale: u64, commit_us: u64) {
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        let counters = self.counters;
        counters.commits.fetch_add(1, Relaxed);
        counters.units.fetch_add(units, Relaxed);
        counters.stale.fetch_add(stale, Relaxed);
        counters.commit_us.fetch_add(commit_us, Relaxed);
        counters.commit_us_max.fetch_max(commit_us, Relaxed);
        counters.largest_batch.fetch_max(units, Relaxed);
    }
}

/// A refused statement is its unit's own fault; a full disk or a lock is not.
fn concerns_one_unit(error: &StoreError) -> bool {
    matches!(error, StoreError::Statement(_))
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
