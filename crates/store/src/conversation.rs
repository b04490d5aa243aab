//! What a turn is decided from: one conversation as it stands, read in one go.

use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey, MessageId};
use crate::sqlite::Row;
use crate::unit::{Value, values};
use crate::{Store, StoreError};
use rapport_flow::{Session, turn};
use serde::{Deserialize, Serialize};

/// How the platform names a person. At least one is given; which one depends on what the person lets us see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// The phone number as the platform writes it, digits only.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
}

/// A conversation as read: the basis on which a turn is decided and committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub key: ConversationKey,
    /// `false` while neither the contact nor anything else of it is stored: the first message will make it.
    pub known: bool,
    /// Raised by each turn; a turn decided on an older one is refused as stale. 0 while the conversation is not stored.
    pub version: i64,
    /// As flows see it; `window_until` is that of this conversation.
    pub contact: turn::Contact,
    /// Raised by each change of name, phone, email, fields, tags or consent.
    pub contact_version: i64,
    /// How to reach the contact.
    pub address: Address,
    pub session: Option<Session>,
    /// Why the stored session cannot be read (written by a later version, or damaged). There is none then, but the
    /// conversation needs somebody to say so.
    pub session_fault: Option<String>,
    /// Given while people have the conversation.
    pub with_team: Option<WithTeam>,
    /// Messages that no turn has consumed yet, oldest first, at most [`WAITING_MAX`].
    pub waiting: Vec<WaitingMessage>,
    /// Whether the contact has written before on this channel; a message that comes now is the first otherwise.
    pub has_written: bool,
    /// Columns that verbs compare with and nobody else needs.
    pub(crate) stored: Stored,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stored {
    pub(crate) profile_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) alarm_at: Option<i64>,
    pub(crate) last_in_at: i64,
}

/// Most unconsumed messages read with a conversation; a turn takes one.
pub const WAITING_MAX: usize = 16;

/// People have the conversation; the bot is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithTeam {
    pub team: Option<String>,
    /// Epoch milliseconds.
    pub since: i64,
    /// When the team last acted in it, epoch milliseconds.
    pub acted_at: i64,
    /// What the bot left for the team.
    pub note: Option<String>,
}

/// A message that waits for its turn.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingMessage {
    pub id: MessageId,
    pub message: turn::Message,
}

/// What is kept of an incoming message beside its words.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    pub(crate) reply_id: Option<String>,
    pub(crate) context_id: Option<String>,
    pub(crate) content: rapport_flow::Value,
    pub(crate) referral: rapport_flow::Value,
}

macro_rules! conversation_columns {
    () => {
        "c.contact, c.wa_id, c.bsuid, c.profile_name, c.name, c.phone, c.email, c.fields, c.tags, c.opted_out, \
         c.stopped, c.version, v.version, v.session, v.alarm_at, v.window_until, v.last_in_at, v.with_team, v.team, \
         v.team_since, v.team_acted_at, v.team_note from contact c left join conversation v \
         on v.account = c.account and v.contact = c.contact"
    };
}

impl Store {
    /// The conversation with whoever writes from `address`, for deciding the turn before the message is stored.
    /// Matches the business-scoped id first, then the phone number; two contacts that the address shows to be one are
    /// joined first. A stranger gets an empty conversation under `stranger`, a fresh id. `sent_at` (epoch milliseconds)
    /// leads a late message of a number's former owner to them.
    pub async fn conversation_from(
        &self,
        account: AccountId,
        channel: ChannelId,
        address: &Address,
        sent_at: i64,
        stranger: ContactId,
    ) -> Result<Conversation, StoreError> {
        if address.wa_id.is_none() && address.bsuid.is_none() {
            return Err(StoreError::Misused("an address needs a wa_id or a business-scoped id".into()));
        }
        let mut found = self.with_address(account, channel, address).await?;
        if let [by_bsuid, by_number] = found.as_slice()
            && by_number.address.bsuid.is_none()
        {
            self.join_contacts(account, by_bsuid.key.contact, by_number.key.contact).await?;
            found = self.with_address(account, channel, address).await?;
        }
        if let Some(mut conversation) = found.into_iter().next() {
            self.read_waiting(&mut conversation).await?;
            return Ok(conversation);
        }
        if let Some(contact) = self.former_owner(account, address, sent_at).await?
            && let Some(conversation) = self.of_contact(account, channel, contact).await?
        {
            return Ok(conversation);
        }
        Ok(stranger_at(ConversationKey { account, contact: stranger, channel }, address))
    }

