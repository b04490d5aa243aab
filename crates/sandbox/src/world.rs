//! Everything that changes, behind one lock that is held only for plain computation, never across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::data::Vendor;
use crate::events::Log;
use crate::freshdesk::Freshdesk;
use crate::graph::{After, Around, Graph};
use crate::http_call::{Answer, Call};
use crate::intercom::Intercom;
use crate::knobs::{Knobs, Trouble};
use crate::lanes::Lanes;
use crate::options::SandboxOptions;
use crate::phone::Phones;
use crate::record::Record;
use crate::zendesk::Zendesk;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) graph: Graph,
    pub(crate) intercom: Intercom,
    pub(crate) zendesk: Zendesk,
    pub(crate) freshdesk: Freshdesk,
    pub(crate) phones: Phones,
    pub(crate) chance: Chance,
    pub(crate) knobs: Knobs,
    pub(crate) record: Record,
    pub(crate) webhook_url: Option<String>,
}

impl World {
    pub(crate) fn new(options: &SandboxOptions, mut chance: Chance, now: i64) -> Self {
        let data = &options.data;
        Self {
            graph: Graph::new(options.business.clone(), options.graph_token.clone(), data, &mut chance),
            intercom: Intercom::new(
                options.intercom_token.clone(),
                options.intercom_version.clone(),
                data,
                now,
            ),
            zendesk: Zendesk::new(options.zendesk.clone(), data, now),
            freshdesk: Freshdesk::new(options.freshdesk_key.clone(), data, now),
            phones: Phones::from_data(data),
            chance,
            knobs: options.knobs.clone(),
            record: Record::default(),
            webhook_url: options.webhook_url.clone(),
        }
    }

    pub(crate) fn trouble(&mut self, vendor: Vendor) -> &mut Trouble {
        match vendor {
            Vendor::Graph => &mut self.knobs.graph,
            Vendor::Intercom => &mut self.knobs.intercom,
            Vendor::Zendesk => &mut self.knobs.zendesk,
            Vendor::Freshdesk => &mut self.knobs.freshdesk,
        }
    }

    /// What a vendor says to a call.
    pub(crate) fn answer(&mut self, vendor: Vendor, call: &Call, now_ms: i64) -> (Answer, Vec<After>) {
        let limit = self.trouble(vendor).rate_limit;
        let answer = match vendor {
            Vendor::Graph => {
                let manners = self.knobs.whatsapp.clone();
                let mut around =
                    Around { phones: &mut self.phones, chance: &mut self.chance, manners: &manners, now_ms };
                return self.graph.answer(call, &mut around);
            }
            Vendor::Intercom => self.intercom.answer(call, limit, &mut self.chance),
            Vendor::Zendesk => self.zendesk.answer(call, limit, &mut self.chance),
            Vendor::Freshdesk => self.freshdesk.answer(call, limit),
        };
        (answer, Vec::new())
    }

    /// The refusal that a knob asks for, in the vendor's words.
    pub(crate) fn forced(&mut self, vendor: Vendor, call: &Call, status: u16) -> Answer {
        match vendor {
            Vendor::Graph => crate::graph::fault::Fault::forced(status).answer(&mut self.chance),
            Vendor::Intercom => self.intercom.forced(call, status, &mut self.chance),
            Vendor::Zendesk => Zendesk::forced(status),
            Vendor::Freshdesk => Freshdesk::forced(status),
        }
    }
}

/// What all tasks of one sandbox share.
pub(crate) struct Shared {
    pub(crate) options: SandboxOptions,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) lanes: Lanes,
    pub(crate) client: reqwest::Client,
    /// Becomes true when the sandbox stops.
    pub(crate) stop: watch::Receiver<bool>,
    world: Mutex<World>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(
        options: SandboxOptions,
        client: reqwest::Client,
        lanes: Lanes,
        stop: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let clock = Clock::default();
        let chance = Chance::new(options.seed.unwrap_or_else(crate::clock::seed));
        let world = Mutex::new(World::new(&options, chance, clock.now()));
        Arc::new(Self { options, clock, log: Log::new(), lanes, client, stop, world })
    }

    /// The world. A panic of another holder leaves it usable: every change is a plain assignment.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets chats, records and requests; knobs and the webhook address stay unless told otherwise.
    pub(crate) fn reset(&self, knobs_too: bool) {
        let mut world = self.world();
        let chance = Chance::new(world.chance.next());
        let (knobs, url) = (world.knobs.clone(), world.webhook_url.clone());
        *world = World::new(&self.options, chance, self.clock.now());
        world.webhook_url = url;
        if !knobs_too {
            world.knobs = knobs;
        }
        drop(world);
        self.log.tell("reset", Value::Null);
    }

    pub(crate) fn set_knobs(&self, knobs: Knobs) {
        let shown = json!(knobs);
        self.world().knobs = knobs;
        self.log.tell("knobs", shown);
    }

    /// Sleeps, or returns early (false) when the sandbox stops.
    pub(crate) async fn sleep(&self, ms: u64) -> bool {
        if ms == 0 {
            return !*self.stop.borrow();
        }
        let mut stop = self.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_millis(ms)) => true,
            _ = stop.wait_for(|stopped| *stopped) => false,
        }
    }
}
