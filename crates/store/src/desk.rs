//! The team's side of a conversation: see it, answer, take it, give it back.

use crate::conversation::{WithTeam, phone_of, read_message, read_with_team};
use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey, MessageId, TurnId};
use crate::send::{QueuedSend, SendState, add_send};
use crate::sqlite::Row;
use crate::status::Status;
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};
use rapport_flow::turn::{Event, Message, Outgoing};

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub key: ConversationKey,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub with_team: Option<WithTeam>,
    /// A session runs.
    pub running: bool,
    /// Epoch milliseconds; 0 = never.
    pub last_in_at: i64,
    pub window_until: i64,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    In {
        id: MessageId,
        message: Box<Message>,
    },
    Out(Box<Sent>),
    /// What a turn did besides messages.
    Turn {
        id: TurnId,
        at: i64,
        events: Vec<Event>,
    },
}

/// An outgoing message with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub id: MessageId,
    pub outgoing: Outgoing,
    pub flow: Option<String>,
    pub step: Option<String>,
    /// The person who wrote it; `None` for the bot.
    pub author: Option<String>,
    pub wamid: Option<String>,
    /// `queued`, `started`, `unknown`, `sent`, `failed`, `withheld`, then by statuses `delivered`, `read`, `played`.
    pub state: String,
    /// It may have arrived twice.
    pub resend: bool,
    pub error: Option<serde_json::Value>,
    /// Epoch milliseconds.
    pub queued_at: i64,
    pub sent_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub read_at: Option<i64>,
}

/// A person's message.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub conversation: ConversationKey,
    pub id: MessageId,
    pub outgoing: Outgoing,
    pub author: String,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Columns of [`read_summary`].
macro_rules! summary_columns {
    () => {
        "select v.contact, v.channel, c.name, c.profile_name, c.phone, c.wa_id, v.with_team, v.team, v.team_since, \
         v.team_acted_at, v.team_note, v.alarm_at, v.last_in_at, v.window_until from conversation v join contact c \
         on c.account = v.account and c.contact = v.contact where v.account = $1"
    };
}

impl Store {
    /// Conversations that people have, the longest waiting first.
    pub async fn with_team(&self, account: AccountId, limit: usize) -> Result<Vec<Summary>, StoreError> {
        const SQL: &str = concat!(summary_columns!(), " and v.with_team = 1 order by v.team_since limit $2");
        self.rows_apart(SQL, values![account, limit], move |row| read_summary(row, account)).await
    }

    /// Conversations by contact, newest contact first; at most `limit`, after `before` in that order.
    pub async fn conversations(
        &self,
        account: AccountId,
        before: Option<ConversationKey>,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        const SQL: &str = concat!(
            summary_columns!(),
            " and (v.contact, v.channel) < ($2, $3) order by v.contact desc, v.channel desc limit $4"
        );
        let (contact, channel) = before.map_or((i64::MAX, i64::MAX), |key| (key.contact.0, key.channel.0));
        self.rows_apart(SQL, values![account, contact, channel, limit], move |row| read_summary(row, account))
            .await
    }

    /// The latest entries of a conversation, oldest first: at most `limit`, with ids below `before`.
    pub async fn timeline(
        &self,
        key: ConversationKey,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let ConversationKey { account, contact, channel } = key;
        let values = values![account, contact, channel, before.unwrap_or(i64::MAX), limit];
        let mut entries = self
            .rows_apart(
                "select message, incoming, wamid, sent_at, at, kind, text, body, first, effect, flow, step, author, \
                 state, rank, resend, error, delivered_at, read_at from message \
                 where account = $1 and contact = $2 and channel = $3 and message < $4 \
                 order by message desc limit $5",
                values.clone(),
                |row| Ok((row.int(0)?, read_entry(row)?)),
            )
            .await?;
        entries.extend(
            self.rows_apart(
                "select turn, at, events from turn \
                 where account = $1 and contact = $2 and channel = $3 and turn < $4 order by turn desc limit $5",
                values,
                |row| {
                    let id = row.int(0)?;
                    let events = row.json(2, "turn's events")?.unwrap_or_default();
                    Ok((id, Entry::Turn { id: TurnId(id), at: row.int(1)?, events }))
                },
            )
            .await?,
        );
        entries.sort_by_key(|(id, _)| *id);
        let surplus = entries.len().saturating_sub(limit);
        Ok(entries.into_iter().skip(surplus).map(|(_, entry)| entry).collect())
    }

