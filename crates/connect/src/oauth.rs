//! OAuth 2.0 (RFC 6749): tokens for client credentials and for granted connections, fetched over the same guarded
//! transport as every call, kept until shortly before they expire, and asked for once however many calls wait.

mod cache;
mod endpoint;

pub use endpoint::{CodeExchange, TokenError};

use crate::encode::fill_raw;
use crate::fault::{Again, Fault};
use crate::secrets::{Grant, Held, Renewed, Secrets, check_binding};
use crate::settings::Clock;
use crate::transport::{Transport, read_url};
use cache::{Cache, fingerprint};
use endpoint::{Client, Refused, ask};
use rapport_flow::request::{Outcome, SecretText};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How long before its end a granted token is renewed, in milliseconds.
const AHEAD_MS: i64 = 60_000;

/// Tokens of all calls of a dialer.
#[derive(Default)]
pub(crate) struct Tokens {
    cache: Cache,
}

/// A token for one attempt.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) value: SecretString,
    /// It was there before this attempt, so a 401 may only mean that it died early.
    pub(crate) cached: bool,
}

/// The client-credentials block of a request.
pub(crate) struct ClientCredentials<'a> {
    pub(crate) token_url: &'a str,
    pub(crate) client_id: &'a SecretText,
    pub(crate) client_secret: &'a SecretText,
    pub(crate) scope: Option<&'a str>,
}

impl Tokens {
    /// A token for client credentials. `refused` is one that the API has just answered 401 to.
    pub(crate) async fn client_credentials(
        &self,
        auth: &ClientCredentials<'_>,
        held: &Held,
        transport: &Transport,
        now: &Clock,
        refused: Option<&SecretString>,
    ) -> Result<Token, Refused> {
        let url = read_url(auth.token_url)?;
        let names = auth.client_id.secrets().chain(auth.client_secret.secrets());
        held.check_some(names, &url, &transport.guard)?;
        let id = fill_raw(auth.client_id, held)?;
        let secret = SecretString::from(fill_raw(auth.client_secret, held)?);
        let scope = auth.scope.unwrap_or_default();
        let key = fingerprint(&["client_credentials", url.as_str(), &id, scope, secret.expose_secret()]);
        let slot = self.cache.slot(key, now());
        let mut kept = slot.lock().await;
        if let Some(token) = kept.token(now(), refused) {
            return Ok(Token { value: token, cached: true });
        }
        let mut pairs = vec![("grant_type", "client_credentials")];
        if !scope.is_empty() {
            pairs.push(("scope", scope));
        }
        let client = Client { id: &id, secret: Some(&secret) };
        let answer = ask(transport, &url, &pairs, &client, now).await?;
        kept.keep(&answer, now());
        Ok(Token { value: answer.access_token, cached: false })
    }

    /// A token of a granted connection, for this address; renewed and stored when it is about to die.
    pub(crate) async fn granted(
        &self,
        connection: &str,
        target: &Url,
        secrets: &dyn Secrets,
        transport: &Transport,
        now: &Clock,
        refused: Option<&SecretString>,
    ) -> Result<Token, Refused> {
        let grant = grant(connection, target, secrets, transport).await?;
        if let Some(value) = usable(&grant, now(), refused) {
            return Ok(Token { value, cached: true });
        }
        // One renewal at a time, or two would spend the same refresh token. The slot itself stays empty: the caller's
        // store keeps the tokens.
        let key = fingerprint(&["granted", &grant.token_url, &grant.client_id, connection]);
        let slot = self.cache.slot(key, now());
        let _turn = slot.lock().await;
        let grant = self::grant(connection, target, secrets, transport).await?;
        if let Some(value) = usable(&grant, now(), refused) {
            return Ok(Token { value, cached: false });
        }
        let renewed = match renew(&grant, connection, transport, now).await {
            Err(error) if error.status == Some(400) || error.status == Some(401) => {
                // Another node may have spent the refresh token a moment ago; then the store has its successor.
                let newer = self::grant(connection, target, secrets, transport).await?;
                if let Some(value) = usable(&newer, now(), refused) {
                    return Ok(Token { value, cached: false });
                }
                return Err(error);
            }
            other => other?,
        };
        // The old tokens are dead; whoever keeps the new ones logs why it could not.
        let _ = secrets.renewed(connection, &renewed).await;
        Ok(Token { value: renewed.access_token, cached: false })
    }
}

async fn grant(
    connection: &str,
    target: &Url,
    secrets: &dyn Secrets,
    transport: &Transport,
) -> Result<Grant, Fault> {
    let found = secrets.grant(connection).await;
    let found = found.map_err(|error| {
        Fault::bad_template(format!("the connection {connection} could not be read: {error}"))
    })?;
    let grant = found.ok_or_else(|| {
        Fault::bad_template(format!(
            "there is no connection {connection}; grant it with `rapport connection authorize {connection} …`"
        ))
    })?;
    check_binding(&format!("the connection {connection}"), &grant.origins, target, &transport.guard)?;
    Ok(grant)
}

fn usable(grant: &Grant, now: i64, refused: Option<&SecretString>) -> Option<SecretString> {
    let token = grant.access_token.as_ref()?;
    let fresh = grant.expires_at.is_none_or(|end| end.saturating_sub(AHEAD_MS) > now);
    let turned_away = refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret());
    (fresh && !turned_away).then(|| token.clone())
}

async fn renew(
    grant: &Grant,
    connection: &str,
    transport: &Transport,
    now: &Clock,
) -> Result<Renewed, Refused> {
    let Some(refresh_token) = &grant.refresh_token else {
        let detail = format!("the connection {connection} has expired and cannot be renewed; grant it again");
        return Err(Fault::new(Outcome::ClientError, Again::Never, detail).into());
    };
    let url = read_url(&grant.token_url)?;
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    let client = Client { id: &grant.client_id, secret: grant.client_secret.as_ref() };
    ask(transport, &url, &pairs, &client, now).await
}

/// Buys the first tokens of a connection with the code that the browser brought back.
pub(crate) async fn redeem(
    exchange: &CodeExchange,
    transport: &Transport,
    now: &Clock,
) -> Result<Renewed, Refused> {
    let url = read_url(&exchange.token_url)?;
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", exchange.code.expose_secret()),
        ("redirect_uri", exchange.redirect_uri.as_str()),
    ];
    if let Some(verifier) = &exchange.code_verifier {
        pairs.push(("code_verifier", verifier.expose_secret()));
    }
    let client = Client { id: &exchange.client_id, secret: exchange.client_secret.as_ref() };
    ask(transport, &url, &pairs, &client, now).await
}
