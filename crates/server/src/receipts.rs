//! Read marks, and "typing…" while a call is out: a courtesy to the customer. Never waited for, never tried again.

use crate::app::App;
use rapport_store::ChannelId;
use rapport_whatsapp::Wamid;
use std::sync::Arc;

/// Shows the customer that the bot has taken the message; `typing` when the answer will take a moment.
pub(crate) fn show(app: &Arc<App>, channel: ChannelId, message: &str, typing: bool) {
    let Some(channel) = app.channel(channel).filter(|channel| channel.read_receipts).cloned() else { return };
    let Ok(message) = Wamid::new(message) else { return };
    tokio::spawn(async move {
        if let Err(error) = channel.client.mark_read(&channel.number, &message, typing).await {
            tracing::debug!(%error, "a read mark was not taken");
        }
    });
}
