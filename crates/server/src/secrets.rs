//! Customers' secrets: sealed in the store, opened for `connect` and for nobody else.

mod grants;

pub use grants::ConnectionEntry;

use crate::clock;
use crate::config::SecretConfig;
use rapport_connect::vault::{KeyError, Label, MasterKey, Vault, VaultError};
use rapport_connect::{Boxed, Grant, Origin, OriginError, Renewed, SecretString, SecretValue, Unavailable};
use rapport_store::{AccountId, SealedSecret, SecretEntry, Store, StoreError};
use secrecy::ExposeSecret;
use std::path::{Path, PathBuf};

/// Name of the key file in the data folder.
pub const KEY_FILE: &str = "master.key";

/// The secrets of one account.
#[derive(Debug)]
pub struct Secrets {
    store: Store,
    account: AccountId,
    vault: Vault,
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// `what` is `secret NAME` or `connection NAME`, here and below.
    #[error("{what}: {source}")]
    Origin { what: String, source: OriginError },
    #[error("{what} is bound to no origin; give at least one, such as https://api.intercom.io")]
    NoOrigin { what: String },
    #[error("a name is letters, digits and _, and does not begin with a digit; that of {what:?} is not")]
    Name { what: String },
    #[error("{what}: {source}")]
    Vault { what: String, source: VaultError },
    #[error("connection {name}: what is stored cannot be read; grant it again")]
    Grant { name: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{place}: {source}")]
    Key { place: String, source: KeyError },
    #[error(
        "{path} is missing, but the database holds secrets that were sealed with it. Put the key file back, or give the \
         key by RAPPORT_MASTER_KEY"
    )]
    KeyLost { path: PathBuf },
}

/// The master key: from `env:NAME`, `file:PATH` or the value itself, else from the data folder, where it is made once.
pub async fn master_key(
    given: Option<&str>,
    data: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    store: &Store,
    account: AccountId,
) -> Result<MasterKey, SecretError> {
    if let Some(text) = given {
        let place = "master_key".to_owned();
        let key = if let Some(path) = text.strip_prefix("file:") {
            MasterKey::load(Path::new(path))
        } else if let Some(variable) = text.strip_prefix("env:") {
            MasterKey::parse(&environment(variable).unwrap_or_default())
        } else {
            MasterKey::parse(text)
        };
        return key.map_err(|source| SecretError::Key { place, source });
    }
    let path = data.join(KEY_FILE);
    let place = path.display().to_string();
    if path.exists() {
        return MasterKey::load(&path).map_err(|source| SecretError::Key { place, source });
    }
    // A new key would make the old secrets unreadable for good, and nobody would notice until a call fails.
    if !store.secrets(account).await?.is_empty() {
        return Err(SecretError::KeyLost { path });
    }
    MasterKey::create(&path).map_err(|source| SecretError::Key { place, source })
}

impl Secrets {
    pub fn new(store: Store, account: AccountId, key: MasterKey) -> Self {
        Secrets { store, account, vault: Vault::new(key) }
    }

    /// Seals and stores a secret with the origins it may be sent to. Replaces one of the same name.
    pub async fn put(&self, name: &str, origins: &[String], value: &SecretString) -> Result<(), SecretError> {
        let what = format!("secret {name}");
        let origins = check(&what, name, origins)?;
        self.seal(&what, name, &origins, value).await
    }

    /// Names and origins; never values. Connections are not among them.
    pub async fn list(&self) -> Result<Vec<SecretEntry>, SecretError> {
        let mut entries = self.store.secrets(self.account).await?;
        entries.retain(|entry| is_name(&entry.name));
        Ok(entries)
    }

    /// `false`: there was none.
    pub async fn delete(&self, name: &str) -> Result<bool, SecretError> {
        Ok(is_name(name) && self.store.delete_secret(self.account, name).await?)
    }

    /// Takes in the secrets of the settings; one that is stored already with the same value is left alone.
    pub async fn take_in(&self, given: &[SecretConfig]) -> Result<(), SecretError> {
        for secret in given {
            let what = format!("secret {}", secret.name);
            let known = self.open(&what, &secret.name).await.ok().flatten();
            let mut wanted = parse_origins(&what, &secret.origins)?;
            wanted.sort();
            let same = known.is_some_and(|known| {
                let mut origins = known.origins.clone();
                origins.sort();
                origins == wanted && known.value.expose_secret() == secret.value.expose_secret()
            });
            if !same {
                self.put(&secret.name, &secret.origins, &secret.value).await?;
            }
        }
        Ok(())
    }

    /// Seals and stores a row of any kind. `row` is its name in the store.
    async fn seal(
        &self,
        what: &str,
        row: &str,
        origins: &[Origin],
        value: &SecretString,
    ) -> Result<(), SecretError> {
        let account = self.account.to_string();
        let sealed = self
            .vault
            .seal(Label { account: &account, name: row, origins }, value.expose_secret())
            .map_err(|source| SecretError::Vault { what: what.to_owned(), source })?;
        let origins = origins.iter().map(|origin| origin.as_str().to_owned()).collect();
        let secret = SealedSecret { name: row.to_owned(), origins, sealed };
        Ok(self.store.put_secret(self.account, secret, clock::now()).await?)
    }

    async fn open(&self, what: &str, row: &str) -> Result<Option<SecretValue>, SecretError> {
        let Some(stored) = self.store.sealed_secret(self.account, row).await? else { return Ok(None) };
        let origins = parse_origins(what, &stored.origins)?;
        let account = self.account.to_string();
        let value = self
            .vault
            .open(Label { account: &account, name: row, origins: &origins }, &stored.sealed)
            .map_err(|source| SecretError::Vault { what: what.to_owned(), source })?;
        Ok(Some(SecretValue { value, origins }))
    }
}

impl rapport_connect::Secrets for Secrets {
    fn secret<'a>(&'a self, name: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>> {
        Box::pin(async move {
            // No name that a flow writes may open a connection's row: it would be sent as it lies there, whole.
            if !is_name(name) {
                return Ok(None);
            }
            let found = self.open(&format!("secret {name}"), name).await;
            found.map_err(|error| Unavailable(error.to_string()))
        })
    }

    fn grant<'a>(&'a self, connection: &'a str) -> Boxed<'a, Result<Option<Grant>, Unavailable>> {
        Box::pin(
            async move { self.open_grant(connection).await.map_err(|error| Unavailable(error.to_string())) },
        )
    }

    fn renewed<'a>(&'a self, connection: &'a str, tokens: &'a Renewed) -> Boxed<'a, Result<(), Unavailable>> {
        Box::pin(async move {
            self.renew(connection, tokens).await.map_err(|error| {
                tracing::error!(
                    connection,
                    %error,
                    "renewed tokens could not be stored; the connection must be granted again if the vendor has \
                     ended the old ones"
                );
                Unavailable(error.to_string())
            })
        })
    }
}

/// The name and origins of what is to be stored; at least one origin.
fn check(what: &str, name: &str, origins: &[String]) -> Result<Vec<Origin>, SecretError> {
    if !is_name(name) {
        return Err(SecretError::Name { what: what.to_owned() });
    }
    let parsed = parse_origins(what, origins)?;
    if parsed.is_empty() {
        return Err(SecretError::NoOrigin { what: what.to_owned() });
    }
    Ok(parsed)
}

/// Letters, digits and _, no digit first.
fn is_name(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    starts && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn parse_origins(what: &str, origins: &[String]) -> Result<Vec<Origin>, SecretError> {
    origins
        .iter()
        .map(|origin| origin.parse().map_err(|source| SecretError::Origin { what: what.to_owned(), source }))
        .collect()
}
