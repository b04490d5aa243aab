//! What can go wrong in the store, in words for the operator.

use std::path::PathBuf;

/// A verb that could not be carried out. Nothing of its unit was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("the disk that holds the database is full; free some space, nothing was lost")]
    DiskFull,
    #[error("the database cannot be written ({0}); check the owner and mode of the data folder")]
    ReadOnly(String),
    #[error("the database stayed locked by another program ({0}); close tools that have it open")]
    Locked(String),
    #[error("the database file is damaged ({0}); stop the server and restore a backup")]
    Damaged(String),
    #[error("the store is closed")]
    Closed,
    /// A bug of the caller: what it handed over contradicts itself.
    #[error("the store was asked for something impossible: {0}")]
    Misused(String),
    /// A row that was written by a later version, or damaged.
    #[error("a stored {what} cannot be read: {cause}")]
    Unreadable { what: &'static str, cause: String },
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{path} is in use by another running server; one SQLite database belongs to one `serve`")]
    InUse { path: PathBuf },
    #[error("cannot open {path}: {cause}; check that the folder exists and may be written")]
    File { path: PathBuf, cause: String },
    #[error(
        "the database {path} was written by a newer version (schema {found}, this program knows {known}); \
         start that version or restore an older backup"
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "migration {number} of {path} differs from the one that was applied to it; \
         this build does not belong to this database"
    )]
    Changed { path: PathBuf, number: i64 },
    #[error("migration {number} of {path} failed: {cause}")]
    Migration { path: PathBuf, number: i64, cause: String },
}

impl StoreError {
    /// Whether trying the same again later may succeed: the operator has to make room, or the lock passes.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::DiskFull | StoreError::Locked(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => StoreError::DiskFull,
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied | Code::SystemIoFailure) => {
                StoreError::ReadOnly(text)
            }
            Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed) => {
                StoreError::Locked(text)
            }
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => StoreError::Damaged(text),
            _ => StoreError::Statement(text),
        }
    }
}
