//! Reading `rapport.toml` and laying environment and flags over it.

use super::{
    ChannelConfig, Config, Flags, GRAPH_URL, GRAPH_VERSION, MESSAGES_PER_SECOND, Origin, SecretConfig,
    Setting,
};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the settings cannot be used. Each says the place, what was seen and the mend; none shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {source}. Name another file with --config, or make this one readable.")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    Toml { path: PathBuf, message: String },
    #[error("{origin}: {name} = {seen:?} is not {expected}.")]
    Value { origin: Origin, name: String, seen: String, expected: &'static str },
    #[error(
        "{name} is given as env:{variable}, and that environment variable is not set. Set it, or use file:PATH."
    )]
    MissingVariable { name: String, variable: String },
    #[error("{name} is given as file:{path}, which cannot be read: {source}.")]
    SecretFile { name: String, path: PathBuf, source: std::io::Error },
    #[error("two [[{table}]] blocks have the {key} {value:?}. Rename or remove one.")]
    Duplicate { table: &'static str, key: &'static str, value: String },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    listen: Option<String>,
    database: Option<String>,
    public_url: Option<String>,
    flows: Option<PathBuf>,
    master_key: Option<String>,
    #[serde(default)]
    network: Network,
    #[serde(default)]
    sending: Sending,
    #[serde(default)]
    whatsapp: Vec<Channel>,
    #[serde(default)]
    secret: Vec<Secret>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Network {
    allow: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sending {
    resend_unknown_after: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    name: String,
    phone_number_id: String,
    app_secret: String,
    verify_token: String,
    access_token: String,
    graph_url: Option<String>,
    graph_version: Option<String>,
    messages_per_second: Option<u32>,
    read_receipts: Option<bool>,
    app: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    name: String,
    origins: Vec<String>,
    value: String,
}

pub(super) fn load(
    flags: &Flags,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    let (path, file) = read(flags, environment)?;
    let layer = Layer { file: path.clone(), environment };
    let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let beside_file = |p: PathBuf, origin: &Origin| match origin {
        Origin::File(_) if p.is_relative() => base.join(p),
        _ => p,
    };

    let data =
        layer.pick("--data", path_text(flags.data.as_ref()), "RAPPORT_DATA", path_text(file.data.as_ref()));
    let data = data.unwrap_or("data".to_owned());
    let data = Setting { value: beside_file(data.value.into(), &data.origin), origin: data.origin };
    let listen = layer
        .pick("--listen", flags.listen.clone(), "RAPPORT_LISTEN", file.listen)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let listen_origin = listen.origin.clone();
    let listen = listen.map(|seen| {
        seen.parse().map_err(|_| ConfigError::Value {
            origin: listen_origin,
            name: "listen".into(),
            seen,
            expected: "an address with a port, such as \"127.0.0.1:8080\"",
        })
    })?;
    let database = layer
        .pick("--database", flags.database.clone(), "RAPPORT_DATABASE", file.database)
        .unwrap_or("sqlite:rapport.db".to_owned());
    if !database.value.starts_with("sqlite:") {
        return Err(ConfigError::Value {
            seen: super::without_password(&database.value),
            origin: database.origin,
            name: "database".into(),
            expected: "an address of a database that this version can open: \"sqlite:rapport.db\"",
        });
    }
    let public_url = layer.pick("", None, "RAPPORT_PUBLIC_URL", file.public_url).optional();
    let flows = layer.pick(
        "--flows",
        path_text(flags.flows.as_ref()),
        "RAPPORT_FLOWS",
        path_text(file.flows.as_ref()),
    );
    let flows = flows.optional();
    let flows = Setting {
        value: flows.value.map(|path| beside_file(path.into(), &flows.origin)),
        origin: flows.origin,
    };
    let master_key = layer.pick("", None, "RAPPORT_MASTER_KEY", file.master_key).optional();
    let allow = match environment("RAPPORT_NETWORK_ALLOW") {
        Some(text) => Setting {
            value: text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            origin: Origin::Environment("RAPPORT_NETWORK_ALLOW"),
        },
        None => match file.network.allow {
            Some(value) => Setting { value, origin: layer.file_origin() },
            None => Setting { value: Vec::new(), origin: Origin::Default },
        },
    };
    let resend = layer
        .pick("", None, "RAPPORT_SENDING_RESEND_UNKNOWN_AFTER", file.sending.resend_unknown_after)
        .unwrap_or("30s".to_owned());
    let resend_origin = resend.origin.clone();
    let resend_unknown_after = resend.map(|seen| {
        duration_or_never(&seen).ok_or_else(|| ConfigError::Value {
            origin: resend_origin,
            name: "sending.resend_unknown_after".into(),
            seen,
            expected: "a duration such as \"30s\" or \"5m\", or \"never\"",
        })
    })?;

    unique("whatsapp", "name", file.whatsapp.iter().map(|c| &c.name))?;
    unique("whatsapp", "phone_number_id", file.whatsapp.iter().map(|c| &c.phone_number_id))?;
    unique("secret", "name", file.secret.iter().map(|s| &s.name))?;
    let resolve = |name: String, text: &str| layer.resolve(name, text, &base);
    let mut channels = Vec::new();
    for channel in file.whatsapp {
        let key = |field: &str| format!("whatsapp.{}.{field}", channel.name);
        channels.push(ChannelConfig {
            app_secret: resolve(key("app_secret"), &channel.app_secret)?,
            verify_token: resolve(key("verify_token"), &channel.verify_token)?,
            access_token: resolve(key("access_token"), &channel.access_token)?,
            graph_url: channel.graph_url.unwrap_or_else(|| GRAPH_URL.into()),
            graph_version: channel.graph_version.unwrap_or_else(|| GRAPH_VERSION.into()),
            messages_per_second: channel.messages_per_second.unwrap_or(MESSAGES_PER_SECOND),
            read_receipts: channel.read_receipts.unwrap_or(true),
            name: channel.name,
            phone_number_id: channel.phone_number_id,
            app: channel.app,
        });
    }
    let mut secrets = Vec::new();
    for secret in file.secret {
        let value = resolve(format!("secret.{}.value", secret.name), &secret.value)?;
        secrets.push(SecretConfig { name: secret.name, origins: secret.origins, value });
    }
    Ok(Config {
        file: path,
        data,
        listen,
        database,
        public_url,
        flows,
        allow,
        resend_unknown_after,
        channels,
        secrets,
        master_key,
    })
}

fn read(
    flags: &Flags,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(Option<PathBuf>, File), ConfigError> {
    let named = flags.config.clone().or_else(|| environment("RAPPORT_CONFIG").map(PathBuf::from));
    let path = match named {
        Some(path) => path,
        None if Path::new("rapport.toml").exists() => PathBuf::from("rapport.toml"),
        None => return Ok((None, File::default())),
    };
    let text =
        std::fs::read_to_string(&path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
    let file = parse(&text).map_err(|message| ConfigError::Toml { path: path.clone(), message })?;
    Ok((Some(path), file))
}

/// The error names line and column and what was expected, never the line itself: it may hold a secret.
fn parse(text: &str) -> Result<File, String> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        format!("line {line}, column {column}: {}", error.message())
    })
}

