//! How a sandbox is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::data::DataSet;
use crate::desk::TeamDesk;
use crate::graph::Business;
use crate::knobs::Knobs;
use crate::phone::Annotation;
use crate::zendesk::ZendeskAccess;

/// A boxed future, so that hooks can be given as trait objects.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tells which step sent the message with a given `biz_opaque_callback_data`.
pub type Annotate = Arc<dyn Fn(&str) -> BoxFuture<'static, Option<Annotation>> + Send + Sync>;

/// Everything that can be chosen at start; `Default` is a sandbox on a free loopback port with the built-in people.
#[derive(Clone)]
pub struct SandboxOptions {
    /// Loopback unless the operator asks otherwise: the page can act as any customer.
    pub listen: SocketAddr,
    /// Where Meta webhooks go. May be set later with [`crate::Sandbox::set_webhook`].
    pub webhook_url: Option<String>,
    /// Signs the webhooks.
    pub app_secret: String,
    /// Sent with the GET verification.
    pub verify_token: String,
    pub business: Business,
    /// `None`: any Bearer token is taken.
    pub graph_token: Option<String>,
    pub intercom_token: String,
    /// Version of requests without `Intercom-Version`.
    pub intercom_version: String,
    pub zendesk: ZendeskAccess,
    pub freshdesk_key: String,
    pub data: DataSet,
    pub knobs: Knobs,
    /// Fixed for repeatable runs. `None` differs from start to start, so that message ids are never seen twice by one
    /// database.
    pub seed: Option<u64>,
    pub redelivery: Redelivery,
    /// In-process source of step captions.
    pub annotate: Option<Annotate>,
    /// The same from another process: asked as `GET {url}?opaque=…`, answering `{"flow": "…", "step": "…"}` or 404.
    pub annotate_url: Option<String>,
    /// "Answer as the team"; the panel is hidden without it.
    pub desk: Option<Arc<dyn TeamDesk>>,
}

/// When a webhook without a 200 is sent again.
#[derive(Debug, Clone, Copy)]
pub struct Redelivery {
    pub first_gap: Duration,
    /// Each gap is this many times the one before.
    pub factor: u32,
    pub longest_gap: Duration,
    /// Then it is dropped for good. Meta: 7 days.
    pub give_up_after: Duration,
}

impl Default for Redelivery {
    fn default() -> Self {
        Self {
            first_gap: Duration::from_millis(500),
            factor: 2,
            longest_gap: Duration::from_mins(1),
            give_up_after: Duration::from_hours(7 * 24),
        }
    }
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            webhook_url: None,
            app_secret: "sandbox-app-secret".into(),
            verify_token: "sandbox-verify-token".into(),
            business: Business::default(),
            graph_token: Some("sandbox-graph-token".into()),
            intercom_token: "sandbox-intercom-token".into(),
            intercom_version: "2.11".into(),
            zendesk: ZendeskAccess::default(),
            freshdesk_key: "sandbox-freshdesk-key".into(),
            data: DataSet::built_in(),
            knobs: Knobs::default(),
            seed: None,
            redelivery: Redelivery::default(),
            annotate: None,
            annotate_url: None,
            desk: None,
        }
    }
}

impl std::fmt::Debug for SandboxOptions {
    /// Leaves secrets and hooks out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxOptions")
            .field("listen", &self.listen)
            .field("webhook_url", &self.webhook_url)
            .field("business", &self.business)
            .field("knobs", &self.knobs)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
