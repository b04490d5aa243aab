//! Connections that only read. A read of one conversation takes microseconds, so it runs on the thread that asks; a
//! hand-over to a blocking pool would cost more than the read.

use crate::StoreError;
use crate::unit::Value;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

#[derive(Debug)]
pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Readers { connections: connections.into_iter().map(Mutex::new).collect() }
    }

    /// All rows of a query. Each is one snapshot of what is committed.
    pub(crate) fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let connection = self.free();
        #[cfg(debug_assertions)]
        super::plans::check(&connection, sql);
        let mut statement = connection.prepare_cached(sql)?;
        for (index, place) in super::places(&statement).into_iter().enumerate() {
            statement.raw_bind_parameter(index + 1, &values[place])?;
        }
        let mut rows = statement.raw_query();
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(read(&Row(row))?);
        }
        Ok(out)
    }

    /// A free connection; when all are busy, the wait for the first is as short as a read.
    fn free(&self) -> MutexGuard<'_, Connection> {
        for connection in &self.connections {
            match connection.try_lock() {
                Ok(guard) => return guard,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.connections[0].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row of an answer; columns count from 0.
#[derive(Debug)]
pub(crate) struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.0.get(column)?)
    }

    /// JSON in a text column, read without a copy; `None` for null.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => serde_json::from_slice(bytes)
                .map(Some)
                .map_err(|error| StoreError::Unreadable { what, cause: error.to_string() }),
            other => Err(StoreError::Unreadable { what, cause: format!("stored as {}", other.data_type()) }),
        }
    }
}
