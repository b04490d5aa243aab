//! `rapport conversation`: what was handed over to people, until the inbox exists.

use super::installation::{Where, block_on};
use crate::output::{self, Format, Outcome};
use rapport_flow::turn::{Fact, Outgoing};
use rapport_server::desk::{self, Desk};
use rapport_server::ids::Ids;
use rapport_store::{ConversationKey, Entry, Summary};
use serde_json::json;

/// See conversations that were handed over, answer them, and give them back to the bot
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport conversation list\n  rapport conversation show 4503-1\n  rapport conversation reply 4503-1 \"Hello, your parcel left today.\"\n  rapport conversation release 4503-1"
)]
pub(crate) struct Conversation {
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Conversations that people have, the longest waiting first
    List {
        /// Every conversation, the bot's too
        #[arg(long)]
        all: bool,
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// The latest messages and what the bot did
    Show {
        /// As `list` shows it
        id: String,
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Answer as the team
    Reply {
        /// As `list` shows it
        id: String,
        /// The message
        text: String,
        /// The name that stands beside the answer
        #[arg(long, default_value = "team")]
        author: String,
    },
    /// Give the conversation back to the bot
    Release {
        /// As `list` shows it
        id: String,
    },
}

impl Conversation {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        block_on(async move {
            let installation = self.place.open_existing().await?;
            let ids = Ids::new(u16::try_from(std::process::id() & 0x3ff).unwrap_or(0));
            let desk = Desk { store: &installation.store, account: installation.account, ids: &ids };
            let key = |id: &str| {
                desk::key(installation.account, id).ok_or_else(|| {
                    anyhow::anyhow!(
                        "{id:?} is not the id of a conversation; `rapport conversation list` shows them"
                    )
                })
            };
            match self.action {
                Action::List { all, format } => {
                    let list = if all {
                        installation.store.conversations(installation.account, None, desk::LIST_MAX).await?
                    } else {
                        desk.list().await?
                    };
                    print_list(&list, format)?;
                }
                Action::Show { id, format } => {
                    print_entries(key(&id)?, &desk.show(key(&id)?).await?, format)?;
                }
                Action::Reply { id, text, author } => {
                    desk.reply(key(&id)?, &author, &text).await?;
                    output::line("Queued. The running server sends it within some seconds.");
                }
                Action::Release { id } => {
                    desk.release(key(&id)?).await?;
                    output::line("The bot has the conversation again.");
                }
            }
            Ok(Outcome::Fine)
        })
    }
}

fn print_list(list: &[Summary], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let list: Vec<_> = list
            .iter()
            .map(|summary| {
                json!({
                    "id": desk::name(summary.key), "name": summary.name, "phone": summary.phone,
                    "team": summary.with_team.as_ref().and_then(|with| with.team.clone()),
                    "note": summary.with_team.as_ref().and_then(|with| with.note.clone()),
                    "with_team": summary.with_team.is_some(), "window_until": summary.window_until,
                })
            })
            .collect();
        return output::json(&list);
    }
    if list.is_empty() {
        output::note("Nothing waits for people.");
    }
    for summary in list {
        let who = summary.name.as_deref().or(summary.phone.as_deref()).unwrap_or("(no name)");
        let mut text = format!("{}  {who}", desk::name(summary.key));
        if let Some(with) = &summary.with_team {
            text.push_str(&format!("  team: {}", with.team.as_deref().unwrap_or("any")));
            if let Some(note) = &with.note {
                text.push_str(&format!("\n    {}", note.replace('\n', "\n    ")));
            }
        }
        output::line(&text);
    }
    Ok(())
}

fn print_entries(key: ConversationKey, entries: &[Entry], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let entries: Vec<_> = entries
            .iter()
            .map(|entry| match entry {
                Entry::In { message, .. } => json!({ "in": message }),
                Entry::Out(sent) => json!({ "out": {
                    "message": sent.outgoing, "flow": sent.flow, "step": sent.step, "author": sent.author,
                    "state": sent.state, "error": sent.error, "resend": sent.resend,
                } }),
                Entry::Turn { at, events, .. } => json!({ "turn": { "at": at, "events": events } }),
            })
            .collect();
        return output::json(&json!({ "id": desk::name(key), "entries": entries }));
    }
    for entry in entries {
        match entry {
            Entry::In { message, .. } => {
                let text = message.text.clone().unwrap_or_else(|| format!("({})", message.kind));
                output::line(&format!("customer: {}", output::hang(&text, 10)));
            }
            Entry::Out(sent) => {
                // The step is what an engineer looks for when an answer surprises.
                let who = sent.author.as_deref().unwrap_or("bot");
                let step = sent.step.as_ref().map(|step| format!(", by step {step}")).unwrap_or_default();
                output::line(&format!(
                    "{who}: {}",
                    output::hang(&words(&sent.outgoing), who.chars().count() + 2)
                ));
                output::line(&format!("  · {}{step}", sent.state));
            }
            Entry::Turn { events, .. } => {
                for event in events {
                    if let Some(text) = fact(&event.fact) {
                        output::line(&format!("  · {text}"));
                    }
                }
            }
        }
    }
    Ok(())
}

/// A message in words.
pub(crate) fn words(outgoing: &Outgoing) -> String {
    match outgoing {
        Outgoing::Text { text } | Outgoing::LocationRequest { text } => text.clone(),
        Outgoing::Buttons { text, buttons } => {
            let titles: Vec<_> = buttons.iter().map(|button| format!("[{}]", button.title)).collect();
            format!("{text}\n{}", titles.join(" "))
        }
        Outgoing::List { text, rows, .. } => {
            let titles: Vec<_> = rows.iter().map(|row| format!("- {}", row.title)).collect();
            format!("{text}\n{}", titles.join("\n"))
        }
        Outgoing::UrlButton { text, title, url } => format!("{text}\n[{title}] {url}"),
        Outgoing::Media { kind, caption, .. } => {
            format!("({kind:?}) {}", caption.as_deref().unwrap_or_default()).to_lowercase()
        }
        Outgoing::Location { latitude, longitude, name, .. } => {
            format!("(location) {} {latitude}, {longitude}", name.as_deref().unwrap_or_default())
        }
        Outgoing::Contacts(cards) => {
            format!(
                "(contacts) {}",
                cards.iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", ")
            )
        }
        Outgoing::Template(template) => format!("(template {} {})", template.name, template.language),
    }
}

fn fact(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::SessionStarted { by, revision } => format!("started by {by} (revision {revision})"),
        Fact::SessionEnded { reason } => format!("ended: {reason}"),
        Fact::CallFinished { outcome, status, findings, .. } => {
            let status = status.map(|status| format!(" {status}")).unwrap_or_default();
            let findings =
                if findings.is_empty() { String::new() } else { format!(" ({})", findings.join(", ")) };
            format!("API request: {outcome}{status}{findings}")
        }
        Fact::HandedOver { team, note } => {
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("handed over to {}{note}", team.as_deref().unwrap_or("the team"))
        }
        Fact::Released => "given back to the bot".into(),
        Fact::Fault { message } => format!("fault: {message}"),
        Fact::MessageWithheld { reason } => format!("a message was withheld: {reason}"),
        Fact::HoleUnset { name } => format!("{{{{{name}}}}} had no value"),
        _ => return None,
    })
}
