//! Outgoing messages from the ledger to a known fate.
//!
//! A send is committed with its turn and dialled without another write: sends of one contact leave in order, each after
//! the answer to the one before, so after a crash only the first unsettled one of a contact can have left.
//!
//! | killed | then, for the first unsettled send of a contact |
//! | --- | --- |
//! | before the dial | taken for unknown all the same: [`Store::recover`] cannot tell, no status comes, it is sent again and marked |
//! | after the dial, before the result is stored | unknown: a status with our tag settles it, else it is sent again and marked |
//! | after the result is stored | settled; the next one goes |
//! | after it was marked for the second time | unknown again, and never sent a third time: left to people |
//! | a template, before [`Store::start_send`] | surely not begun: it goes now |
//! | a template, after [`Store::start_send`] | unknown: a status settles it, else it is left to people |
//!
//! After an orderly stop ([`Store::record_clean_stop`]) nothing was under way and all of them just go.

use crate::accept::json;
use crate::conversation::Address;
use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey, MessageId, SendKey};
use crate::sqlite::Row;
use crate::status::{RANK_FAILED, RANK_NONE};
use crate::unit::{Outcome, Unit, Value, values};
use crate::{Store, StoreError};
use rapport_flow::turn::{MediaKind, Outgoing};

/// An outgoing message that has no known fate yet.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedSend {
    pub conversation: ConversationKey,
    pub message: MessageId,
    /// Id of the effect that ordered it; for one written by a person, the message's id.
    pub effect: String,
    pub to: Address,
    pub outgoing: Outgoing,
    /// What ordered it; absent for one written by a person.
    pub flow: Option<String>,
    pub step: Option<String>,
    pub state: SendState,
    /// It may already have arrived once: the one repetition of a send without a known fate.
    pub resend: bool,
    /// Attempts that were answered with "try again later".
    pub attempts: u32,
    /// Not before; epoch milliseconds, 0 = at once.
    pub due_at: i64,
    /// Epoch milliseconds.
    pub queued_at: i64,
}

impl QueuedSend {
    pub fn key(&self) -> SendKey {
        SendKey {
            account: self.conversation.account,
            contact: self.conversation.contact,
            message: self.message,
        }
    }

