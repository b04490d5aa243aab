//! All flows of one account, as published, and what `bot.yaml` says of them together.

use crate::flow::Flow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Settings of `bot.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Said, or run as a flow, when a message meets no session and no trigger.
    pub default_answer: Option<DefaultAnswer>,
    /// A session without a message from the customer for so long ends.
    pub session_timeout: Duration,
    /// Steps one turn may run; one more is a fault, and people take over.
    pub step_budget: u32,
    /// After so long without a word from the team, a handed-over conversation goes back to the bot at the customer's next
    /// message. `None`: never by itself.
    pub release_after: Option<Duration>,
    /// IANA time zone in which dates are read and printed.
    pub timezone: String,
    /// ISO country for phone numbers typed without a country code.
    pub country: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultAnswer {
    Text(String),
    Flow(String),
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            default_answer: None,
            session_timeout: Duration::from_hours(24),
            step_budget: 100,
            release_after: None,
            timezone: "UTC".into(),
            country: None,
        }
    }
}

/// The flows a turn may meet: each by name in its current revision, and older revisions that running sessions still hold.
#[derive(Debug, Clone, Default)]
pub struct Bot {
    pub settings: Settings,
    current: BTreeMap<String, Arc<Flow>>,
    older: BTreeMap<(String, u32), Arc<Flow>>,
}

impl Bot {
    pub fn new(settings: Settings, flows: impl IntoIterator<Item = Arc<Flow>>) -> Self {
        let current = flows.into_iter().map(|flow| (flow.name.clone(), flow)).collect();
        Bot { settings, current, older: BTreeMap::new() }
    }

    /// Makes `flow` the current one of its name; the one it replaces stays reachable by revision.
    pub fn publish(&mut self, flow: Arc<Flow>) {
        if let Some(old) = self.current.insert(flow.name.clone(), flow) {
            self.older.insert((old.name.clone(), old.revision), old);
        }
    }

    /// Keeps an older revision for the sessions that run on it.
    pub fn keep(&mut self, flow: Arc<Flow>) {
        self.older.insert((flow.name.clone(), flow.revision), flow);
    }

    pub fn current(&self, name: &str) -> Option<&Arc<Flow>> {
        self.current.get(name)
    }

    pub fn at(&self, name: &str, revision: u32) -> Option<&Arc<Flow>> {
        match self.current.get(name) {
            Some(flow) if flow.revision == revision => Some(flow),
            _ => self.older.get(&(name.to_owned(), revision)),
        }
    }

    /// Current flows in order of their names.
    pub fn flows(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.current.values()
    }
}
