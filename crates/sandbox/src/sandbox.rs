//! The running sandbox, driven from Rust.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::conversation;
use crate::events::Event;
use crate::knobs::{KnobError, Knobs};
use crate::lanes::{self, Lanes};
use crate::options::SandboxOptions;
use crate::phone::speech::{Speech, SpeechError};
use crate::phone::{Bubble, Side};
use crate::record::RecordedRequest;
use crate::wire::{Cut, Wire};
use crate::world::Shared;
use crate::{control, page, serve};

/// How long open connections may go on after a stop was asked for.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// The pretend services, running until [`Sandbox::stop`] or drop.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the sandbox cannot listen on {address}: {source}; choose another port or stop what uses it")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the sandbox cannot make its HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Knobs(#[from] KnobError),
}

impl Sandbox {
    /// Binds one listener for all services and the page.
    pub async fn start(options: SandboxOptions) -> Result<Self, StartError> {
        options.knobs.check()?;
        let asked = options.listen;
        let failed = |source| StartError::Listen { address: asked, source };
        let listener = TcpListener::bind(asked).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (lanes, ends) = Lanes::new();
        let (stop, stopped) = watch::channel(false);
        let shared = Shared::new(options, client()?, lanes, stopped.clone());
        for end in ends {
            tokio::spawn(lanes::run(shared.clone(), end));
        }
        let guarded = Router::new()
            .route("/", get(page::file))
            .route("/page/{*path}", get(page::file))
            .merge(control::routes())
            .layer(axum::middleware::from_fn_with_state(shared.clone(), page::guard));
        let app = guarded.fallback(serve::vendor).with_state(shared.clone());
        let service = app.into_make_service_with_connect_info::<Cut>();
        let server = tokio::spawn(async move {
            let mut asked = stopped.clone();
            let graceful = axum::serve(Wire(listener), service).with_graceful_shutdown(async move {
                let _ = asked.wait_for(|stopped| *stopped).await;
            });
            let mut late = stopped;
            tokio::select! {
                outcome = graceful => {
                    if let Err(error) = outcome {
                        tracing::error!(%error, "the sandbox's listener failed");
                    }
                }
                () = async { let _ = late.wait_for(|stopped| *stopped).await; tokio::time::sleep(STOP_GRACE).await; } => {}
            }
        });
        Ok(Self { shared, address, stop, server })
    }

    /// `http://127.0.0.1:9100`, without a slash at the end. It is the chat page and Meta's Graph address.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where one vendor answers; Graph also answers at the root.
    pub fn vendor_url(&self, vendor: crate::Vendor) -> String {
        let prefix = match vendor {
            crate::Vendor::Graph => "graph",
            crate::Vendor::Intercom => "intercom",
            crate::Vendor::Zendesk => "zendesk",
            crate::Vendor::Freshdesk => "freshdesk",
        };
        format!("{}/{prefix}", self.base_url())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Meta webhooks go from now on.
    pub fn set_webhook(&self, url: Option<String>) {
        self.shared.world().webhook_url = url;
    }

    pub fn knobs(&self) -> Knobs {
        self.shared.world().knobs.clone()
    }

    pub fn set_knobs(&self, knobs: Knobs) -> Result<(), KnobError> {
        knobs.check()?;
        self.shared.set_knobs(knobs);
        Ok(())
    }

    /// The last requests that the vendors received, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.world().record.all()
    }

    pub fn clear_requests(&self) {
        self.shared.world().record.clear();
    }

    /// Chats, records and requests as at the start; knobs too if asked.
    pub fn reset(&self, knobs_too: bool) {
        self.shared.reset(knobs_too);
    }

    /// Moves the vendors' clock on, for instance past a service window or a token's life.
    pub fn advance_clock(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Meta webhooks that no 200 has acknowledged yet.
    pub fn webhooks_waiting(&self) -> usize {
        self.shared.lanes.waiting()
    }

    /// Tells the page that the team's conversations changed, so that it lists them anew.
    pub fn desk_changed(&self) {
        self.shared.log.tell("desk", serde_json::Value::Null);
    }

    /// Everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.shared.log.follow(u64::MAX).live
    }

