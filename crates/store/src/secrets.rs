//! Sealed secrets. The store never sees them open: bytes in, bytes out.

use crate::accept::json;
use crate::ids::AccountId;
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};

/// What may be told of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretEntry {
    pub name: String,
    /// Where it may be sent.
    pub origins: Vec<String>,
    /// Epoch milliseconds.
    pub updated_at: i64,
}

/// A secret as stored. No `Debug` of its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    pub name: String,
    pub origins: Vec<String>,
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedSecret")
            .field("name", &self.name)
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Stores or replaces a secret with its origins; neither changes without the other.
    pub async fn put_secret(
        &self,
        account: AccountId,
        secret: SealedSecret,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut unit = Unit::new(account);
        unit.any(
            "insert into secret (account, name, origins, sealed, updated_at) values ($1, $2, $3, $4, $5) \
             on conflict (account, name) do update set origins = excluded.origins, sealed = excluded.sealed, \
             updated_at = excluded.updated_at",
            values![account, secret.name, json(&secret.origins)?, secret.sealed, now],
        );
        self.commit(unit).await.map(drop)
    }

    pub async fn sealed_secret(
        &self,
        account: AccountId,
        name: &str,
    ) -> Result<Option<SealedSecret>, StoreError> {
        self.row(
            "select name, origins, sealed from secret where account = $1 and name = $2",
            &values![account, name],
            |row| {
                Ok(SealedSecret {
                    name: row.text(0)?,
                    origins: row.json(1, "secret's origins")?.unwrap_or_default(),
                    sealed: row.blob(2)?,
                })
            },
        )
        .await
    }

    /// Names and origins, by name; never the bytes.
    pub async fn secrets(&self, account: AccountId) -> Result<Vec<SecretEntry>, StoreError> {
        self.rows(
            "select name, origins, updated_at from secret where account = $1 order by name",
            &values![account],
            |row| {
                Ok(SecretEntry {
                    name: row.text(0)?,
                    origins: row.json(1, "secret's origins")?.unwrap_or_default(),
                    updated_at: row.int(2)?,
                })
            },
        )
        .await
    }

    /// `false`: there was none.
    pub async fn delete_secret(&self, account: AccountId, name: &str) -> Result<bool, StoreError> {
        let mut unit = Unit::new(account);
        unit.must("delete from secret where account = $1 and name = $2", values![account, name]);
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }
}