    /// Queues a person's message. `None`: there is no such conversation. The caller has checked the service window.
    pub async fn reply(&self, reply: Reply) -> Result<Option<QueuedSend>, StoreError> {
        let Some(conversation) = self.conversation(reply.conversation).await? else { return Ok(None) };
        let ConversationKey { account, contact, channel } = conversation.key;
        let send = QueuedSend {
            conversation: conversation.key,
            message: reply.id,
            effect: reply.id.to_string(),
            to: conversation.address,
            outgoing: reply.outgoing,
            flow: None,
            step: None,
            state: SendState::Queued,
            resend: false,
            attempts: 0,
            due_at: 0,
            queued_at: reply.at,
        };
        let mut unit = Unit::new(account);
        unit.must(
            "update conversation set team_acted_at = $4 where account = $1 and contact = $2 and channel = $3",
            values![account, contact, channel, reply.at],
        );
        add_send(&mut unit, &send, Some(&reply.author))?;
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)).then_some(send))
    }

    /// Gives a conversation to people: the session ends, the bot is silent. `false`: they have it already, or there is
    /// none.
    pub async fn take_over(
        &self,
        key: ConversationKey,
        team: Option<&str>,
        note: Option<&str>,
        at: i64,
    ) -> Result<bool, StoreError> {
        let mut unit = Unit::new(key.account);
        unit.must(
            "update conversation set version = version + 1, session = null, waits_for = null, wake_at = null, \
             alarm_at = null, with_team = 1, team = $4, team_since = $5, team_acted_at = $5, team_note = $6 \
             where account = $1 and contact = $2 and channel = $3 and with_team = 0",
            values![key.account, key.contact, key.channel, team, at, note],
        );
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }

    /// Gives a conversation back to the bot. `false`: it was not with people.
    pub async fn release(&self, key: ConversationKey) -> Result<bool, StoreError> {
        let mut unit = Unit::new(key.account);
        unit.must(
            "update conversation set version = version + 1, with_team = 0, team = null, team_since = null, \
             team_acted_at = null, team_note = null \
             where account = $1 and contact = $2 and channel = $3 and with_team = 1",
            values![key.account, key.contact, key.channel],
        );
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }
}

fn read_summary(row: &Row<'_>, account: AccountId) -> Result<Summary, StoreError> {
    let with_team = if row.flag(6)? { Some(read_with_team(row, 7)?) } else { None };
    let profile_name = row.maybe_text(3)?;
    let number = phone_of(row.maybe_text(5)?.as_deref());
    Ok(Summary {
        key: ConversationKey { account, contact: ContactId(row.int(0)?), channel: ChannelId(row.int(1)?) },
        name: row.maybe_text(2)?.or(profile_name),
        phone: row.maybe_text(4)?.or(number),
        with_team,
        running: row.maybe_int(11)?.is_some(),
        last_in_at: row.int(12)?,
        window_until: row.int(13)?,
    })
}

fn read_entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let id = MessageId(row.int(0)?);
    if row.flag(1)? {
        return Ok(Entry::In { id, message: Box::new(read_message(row, 2)?) });
    }
    let outgoing = row.json(7, "outgoing message")?.ok_or_else(|| StoreError::Unreadable {
        what: "outgoing message",
        cause: "it has no content".into(),
    })?;
    let rank = row.int(14)?;
    let status = Status::ALL.into_iter().find(|status| status.rank() == rank);
    Ok(Entry::Out(Box::new(Sent {
        id,
        outgoing,
        flow: row.maybe_text(10)?,
        step: row.maybe_text(11)?,
        author: row.maybe_text(12)?,
        wamid: row.maybe_text(2)?,
        state: match status {
            Some(status) => status.word().into(),
            None => row.text(13)?,
        },
        resend: row.maybe_int(15)? == Some(1),
        error: row.json(16, "send error")?,
        queued_at: row.int(4)?,
        sent_at: row.maybe_int(3)?,
        delivered_at: row.maybe_int(17)?,
        read_at: row.maybe_int(18)?,
    })))
}
