//! `rapport flow`: publish flows, see what is published, fetch it back.

use super::installation::{Where, block_on};
use crate::output::{self, Format, Outcome};
use anyhow::Context;
use rapport_server::publish::{self, Folder, PublishError};
use serde_json::json;
use std::path::PathBuf;

/// Publish flows, list them, fetch them back as text
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport flow push flows/         check and publish what changed\n  rapport flow list\n  rapport flow pull flows/         write the published texts into a folder\n  rapport flow history customer-context"
)]
pub(crate) struct Flow {
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Check a folder and publish what changed in it; a running server takes it up within a second
    Push {
        /// The folder; bot.yaml in it is published too
        folder: PathBuf,
        /// The name kept beside the revision
        #[arg(long, default_value = "command line")]
        author: String,
    },
    /// Write the published texts into a folder
    Pull {
        /// The folder to write into; made where it is missing
        folder: PathBuf,
        /// Replace files that differ
        #[arg(long)]
        force: bool,
    },
    /// What is published
    List {
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// All revisions of a flow, newest first
    History {
        /// The flow's name
        name: String,
    },
}

impl Flow {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        block_on(async move {
            let installation = match self.action {
                Action::Push { .. } => self.place.open().await?,
                Action::Pull { .. } | Action::List { .. } | Action::History { .. } => {
                    self.place.open_existing().await?
                }
            };
            let (store, account) = (&installation.store, installation.account);
            match self.action {
                Action::Push { folder, author } => {
                    let read = Folder::read(&folder)?;
                    let changes = match publish::publish(store, account, &read, &folder, &author).await {
                        Err(PublishError::Findings { findings, count, .. }) => {
                            for finding in &findings {
                                output::line(&format!(
                                    "{}:{}:{}: error[{}]: {}\n   = mend: {}\n",
                                    finding.file,
                                    finding.line,
                                    finding.column,
                                    finding.code,
                                    finding.message,
                                    finding.mend
                                ));
                            }
                            output::note(&format!(
                                "Nothing was published: {} cannot be. `rapport check {}` shows more.",
                                output::count(count, "file"),
                                folder.display()
                            ));
                            return Ok(Outcome::FoundAnError);
                        }
                        other => other?,
                    };
                    for (name, revision) in &changes.published {
                        output::line(&format!("{name}: revision {revision}"));
                    }
                    output::note(&format!(
                        "{} published, {} unchanged.",
                        changes.published.len(),
                        changes.unchanged
                    ));
                }
                Action::Pull { folder, force } => {
                    std::fs::create_dir_all(&folder)
                        .with_context(|| format!("cannot make {}", folder.display()))?;
                    for revision in store.current_flows(account).await? {
                        let path = folder.join(format!("{}.yaml", revision.name));
                        let there = std::fs::read_to_string(&path).ok();
                        if there.as_deref() == Some(revision.source.as_str()) {
                            continue;
                        }
                        anyhow::ensure!(
                            there.is_none() || force,
                            "{} differs from the published text; move it away, or replace it with --force",
                            path.display()
                        );
                        std::fs::write(&path, &revision.source)
                            .with_context(|| format!("cannot write {}", path.display()))?;
                        output::line(&format!("{} (revision {})", path.display(), revision.revision));
                    }
                }
                Action::List { format } => {
                    let flows = store.current_flows(account).await?;
                    if format == Format::Json {
                        let list: Vec<_> = flows
                            .iter()
                            .map(|flow| json!({ "name": flow.name, "revision": flow.revision, "author": flow.author, "published_at": flow.published_at }))
                            .collect();
                        output::json(&list)?;
                    } else {
                        if flows.is_empty() {
                            output::note(
                                "No flow is published yet. `rapport flow push FOLDER` publishes some.",
                            );
                        }
                        for flow in flows {
                            output::line(&format!(
                                "{}  revision {}  by {}",
                                flow.name, flow.revision, flow.author
                            ));
                        }
                    }
                }
                Action::History { name } => {
                    let history = store.flow_history(account, &name).await?;
                    anyhow::ensure!(
                        !history.is_empty(),
                        "no flow {name:?} was ever published; `rapport flow list` shows what is"
                    );
                    for revision in history {
                        let note = revision.note.map(|note| format!("  {note}")).unwrap_or_default();
                        output::line(&format!(
                            "revision {}  by {}{note}",
                            revision.revision, revision.author
                        ));
                    }
                }
            }
            Ok(Outcome::Fine)
        })
    }
}
