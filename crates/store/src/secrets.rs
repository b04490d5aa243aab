//! Sealed secrets. The store never sees them open: bytes in, bytes out.

use crate::ids::AccountId;
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
        let _ = (account, secret, now);
        Err(StoreError::Closed)
    }

    pub async fn sealed_secret(
        &self,
        account: AccountId,
        name: &str,
    ) -> Result<Option<SealedSecret>, StoreError> {
        let _ = (account, name);
        Err(StoreError::Closed)
    }

    /// Names and origins, by name; never the bytes.
    pub async fn secrets(&self, account: AccountId) -> Result<Vec<SecretEntry>, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }

    /// `false`: there was none.
    pub async fn delete_secret(&self, account: AccountId, name: &str) -> Result<bool, StoreError> {
        let _ = (account, name);
        Err(StoreError::Closed)
    }
}