struct Layer<'a> {
    file: Option<PathBuf>,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

/// A setting that may have been given nowhere.
struct Picked(Option<Setting<String>>);

impl Picked {
    fn unwrap_or(self, default: String) -> Setting<String> {
        self.0.unwrap_or(Setting { value: default, origin: Origin::Default })
    }

    fn optional(self) -> Setting<Option<String>> {
        match self.0 {
            Some(setting) => Setting { value: Some(setting.value), origin: setting.origin },
            None => Setting { value: None, origin: Origin::Default },
        }
    }
}

impl Layer<'_> {
    fn pick(
        &self,
        flag: &'static str,
        flag_value: Option<String>,
        variable: &'static str,
        file_value: Option<String>,
    ) -> Picked {
        let picked = if let Some(value) = flag_value {
            Some(Setting { value, origin: Origin::Flag(flag) })
        } else if let Some(value) = (self.environment)(variable) {
            Some(Setting { value, origin: Origin::Environment(variable) })
        } else {
            file_value.map(|value| Setting { value, origin: self.file_origin() })
        };
        Picked(picked)
    }

    fn file_origin(&self) -> Origin {
        self.file.clone().map_or(Origin::Default, Origin::File)
    }

    /// `env:NAME` and `file:PATH` are read here, at start; anything else is the value itself.
    fn resolve(&self, name: String, text: &str, base: &Path) -> Result<SecretString, ConfigError> {
        if let Some(variable) = text.strip_prefix("env:") {
            return match (self.environment)(variable) {
                Some(value) => Ok(value.into()),
                None => Err(ConfigError::MissingVariable { name, variable: variable.into() }),
            };
        }
        if let Some(path) = text.strip_prefix("file:") {
            let path = base.join(path);
            return match std::fs::read_to_string(&path) {
                Ok(value) => Ok(value.trim_end_matches(['\r', '\n']).into()),
                Err(source) => Err(ConfigError::SecretFile { name, path, source }),
            };
        }
        Ok(text.into())
    }
}