    /// A customer's phone. `phone` is `919820000001` or `+91 98200 00001`; the name replaces an earlier one.
    pub fn customer(&self, phone: &str, name: Option<&str>) -> Result<CustomerPhone, SpeechError> {
        let wa_id = conversation::digits_of(phone)?;
        conversation::open(&self.shared, phone, name)?;
        Ok(CustomerPhone { shared: self.shared.clone(), wa_id })
    }

    /// Stops listening, lets open calls end for two seconds, and forgets undelivered webhooks.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let server = self.server;
        if let Err(error) = server.await {
            tracing::error!(%error, "the sandbox's server task failed");
        }
    }
}

/// One customer's phone, to act with and to look at.
#[derive(Debug, Clone)]
pub struct CustomerPhone {
    shared: Arc<Shared>,
    wa_id: String,
}

impl CustomerPhone {
    /// Digits without `+`.
    pub fn wa_id(&self) -> &str {
        &self.wa_id
    }

    /// Sends a text; gives its message id.
    pub fn say(&self, text: &str) -> Result<String, SpeechError> {
        self.send(&Speech::Text(text.to_owned()))
    }

    /// Presses a button or picks a row, by id or title, in the newest message that offers it.
    pub fn tap(&self, choice: &str) -> Result<String, SpeechError> {
        self.send(&Speech::Tap { choice: choice.to_owned(), message: None })
    }

    pub fn send(&self, speech: &Speech) -> Result<String, SpeechError> {
        conversation::speak(&self.shared, &self.wa_id, speech)
    }

    /// The chat as the phone shows it, oldest first.
    pub fn bubbles(&self) -> Vec<Bubble> {
        self.shared
            .world()
            .phones
            .get(&self.wa_id)
            .map(|c| c.bubbles.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// As if the customer had last written more than 24 hours ago.
    pub fn close_window(&self) {
        if let Some(customer) = self.shared.world().phones.get_mut(&self.wa_id) {
            customer.last_wrote = None;
        }
    }

    /// The business's messages from now on. Take it before speaking, so that no quick answer is missed.
    pub fn inbox(&self) -> Inbox {
        let live = self.shared.log.follow(u64::MAX).live;
        let seen = self.shared.world().phones.get(&self.wa_id).map_or(0, |customer| customer.pushed);
        Inbox { shared: self.shared.clone(), wa_id: self.wa_id.clone(), seen, live }
    }
}

/// Messages of the business to one customer, each once and in order.
#[derive(Debug)]
pub struct Inbox {
    shared: Arc<Shared>,
    wa_id: String,
    seen: u64,
    live: broadcast::Receiver<Event>,
}

impl Inbox {
    /// The next message; `None` when the sandbox has stopped.
    pub async fn next(&mut self) -> Option<Bubble> {
        let mut stop = self.shared.stop.clone();
        loop {
            if let Some(bubble) = self.look() {
                return Some(bubble);
            }
            // The event only wakes; what counts is the chat. A lag is therefore harmless.
            tokio::select! {
                event = self.live.recv() => if let Err(broadcast::error::RecvError::Closed) = event { return None },
                _ = stop.wait_for(|stopped| *stopped) => return None,
            }
        }
    }

    /// The next message if it comes in time.
    pub async fn next_within(&mut self, time: Duration) -> Option<Bubble> {
        tokio::time::timeout(time, self.next()).await.ok().flatten()
    }

    fn look(&mut self) -> Option<Bubble> {
        let world = self.shared.world();
        let customer = world.phones.get(&self.wa_id)?;
        // After a reset the numbers begin anew.
        self.seen = self.seen.min(customer.pushed);
        let bubble =
            customer.bubbles.iter().find(|b| b.number > self.seen && b.from == Side::Business)?.clone();
        self.seen = bubble.number;
        Some(bubble)
    }
}

fn client() -> Result<reqwest::Client, reqwest::Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox plays Meta's sender of webhooks and stands outside production code"
    )]
    let builder = reqwest::Client::builder();
    builder.no_proxy().redirect(reqwest::redirect::Policy::none()).build()
}
