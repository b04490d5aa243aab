//! `rapport connection authorize`: to the vendor in the browser, back with a code, and the code for tokens.

use super::browser::{self, Listener};
use super::errand::{Brought, Errand, unguessable};
use crate::commands::installation::Where;
use crate::output::{self, Outcome};
use anyhow::{Context, bail, ensure};
use rapport_connect::{AllowedHost, CodeExchange, Dialer, Grant, SecretString};
use rapport_server::clock;
use std::io::{IsTerminal, Read};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long the token endpoint may take.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The name that flows use, such as zendesk
    name: String,
    /// The vendor's page where a person agrees; a query that the vendor asks for may stand in it
    #[arg(long, value_name = "URL")]
    authorize_url: Url,
    /// Where the vendor gives tokens
    #[arg(long, value_name = "URL")]
    token_url: Url,
    /// The vendor's id of your application
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// What to ask for, such as "read write"
    #[arg(long)]
    scope: Option<String>,
    /// Where the token may be sent, such as https://acme.zendesk.com (repeat for several)
    #[arg(long = "origin", required = true, value_name = "ORIGIN")]
    origins: Vec<String>,
    /// Where the browser comes back to; the vendor must know this very address. Port 0 takes any free one
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8765/callback")]
    redirect: Url,
}

impl Options {
    pub(super) async fn run(self, place: &Where) -> anyhow::Result<Outcome> {
        // All that can be wrong is said before a person is sent to the browser.
        let mut settings = rapport_connect::Settings::new(Arc::new(clock::now));
        settings.allow =
            place.config()?.allow.value.iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
        check_address("--authorize-url", &self.authorize_url, &settings.allow)?;
        check_address("--token-url", &self.token_url, &settings.allow)?;
        let dialer = Dialer::new(&settings)?;
        let secrets = place.open().await?.secrets;
        let origins = secrets.check_connection(&self.name, &self.origins)?;
        let client_secret = client_secret()?;
        let (socket, redirect) = browser::bind(&self.redirect).await?;

        let errand = Arc::new(Errand::new(unguessable()?, unguessable()?.into()));
        let address = errand.address(&self.authorize_url, &self.client_id, &redirect, self.scope.as_deref());
        let listener = Listener::start(socket, &redirect, Arc::clone(&errand));
        output::line(&format!("Open this address in the browser and agree:\n\n{address}\n"));
        output::note(&format!(
            "Waiting for the browser on {redirect}, at most {} minutes.",
            PATIENCE.as_secs() / 60
        ));
        let keep = async |brought| {
            let code = match brought {
                Brought::Code(code) => code,
                Brought::Denied(words) => bail!("the vendor did not grant it: {words}"),
                Brought::Stray(why) => bail!("the answer was refused: {why}"),
            };
            let exchange = CodeExchange {
                token_url: self.token_url.to_string(),
                client_id: self.client_id.clone(),
                client_secret: client_secret.clone(),
                code,
                redirect_uri: redirect.to_string(),
                code_verifier: Some(errand.verifier.clone()),
            };
            let tokens = dialer.redeem(&exchange, TOKEN_TIMEOUT).await?;
            let grant = Grant {
                token_url: exchange.token_url,
                client_id: exchange.client_id,
                client_secret: exchange.client_secret,
                access_token: Some(tokens.access_token),
                refresh_token: tokens.refresh_token,
                expires_at: tokens.expires_at,
                origins: origins.clone(),
            };
            secrets.put_grant(&self.name, &grant).await?;
            Ok(grant)
        };
        let grant = match listener.take(PATIENCE, keep).await {
            Ok(grant) => grant,
            Err(error) => {
                output::failure(&error);
                return Ok(Outcome::FoundAnError);
            }
        };
        output::line(&format!(
            "The connection {} is stored. Its token is sent only to {}.",
            self.name,
            self.origins.join(", ")
        ));
        if grant.refresh_token.is_none() && grant.expires_at.is_some() {
            output::note(
                "The vendor gave no refresh token: the connection ends with its access token. Many vendors give one only \
                 for a scope such as offline_access.",
            );
        }
        Ok(Outcome::Fine)
    }
}

/// From standard input, so that it stands in no history; nothing there means a public client.
fn client_secret() -> anyhow::Result<Option<SecretString>> {
    let mut text = String::new();
    let mut input = std::io::stdin();
    if input.is_terminal() {
        output::note("The client secret, then Enter (only Enter for a public client):");
        input.read_line(&mut text).context("cannot read the client secret")?;
    } else {
        input.read_to_string(&mut text).context("cannot read the client secret from standard input")?;
    }
    let text = text.trim_end_matches(['\r', '\n']);
    Ok((!text.is_empty()).then(|| text.into()))
}

/// https, or http to a host that the operator listed: codes and tokens do not cross a network in clear.
fn check_address(option: &str, url: &Url, allow: &[AllowedHost]) -> anyhow::Result<()> {
    let port = url.port_or_known_default().unwrap_or_default();
    let listed = |entry: &AllowedHost| match url.host() {
        Some(Host::Domain(name)) => entry.names(name.trim_end_matches('.'), port),
        Some(Host::Ipv4(address)) => entry.covers(address.into(), port),
        Some(Host::Ipv6(address)) => entry.covers(address.into(), port),
        None => false,
    };
    let secured = url.scheme() == "https" || (url.scheme() == "http" && allow.iter().any(listed));
    ensure!(secured, "{option} must begin with https://, or have its host and port in network.allow");
    ensure!(
        url.username().is_empty() && url.password().is_none() && url.fragment().is_none(),
        "{option} may hold neither user, password nor #"
    );
    Ok(())
}
