//! Finding what is to be done, from the rows alone: at start, and now and then as a safety net.

use crate::ids::{AccountId, ChannelId, ContactId, ConversationKey};
use crate::unit::{Unit, values};
use crate::{Store, StoreError};

/// What a start found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// The server before this one had finished its work when it stopped.
    pub stopped_cleanly: bool,
    /// Sends that may or may not have left.
    pub unknown_sends: usize,
}

/// Setting of the installation that says that the last server stopped in order.
const CLEAN_STOP: &str = "stopped_cleanly";
/// Setting of the installation that is written to learn whether it can be.
const CHECKED_AT: &str = "checked_at";
/// Settings of the installation itself stand under no account.
const INSTALLATION: AccountId = AccountId(0);

impl Store {
    /// To be called once at start, before anything is sent. Unless the last server stopped in order, the first unsettled
    /// send of each conversation may have left: its fate is unknown from now on.
    pub async fn recover(&self, now: i64) -> Result<Recovery, StoreError> {
        let stopped_cleanly = self.setting(INSTALLATION, CLEAN_STOP).await?.is_some();
        let mut unknown_sends = 0;
        for (account, _) in self.accounts().await? {
            let mut unit = Unit::new(account);
            if !stopped_cleanly {
                unit.any(
                    "update message set state = 'unknown', unknown_at = $2 \
                     where account = $1 and unsettled = 1 and (state = 'started' or (state = 'queued' \
                     and kind <> 'template' and not exists (select 1 from message earlier \
                     where earlier.account = $1 and earlier.contact = message.contact and earlier.unsettled = 1 \
                     and earlier.channel = message.channel and earlier.message < message.message)))",
                    values![account, now],
                );
            }
            unit.any(
                "delete from setting where account = $1 and name = $2",
                values![INSTALLATION, CLEAN_STOP],
            );
            self.commit(unit).await?;
            unknown_sends += self
                .rows_apart(
                    "select count(*) from message where account = $1 and unsettled = 1 and state = 'unknown'",
                    values![account],
                    |row| row.int(0),
                )
                .await?
                .first()
                .map_or(0, |count| usize::try_from(*count).unwrap_or(0));
        }
        Ok(Recovery { stopped_cleanly, unknown_sends })
    }

    /// Writes down that nothing is in flight: the last verb of an orderly stop.
    pub async fn record_clean_stop(&self, now: i64) -> Result<(), StoreError> {
        self.put_setting(INSTALLATION, CLEAN_STOP, "1", now).await
    }

    /// Writes something, to learn whether the database can be written again after a failure.
    pub async fn check_writable(&self, now: i64) -> Result<(), StoreError> {
        self.put_setting(INSTALLATION, CHECKED_AT, &now.to_string(), now).await
    }

    /// Conversations with messages that no turn has consumed and whose session takes messages.
    pub async fn unconsumed(
        &self,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<ConversationKey>, StoreError> {
        self.rows(
            "select distinct m.contact, m.channel from message m join conversation v \
             on v.account = m.account and v.contact = m.contact and v.channel = m.channel \
             where m.account = $1 and m.unconsumed = 1 and v.waits_for is null limit $2",
            &values![account, limit],
            |row| {
                Ok(ConversationKey {
                    account,
                    contact: ContactId(row.int(0)?),
                    channel: ChannelId(row.int(1)?),
                })
            },
        )
        .await
    }

    /// Conversations whose session wants to be woken, the longest overdue first.
    pub async fn due_wakes(
        &self,
        account: AccountId,
        now: i64,
        limit: usize,
    ) -> Result<Vec<ConversationKey>, StoreError> {
        let mut due = Vec::new();
        loop {
            let alarms = self
                .rows(
                    "select contact, channel, alarm_at, wake_at from conversation \
                     where account = $1 and alarm_at <= $2 order by alarm_at limit $3",
                    &values![account, now, limit],
                    |row| {
                        let key = ConversationKey {
                            account,
                            contact: ContactId(row.int(0)?),
                            channel: ChannelId(row.int(1)?),
                        };
                        Ok((key, row.int(2)?, row.maybe_int(3)?.unwrap_or(0)))
                    },
                )
                .await?;
            due.clear();
            let mut early = Vec::new();
            for (key, alarm_at, wake_at) in alarms {
                if wake_at <= now {
                    due.push(key);
                } else {
                    early.push(set_alarm(key, alarm_at));
                }
            }
            if early.is_empty() {
                return Ok(due);
            }
            // These moved back since their alarm was set; set again, they make room for others.
            for outcome in self.commit_each(early).await {
                outcome?;
            }
        }
    }
}

/// Counts as a change of the conversation: a turn decided on the earlier alarm would leave one that is too late.
fn set_alarm(key: ConversationKey, alarm_at: i64) -> Unit {
    let mut unit = Unit::new(key.account);
    unit.any(
        "update conversation set alarm_at = wake_at, version = version + 1 \
         where account = $1 and contact = $2 and channel = $3 and alarm_at = $4",
        values![key.account, key.contact, key.channel, alarm_at],
    );
    unit
}
