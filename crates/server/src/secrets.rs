//! Customers' secrets: sealed in the store, opened for `connect` and for nobody else.

use crate::clock;
use crate::config::SecretConfig;
use rapport_connect::vault::{KeyError, Label, MasterKey, Vault, VaultError};
use rapport_connect::{Boxed, Origin, OriginError, SecretString, SecretValue, Unavailable};
use rapport_store::{AccountId, SealedSecret, Store, StoreError};
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
    #[error("secret {name}: {source}")]
    Origin { name: String, source: OriginError },
    #[error("secret {0} is bound to no origin; give at least one, such as https://api.intercom.io")]
    NoOrigin(String),
    #[error("a secret's name is letters, digits and _, and does not begin with a digit; {0:?} is not")]
    Name(String),
    #[error("secret {name}: {source}")]
    Vault { name: String, source: VaultError },
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
        let starts = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        if !starts || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(SecretError::Name(name.to_owned()));
        }
        let parsed = parse_origins(name, origins)?;
        if parsed.is_empty() {
            return Err(SecretError::NoOrigin(name.to_owned()));
        }
        let account = self.account.to_string();
        let label = Label { account: &account, name, origins: &parsed };
        let sealed = self
            .vault
            .seal(label, value.expose_secret())
            .map_err(|source| SecretError::Vault { name: name.to_owned(), source })?;
        let origins = parsed.iter().map(|origin| origin.as_str().to_owned()).collect();
        let secret = SealedSecret { name: name.to_owned(), origins, sealed };
        Ok(self.store.put_secret(self.account, secret, clock::now()).await?)
    }

    /// Takes in the secrets of the settings; one that is stored already with the same value is left alone.
    pub async fn take_in(&self, given: &[SecretConfig]) -> Result<(), SecretError> {
        for secret in given {
            let known = self.open(&secret.name).await.ok().flatten();
            let mut wanted: Vec<_> = parse_origins(&secret.name, &secret.origins)?;
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

    async fn open(&self, name: &str) -> Result<Option<SecretValue>, SecretError> {
        let Some(stored) = self.store.sealed_secret(self.account, name).await? else { return Ok(None) };
        let origins = parse_origins(name, &stored.origins)?;
        let account = self.account.to_string();
        let value = self
            .vault
            .open(Label { account: &account, name, origins: &origins }, &stored.sealed)
            .map_err(|source| SecretError::Vault { name: name.to_owned(), source })?;
        Ok(Some(SecretValue { value, origins }))
    }
}

impl rapport_connect::Secrets for Secrets {
    fn secret<'a>(&'a self, name: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>> {
        Box::pin(async move { self.open(name).await.map_err(|error| Unavailable(error.to_string())) })
    }
}

fn parse_origins(name: &str, origins: &[String]) -> Result<Vec<Origin>, SecretError> {
    origins
        .iter()
        .map(|origin| origin.parse().map_err(|source| SecretError::Origin { name: name.to_owned(), source }))
        .collect()
}
