//! `rapport secret`: write-only secrets, bound to the origins they may be sent to.

use super::installation::{Where, block_on};
use crate::output::{self, Format, Outcome};
use anyhow::Context;
use serde_json::json;
use std::io::Read;

/// Manage secrets: tokens that flows use by name and nobody can read back
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  printf %s \"$TOKEN\" | rapport secret set intercom_token --origin https://api.intercom.io\n  rapport secret list\n  rapport secret delete intercom_token\n\nIn a flow: Authorization: Bearer {{secret.intercom_token}}"
)]
pub(crate) struct Secret {
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Store a secret; its value is read from standard input, so that it stands in no history
    Set {
        /// The name that flows use, such as intercom_token
        name: String,
        /// Where it may be sent, such as https://api.intercom.io (repeat for several)
        #[arg(long = "origin", required = true, value_name = "ORIGIN")]
        origins: Vec<String>,
    },
    /// Names and origins; never values
    List {
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Forget a secret
    Delete {
        /// The secret's name
        name: String,
    },
}

impl Secret {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        block_on(async move {
            let installation = match self.action {
                Action::Set { .. } => self.place.open().await?,
                Action::List { .. } | Action::Delete { .. } => self.place.open_existing().await?,
            };
            match self.action {
                Action::Set { name, origins } => {
                    let mut value = String::new();
                    std::io::stdin()
                        .read_to_string(&mut value)
                        .context("cannot read the value from standard input")?;
                    let value = value.trim_end_matches(['\r', '\n']);
                    anyhow::ensure!(
                        !value.is_empty(),
                        "no value came on standard input; pipe it in, as in --help"
                    );
                    installation.secrets.put(&name, &origins, &value.into()).await?;
                    output::line(&format!(
                        "The secret {name} is stored. It is sent only to {}.",
                        origins.join(", ")
                    ));
                }
                Action::List { format } => {
                    let entries = installation.secrets.list().await?;
                    if format == Format::Json {
                        let list: Vec<_> = entries
                            .iter()
                            .map(|entry| json!({ "name": entry.name, "origins": entry.origins }))
                            .collect();
                        output::json(&list)?;
                    } else if entries.is_empty() {
                        output::note(
                            "There is no secret yet. `rapport secret set --help` shows how to add one.",
                        );
                    }
                    if format == Format::Text {
                        for entry in entries {
                            output::line(&format!("{}  {}", entry.name, entry.origins.join(" ")));
                        }
                    }
                }
                Action::Delete { name } => {
                    if !installation.secrets.delete(&name).await? {
                        output::note(&format!("There is no secret {name}."));
                        return Ok(Outcome::FoundAnError);
                    }
                    output::line(&format!("The secret {name} is gone. Steps that use it fail from now on."));
                }
            }
            Ok(Outcome::Fine)
        })
    }
}
