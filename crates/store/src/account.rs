//! Accounts, their numbers and their settings.

use crate::accept::TRIES_MAX;
use crate::ids::{AccountId, ChannelId};
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};

/// A sending number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub account: AccountId,
    pub id: ChannelId,
    pub name: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Display number, E.164 with `+`.
    pub phone: Option<String>,
}

impl Store {
    /// The account of this name, made when it does not exist.
    pub async fn ensure_account(&self, name: &str, now: i64) -> Result<AccountId, StoreError> {
        for _ in 0..TRIES_MAX {
            let accounts = self.accounts().await?;
            if let Some((account, _)) = accounts.iter().find(|(_, taken)| taken == name) {
                return Ok(*account);
            }
            let account = AccountId(accounts.iter().map(|(account, _)| account.0).max().unwrap_or(0) + 1);
            let mut unit = Unit::new(account);
            unit.must(
                "insert into account (account, name, changes, created_at) values ($1, $2, 0, $3) \
                 on conflict (account) do nothing",
                values![account, name, now],
            );
            self.commit(unit).await?;
        }
        Err(StoreError::Locked("accounts kept being made".into()))
    }

    pub async fn accounts(&self) -> Result<Vec<(AccountId, String)>, StoreError> {
        self.rows("select account, name from account order by account", &[], |row| {
            Ok((AccountId(row.int(0)?), row.text(1)?))
        })
        .await
    }

    /// The channel of this number, made or renamed as given.
    pub async fn ensure_channel(
        &self,
        account: AccountId,
        name: &str,
        phone_number_id: &str,
        phone: Option<&str>,
        now: i64,
    ) -> Result<Channel, StoreError> {
        for _ in 0..TRIES_MAX {
            let channels = self.channels().await?;
            let of_account = || channels.iter().filter(|channel| channel.account == account);
            let found = of_account().find(|channel| channel.phone_number_id == phone_number_id);
            let mut unit = Unit::new(account);
            let channel = if let Some(channel) = found {
                if channel.name == name && (phone.is_none() || channel.phone.as_deref() == phone) {
                    return Ok(channel.clone());
                }
                unit.must(
                    "update channel set name = $3, phone = coalesce($4, phone) where account = $1 and channel = $2",
                    values![account, channel.id, name, phone],
                );
                Channel {
                    name: name.into(),
                    phone: phone.map(str::to_owned).or_else(|| channel.phone.clone()),
                    ..channel.clone()
                }
            } else {
                let id = ChannelId(of_account().map(|channel| channel.id.0).max().unwrap_or(0) + 1);
                unit.must(
                    "insert into channel (account, channel, name, phone_number_id, phone, created_at) \
                     values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                    values![account, id, name, phone_number_id, phone, now],
                );
                Channel {
                    account,
                    id,
                    name: name.into(),
                    phone_number_id: phone_number_id.into(),
                    phone: phone.map(str::to_owned),
                }
            };
            if let Outcome::Done(_) = self.commit(unit).await? {
                return Ok(channel);
            }
        }
        Err(StoreError::Locked("channels kept being made".into()))
    }

    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        self.rows(
            "select account, channel, name, phone_number_id, phone from channel order by account, channel",
            &[],
            |row| {
                Ok(Channel {
                    account: AccountId(row.int(0)?),
                    id: ChannelId(row.int(1)?),
                    name: row.text(2)?,
                    phone_number_id: row.text(3)?,
                    phone: row.maybe_text(4)?,
                })
            },
        )
        .await
    }

    /// A named text of the account, such as its `bot.yaml`.
    pub async fn setting(&self, account: AccountId, name: &str) -> Result<Option<String>, StoreError> {
        self.row(
            "select value from setting where account = $1 and name = $2",
            &values![account, name],
            |row| row.text(0),
        )
        .await
    }

    pub async fn put_setting(
        &self,
        account: AccountId,
        name: &str,
        value: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut unit = Unit::new(account);
        unit.any(
            "insert into setting (account, name, value, updated_at) values ($1, $2, $3, $4) \
             on conflict (account, name) do update set value = excluded.value, updated_at = excluded.updated_at",
            values![account, name, value, now],
        );
        self.commit(unit).await.map(drop)
    }

    /// The number of the account's latest committed change: what it says, and all before it, can be read.
    pub async fn change_number(&self, account: AccountId) -> Result<i64, StoreError> {
        let found = self
            .row("select changes from account where account = $1", &values![account], |row| row.int(0))
            .await?;
        Ok(found.unwrap_or(0))
    }
}