    /// Templates are never sent twice. So that one that was never begun is not taken for unknown after a crash, its
    /// start is written down first: [`Store::start_send`] must have returned before it is dialled.
    pub fn must_be_started(&self) -> bool {
        matches!(self.outgoing, Outgoing::Template(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendState {
    Queued,
    /// Written down as begun (templates only).
    Started,
    /// It may have arrived: waits for a status, see [`Store::resolve_unknown_sends`].
    Unknown,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct SendResult {
    pub send: SendKey,
    /// Epoch milliseconds.
    pub at: i64,
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Accepted by the platform under this id.
    Sent { wamid: String },
    /// Refused for good. `error` is `{code, title, …}` for the inbox.
    Failed { error: serde_json::Value },
    /// Not sent after all, by our own check at the last moment: `window_closed`, `stopped`, `opted_out`, ….
    Withheld { reason: String },
    /// Surely not sent; to be tried again at this time, epoch milliseconds.
    RetryAt { due_at: i64 },
    /// May have been sent: time-out, lost connection, 5xx without a code.
    Unknown,
}

/// What a look at the sends without a known fate decided.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// To be sent once more, already marked so.
    pub again: Vec<QueuedSend>,
    /// Left to people with an unknown fate; they block nothing any more. A late status still settles them.
    pub given_up: Vec<SendKey>,
}

/// Columns of [`read_send`].
macro_rules! send_columns {
    () => {
        "select m.contact, m.channel, m.message, m.effect, m.body, m.flow, m.step, m.state, m.resend, m.attempts, \
         m.due_at, m.at, c.wa_id, c.bsuid from message m join contact c on c.account = m.account \
         and c.contact = m.contact where m.account = $1 and m.unsettled = 1"
    };
}

impl Store {
    /// Writes down that a send is about to be dialled. `false`: it is settled or gone, do not dial.
    pub async fn start_send(&self, send: SendKey, at: i64) -> Result<bool, StoreError> {
        let mut unit = Unit::new(send.account);
        unit.must(
            "update message set state = 'started', unknown_at = $4 \
             where account = $1 and contact = $2 and message = $3 and unsettled = 1 and state = 'queued'",
            values![send.account, send.contact, send.message, at],
        );
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }

    /// Records what came of attempts, a unit each. Results of sends that are settled already change nothing, except that
    /// a missing platform id is filled in.
    pub async fn settle_sends(&self, results: Vec<SendResult>) -> Result<(), StoreError> {
        let units = results.iter().map(settle).collect();
        for (outcome, result) in self.commit_each(units).await.into_iter().zip(&results) {
            if matches!(outcome?, Outcome::Stale) && !self.send_exists(result.send).await? {
                // The contact may have been joined with another while the send was under way.
                let SendKey { account, contact, .. } = result.send;
                if let Some(contact) = self.joined_into(account, contact).await? {
                    let send = SendKey { contact, ..result.send };
                    self.commit(settle(&SendResult { send, ..result.clone() })).await?;
                }
            }
        }
        Ok(())
    }

    /// All sends without a known fate, by contact and then in order; at most `limit`, after `after`.
    pub async fn queued_sends(
        &self,
        account: AccountId,
        after: Option<SendKey>,
        limit: usize,
    ) -> Result<Vec<QueuedSend>, StoreError> {
        const SQL: &str = concat!(
            send_columns!(),
            " and (m.contact, m.message) > ($2, $3) order by m.contact, m.message limit $4"
        );
        let (contact, message) =
            after.map_or((i64::MIN, i64::MIN), |after| (after.contact.0, after.message.0));
        self.rows_apart(SQL, values![account, contact, message, limit], move |row| read_send(row, account))
            .await
    }

    /// The sends of one contact without a known fate, in order.
    pub async fn queued_sends_of(
        &self,
        account: AccountId,
        contact: ContactId,
    ) -> Result<Vec<QueuedSend>, StoreError> {
        const SQL: &str = concat!(send_columns!(), " and m.contact = $2 order by m.message");
        self.rows(SQL, &values![account, contact], |row| read_send(row, account)).await
    }

    /// Decides about sends that have been unknown for `wait_ms`: with `resend`, one that is no template and was not
    /// repeated yet is marked and returned to be sent once more; all others are left to people.
    pub async fn resolve_unknown_sends(
        &self,
        account: AccountId,
        now: i64,
        wait_ms: i64,
        resend: bool,
    ) -> Result<Resolved, StoreError> {
        const SQL: &str = concat!(
            send_columns!(),
            " and m.state = 'unknown' and m.unknown_at <= $2 order by m.contact, m.message"
        );
        let due = self
            .rows_apart(SQL, values![account, now.saturating_sub(wait_ms)], move |row| {
                read_send(row, account)
            })
            .await?;
        let again = |send: &QueuedSend| resend && !send.resend && !send.must_be_started();
        let units = due
            .iter()
            .map(|send| {
                let mut unit = Unit::new(account);
                let SendKey { account, contact, message } = send.key();
                let sql = if again(send) {
                    "update message set state = 'queued', resend = 1, unknown_at = null, due_at = 0 \
                     where account = $1 and contact = $2 and message = $3 and unsettled = 1 and state = 'unknown'"
                } else {
                    "update message set unsettled = 0 \
                     where account = $1 and contact = $2 and message = $3 and unsettled = 1 and state = 'unknown'"
                };
                unit.must(sql, values![account, contact, message]);
                unit
            })
            .collect();
        let mut resolved = Resolved::default();
        for (outcome, mut send) in self.commit_each(units).await.into_iter().zip(due) {
            if !matches!(outcome?, Outcome::Done(_)) {
                // A status settled it in the meantime.
                continue;
            }
            if again(&send) {
                send.state = SendState::Queued;
                send.resend = true;
                send.due_at = 0;
                resolved.again.push(send);
            } else {
                resolved.given_up.push(send.key());
            }
        }
        Ok(resolved)
    }
}

/// Adds an outgoing message; `author` is the person who wrote it.
pub(crate) fn add_send(unit: &mut Unit, send: &QueuedSend, author: Option<&str>) -> Result<(), StoreError> {
    let SendKey { account, contact, message } = send.key();
    unit.any(
        "insert into message (account, contact, message, channel, incoming, kind, body, at, first, unconsumed, effect, \
         flow, step, author, state, unsettled, due_at, attempts, resend, rank) \
         values ($1, $2, $3, $4, 0, $5, $6, $7, 0, 0, $8, $9, $10, $11, 'queued', 1, 0, 0, 0, $12)",
        vec![
            account.into(),
            contact.into(),
            message.into(),
            send.conversation.channel.into(),
            Value::Word(kind(&send.outgoing)),
            json(&send.outgoing)?,
            send.queued_at.into(),
            (&send.effect).into(),
            send.flow.as_deref().into(),
            send.step.as_deref().into(),
            author.into(),
            RANK_NONE.into(),
        ],
    );
    Ok(())
}

fn settle(result: &SendResult) -> Unit {
    let mut unit = Unit::new(result.send.account);
    let SendKey { account, contact, message } = result.send;
    let mut values = Vec::from(values![account, contact, message]);
    let sql = match &result.fate {
        Fate::Sent { wamid } => {
            values.push(wamid.into());
            "update message set state = 'sent', unsettled = 0, unknown_at = null, wamid = coalesce(wamid, $4) \
             where account = $1 and contact = $2 and message = $3 and incoming = 0 \
             and (unsettled = 1 or (wamid is null and state in ('sent', 'unknown')))"
        }
        Fate::Failed { error } => {
            values.extend([error.to_string().into(), result.at.into(), RANK_FAILED.into()]);
            "update message set state = 'failed', unsettled = 0, unknown_at = null, error = $4, failed_at = $5, \
             rank = $6 where account = $1 and contact = $2 and message = $3 and unsettled = 1"
        }
        Fate::Withheld { reason } => {
            values.push(serde_json::json!({ "reason": reason }).to_string().into());
            "update message set state = 'withheld', unsettled = 0, unknown_at = null, error = $4 \
             where account = $1 and contact = $2 and message = $3 and unsettled = 1"
        }
        Fate::RetryAt { due_at } => {
            values.push((*due_at).into());
            "update message set state = 'queued', unknown_at = null, due_at = $4, attempts = attempts + 1 \
             where account = $1 and contact = $2 and message = $3 and unsettled = 1"
        }
        Fate::Unknown => {
            values.push(result.at.into());
            "update message set state = 'unknown', unknown_at = $4 \
             where account = $1 and contact = $2 and message = $3 and unsettled = 1"
        }
    };
    unit.must(sql, values);
    unit
}

fn read_send(row: &Row<'_>, account: AccountId) -> Result<QueuedSend, StoreError> {
    let outgoing = row.json(4, "outgoing message")?.ok_or_else(|| StoreError::Unreadable {
        what: "outgoing message",
        cause: "it has no content".into(),
    })?;
    Ok(QueuedSend {
        conversation: ConversationKey {
            account,
            contact: ContactId(row.int(0)?),
            channel: ChannelId(row.int(1)?),
        },
        message: MessageId(row.int(2)?),
        effect: row.maybe_text(3)?.unwrap_or_default(),
        outgoing,
        flow: row.maybe_text(5)?,
        step: row.maybe_text(6)?,
        state: match row.text(7)?.as_str() {
            "queued" => SendState::Queued,
            "started" => SendState::Started,
            _ => SendState::Unknown,
        },
        resend: row.maybe_int(8)? == Some(1),
        attempts: u32::try_from(row.maybe_int(9)?.unwrap_or(0)).unwrap_or(u32::MAX),
        due_at: row.maybe_int(10)?.unwrap_or(0),
        queued_at: row.int(11)?,
        to: Address { wa_id: row.maybe_text(12)?, bsuid: row.maybe_text(13)? },
    })
}

/// The kind of an outgoing message as stored; [`QueuedSend::must_be_started`] and recovery tell templates by it.
fn kind(outgoing: &Outgoing) -> &'static str {
    match outgoing {
        Outgoing::Text { .. } => "text",
        Outgoing::Media { kind, .. } => match kind {
            MediaKind::Image => "image",
            MediaKind::Document => "document",
            MediaKind::Video => "video",
            MediaKind::Audio => "audio",
        },
        Outgoing::Location { .. } => "location",
        Outgoing::Contacts(_) => "contacts",
        Outgoing::UrlButton { .. } => "url_button",
        Outgoing::LocationRequest { .. } => "location_request",
        Outgoing::Buttons { .. } => "buttons",
        Outgoing::List { .. } => "list",
        Outgoing::Template(_) => "template",
    }
}