    /// The conversation as it stands; `None` when there is no such contact. A contact that was joined with another is
    /// found under the one that stands.
    pub async fn conversation(&self, key: ConversationKey) -> Result<Option<Conversation>, StoreError> {
        if let Some(found) = self.of_contact(key.account, key.channel, key.contact).await? {
            return Ok(Some(found));
        }
        match self.joined_into(key.account, key.contact).await? {
            Some(contact) => self.of_contact(key.account, key.channel, contact).await,
            None => Ok(None),
        }
    }

    /// At most two: who has the business-scoped id, and who has the number if that is another.
    async fn with_address(
        &self,
        account: AccountId,
        channel: ChannelId,
        address: &Address,
    ) -> Result<Vec<Conversation>, StoreError> {
        let read = |row: &Row<'_>| read(row, account, channel);
        match (&address.bsuid, &address.wa_id) {
            (Some(bsuid), Some(wa_id)) => {
                const SQL: &str = concat!(
                    "select ",
                    conversation_columns!(),
                    " and v.channel = $2 where c.account = $1 and c.bsuid = $3 ",
                    "union all select ",
                    conversation_columns!(),
                    " and v.channel = $2 \
                     where c.account = $1 and c.wa_id = $4 and (c.bsuid is null or c.bsuid <> $3)"
                );
                self.rows(SQL, &values![account, channel, bsuid, wa_id], read).await
            }
            (Some(bsuid), None) => {
                const SQL: &str = concat!(
                    "select ",
                    conversation_columns!(),
                    " and v.channel = $2 where c.account = $1 and c.bsuid = $3"
                );
                self.rows(SQL, &values![account, channel, bsuid], read).await
            }
            (None, wa_id) => {
                const SQL: &str = concat!(
                    "select ",
                    conversation_columns!(),
                    " and v.channel = $2 where c.account = $1 and c.wa_id = $3"
                );
                self.rows(SQL, &[account.into(), channel.into(), Value::from(wa_id.as_deref())], read).await
            }
        }
    }

    pub(crate) async fn of_contact(
        &self,
        account: AccountId,
        channel: ChannelId,
        contact: ContactId,
    ) -> Result<Option<Conversation>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            conversation_columns!(),
            " and v.channel = $2 where c.account = $1 and c.contact = $3"
        );
        let found =
            self.row(SQL, &values![account, channel, contact], |row| read(row, account, channel)).await?;
        let Some(mut conversation) = found else { return Ok(None) };
        self.read_waiting(&mut conversation).await?;
        Ok(Some(conversation))
    }

    async fn read_waiting(&self, conversation: &mut Conversation) -> Result<(), StoreError> {
        const SQL: &str = "select message, wamid, sent_at, at, kind, text, body, first from message \
            where account = $1 and contact = $2 and channel = $3 and unconsumed = 1 order by message limit $4";
        if conversation.version == 0 {
            return Ok(());
        }
        let ConversationKey { account, contact, channel } = conversation.key;
        conversation.waiting = self
            .rows(SQL, &values![account, contact, channel, WAITING_MAX], |row| {
                Ok(WaitingMessage { id: MessageId(row.int(0)?), message: read_message(row, 1)? })
            })
            .await?;
        Ok(())
    }
}

