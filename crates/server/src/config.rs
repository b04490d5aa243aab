//! Settings: flags, then `RAPPORT_*` environment, then `rapport.toml`, then defaults. Each value knows where it came from.

mod file;
mod value;

pub use file::ConfigError;
pub use value::{Origin, Setting};

use secrecy::SecretString;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest body of a Meta webhook, in bytes. Source: Cloud API, webhooks: "payloads can be up to 3 MB".
pub const WEBHOOK_BYTES_MAX: usize = 3 * 1024 * 1024;
/// What Meta grants a number unless it says otherwise, in messages a second.
pub const MESSAGES_PER_SECOND: u32 = 80;
/// Version of the Graph API unless the operator says otherwise.
pub const GRAPH_VERSION: &str = "v25.0";
/// Where the Graph API lives.
pub const GRAPH_URL: &str = "https://graph.facebook.com";

/// What the command line gave; `None` leaves a setting to the environment and the file.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub data: Option<PathBuf>,
    pub listen: Option<String>,
    pub database: Option<String>,
    pub flows: Option<PathBuf>,
}

/// All settings of an installation.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    pub data: Setting<PathBuf>,
    pub listen: Setting<SocketAddr>,
    pub database: Setting<String>,
    pub public_url: Setting<Option<String>>,
    /// Folder whose flows are checked and published at start.
    pub flows: Setting<Option<PathBuf>>,
    /// `host:port` pairs that API requests may reach although they are private.
    pub allow: Setting<Vec<String>>,
    /// `None`: never by itself.
    pub resend_unknown_after: Setting<Option<Duration>>,
    pub channels: Vec<ChannelConfig>,
    pub secrets: Vec<SecretConfig>,
    /// `env:NAME`, `file:PATH` or nothing (a key file in the data folder).
    pub master_key: Setting<Option<String>>,
}

/// One WhatsApp number.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    pub name: String,
    pub phone_number_id: String,
    pub app_secret: SecretString,
    pub verify_token: SecretString,
    pub access_token: SecretString,
    pub graph_url: String,
    pub graph_version: String,
    /// 0 = unlimited.
    pub messages_per_second: u32,
    /// Marks a customer's message as read when the bot takes it, and shows "typing…" while a call is out.
    pub read_receipts: bool,
    /// Name of the Meta app where an installation serves several (`/webhooks/whatsapp/{app}`).
    pub app: Option<String>,
}

/// A secret given at start.
#[derive(Debug, Clone)]
pub struct SecretConfig {
    pub name: String,
    pub origins: Vec<String>,
    pub value: SecretString,
}

impl Config {
    /// Reads the file (named, or `rapport.toml` in the working folder), the environment given, and the flags.
    pub fn load(flags: &Flags, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
        file::load(flags, environment)
    }

    /// One line a setting, with where it came from; secrets are only said to be given.
    pub fn describe(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String, origin: &Origin| {
            let _ = writeln!(out, "{name} = {value}  # {origin}");
        };
        line("data", quoted(&self.data.value.display().to_string()), &self.data.origin);
        line("listen", quoted(&self.listen.value.to_string()), &self.listen.origin);
        line("database", quoted(&without_password(&self.database.value)), &self.database.origin);
        line("public_url", optional(self.public_url.value.as_deref()), &self.public_url.origin);
        let flows = self.flows.value.as_ref().map(|path| path.display().to_string());
        line("flows", optional(flows.as_deref()), &self.flows.origin);
        line("master_key", optional(self.master_key.value.as_deref()), &self.master_key.origin);
        line("network.allow", format!("{:?}", self.allow.value), &self.allow.origin);
        let resend =
            self.resend_unknown_after.value.map_or("never".to_owned(), |d| format!("{}s", d.as_secs()));
        line("sending.resend_unknown_after", quoted(&resend), &self.resend_unknown_after.origin);
        let file = self.file.as_ref().map_or(Origin::Default, |path| Origin::File(path.clone()));
        for channel in &self.channels {
            line(
                &format!("whatsapp.{}", channel.name),
                format!(
                    "{{ phone_number_id = {:?}, graph_url = {:?}, graph_version = {:?}, messages_per_second = {}, read_receipts = {}, \
                     app_secret = \"(given)\", verify_token = \"(given)\", access_token = \"(given)\" }}",
                    channel.phone_number_id,
                    channel.graph_url,
                    channel.graph_version,
                    channel.messages_per_second,
                    channel.read_receipts
                ),
                &file,
            );
        }
        for secret in &self.secrets {
            let value = format!("{{ origins = {:?}, value = \"(given)\" }}", secret.origins);
            line(&format!("secret.{}", secret.name), value, &file);
        }
        out
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "(not set)".to_owned(), quoted)
}

/// A database address as it may be shown.
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            let user = &url[scheme + 3..at];
            let user = user.split(':').next().unwrap_or(user);
            format!("{}://{}@{}", &url[..scheme], user, &url[at + 1..])
        }
        _ => url.to_owned(),
    }
}

/// The database's file where the address names a SQLite one.
pub fn sqlite_path(database: &str, data: &Path) -> Option<PathBuf> {
    let path = database.strip_prefix("sqlite:")?;
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    Some(if path.is_absolute() { path.to_owned() } else { data.join(path) })
}
