//! Statuses of sent messages. They come in any order, more than once, and sometimes before the send's own answer.

use crate::conversation::Address;
use crate::ids::{AccountId, MessageId, SendKey};
use crate::unit::{Changes, Outcome, Unit, Value, values};
use crate::{Store, StoreError};

/// A status of a message we sent.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusItem {
    pub account: AccountId,
    /// The platform's id of the message.
    pub wamid: String,
    pub status: Status,
    /// The status's own time, epoch milliseconds.
    pub at: i64,
    /// `biz_opaque_callback_data`.
    pub tag: Option<String>,
    pub recipient: Address,
    /// The first of its errors, for `Failed`.
    pub error: Option<serde_json::Value>,
    pub pricing: Option<serde_json::Value>,
    /// Epoch milliseconds.
    pub accepted_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusOutcome {
    /// The message changed. `settled`: it had no known fate until now, and what waits behind it may go.
    Applied { send: SendKey, settled: bool },
    /// Known, or outranked by what is stored.
    Unchanged,
    /// No message of ours yet; kept for some minutes in case it overtook the send's answer.
    Parked,
}

/// Rank of a message that no status has reached.
pub(crate) const RANK_NONE: i64 = 0;
/// Rank of a failure: above `sent`, below `delivered`. A message that was delivered after all says so, one that was
/// read never falls back.
pub(crate) const RANK_FAILED: i64 = 15;

impl Status {
    pub(crate) fn rank(self) -> i64 {
        match self {
            Status::Sent => 10,
            Status::Failed => RANK_FAILED,
            Status::Delivered => 20,
            Status::Read => 30,
            Status::Played => 40,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Sent => "sent",
            Status::Failed => "failed",
            Status::Delivered => "delivered",
            Status::Read => "read",
            Status::Played => "played",
        }
    }

    pub(crate) const ALL: [Status; 5] =
        [Status::Sent, Status::Failed, Status::Delivered, Status::Read, Status::Played];
}

/// Latest messages of a contact among which a status without our tag is looked for.
const SEARCHED_MESSAGES: i64 = 500;

impl Store {
    /// Applies statuses, a unit each, in this order. They only climb: sent, failed, delivered, read, played. Each is
    /// kept with its own time. One that carries our tag needs no look-up; one without is found by recipient and id.
    pub async fn accept_statuses(&self, items: Vec<StatusItem>) -> Vec<Result<StatusOutcome, StoreError>> {
        let mut units = Vec::with_capacity(items.len());
        let mut sends = Vec::with_capacity(items.len());
        for item in &items {
            let send = match item.tag.as_deref().and_then(|tag| SendKey::from_tag(item.account, tag)) {
                Some(send) => Ok(Some(send)),
                None => self.sent_message(item).await,
            };
            if let Ok(Some(send)) = send {
                units.push(unit(item, send));
            }
            sends.push(send);
        }
        let mut outcomes = self.commit_each(units).await.into_iter();
        let mut answers = Vec::with_capacity(items.len());
        for (item, send) in items.iter().zip(sends) {
            answers.push(match send {
                Err(error) => Err(error),
                Ok(None) => self.park(item).await,
                Ok(Some(send)) => match outcomes.next().unwrap_or(Err(StoreError::Closed)) {
                    Ok(Outcome::Done(changes)) if changes.any() => Ok(applied(send, changes)),
                    Ok(_) => self.status_without_effect(item, send).await,
                    Err(error) => Err(error),
                },
            });
        }
        answers
    }

    /// Nothing changed: it was known, or the message's contact was joined with another, or there is no such message.
    async fn status_without_effect(
        &self,
        item: &StatusItem,
        send: SendKey,
    ) -> Result<StatusOutcome, StoreError> {
        if self.send_exists(send).await? {
            return Ok(StatusOutcome::Unchanged);
        }
        let elsewhere = match self.joined_into(send.account, send.contact).await? {
            Some(contact) => Some(SendKey { contact, ..send }),
            None => self.sent_message(item).await?,
        };
        match elsewhere {
            Some(send) if self.send_exists(send).await? => match self.commit(unit(item, send)).await? {
                Outcome::Done(changes) if changes.any() => Ok(applied(send, changes)),
                _ => Ok(StatusOutcome::Unchanged),
            },
            _ => self.park(item).await,
        }
    }

    pub(crate) async fn send_exists(&self, send: SendKey) -> Result<bool, StoreError> {
        let found = self
            .row(
                "select 1 from message where account = $1 and contact = $2 and message = $3 and incoming = 0",
                &values![send.account, send.contact, send.message],
                |row| row.int(0),
            )
            .await?;
        Ok(found.is_some())
    }

    async fn sent_message(&self, item: &StatusItem) -> Result<Option<SendKey>, StoreError> {
        let Some((contact, _)) = self.contact_at(item.account, &item.recipient).await? else {
            return Ok(None);
        };
        self.row(
            "select message from (select message, wamid from message where account = $1 and contact = $2 \
             and incoming = 0 order by message desc limit $4) latest where wamid = $3",
            &values![item.account, contact, &item.wamid, SEARCHED_MESSAGES],
            |row| Ok(SendKey { account: item.account, contact, message: MessageId(row.int(0)?) }),
        )
        .await
    }

