//! Secrets: looked up by name, bound to origins, in clear only between here and the socket.

use crate::fault::Fault;
use crate::guard::Guard;
use crate::origin::Origin;
use crate::resolve::Boxed;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use url::Url;

/// Where the secrets of one account are kept. The caller makes one for the account that the call belongs to.
pub trait Secrets: Send + Sync {
    /// `None` when the account has no secret of this name.
    fn secret<'a>(&'a self, name: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>>;

    /// What a person granted in the browser; `None` when the account has no connection of this name.
    fn grant<'a>(&'a self, connection: &'a str) -> Boxed<'a, Result<Option<Grant>, Unavailable>> {
        let _ = connection;
        Box::pin(async { Ok(None) })
    }

    /// Keeps renewed tokens, before they are used. When it fails the call goes on with them: the old ones are dead already.
    fn renewed<'a>(&'a self, connection: &'a str, tokens: &'a Renewed) -> Boxed<'a, Result<(), Unavailable>> {
        let _ = (connection, tokens);
        Box::pin(async { Err(Unavailable("no place to keep renewed tokens".to_owned())) })
    }
}

/// A secret in clear, overwritten when dropped. Its `Debug` shows no value.
#[derive(Debug, Clone)]
pub struct SecretValue {
    pub value: SecretString,
    /// Where it may be sent.
    pub origins: Vec<Origin>,
}

/// A connection made by the authorization-code grant.
#[derive(Debug, Clone)]
pub struct Grant {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    pub access_token: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    /// When the access token dies, epoch milliseconds; `None` when the vendor does not say.
    pub expires_at: Option<i64>,
    /// Where the access token may be sent.
    pub origins: Vec<Origin>,
}

/// Tokens as a token endpoint gave them.
#[derive(Debug, Clone)]
pub struct Renewed {
    pub access_token: SecretString,
    /// A new refresh token; `None` means that the old one stays.
    pub refresh_token: Option<SecretString>,
    /// When the access token dies, epoch milliseconds; `None` when the vendor does not say.
    pub expires_at: Option<i64>,
}

/// The place of secrets could not be read or written. The text is shown to people and holds no secret.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Secrets in memory: for the command line, tests and the demo.
#[derive(Debug, Clone, Default)]
pub struct SecretMap(pub BTreeMap<String, SecretValue>);

/// An account without secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

impl Secrets for SecretMap {
    fn secret<'a>(&'a self, name: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>> {
        Box::pin(async move { Ok(self.0.get(name).cloned()) })
    }
}

impl Secrets for NoSecrets {
    fn secret<'a>(&'a self, _: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>> {
        Box::pin(async { Ok(None) })
    }
}

/// The secrets of one call.
#[derive(Debug, Default)]
pub(crate) struct Held(Vec<(String, SecretValue)>);

impl Held {
    /// Looks up each name once.
    pub(crate) async fn look_up<'a>(
        names: impl Iterator<Item = &'a str>,
        secrets: &dyn Secrets,
    ) -> Result<Self, Fault> {
        let mut held = Held::default();
        for name in names {
            if held.get(name).is_some() {
                continue;
            }
            let found = secrets.secret(name).await.map_err(|error| {
                Fault::bad_template(format!("the secret {name} could not be read: {error}"))
            })?;
            let value = found.ok_or_else(|| {
                Fault::bad_template(format!(
                    "there is no secret {name}; add it with `rapport secret set {name} --origin …`"
                ))
            })?;
            held.0.push((name.to_owned(), value));
        }
        Ok(held)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|found| found.value.expose_secret())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, found)| (name.as_str(), found.value.expose_secret()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every secret of the call may be sent to this address.
    pub(crate) fn check(&self, url: &Url, guard: &Guard) -> Result<(), Fault> {
        self.0.iter().try_for_each(|(name, found)| {
            check_binding(&format!("the secret {name}"), &found.origins, url, guard)
        })
    }

    /// The same for some of them.
    pub(crate) fn check_some<'a>(
        &self,
        mut names: impl Iterator<Item = &'a str>,
        url: &Url,
        guard: &Guard,
    ) -> Result<(), Fault> {
        names.try_for_each(|name| match self.get(name) {
            Some(found) => check_binding(&format!("the secret {name}"), &found.origins, url, guard),
            None => Ok(()),
        })
    }

    fn get(&self, name: &str) -> Option<&SecretValue> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, found)| found)
    }
}

/// Whether what is bound to `origins` may be sent to `url`: one of them, and secured unless the operator listed the host.
pub(crate) fn check_binding(what: &str, origins: &[Origin], url: &Url, guard: &Guard) -> Result<(), Fault> {
    let Some(origin) = Origin::of(url) else {
        return Err(Fault::blocked(format!("{}: is not called; write https:// or http://", url.scheme())));
    };
    if !origins.contains(&origin) {
        let bound = origins.iter().map(Origin::as_str).collect::<Vec<_>>().join(", ");
        let bound = if bound.is_empty() { "no origin".to_owned() } else { bound };
        return Err(Fault::bad_template(format!(
            "{what} is bound to {bound} and is not sent to {origin}; add the origin to it (its value must be given again)"
        )));
    }
    if url.scheme() != "https" && !guard.lists(url) {
        return Err(Fault::bad_template(format!(
            "{what} is not sent to {origin} in clear; use https, or have the operator list the host in network.allow"
        )));
    }
    Ok(())
}
