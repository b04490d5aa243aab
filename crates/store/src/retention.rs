//! Forgetting what need not be kept, in small steps that hold nobody up.

use crate::ids::AccountId;
use crate::unit::{Unit, values};
use crate::{Store, StoreError};

/// How long things are kept, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Items of unknown kinds.
    pub raw_ms: i64,
    /// Requests and answers of finished calls; the calls themselves and their outcome stay.
    pub exchange_ms: i64,
}

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Default for Retention {
    fn default() -> Self {
        // Meta redelivers for 7 days; what tells duplicates apart is kept for at least 14.
        Retention { raw_ms: 14 * DAY_MS, exchange_ms: 30 * DAY_MS }
    }
}

/// Setting that says up to which time exchanges have been forgotten.
const EXCHANGES_UNTIL: &str = "exchanges_forgotten_until";

impl Store {
    /// Forgets at most `limit` rows of each kind. Returns how many were looked at; repeat until it is 0.
    pub async fn purge(
        &self,
        account: AccountId,
        now: i64,
        retention: Retention,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let raw = self
            .rows_apart(
                "select field, item from raw_webhook where account = $1 and accepted_at < $2 limit $3",
                values![account, now.saturating_sub(retention.raw_ms), limit],
                |row| Ok((row.text(0)?, row.text(1)?)),
            )
            .await?;
        let raw_len = raw.len();
        let mut unit = Unit::new(account);
        for (field, item) in raw {
            unit.any(
                "delete from raw_webhook where account = $1 and field = $2 and item = $3",
                values![account, field, item],
            );
        }
        let calls = self
            .forget_exchanges(&mut unit, account, now.saturating_sub(retention.exchange_ms), limit)
            .await?;
        if !unit.statements.is_empty() {
            self.commit(unit).await?;
        }
        Ok(raw_len + calls)
    }

    /// Walks the ledger of actions, which is in order of time, from where it stopped.
    async fn forget_exchanges(
        &self,
        unit: &mut Unit,
        account: AccountId,
        until: i64,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let from = self.setting(account, EXCHANGES_UNTIL).await?.and_then(|text| text.parse().ok());
        // One millisecond is never split: the next step begins after the last time of this one.
        let last =
            self.actions(account, from.unwrap_or(0), until, limit).await?.last().map(|action| action.at);
        let Some(last) = last else { return Ok(0) };
        let actions = self.actions(account, from.unwrap_or(0), last + 1, usize::MAX).await?;
        let len = actions.len();
        for action in actions {
            unit.any(
                "update call set exchange = null where account = $1 and flow = $2 and step = $3 and effect = $4",
                values![account, action.flow, action.step, action.effect],
            );
        }
        unit.any(
            "insert into setting (account, name, value, updated_at) values ($1, $2, $3, $4) \
             on conflict (account, name) do update set value = excluded.value, updated_at = excluded.updated_at",
            values![account, EXCHANGES_UNTIL, (last + 1).to_string(), until],
        );
        Ok(len)
    }
}
