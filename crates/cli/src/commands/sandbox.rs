//! `rapport sandbox`: the pretend services alone, and what `demo` and `chat` need of them.

use super::installation::{asked_to_stop, block_on};
use crate::output::{self, Outcome};
use anyhow::Context;
use rapport_connect::{MappedHost, SecretMap, SecretValue};
use rapport_sandbox::{DataSet, SandboxOptions, Vendor};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Run only the pretend WhatsApp, Intercom, Zendesk and Freshdesk
///
/// They speak the vendors' published formats, refuse what the real ones refuse, and make trouble on request. The page at
/// the address is a phone: write as any customer.
#[derive(Debug, clap::Args)]
#[command(after_help = SANDBOX_HELP)]
pub(crate) struct Sandbox {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8081", value_name = "ADDR")]
    listen: SocketAddr,
    /// Where Meta webhooks are sent
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Signs the webhooks
    #[arg(
        long,
        default_value = "sandbox-app-secret",
        env = "RAPPORT_SANDBOX_APP_SECRET",
        value_name = "TEXT"
    )]
    app_secret: String,
    /// People, conversations and tickets in place of the built-in ones (JSON)
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Trouble from the start (JSON, as POST /__sandbox/knobs takes it)
    #[arg(long, value_name = "JSON")]
    knobs: Option<String>,
}

const SANDBOX_HELP: &str = "\
Examples:
  rapport sandbox --webhook http://127.0.0.1:8080/webhooks/whatsapp
  rapport sandbox --knobs '{\"intercom\":{\"latency_ms\":300,\"error_percent\":10}}'
  curl -X POST http://127.0.0.1:8081/__sandbox/knobs -d '{\"intercom\":{\"fail_next\":2,\"error_status\":429}}'

Graph answers at /v25.0/…, Intercom at /intercom, Zendesk at /zendesk, Freshdesk at /freshdesk.";

impl Sandbox {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let data = match &self.data {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                DataSet::parse(&text).with_context(|| path.display().to_string())?
            }
            None => DataSet::built_in(),
        };
        let mut options = SandboxOptions {
            listen: self.listen,
            webhook_url: self.webhook,
            app_secret: self.app_secret,
            data,
            ..SandboxOptions::default()
        };
        if let Some(knobs) = &self.knobs {
            let change = serde_json::from_str(knobs).context("--knobs is not JSON")?;
            options.knobs = options.knobs.with(&change).context("--knobs")?;
        }
        let shown = options.clone();
        block_on(async move {
            let sandbox = rapport_sandbox::Sandbox::start(options).await?;
            output::announce(&format!(
                "The pretend services are up: {} (Ctrl+C stops them)\n  phone_number_id  {}\n  access token     {}\n  Intercom token   {}",
                sandbox.base_url(),
                shown.business.phone_number_id,
                shown.graph_token.as_deref().unwrap_or("any"),
                shown.intercom_token
            ));
            asked_to_stop().await?;
            sandbox.stop().await;
            Ok(Outcome::Fine)
        })
    }
}

/// A sandbox for a command of ours, on a free port.
pub(crate) async fn start_quietly() -> anyhow::Result<rapport_sandbox::Sandbox> {
    Ok(rapport_sandbox::Sandbox::start(SandboxOptions::default()).await?)
}

/// Vendors' addresses that the sandbox stands in for.
const STAND_INS: [(&str, Vendor); 5] = [
    ("https://api.intercom.io", Vendor::Intercom),
    ("https://api.eu.intercom.io", Vendor::Intercom),
    ("https://api.au.intercom.io", Vendor::Intercom),
    ("https://example.zendesk.com", Vendor::Zendesk),
    ("https://example.freshdesk.com", Vendor::Freshdesk),
];

/// Sends what is addressed to the vendors to the sandbox.
pub(crate) fn stand_ins(sandbox: &rapport_sandbox::Sandbox) -> anyhow::Result<Vec<MappedHost>> {
    STAND_INS
        .iter()
        .map(|(origin, vendor)| {
            let base = sandbox.vendor_url(*vendor);
            Ok(MappedHost {
                origin: origin.parse()?,
                base: base.parse().context("the sandbox's own address")?,
            })
        })
        .collect()
}

/// The pretend vendors' tokens: name, value, and the origins they are bound to.
pub(crate) fn tokens() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let options = SandboxOptions::default();
    let origins = |wanted: Vendor| {
        STAND_INS
            .iter()
            .filter(|(_, vendor)| *vendor == wanted)
            .map(|(origin, _)| *origin)
            .collect::<Vec<_>>()
    };
    vec![
        ("intercom_token", options.intercom_token, origins(Vendor::Intercom)),
        ("zendesk_token", options.zendesk.oauth_token, origins(Vendor::Zendesk)),
        ("freshdesk_key", options.freshdesk_key, origins(Vendor::Freshdesk)),
    ]
}

/// The same as `connect` looks them up.
pub(crate) fn secrets() -> anyhow::Result<SecretMap> {
    let mut map = SecretMap::default();
    for (name, value, origins) in tokens() {
        let origins = origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>()?;
        map.0.insert(name.to_owned(), SecretValue { value: value.into(), origins });
    }
    Ok(map)
}
