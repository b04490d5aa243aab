//! `rapport demo`: everything on one machine, no account needed.

mod hooks;

use super::installation::{asked_to_stop, block_on, environment};
use super::sandbox;
use crate::output::{self, Outcome};
use anyhow::Context;
use rapport_sandbox::SandboxOptions;
use rapport_server::config::{ChannelConfig, Config, Origin, SecretConfig, Setting};
use rapport_server::logging::{self, LogFormat};
use rapport_server::{Extras, Server};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Try everything on this machine, without any account
///
/// The server as in production, a pretend WhatsApp, Intercom, Zendesk and Freshdesk over real HTTP, the worked example
/// published, and a phone in the browser. Listens on this machine only.
#[derive(Debug, clap::Args)]
#[command(after_help = DEMO_HELP)]
pub(crate) struct Demo {
    /// Address of the server; the phone's page is one port above
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// Keep the database in this folder [default: a new one, forgotten at the end]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Publish the flows of this folder too
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// What is logged: error, warn, info, debug
    #[arg(long, env = "RAPPORT_LOG", default_value = "warn", value_name = "FILTER")]
    log: String,
}

const DEMO_HELP: &str = "\
Then, in the phone's page, write: Can someone look into my account?
Answer with priya@example.com, then reply SUPPORT or ORDERS.

Examples:
  rapport demo
  rapport demo --flows my-flows/ --data my-demo/";

/// The flows of `examples/`, inside the binary.
const EXAMPLES: [(&str, &str); 3] = [
    ("bot.yaml", include_str!("../../../../examples/bot.yaml")),
    ("customer-context.yaml", include_str!("../../../../examples/customer-context.yaml")),
    ("order-status.yaml", include_str!("../../../../examples/order-status.yaml")),
];

impl Demo {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        anyhow::ensure!(
            self.listen.ip().is_loopback(),
            "demo listens on this machine only: its page can act as any customer. Use an address such as 127.0.0.1:8080"
        );
        logging::start(LogFormat::Text, &self.log);
        let (data, fresh) = match &self.data {
            Some(data) => (data.clone(), false),
            None => (fresh_folder()?, true),
        };
        let outcome = block_on(self.serve(data.clone()));
        if fresh {
            // It was made for this run alone.
            let _ = std::fs::remove_dir_all(&data);
        }
        outcome
    }

    async fn serve(&self, data: PathBuf) -> anyhow::Result<Outcome> {
        let link = hooks::Link::default();
        let page = SocketAddr::new(self.listen.ip(), page_port(self.listen.port())?);
        let options = SandboxOptions {
            listen: page,
            annotate: Some(link.annotate()),
            desk: Some(link.desk()),
            ..SandboxOptions::default()
        };
        let given = options.clone();
        let pretend = rapport_sandbox::Sandbox::start(options).await.with_context(|| {
            format!(
                "the phone's page needs port {} beside the server's {}; stop what uses it (another `rapport demo`?), or choose other ports: --listen 127.0.0.1:9090",
                page.port(),
                self.listen.port()
            )
        })?;
        let config = self.config(data, &given, &pretend.base_url());
        let extras = Extras {
            pages: Some(hooks::to_the_phone(&pretend.base_url())),
            hosts: sandbox::stand_ins(&pretend)?,
            flows: EXAMPLES.to_vec(),
        };
        let server: Server = rapport_server::start(&config, &environment, extras).await?;
        link.connect(&server.app);
        pretend.set_webhook(Some(format!("http://{}/webhooks/whatsapp", server.address)));
        output::announce(&format!(
            "Rapport is up.\n\n  The phone:   {}\n  The server:  http://{}\n\n\
             Write: Can someone look into my account?   (then priya@example.com, then SUPPORT or ORDERS)\n\
             Ctrl+C stops it.",
            pretend.base_url(),
            server.address
        ));
        let watch = hooks::watch_desk(&server.app, &pretend);
        tokio::select! {
            asked = asked_to_stop() => asked?,
            () = watch => {}
        }
        server.stop().await;
        pretend.stop().await;
        Ok(Outcome::Fine)
    }

    /// What an operator would write into rapport.toml, with the pretend services in the vendors' place.
    fn config(&self, data: PathBuf, given: &SandboxOptions, graph: &str) -> Config {
        fn set<T>(value: T) -> Setting<T> {
            Setting { value, origin: Origin::Default }
        }
        Config {
            file: None,
            data: set(data),
            listen: set(self.listen),
            database: set("sqlite:rapport.db".into()),
            public_url: set(None),
            flows: set(self.flows.clone()),
            allow: set(Vec::new()),
            resend_unknown_after: set(Some(Duration::from_secs(30))),
            channels: vec![ChannelConfig {
                name: "demo".into(),
                phone_number_id: given.business.phone_number_id.clone(),
                app_secret: given.app_secret.clone().into(),
                verify_token: given.verify_token.clone().into(),
                access_token: given.graph_token.clone().unwrap_or_else(|| "any".into()).into(),
                graph_url: graph.to_owned(),
                graph_version: rapport_server::config::GRAPH_VERSION.into(),
                messages_per_second: rapport_server::config::MESSAGES_PER_SECOND,
                read_receipts: true,
                app: None,
            }],
            secrets: sandbox::tokens()
                .into_iter()
                .map(|(name, value, origins)| SecretConfig {
                    name: name.into(),
                    origins: origins.into_iter().map(str::to_owned).collect(),
                    value: value.into(),
                })
                .collect(),
            master_key: set(None),
        }
    }
}

/// One above the server's; any free one where the server takes any.
fn page_port(server: u16) -> anyhow::Result<u16> {
    match server {
        0 => Ok(0),
        port => port
            .checked_add(1)
            .context("port 65535 has none above it for the phone's page; choose a lower one"),
    }
}

/// A folder that only this user may enter.
fn fresh_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("rapport-demo-{}", std::process::id()));
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(&folder)
        .with_context(|| format!("cannot make the folder {}; name one with --data", folder.display()))?;
    Ok(folder)
}
