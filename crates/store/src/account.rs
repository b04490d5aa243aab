//! Accounts, their numbers and their settings.

use crate::ids::{AccountId, ChannelId};
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
        let _ = (name, now);
        Err(StoreError::Closed)
    }

    pub async fn accounts(&self) -> Result<Vec<(AccountId, String)>, StoreError> {
        Err(StoreError::Closed)
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
        let _ = (account, name, phone_number_id, phone, now);
        Err(StoreError::Closed)
    }

    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        Err(StoreError::Closed)
    }

    /// A named text of the account, such as its `bot.yaml`.
    pub async fn setting(&self, account: AccountId, name: &str) -> Result<Option<String>, StoreError> {
        let _ = (account, name);
        Err(StoreError::Closed)
    }

    pub async fn put_setting(
        &self,
        account: AccountId,
        name: &str,
        value: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let _ = (account, name, value, now);
        Err(StoreError::Closed)
    }

    /// The number of the account's latest committed change: what it says, and all before it, can be read.
    pub async fn change_number(&self, account: AccountId) -> Result<i64, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }
}
