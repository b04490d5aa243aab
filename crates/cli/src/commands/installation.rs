//! Which installation a command works on, and how it is opened.

use anyhow::Context;
use rapport_connect::{AllowedHost, SecretMap, Secrets};
use rapport_server::config::{Config, Flags, sqlite_path};
use rapport_server::serve::{self, Installation};
use std::future::Future;
use std::path::PathBuf;

/// Reads an environment variable; empty counts as not set.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The options that every administration command shares.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Where {
    /// Settings file [default: rapport.toml in this folder, if there is one]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the database and the master key [default: data]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<PathBuf>,
}

impl Where {
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let flags = Flags { config: self.config.clone(), data: self.data.clone(), ..Flags::default() };
        Ok(Config::load(&flags, &environment)?)
    }

    /// The same, where there must be one: looking at nothing must not make a data folder.
    pub(crate) async fn open_existing(&self) -> anyhow::Result<Installation> {
        let config = self.config()?;
        anyhow::ensure!(
            is_there(&config),
            "there is no installation in {}; name its folder with --data or its settings with --config, or make one with `rapport serve`",
            config.data.value.display()
        );
        self.open().await
    }

    /// What calls to the real services need: the private hosts they may reach, and the secrets. Without an installation
    /// and without settings there are none.
    pub(crate) async fn reach(&self) -> anyhow::Result<(Vec<AllowedHost>, Box<dyn Secrets>)> {
        let config = self.config()?;
        let allow = config.allow.value.iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
        if config.secrets.is_empty() && !is_there(&config) {
            return Ok((allow, Box::new(SecretMap::default())));
        }
        let installation = self.open().await?;
        installation.secrets.take_in(&config.secrets).await?;
        Ok((allow, Box::new(installation.secrets)))
    }

    /// Opens the installation beside a server that may be running.
    pub(crate) async fn open(&self) -> anyhow::Result<Installation> {
        let config = self.config()?;
        let installation = serve::open(&config, &environment, false).await;
        installation
            .with_context(|| format!("cannot open the installation in {}", config.data.value.display()))
    }
}

fn is_there(config: &Config) -> bool {
    let data = &config.data.value;
    sqlite_path(&config.database.value, data).is_some_and(|path| path.exists())
}

/// Runs a command that waits.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the system gave no threads")?.block_on(work)
}

/// Resolves when the user or the system asks the program to stop.
pub(crate) async fn asked_to_stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result.context("cannot listen for signals")?,
    }
    Ok(())
}
