//! Starting and stopping the server.

use crate::app::{App, Channel};
use crate::config::{self, ChannelConfig, Config};
use crate::ids::Ids;
use crate::publish::{self, Folder, PublishError};
use crate::secrets::{self, SecretError, Secrets};
use crate::{background, clock, http, metrics};
use axum::Router;
use rapport_connect::{AllowedHost, Dialer, MappedHost};
use rapport_store::{AccountId, OpenError, Store, StoreError};
use rapport_whatsapp::PhoneNumberId;
use rapport_whatsapp::pace::Pace;
use rapport_whatsapp::signature::Signer;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

/// The account of an installation that serves one business.
pub const ACCOUNT: &str = "main";
/// Connections that may wait to be accepted: a burst of Meta's is not refused.
const BACKLOG: u32 = 4096;
/// How long work in hand may take to end when the server stops: what a call may take by default, and below the patience of
/// service managers.
const GRACE: Duration = Duration::from_secs(25);

/// What `demo` and tests add to the settings.
#[derive(Debug, Default)]
pub struct Extras {
    /// Pages for addresses that the server itself does not answer.
    pub pages: Option<Router>,
    /// Hosts that are played by the pretend services.
    pub hosts: Vec<MappedHost>,
    /// Flows built into the binary, published at start: file name and text.
    pub flows: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot make the data folder {path}: {source}")]
    Data { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error("network.allow: {0}")]
    Allow(#[from] rapport_connect::AllowError),
    #[error(transparent)]
    Dialer(#[from] rapport_connect::SettingsError),
    #[error("whatsapp.{name}: {source}")]
    Channel { name: String, source: rapport_whatsapp::client::ConfigError },
    #[error("whatsapp.{name}.phone_number_id: {source}")]
    Number { name: String, source: rapport_whatsapp::ids::IdError },
    #[error(
        "cannot listen on {address}: {source}. Another program may use the port; choose one with --listen"
    )]
    Listen { address: SocketAddr, source: std::io::Error },
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    pub app: Arc<App>,
    pub address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
    http: JoinHandle<()>,
}

/// A database opened for one command beside, or instead of, a server.
#[derive(Debug)]
pub struct Installation {
    pub store: Store,
    pub account: AccountId,
    pub secrets: Secrets,
}

/// Opens the installation that the settings name. `exclusive` takes the lock that only one server may hold.
pub async fn open(
    config: &Config,
    environment: &dyn Fn(&str) -> Option<String>,
    exclusive: bool,
) -> Result<Installation, ServeError> {
    let data = &config.data.value;
    // Customers' words lie here: nobody else on the machine may read them. A folder that is there keeps its mode.
    let mut folder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(folder.recursive(true), 0o700);
    folder.create(data).map_err(|source| ServeError::Data { path: data.clone(), source })?;
    let path = config::sqlite_path(&config.database.value, data).unwrap_or_else(|| data.join("rapport.db"));
    let settings = rapport_store::Settings { shared: !exclusive, ..rapport_store::Settings::new(path) };
    let store = Store::open(&settings, clock::now())?;
    let account = store.ensure_account(ACCOUNT, clock::now()).await?;
    let key = config.master_key.value.as_deref();
    let key = secrets::master_key(key, data, environment, &store, account).await?;
    let secrets = Secrets::new(store.clone(), account, key);
    Ok(Installation { store, account, secrets })
}

/// Starts the server: opens the store, publishes the flows, takes up what was left, and listens.
pub async fn start(
    config: &Config,
    environment: &dyn Fn(&str) -> Option<String>,
    extras: Extras,
) -> Result<Server, ServeError> {
    metrics::start();
    let Installation { store, account, secrets } = open(config, environment, true).await?;
    secrets.take_in(&config.secrets).await?;
    publish_all(&store, account, config, &extras).await?;
    let bot = publish::load_bot(&store, account).await?;
    if bot.flows().next().is_none() {
        tracing::warn!(
            "no flow is published: customers get no answer. Name a folder with `flows`, or run `rapport flow push`"
        );
    }
    let channels = channels(&store, account, config).await?;
    if channels.is_empty() {
        tracing::warn!("no WhatsApp number is set up: add a [[whatsapp]] block to rapport.toml");
    }
    let mut dialing = rapport_connect::Settings::new(Arc::new(clock::now));
    dialing.allow =
        config.allow.value.iter().map(|host| host.parse()).collect::<Result<Vec<AllowedHost>, _>>()?;
    dialing.hosts = extras.hosts;
    let dialer = Dialer::new(&dialing)?;
    let app = Arc::new(App::new(
        config,
        store,
        account,
        Ids::new(node_number()),
        channels,
        bot,
        dialer,
        Arc::new(secrets),
    ));

    let address = config.listen.value;
    let listener = listen(address).map_err(|source| ServeError::Listen { address, source })?;
    let address = listener.local_addr().map_err(|source| ServeError::Listen { address, source })?;
    background::recover(&app).await?;
    let tasks = background::start(&app);
    let router = http::router(Arc::clone(&app), extras.pages);
    let serving = Arc::clone(&app);
    let http = tokio::spawn(async move {
        let stopped = async move { while !serving.stopping.sleep(Duration::from_hours(1)).await {} };
        if let Err(error) = axum::serve(NoDelay(listener), router).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the server ended");
        }
    });
    tracing::info!(%address, flows = app.bot().flows().count(), channels = app.channels.len(), "the server is up");
    Ok(Server { app, address, tasks, http })
}