/// An incoming message from its columns `wamid, sent_at, at, kind, text, body, first`, the first of them at `column`.
pub(crate) fn read_message(row: &Row<'_>, column: usize) -> Result<turn::Message, StoreError> {
    let details: Details = row.json(column + 5, "message")?.unwrap_or_default();
    Ok(turn::Message {
        id: row.maybe_text(column)?.unwrap_or_default(),
        sent_at: row.maybe_int(column + 1)?.unwrap_or(0),
        accepted_at: row.int(column + 2)?,
        kind: row.text(column + 3)?,
        text: row.maybe_text(column + 4)?,
        reply_id: details.reply_id,
        context_id: details.context_id,
        content: details.content,
        referral: details.referral,
        first: row.flag(column + 6)?,
    })
}

fn stranger_at(key: ConversationKey, address: &Address) -> Conversation {
    Conversation {
        key,
        known: false,
        version: 0,
        contact: turn::Contact {
            id: key.contact.to_string(),
            phone: phone_of(address.wa_id.as_deref()),
            ..turn::Contact::default()
        },
        // What the contact's row will have when this conversation's first message has made it.
        contact_version: 1,
        address: address.clone(),
        session: None,
        session_fault: None,
        with_team: None,
        waiting: Vec::new(),
        has_written: false,
        stored: Stored::default(),
    }
}

fn read(row: &Row<'_>, account: AccountId, channel: ChannelId) -> Result<Conversation, StoreError> {
    let key = ConversationKey { account, contact: ContactId(row.int(0)?), channel };
    let address = Address { wa_id: row.maybe_text(1)?, bsuid: row.maybe_text(2)? };
    let stored = Stored {
        profile_name: row.maybe_text(3)?,
        name: row.maybe_text(4)?,
        phone: row.maybe_text(5)?,
        alarm_at: row.maybe_int(14)?,
        last_in_at: row.maybe_int(16)?.unwrap_or(0),
    };
    let (session, session_fault) = match row.json(13, "session") {
        Ok(session) => (session, None),
        Err(StoreError::Unreadable { cause, .. }) => (None, Some(cause)),
        Err(error) => return Err(error),
    };
    let with_team = if row.maybe_int(17)? == Some(1) { Some(read_with_team(row, 18)?) } else { None };
    Ok(Conversation {
        key,
        known: true,
        version: row.maybe_int(12)?.unwrap_or(0),
        contact: turn::Contact {
            id: key.contact.to_string(),
            name: stored.name.clone().or_else(|| stored.profile_name.clone()),
            phone: stored.phone.clone().or_else(|| phone_of(address.wa_id.as_deref())),
            email: row.maybe_text(6)?,
            fields: row.json(7, "contact's fields")?.unwrap_or_default(),
            tags: row.json(8, "contact's tags")?.unwrap_or_default(),
            window_until: row.maybe_int(15)?.unwrap_or(0),
            opted_out: row.flag(9)?,
            stopped: row.flag(10)?,
        },
        contact_version: row.int(11)?,
        address,
        session,
        session_fault,
        with_team,
        waiting: Vec::new(),
        has_written: stored.last_in_at > 0,
        stored,
    })
}

/// From the columns `team, team_since, team_acted_at, team_note`.
pub(crate) fn read_with_team(row: &Row<'_>, column: usize) -> Result<WithTeam, StoreError> {
    let since = row.maybe_int(column + 1)?.unwrap_or(0);
    Ok(WithTeam {
        team: row.maybe_text(column)?,
        since,
        acted_at: row.maybe_int(column + 2)?.unwrap_or(since),
        note: row.maybe_text(column + 3)?,
    })
}

/// E.164 with `+`, where the platform's id is a number; some senders put a business-scoped id in its place.
pub(crate) fn phone_of(wa_id: Option<&str>) -> Option<String> {
    let digits = wa_id?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("+{digits}"))
}
