//! Numbered files, applied once each, in order, never changed afterwards, forward only.

use crate::error::OpenError;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// Add the next at the end; never touch one that has been released.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/0001_main.sql")];

/// Brings the schema up to date in one transaction: a process that dies in the middle leaves the old schema.
pub(super) fn apply(connection: &mut Connection, path: &Path, now: i64) -> Result<(), OpenError> {
    apply_all(connection, path, now, &MIGRATIONS)
}

fn apply_all(
    connection: &mut Connection,
    path: &Path,
    now: i64,
    migrations: &[&str],
) -> Result<(), OpenError> {
    let failed = |number: i64| {
        move |error: rusqlite::Error| OpenError::Migration {
            path: path.to_owned(),
            number,
            cause: error.to_string(),
        }
    };
    // Taking the write lock first makes a second process wait and then find the work done.
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(0))?;
    transaction
        .execute_batch(
            "create table if not exists migration (number bigint not null primary key, checksum text not null, \
             applied_at bigint not null)",
        )
        .map_err(failed(0))?;
    let applied: Vec<(i64, String)> = transaction
        .prepare("select number, checksum from migration order by number")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()
        })
        .map_err(failed(0))?;

    let known = i64::try_from(migrations.len()).expect("few migrations");
    if let Some((found, _)) = applied.last().filter(|(number, _)| *number > known) {
        return Err(OpenError::Newer { path: path.to_owned(), found: *found, known });
    }
    for (number, text) in (1..).zip(migrations) {
        let checksum = checksum(text);
        match applied.iter().find(|(applied, _)| *applied == number) {
            Some((_, found)) if *found == checksum => {}
            Some(_) => return Err(OpenError::Changed { path: path.to_owned(), number }),
            None => {
                transaction.execute_batch(&in_dialect(text)).map_err(failed(number))?;
                transaction
                    .execute("insert into migration values ($1, $2, $3)", params![number, checksum, now])
                    .map_err(failed(number))?;
                tracing::info!(number, "brought the database schema up to date");
            }
        }
    }
    transaction.commit().map_err(failed(known))
}

/// The words that differ between the dialects.
fn in_dialect(text: &str) -> String {
    text.replace("{clustered}", "without rowid").replace("{blob}", "blob")
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "create table thing (id bigint not null primary key);";
    const SECOND: &str = "alter table thing add column name text;";

    fn apply_to(connection: &mut Connection, migrations: &[&str]) -> Result<(), OpenError> {
        apply_all(connection, Path::new("test.db"), 1, migrations)
    }

    #[test]
    fn each_runs_once_and_data_survives_the_next() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply_to(&mut connection, &[FIRST]).unwrap();
        connection.execute("insert into thing values (7)", []).unwrap();
        apply_to(&mut connection, &[FIRST, SECOND]).unwrap();
        apply_to(&mut connection, &[FIRST, SECOND]).unwrap();
        let row: (i64, Option<String>) = connection
            .query_row("select id, name from thing", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(row, (7, None));
    }

    #[test]
    fn a_changed_or_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply_to(&mut connection, &[FIRST, SECOND]).unwrap();
        let error = apply_to(&mut connection, &[FIRST]).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }), "{error}");
        let error =
            apply_to(&mut connection, &[FIRST, "alter table thing add column other text;"]).unwrap_err();
        assert!(matches!(error, OpenError::Changed { number: 2, .. }), "{error}");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_schema_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply_to(&mut connection, &[FIRST]).unwrap();
        let error =
            apply_to(&mut connection, &[FIRST, "create table half (id bigint); no sql;"]).unwrap_err();
        assert!(matches!(error, OpenError::Migration { number: 2, .. }), "{error}");
        let tables: i64 = connection
            .query_row("select count(*) from sqlite_master where name = 'half'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 0);
        apply_to(&mut connection, &[FIRST, SECOND]).unwrap();
    }

    #[test]
    fn every_key_begins_with_the_account() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, Path::new("test.db"), 1).unwrap();
        let mut statement = connection
            .prepare(
                "select t.name, l.name, (select i.name from pragma_index_info(l.name) i where i.seqno = 0) \
                 from sqlite_master t join pragma_index_list(t.name) l \
                 where t.type = 'table' and t.name <> 'migration'",
            )
            .unwrap();
        let indexes: Vec<(String, String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(indexes.len() > 15);
        for (table, index, first) in indexes {
            assert_eq!(first, "account", "{index} of {table}");
        }
    }
}
