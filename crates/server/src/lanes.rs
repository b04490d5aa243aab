//! Lanes: one queue of jobs a conversation, worked off by at most one task of this process, in order.
//!
//! A lane is a convenience, not the guarantee: the version of the conversation's row refuses a turn that was decided on
//! an older state, so that a second process, or a job that took another lane, loses nothing and doubles nothing.
//!
//! | killed after | then |
//! | --- | --- |
//! | a job was queued, nothing committed | nobody was told it was accepted; Meta delivers again |
//! | a message was committed without its turn | it is unconsumed; the next start or the safety net looks |
//! | a turn was committed, effects not begun | they stand in the ledger; the next start begins them |

use crate::app::App;
use crate::calls::Out;
use crate::turns;
use futures_util::FutureExt as _;
use rapport_flow::request::Exchange;
use rapport_store::{CallKey, Conversation, ConversationKey, Incoming, StoreError};
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Locks that share the lanes, so that webhooks of different contacts seldom meet.
const SHARDS: usize = 64;

/// Something to be done for one conversation.
#[derive(Debug)]
pub(crate) enum Job {
    /// Write a message down and run its turn.
    Accept(Box<Acceptance>),
    /// The result of a call; it counts as out until this is durable.
    Call { call: CallKey, exchange: Box<Exchange>, out: Out },
    /// Look whether anything waits.
    Look,
}

#[derive(Debug)]
pub(crate) struct Acceptance {
    pub(crate) incoming: Incoming,
    /// The conversation as read when the lane was free; read again when the job had to wait.
    pub(crate) basis: Option<Conversation>,
    /// Told when the message is durable (or was already).
    pub(crate) done: oneshot::Sender<Result<(), StoreError>>,
}

/// The lanes that have work. A lane is present exactly while a task works on it.
#[derive(Debug)]
pub(crate) struct Lanes {
    shards: Vec<Mutex<HashMap<ConversationKey, VecDeque<Job>>>>,
}

impl Default for Lanes {
    fn default() -> Self {
        Lanes { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Lanes {
    fn shard(&self, key: &ConversationKey) -> MutexGuard<'_, HashMap<ConversationKey, VecDeque<Job>>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0);
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a job. Returns it when the lane was free: the caller now works on the lane and starts with it.
    fn enter(&self, key: &ConversationKey, mut job: Job) -> Option<Job> {
        let mut shard = self.shard(key);
        let Some(queue) = shard.get_mut(key) else {
            shard.insert(*key, VecDeque::new());
            return Some(job);
        };
        if matches!((&job, queue.back()), (Job::Look, Some(Job::Look))) {
            return None;
        }
        if let Job::Accept(acceptance) = &mut job {
            // What was read is old by the time the job's turn comes.
            acceptance.basis = None;
        }
        queue.push_back(job);
        None
    }

    /// The next job of a lane; `None` gives the lane up.
    fn next(&self, key: &ConversationKey) -> Option<Job> {
        let mut shard = self.shard(key);
        let next = shard.get_mut(key)?.pop_front();
        if next.is_none() {
            shard.remove(key);
        }
        next
    }

    /// Lanes at work now.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}

/// Gives a job to its lane, and the lane a task if it has none.
pub(crate) fn push(app: &Arc<App>, key: ConversationKey, job: Job) {
    if let Some(first) = app.lanes.enter(&key, job) {
        let app = Arc::clone(app);
        tokio::spawn(async move {
            let mut job = Some(first);
            while let Some(current) = job {
                // A bug must not keep the lane, and with it the conversation, for ever.
                if AssertUnwindSafe(turns::run(&app, key, current)).catch_unwind().await.is_err() {
                    turns::hand_over_after_panic(&app, key).await;
                }
                job = app.lanes.next(&key);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_store::{AccountId, ChannelId, ContactId};

    fn key(contact: i64) -> ConversationKey {
        ConversationKey { account: AccountId(1), contact: ContactId(contact), channel: ChannelId(1) }
    }

    #[test]
    fn a_lane_has_one_worker_and_gives_up_when_it_is_empty() {
        let lanes = Lanes::default();
        assert!(lanes.enter(&key(1), Job::Look).is_some(), "the first job finds the lane free");
        assert!(lanes.enter(&key(1), Job::Look).is_none(), "the second waits for the worker");
        assert!(lanes.enter(&key(2), Job::Look).is_some(), "another contact does not wait");
        assert!(matches!(lanes.next(&key(1)), Some(Job::Look)));
        assert!(lanes.next(&key(1)).is_none());
        assert!(lanes.enter(&key(1), Job::Look).is_some(), "free again");
        assert_eq!(lanes.len(), 2);
    }

    #[test]
    fn two_looks_in_a_row_are_one() {
        let lanes = Lanes::default();
        assert!(lanes.enter(&key(1), Job::Look).is_some());
        assert!(lanes.enter(&key(1), Job::Look).is_none());
        assert!(lanes.enter(&key(1), Job::Look).is_none());
        assert!(lanes.next(&key(1)).is_some());
        assert!(lanes.next(&key(1)).is_none());
    }
}
