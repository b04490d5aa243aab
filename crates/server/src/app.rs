//! What every part of the server shares.

use crate::calls::Calls;
use crate::clock;
use crate::config::Config;
use crate::ids::Ids;
use crate::lanes::Lanes;
use crate::secrets::Secrets;
use crate::sends::Sends;
use rapport_connect::Dialer;
use rapport_flow::{Bot, Flow};
use rapport_store::{AccountId, ChannelId, ConversationKey, Store};
use rapport_whatsapp::PhoneNumberId;
use rapport_whatsapp::pace::Pace;
use rapport_whatsapp::signature::Signer;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// The running server. Shared by every task; cheap to clone behind its `Arc`.
#[derive(Debug)]
pub struct App {
    pub store: Store,
    pub account: AccountId,
    pub ids: Ids,
    /// By Meta's id of the number.
    pub channels: HashMap<String, Arc<Channel>>,
    bot: RwLock<Arc<Bot>>,
    pub(crate) lanes: Lanes,
    pub(crate) sends: Sends,
    pub(crate) calls: Calls,
    pub(crate) dialer: Dialer,
    pub(crate) secrets: Arc<Secrets>,
    /// `None`: never by itself.
    pub(crate) resend_unknown_after: Option<Duration>,
    /// Set when the server stops: nothing new is begun.
    pub(crate) stopping: Stopping,
}

/// One WhatsApp number and what speaks for it.
#[derive(Debug)]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    /// Meta's id of the number.
    pub(crate) number: PhoneNumberId,
    /// Display number, E.164 with `+`, where it is known.
    pub phone: Option<String>,
    /// The Meta app it belongs to, where an installation serves several.
    pub app: Option<String>,
    pub(crate) signer: Signer,
    pub(crate) verify_token: secrecy::SecretString,
    pub(crate) client: rapport_whatsapp::Client,
    pub(crate) pace: Mutex<Pace>,
    /// Whether customers see that the bot has read, and that it is typing.
    pub(crate) read_receipts: bool,
}

impl App {
    #[expect(clippy::too_many_arguments, reason = "made once, in `serve`")]
    pub(crate) fn new(
        config: &Config,
        store: Store,
        account: AccountId,
        ids: Ids,
        channels: HashMap<String, Arc<Channel>>,
        bot: Bot,
        dialer: Dialer,
        secrets: Arc<Secrets>,
    ) -> Self {
        App {
            store,
            account,
            ids,
            channels,
            bot: RwLock::new(Arc::new(bot)),
            lanes: Lanes::default(),
            sends: Sends::default(),
            calls: Calls::default(),
            dialer,
            secrets,
            resend_unknown_after: config.resend_unknown_after.value,
            stopping: Stopping::default(),
        }
    }

    /// The flows as published now.
    pub fn bot(&self) -> Arc<Bot> {
        Arc::clone(&self.bot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes `fresh` the flows that new sessions run. Those it replaces stay for the sessions that run on them.
    pub(crate) fn set_bot(&self, mut fresh: Bot) {
        let mut bot = self.bot.write().unwrap_or_else(PoisonError::into_inner);
        for old in bot.flows() {
            fresh.keep(Arc::clone(old));
        }
        *bot = Arc::new(fresh);
    }

    /// Adds older revisions that sessions hold; gives the flows with them.
    pub(crate) fn keep_flows(&self, older: Vec<Flow>) -> Arc<Bot> {
        let mut bot = self.bot.write().unwrap_or_else(PoisonError::into_inner);
        let mut with_older = (**bot).clone();
        for flow in older {
            with_older.keep(Arc::new(flow));
        }
        *bot = Arc::new(with_older);
        Arc::clone(&bot)
    }

    pub(crate) fn channel(&self, id: ChannelId) -> Option<&Arc<Channel>> {
        self.channels.values().find(|channel| channel.id == id)
    }

    /// A fresh id for a row.
    pub(crate) fn next_id(&self) -> i64 {
        self.ids.next(clock::now())
    }

    /// Has the contact's lane look for work: messages that wait, wakes that are due.
    pub fn look(self: &Arc<Self>, key: ConversationKey) {
        crate::lanes::push(self, key, crate::lanes::Job::Look);
    }
}

/// Whether the server stops, for loops that wait.
#[derive(Debug, Default)]
pub(crate) struct Stopping {
    set: std::sync::atomic::AtomicBool,
    changed: Notify,
}

impl Stopping {
    pub(crate) fn begin(&self) {
        self.set.store(true, std::sync::atomic::Ordering::Release);
        self.changed.notify_waiters();
    }

    pub(crate) fn begun(&self) -> bool {
        self.set.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Sleeps, or returns early with `true` when the server stops.
    pub(crate) async fn sleep(&self, time: Duration) -> bool {
        let changed = self.changed.notified();
        tokio::pin!(changed);
        // Registered before the flag is read, so that a stop in between is not missed.
        changed.as_mut().enable();
        if self.begun() {
            return true;
        }
        tokio::select! {
            () = &mut changed => true,
            () = tokio::time::sleep(time) => self.begun(),
        }
    }
}
