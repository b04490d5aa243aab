//! What happened, numbered, for the page and for tests: a bounded log that can be read again from any kept number.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::broadcast;

/// Events kept for a browser that reconnects.
pub(crate) const EVENTS_KEPT_MAX: usize = 2_000;

/// One thing that happened in the sandbox.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Event {
    /// Grows by one with each event.
    pub id: u64,
    /// `message`, `status`, `step`, `typing`, `request`, `webhook`, `customer`, `knobs`, `reset` or `desk`.
    pub kind: &'static str,
    pub data: Value,
}

/// A reader's place: what it missed, and the live rest.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) missed: VecDeque<Event>,
    pub(crate) live: broadcast::Receiver<Event>,
    /// Some events between the reader's last one and `missed` are no longer kept: read the state anew.
    pub(crate) gap: bool,
}

#[derive(Debug)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
    live: broadcast::Sender<Event>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    events: VecDeque<Event>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { kept: Mutex::default(), live: broadcast::channel(1_024).0 }
    }

    pub(crate) fn tell(&self, kind: &'static str, data: Value) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let event = Event { id: kept.last, kind, data };
        if kept.events.len() == EVENTS_KEPT_MAX {
            kept.events.pop_front();
        }
        kept.events.push_back(event.clone());
        // Sent under the lock, so that numbers arrive in order. No receiver is no error.
        let _ = self.live.send(event);
    }

    /// The data of the last `most` events of one kind, oldest first.
    pub(crate) fn recent(&self, kind: &str, most: usize) -> Vec<Value> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<Value> = kept
            .events
            .iter()
            .rev()
            .filter(|event| event.kind == kind)
            .take(most)
            .map(|event| event.data.clone())
            .collect();
        found.reverse();
        found
    }

    /// Number of the newest event.
    pub(crate) fn last(&self) -> u64 {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Everything after event `after`, and what follows.
    pub(crate) fn follow(&self, after: u64) -> Feed {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let first = kept.events.front().map_or(kept.last + 1, |event| event.id);
        Feed {
            missed: kept.events.iter().filter(|event| event.id > after).cloned().collect(),
            live: self.live.subscribe(),
            // A number from before a restart lies ahead of ours: that reader, too, must read anew.
            gap: after.saturating_add(1) < first || after > kept.last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_what_it_missed_and_learns_of_a_gap() {
        let log = Log::new();
        for n in 0..3 {
            log.tell("message", n.into());
        }
        let feed = log.follow(1);
        assert_eq!(feed.missed.iter().map(|e| e.id).collect::<Vec<_>>(), [2, 3]);
        assert!(!feed.gap);
        for n in 0..EVENTS_KEPT_MAX {
            log.tell("message", n.into());
        }
        assert!(log.follow(1).gap);
        assert!(!log.follow(log.last()).gap);
        assert!(log.follow(log.last() + 7).gap, "the number of an earlier sandbox");
    }
}