    async fn park(&self, item: &StatusItem) -> Result<StatusOutcome, StoreError> {
        let mut unit = Unit::new(item.account);
        unit.any(
            "insert into parked_status (account, wamid, status, at, tag, wa_id, bsuid, error, pricing, accepted_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (account, wamid, status) do nothing",
            values![
                item.account,
                &item.wamid,
                item.status.word(),
                item.at,
                item.tag.as_deref(),
                item.recipient.wa_id.as_deref(),
                item.recipient.bsuid.as_deref(),
                text_of(item.error.as_ref()),
                text_of(item.pricing.as_ref()),
                item.accepted_at,
            ],
        );
        self.commit(unit).await.map(|_| StatusOutcome::Parked)
    }

    /// Tries parked statuses again and forgets those older than `keep_ms`. Returns how many found their message.
    pub async fn retry_parked_statuses(
        &self,
        account: AccountId,
        now: i64,
        keep_ms: i64,
    ) -> Result<usize, StoreError> {
        let parked = self
            .rows_apart(
                "select wamid, status, at, tag, wa_id, bsuid, error, pricing, accepted_at from parked_status \
                 where account = $1 order by accepted_at limit 1000",
                values![account],
                move |row| {
                    let word = row.text(1)?;
                    let status = Status::ALL.into_iter().find(|status| status.word() == word);
                    Ok(StatusItem {
                        account,
                        wamid: row.text(0)?,
                        status: status.ok_or(StoreError::Unreadable { what: "status", cause: word })?,
                        at: row.int(2)?,
                        tag: row.maybe_text(3)?,
                        recipient: Address { wa_id: row.maybe_text(4)?, bsuid: row.maybe_text(5)? },
                        error: row.json(6, "status error")?,
                        pricing: row.json(7, "pricing")?,
                        accepted_at: row.int(8)?,
                    })
                },
            )
            .await?;
        let mut found = 0;
        for item in parked {
            let send = match item.tag.as_deref().and_then(|tag| SendKey::from_tag(account, tag)) {
                Some(send) if self.send_exists(send).await? => Some(send),
                _ => self.sent_message(&item).await?,
            };
            if send.is_none() && item.accepted_at > now - keep_ms {
                continue;
            }
            let mut unit = send.map_or_else(|| Unit::new(account), |send| unit(&item, send));
            unit.any(
                "delete from parked_status where account = $1 and wamid = $2 and status = $3",
                values![account, &item.wamid, item.status.word()],
            );
            self.commit(unit).await?;
            found += usize::from(send.is_some());
        }
        Ok(found)
    }
}

fn applied(send: SendKey, changes: Changes) -> StatusOutcome {
    StatusOutcome::Applied { send, settled: changes.at(0) }
}

/// Settles a send that had no known fate, then climbs.
fn unit(item: &StatusItem, send: SendKey) -> Unit {
    let mut unit = Unit::new(item.account);
    let SendKey { account, contact, message } = send;
    let settled = if item.status == Status::Failed { "failed" } else { "sent" };
    unit.any(
        "update message set unsettled = 0, unknown_at = null, state = $4 \
         where account = $1 and contact = $2 and message = $3 and incoming = 0 and unsettled = 1",
        vec![account.into(), contact.into(), message.into(), Value::Word(settled)],
    );
    let mut values =
        Vec::from(values![account, contact, message, item.at, &item.wamid, text_of(item.pricing.as_ref())]);
    values.push(Value::Word(settled));
    if item.status == Status::Failed {
        values.push(text_of(item.error.as_ref()).into());
    }
    unit.any(climb(item.status), values);
    unit
}

/// Raises the rank, keeps the status's own time, and fills in what the send's answer would have told.
macro_rules! climb {
    ($rank:literal, $time:literal $(, $more:literal)?) => {
        concat!(
            "update message set rank = case when rank < ", $rank, " then ", $rank, " else rank end, ",
            $time, " = coalesce(", $time, ", $4), wamid = coalesce(wamid, $5), pricing = coalesce(pricing, $6), \
             state = case when state = 'unknown' then $7 else state end",
            $($more,)?
            " where account = $1 and contact = $2 and message = $3 and incoming = 0 and (rank < ", $rank,
            " or ", $time, " is null)"
        )
    };
}

fn climb(status: Status) -> &'static str {
    match status {
        Status::Sent => climb!("10", "sent_at"),
        Status::Delivered => climb!("20", "delivered_at"),
        Status::Read => climb!("30", "read_at"),
        Status::Played => climb!("40", "played_at"),
        // Of a message that was delivered or read, a failure is kept as a time only.
        Status::Failed => climb!("15", "failed_at", ", error = case when rank < 15 then $8 else error end"),
    }
}

fn text_of(value: Option<&serde_json::Value>) -> Option<String> {
    value.map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_climbs_to_its_own_rank() {
        for status in Status::ALL {
            assert!(climb(status).contains(&format!("rank < {} then {0} ", status.rank())), "{status:?}");
        }
    }
}
