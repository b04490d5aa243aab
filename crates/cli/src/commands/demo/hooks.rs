//! What the phone's page asks of the server: which step sent a message, and the conversations that people have.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use rapport_sandbox::{
    Annotate, Annotation, BoxFuture, DeskAuthor, DeskConversation, DeskError, DeskMessage, DeskThread,
    TeamDesk,
};
use rapport_server::App;
use rapport_server::desk::{self, Desk};
use rapport_store::{ConversationKey, Entry, SendKey, Summary};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::super::conversation::words;

/// How often the page is told to look at the desk again.
const DESK_EVERY: Duration = Duration::from_secs(1);
/// The name beside answers from the page.
const AUTHOR: &str = "team";

/// The sandbox starts before the server that it asks.
#[derive(Clone, Default)]
pub(super) struct Link(Arc<OnceLock<Arc<App>>>);

impl Link {
    pub(super) fn connect(&self, app: &Arc<App>) {
        // Set once, at start.
        let _ = self.0.set(Arc::clone(app));
    }

    pub(super) fn annotate(&self) -> Annotate {
        let link = self.clone();
        Arc::new(move |tag: &str| {
            let (link, tag) = (link.clone(), tag.to_owned());
            Box::pin(async move { step_of(link.0.get()?, &tag).await })
        })
    }

    pub(super) fn desk(&self) -> Arc<dyn TeamDesk> {
        Arc::new(self.clone())
    }

    fn app(&self) -> Result<&Arc<App>, DeskError> {
        self.0.get().ok_or_else(|| DeskError::Refused("the server is still starting".into()))
    }
}

/// The step that ordered the message with this tag.
async fn step_of(app: &App, tag: &str) -> Option<Annotation> {
    let send = SendKey::from_tag(app.account, tag)?;
    for channel in app.channels.values() {
        let key = ConversationKey { account: app.account, contact: send.contact, channel: channel.id };
        let before = Some(send.message.0 + 1);
        let entries = app.store.timeline(key, before, 5).await.ok()?;
        for entry in entries {
            if let Entry::Out(sent) = entry
                && sent.id == send.message
            {
                return Some(Annotation { flow: sent.flow?, step: sent.step? });
            }
        }
    }
    None
}

/// The server has no page of its own yet: its address leads to the phone.
pub(super) fn to_the_phone(url: &str) -> Router {
    let url = url.to_owned();
    Router::new().route("/", get(move || async move { Redirect::temporary(&url) }))
}

/// Tells the page about hand-overs, as long as the demo runs.
pub(super) async fn watch_desk(app: &Arc<App>, sandbox: &rapport_sandbox::Sandbox) {
    let mut seen = None;
    loop {
        let number = app.store.change_number(app.account).await.ok();
        if number != seen {
            seen = number;
            sandbox.desk_changed();
        }
        tokio::time::sleep(DESK_EVERY).await;
    }
}

fn refused(error: &desk::DeskError) -> DeskError {
    match error {
        desk::DeskError::Unknown(_) => DeskError::Unknown,
        other => DeskError::Refused(other.to_string()),
    }
}

impl TeamDesk for Link {
    fn list(&self) -> BoxFuture<'_, Result<Vec<DeskConversation>, DeskError>> {
        Box::pin(async {
            let app = self.app()?;
            let desk = Desk { store: &app.store, account: app.account, ids: &app.ids };
            let mut list = Vec::new();
            for summary in desk.list().await.map_err(|error| refused(&error))? {
                let entries = desk.show(summary.key).await.map_err(|error| refused(&error))?;
                list.push(conversation(&summary, &entries));
            }
            Ok(list)
        })
    }

    fn show<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<DeskThread, DeskError>> {
        Box::pin(async move {
            let app = self.app()?;
            let desk = Desk { store: &app.store, account: app.account, ids: &app.ids };
            let key = desk::key(app.account, id).ok_or(DeskError::Unknown)?;
            let entries = desk.show(key).await.map_err(|error| refused(&error))?;
            let list = desk.list().await.map_err(|error| refused(&error))?;
            let summary = list.iter().find(|summary| summary.key == key).ok_or(DeskError::Unknown)?;
            let conversation = conversation(summary, &entries);
            let mut messages: Vec<_> = entries.iter().filter_map(message).collect();
            if let Some(note) = summary.with_team.as_ref().and_then(|with| with.note.clone()) {
                messages.push(DeskMessage { from: DeskAuthor::Note, text: note, at: conversation.since });
            }
            Ok(DeskThread { conversation, messages })
        })
    }

    fn reply<'a>(&'a self, id: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), DeskError>> {
        Box::pin(async move {
            let app = self.app()?;
            let desk = Desk { store: &app.store, account: app.account, ids: &app.ids };
            let key = desk::key(app.account, id).ok_or(DeskError::Unknown)?;
            desk.reply(key, AUTHOR, text).await.map_err(|error| refused(&error))
        })
    }

    fn release<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), DeskError>> {
        Box::pin(async move {
            let app = self.app()?;
            let desk = Desk { store: &app.store, account: app.account, ids: &app.ids };
            let key = desk::key(app.account, id).ok_or(DeskError::Unknown)?;
            desk.release(key).await.map_err(|error| refused(&error))
        })
    }
}

fn conversation(summary: &Summary, entries: &[Entry]) -> DeskConversation {
    let last = entries.iter().rev().find_map(|entry| message(entry).map(|message| message.text));
    let with = summary.with_team.as_ref();
    DeskConversation {
        id: desk::name(summary.key),
        customer_name: summary.name.clone().unwrap_or_else(|| "Customer".into()),
        customer_phone: summary.phone.clone().unwrap_or_default().trim_start_matches('+').to_owned(),
        team: with.and_then(|with| with.team.clone()),
        reason: with.and_then(|with| with.note.clone()),
        last_message: last.unwrap_or_default(),
        since: with.map_or(0, |with| with.since / 1000),
    }
}

fn message(entry: &Entry) -> Option<DeskMessage> {
    match entry {
        Entry::In { message, .. } => Some(DeskMessage {
            from: DeskAuthor::Customer,
            text: message.text.clone().unwrap_or_else(|| format!("({})", message.kind)),
            at: message.sent_at / 1000,
        }),
        Entry::Out(sent) => Some(DeskMessage {
            from: if sent.author.is_some() { DeskAuthor::Agent } else { DeskAuthor::Bot },
            text: words(&sent.outgoing),
            at: sent.queued_at / 1000,
        }),
        Entry::Turn { .. } => None,
    }
}
