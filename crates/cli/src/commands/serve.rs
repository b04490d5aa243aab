//! `rapport serve`.

use super::installation::{asked_to_stop, block_on, environment};
use crate::output::{self, Outcome};
use rapport_server::config::{Config, Flags};
use rapport_server::logging::{self, LogFormat};
use rapport_server::{Extras, Server};
use std::path::PathBuf;

/// Run the server
///
/// The first start creates the data folder, the database and the master key (readable by you only). Settings come from
/// flags, then RAPPORT_* environment variables, then rapport.toml.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport serve\n  rapport serve --config /etc/rapport.toml --data /var/lib/rapport\n  rapport serve --print-config"
)]
pub(crate) struct Serve {
    /// Settings file [default: rapport.toml in this folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database and the master key [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Database, such as sqlite:rapport.db in the data folder
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Folder of flows to check and publish at start
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// Show each setting and where it came from, and stop
    #[arg(long)]
    print_config: bool,
    /// What is logged: error, warn, info, debug, or a filter such as rapport_server=debug,warn
    #[arg(long, env = "RAPPORT_LOG", default_value = "info", value_name = "FILTER")]
    log: String,
    /// How log lines are written
    #[arg(long, env = "RAPPORT_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    log_format: Lines,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Lines {
    Text,
    Json,
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let flags = Flags {
            config: self.config,
            data: self.data,
            listen: self.listen,
            database: self.database,
            flows: self.flows,
        };
        let config = Config::load(&flags, &environment)?;
        if self.print_config {
            output::print(&config.describe());
            return Ok(Outcome::Fine);
        }
        let format = match self.log_format {
            Lines::Text => LogFormat::Text,
            Lines::Json => LogFormat::Json,
        };
        logging::start(format, &self.log);
        block_on(async move {
            let server: Server = rapport_server::start(&config, &environment, Extras::default()).await?;
            output::note(&format!("Rapport is up: http://{} (Ctrl+C stops it)", server.address));
            asked_to_stop().await?;
            output::note("Stopping: work in hand is brought to its end.");
            server.stop().await;
            Ok(Outcome::Fine)
        })
    }
}
