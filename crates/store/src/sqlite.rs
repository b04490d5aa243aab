//! The SQLite backend: one writer thread that owns the only connection that writes, and connections that only read.
//! It knows how to commit units and run queries, and nothing of the product.

mod migrations;
#[cfg(debug_assertions)]
mod plans;
mod readers;
mod writer;

pub(crate) use readers::{Readers, Row};
pub(crate) use writer::Writer;

use crate::error::OpenError;
use crate::stats::Counters;
use crate::unit::Value;
use crate::{Settings, Synchronous};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a statement waits for another program that has the database open (a backup tool, an administrator).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that a reading connection keeps prepared.
const READER_STATEMENTS: usize = 64;
/// The write-ahead log is cut back to this after it had to grow, bytes.
const WAL_BYTES_KEPT: u32 = 64 * 1024 * 1024;

/// Opens or makes the database, brings its schema up to date and starts the writer.
pub(crate) fn open(
    settings: &Settings,
    now: i64,
    counters: &Arc<Counters>,
) -> Result<(Writer, Readers), OpenError> {
    let lock = if settings.shared { None } else { Some(lock(&settings.path)?) };
    let file =
        |error: rusqlite::Error| OpenError::File { path: settings.path.clone(), cause: error.to_string() };

    let mut connection = connect(settings, true).map_err(file)?;
    migrations::apply(&mut connection, &settings.path, now)?;
    let readers = (0..settings.readers.max(1))
        .map(|_| connect(settings, false))
        .collect::<Result<Vec<_>, _>>()
        .map_err(file)?;
    let writer =
        Writer::start(connection, lock, settings.batch_units_max, Arc::clone(counters)).map_err(|error| {
            OpenError::File {
                path: settings.path.clone(),
                cause: format!("no thread for the writer: {error}"),
            }
        })?;
    Ok((writer, Readers::new(readers)))
}

/// Holds `<database>.lock` for as long as the file lives; the system lets go of it when the process dies.
fn lock(database: &Path) -> Result<File, OpenError> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let failed = |error: std::io::Error| OpenError::File { path: path.clone(), cause: error.to_string() };
    let file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: database.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn connect(settings: &Settings, write: bool) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= if write {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection = Connection::open_with_flags(&settings.path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Negative: KiB instead of pages.
    connection.pragma_update(None, "cache_size", -i64::from(settings.cache_kib))?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // Plans do not depend on bound values: without it a statement on a table with a partial index is prepared anew each
    // time a value is bound, which took twice the time of running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if write {
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(
            None,
            "synchronous",
            match settings.synchronous {
                Synchronous::Full => "full",
                Synchronous::Off => "off",
            },
        )?;
        connection.pragma_update(None, "wal_autocheckpoint", settings.checkpoint_pages)?;
        connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
        if let Some(pages) = settings.pages_max {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
    } else {
        connection.set_prepared_statement_cache_capacity(READER_STATEMENTS);
    }
    Ok(connection)
}

/// For each parameter of a statement, in SQLite's order of first appearance, the place of its value: `$3` is 2.
fn places(statement: &Statement<'_>) -> Vec<usize> {
    (1..=statement.parameter_count())
        .map(|index| {
            statement
                .parameter_name(index)
                .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1))
                .expect("parameters are written $1, $2, …")
        })
        .collect()
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Word(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}
