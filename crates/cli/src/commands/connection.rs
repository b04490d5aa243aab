//! `rapport connection`: what a person grants in the browser (OAuth 2.0 authorization code), renewed by itself.

mod authorize;
mod browser;
mod errand;

use super::installation::{Where, block_on};
use crate::output::{self, Format, Outcome};
use rapport_connect::Secrets as _;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  printf %s \"$ZENDESK_CLIENT_SECRET\" | rapport connection authorize zendesk \\
    --authorize-url https://acme.zendesk.com/oauth/authorizations/new \\
    --token-url https://acme.zendesk.com/oauth/tokens \\
    --client-id rapport --scope \"read write\" --origin https://acme.zendesk.com
  rapport connection list
  rapport connection delete zendesk

In a flow: auth: {type: granted, connection: zendesk}";

/// Manage connections: what a person grants in the browser, renewed by itself
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Connection {
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Have a person grant access in the browser, and keep the tokens
    ///
    /// The client secret is read from standard input; nothing there means a public client. Register the redirect
    /// address with the vendor first. On a machine without a browser forward its port:
    /// ssh -L 8765:127.0.0.1:8765 SERVER.
    #[command(after_help = EXAMPLES)]
    Authorize(Box<authorize::Options>),
    /// Names and origins; never tokens
    List {
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Forget a connection
    Delete {
        /// The connection's name
        name: String,
    },
}

impl Connection {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        block_on(async move {
            match self.action {
                Action::Authorize(options) => options.run(&self.place).await,
                Action::List { format } => list(&self.place, format).await,
                Action::Delete { name } => delete(&self.place, &name).await,
            }
        })
    }
}

async fn list(place: &Where, format: Format) -> anyhow::Result<Outcome> {
    let secrets = place.open_existing().await?.secrets;
    let entries = secrets.connections().await?;
    if entries.is_empty() && format == Format::Text {
        output::note(
            "There is no connection yet. `rapport connection authorize --help` shows how to make one.",
        );
    }
    let mut rows = Vec::new();
    for entry in entries {
        // One deleted since is skipped.
        let Some(grant) = secrets.grant(&entry.name).await? else { continue };
        let renews = grant.refresh_token.is_some();
        match format {
            Format::Json => rows.push(json!({
                "name": entry.name, "origins": entry.origins, "client_id": grant.client_id,
                "expires_at": grant.expires_at, "renews": renews,
            })),
            Format::Text => {
                let life = match (renews, grant.expires_at) {
                    (true, _) => "renews itself",
                    (false, None) => "does not end by itself",
                    (false, Some(_)) => "ends and cannot be renewed",
                };
                output::line(&format!("{}  {}  {life}", entry.name, entry.origins.join(" ")));
            }
        }
    }
    if format == Format::Json {
        output::json(&rows)?;
    }
    Ok(Outcome::Fine)
}

async fn delete(place: &Where, name: &str) -> anyhow::Result<Outcome> {
    if !place.open_existing().await?.secrets.delete_connection(name).await? {
        output::note(&format!("There is no connection {name}."));
        return Ok(Outcome::FoundAnError);
    }
    output::line(&format!(
        "The connection {name} is gone. Steps that use it fail from now on. The vendor still honours the grant until it \
         is taken back there."
    ));
    Ok(Outcome::Fine)
}