impl Server {
    /// Stops in order: nothing new is taken or dialled, what is in hand gets [`GRACE`] to end, the database is closed.
    /// What could not end is in the ledger and taken up by the next start.
    pub async fn stop(self) {
        let Server { app, tasks, http, .. } = self;
        app.stopping.begin();
        app.sends.close();
        let stopper = http.abort_handle();
        let ended = async {
            // A task that failed has said so.
            let _ = http.await;
            for task in tasks {
                let _ = task.await;
            }
            while app.calls.out() + app.lanes.len() + app.sends.out() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("some work did not end in time; the next start takes it up");
            stopper.abort();
        }
        if app.sends.all_written()
            && let Err(error) = app.store.record_clean_stop(clock::now()).await
        {
            tracing::warn!(%error, "the stop could not be written down");
        }
        app.store.clone().close().await;
        tracing::info!("the server has stopped");
    }
}

async fn publish_all(
    store: &Store,
    account: AccountId,
    config: &Config,
    extras: &Extras,
) -> Result<(), PublishError> {
    let mut changes = Vec::new();
    if !extras.flows.is_empty() {
        let folder = Folder::of_texts(&extras.flows);
        changes.push(publish::publish(store, account, &folder, Path::new("examples"), "rapport").await?);
    }
    if let Some(path) = &config.flows.value {
        let folder = Folder::read(path)?;
        changes.push(publish::publish(store, account, &folder, path, "start").await?);
    }
    for (flow, revision) in changes.iter().flat_map(|changes| &changes.published) {
        tracing::info!(flow, revision, "a flow was published");
    }
    Ok(())
}

async fn channels(
    store: &Store,
    account: AccountId,
    config: &Config,
) -> Result<HashMap<String, Arc<Channel>>, ServeError> {
    let mut channels = HashMap::new();
    for given in &config.channels {
        let stored =
            store.ensure_channel(account, &given.name, &given.phone_number_id, None, clock::now()).await?;
        channels.insert(given.phone_number_id.clone(), Arc::new(channel(given, stored)?));
    }
    Ok(channels)
}

fn channel(given: &ChannelConfig, stored: rapport_store::Channel) -> Result<Channel, ServeError> {
    let client = rapport_whatsapp::Client::new(&given.graph_url, &given.graph_version, &given.access_token)
        .map_err(|source| ServeError::Channel { name: given.name.clone(), source })?;
    let number = PhoneNumberId::new(given.phone_number_id.as_str())
        .map_err(|source| ServeError::Number { name: given.name.clone(), source })?;
    Ok(Channel {
        id: stored.id,
        number,
        name: stored.name,
        phone: stored.phone,
        app: given.app.clone(),
        signer: Signer::new(given.app_secret.expose_secret()),
        verify_token: given.verify_token.clone(),
        client,
        pace: Mutex::new(Pace::new(given.messages_per_second)),
        read_receipts: given.read_receipts,
    })
}

/// Ten random bits that tell this process's ids from another's.
fn node_number() -> u16 {
    let mut bytes = [0; 2];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::warn!(%error, "the system gave no randomness; ids use the process number");
        return u16::try_from(std::process::id() & 0x3ff).unwrap_or(0);
    }
    u16::from_le_bytes(bytes)
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Small answers leave at once.
struct NoDelay(TcpListener);

impl axum::serve::Listener for NoDelay {
    type Io = tokio::net::TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}
