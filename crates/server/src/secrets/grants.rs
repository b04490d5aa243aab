//! Connections: what a person granted in the browser, each one sealed row beside the secrets.
//!
//! The row of `zendesk` is called `connection:zendesk`, which no secret can be. Its value is JSON,
//! `{token_url, client_id, client_secret?, access_token?, refresh_token?, expires_at?}`, sealed as a whole; its origins
//! are where the access token may be sent.

use super::{SecretError, Secrets, check, is_name};
use rapport_connect::{Grant, Origin, Renewed, SecretString};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

const PREFIX: &str = "connection:";

/// What may be told of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionEntry {
    pub name: String,
    /// Where its access token may be sent.
    pub origins: Vec<String>,
}

/// The value of a row as it is sealed. No `Debug`: it holds the tokens in clear.
#[derive(Serialize, Deserialize)]
struct Sealed {
    token_url: String,
    client_id: String,
    client_secret: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
    /// Epoch milliseconds.
    expires_at: Option<i64>,
}

impl Secrets {
    /// Whether a connection of this name can be stored with these origins; they are returned as read. To be asked before
    /// a person is sent to the browser.
    pub fn check_connection(&self, name: &str, origins: &[String]) -> Result<Vec<Origin>, SecretError> {
        check(&shown(name), name, origins)
    }

    /// Seals and stores a connection. Replaces one of the same name.
    pub async fn put_grant(&self, name: &str, grant: &Grant) -> Result<(), SecretError> {
        let what = shown(name);
        if !is_name(name) {
            return Err(SecretError::Name { what });
        }
        if grant.origins.is_empty() {
            return Err(SecretError::NoOrigin { what });
        }
        let clear = |token: &Option<SecretString>| Some(token.as_ref()?.expose_secret().to_owned());
        let sealed = Sealed {
            token_url: grant.token_url.clone(),
            client_id: grant.client_id.clone(),
            client_secret: clear(&grant.client_secret),
            access_token: clear(&grant.access_token),
            refresh_token: clear(&grant.refresh_token),
            expires_at: grant.expires_at,
        };
        let text =
            serde_json::to_string(&sealed).map_err(|_| SecretError::Grant { name: name.to_owned() })?;
        self.seal(&what, &row(name), &grant.origins, &text.into()).await
    }

    /// Names and origins, by name; never tokens.
    pub async fn connections(&self) -> Result<Vec<ConnectionEntry>, SecretError> {
        let entries = self.store.secrets(self.account).await?;
        let connection = |entry: rapport_store::SecretEntry| {
            let name = entry.name.strip_prefix(PREFIX)?.to_owned();
            Some(ConnectionEntry { name, origins: entry.origins })
        };
        Ok(entries.into_iter().filter_map(connection).collect())
    }

    /// `false`: there was none.
    pub async fn delete_connection(&self, name: &str) -> Result<bool, SecretError> {
        Ok(self.store.delete_secret(self.account, &row(name)).await?)
    }

    pub(super) async fn open_grant(&self, name: &str) -> Result<Option<Grant>, SecretError> {
        let Some(found) = self.open(&shown(name), &row(name)).await? else { return Ok(None) };
        // The reader's own words would show what they stumbled over.
        let sealed: Sealed = serde_json::from_str(found.value.expose_secret())
            .map_err(|_| SecretError::Grant { name: name.to_owned() })?;
        Ok(Some(Grant {
            token_url: sealed.token_url,
            client_id: sealed.client_id,
            client_secret: sealed.client_secret.map(SecretString::from),
            access_token: sealed.access_token.map(SecretString::from),
            refresh_token: sealed.refresh_token.map(SecretString::from),
            expires_at: sealed.expires_at,
            origins: found.origins,
        }))
    }

    /// Puts the tokens in the place of the old ones. A refresh token stays until the vendor gives another.
    pub(super) async fn renew(&self, name: &str, tokens: &Renewed) -> Result<(), SecretError> {
        // Deleted while the vendor was asked: it stays deleted.
        let Some(mut grant) = self.open_grant(name).await? else { return Ok(()) };
        grant.access_token = Some(tokens.access_token.clone());
        grant.refresh_token = tokens.refresh_token.clone().or(grant.refresh_token);
        grant.expires_at = tokens.expires_at;
        self.put_grant(name, &grant).await
    }
}

fn row(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn shown(name: &str) -> String {
    format!("connection {name}")
}