fn path_text(path: Option<&PathBuf>) -> Option<String> {
    path.map(|p| p.to_string_lossy().into_owned())
}

fn unique<'a>(
    table: &'static str,
    key: &'static str,
    values: impl Iterator<Item = &'a String>,
) -> Result<(), ConfigError> {
    let mut seen = std::collections::BTreeSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(ConfigError::Duplicate { table, key, value: value.clone() });
        }
    }
    Ok(())
}

/// `30s`, `5m`, `25h`, `2d`; `None` inside for `never`, `None` outside for anything else.
#[expect(clippy::option_option, reason = "never is a value, nonsense is not")]
fn duration_or_never(text: &str) -> Option<Option<Duration>> {
    if text == "never" {
        return Some(None);
    }
    let unit = text.chars().last()?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    Some(Some(Duration::from_secs(number.checked_mul(seconds)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn load_text(text: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rapport.toml");
        std::fs::write(&path, text).unwrap();
        let flags = Flags { config: Some(path), ..flags };
        let get = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        load(&flags, &get)
    }

    const CHANNEL: &str = "[[whatsapp]]\nname = \"main\"\nphone_number_id = \"1065\"\napp_secret = \"env:S\"\n\
                           verify_token = \"v\"\naccess_token = \"t\"\n";

    #[test]
    fn flags_win_over_environment_over_file() {
        let text = "listen = \"127.0.0.1:1\"\n";
        let file = load_text(text, &[], Flags::default()).unwrap();
        assert_eq!(file.listen.value.port(), 1);
        assert!(matches!(file.listen.origin, Origin::File(_)));
        let env = load_text(text, &[("RAPPORT_LISTEN", "127.0.0.1:2")], Flags::default()).unwrap();
        assert_eq!(
            (env.listen.value.port(), &env.listen.origin),
            (2, &Origin::Environment("RAPPORT_LISTEN"))
        );
        let flags = Flags { listen: Some("127.0.0.1:3".into()), ..Flags::default() };
        let flag = load_text(text, &[("RAPPORT_LISTEN", "127.0.0.1:2")], flags).unwrap();
        assert_eq!((flag.listen.value.port(), &flag.listen.origin), (3, &Origin::Flag("--listen")));
    }

    #[test]
    fn secrets_come_from_the_environment_and_are_not_described() {
        let config = load_text(CHANNEL, &[("S", "hidden-value")], Flags::default()).unwrap();
        assert_eq!(config.channels[0].app_secret.expose_secret(), "hidden-value");
        assert!(!config.describe().contains("hidden-value"));
        let missing = load_text(CHANNEL, &[], Flags::default()).unwrap_err();
        assert!(missing.to_string().contains("env:S"), "{missing}");
    }

    #[test]
    fn errors_name_the_place_and_never_the_line() {
        let error =
            load_text("listen = \"x\"\nlissen = \"sk-very-secret\"\n", &[], Flags::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("line 2") && text.contains("lissen"), "{text}");
        assert!(!text.contains("sk-very-secret"), "{text}");
        let error = load_text("listen = \"nowhere\"\n", &[], Flags::default()).unwrap_err();
        assert!(error.to_string().contains("127.0.0.1:8080"), "{error}");
    }

    #[test]
    fn two_channels_of_one_number_are_refused() {
        let text = format!("{CHANNEL}{}", CHANNEL.replace("\"main\"", "\"other\""));
        let error = load_text(&text, &[("S", "s")], Flags::default()).unwrap_err();
        assert!(error.to_string().contains("phone_number_id"), "{error}");
    }

    #[test]
    fn durations_and_never() {
        assert_eq!(duration_or_never("5m"), Some(Some(Duration::from_mins(5))));
        assert_eq!(duration_or_never("never"), Some(None));
        assert_eq!(duration_or_never("5 minutes"), None);
        assert_eq!(duration_or_never(""), None);
    }

    #[test]
    fn a_database_password_is_not_shown() {
        let error = load_text("database = \"postgres://u:pw@h/n\"\n", &[], Flags::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("postgres://u@h/n") && !text.contains("pw@"), "{text}");
    }
}
