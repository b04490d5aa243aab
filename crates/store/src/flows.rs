//! Published flows: every revision is kept as its author wrote it.

use crate::accept::{TRIES_MAX, digest_text};
use crate::ids::AccountId;
use crate::sqlite::Row;
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A text to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub account: AccountId,
    pub name: String,
    pub source: String,
    pub author: String,
    pub note: Option<String>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A published revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub name: String,
    /// From 1.
    pub revision: u32,
    pub source: String,
    pub author: String,
    pub note: Option<String>,
    /// Epoch milliseconds.
    pub published_at: i64,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub revision: u32,
    /// `false`: the current revision has the same text already.
    pub new: bool,
}

/// Columns of [`read_revision`].
macro_rules! revision_columns {
    () => {
        "select r.name, r.revision, r.source, r.author, r.note, r.published_at from flow_revision r"
    };
}

impl Store {
    /// Publishes all texts together or none: flows that call each other change at one moment. A text that is current
    /// already gets no new revision.
    pub async fn publish(&self, publications: Vec<Publication>) -> Result<Vec<Published>, StoreError> {
        for _ in 0..TRIES_MAX {
            let Some(first) = publications.first() else { return Ok(Vec::new()) };
            let mut unit = Unit::new(first.account);
            let mut published = Vec::with_capacity(publications.len());
            for publication in &publications {
                published.push(self.add_publication(&mut unit, publication).await?);
            }
            if unit.statements.is_empty() || matches!(self.commit(unit).await?, Outcome::Done(_)) {
                return Ok(published);
            }
        }
        Err(StoreError::Locked("flows kept being published".into()))
    }

    async fn add_publication(
        &self,
        unit: &mut Unit,
        publication: &Publication,
    ) -> Result<Published, StoreError> {
        let Publication { account, name, source, author, note, at } = publication;
        let digest = digest_text(source);
        let latest = self
            .row(
                "select r.revision, r.digest, (select f.revision from flow f where f.account = $1 and f.name = $2) \
                 from flow_revision r where r.account = $1 and r.name = $2 order by r.revision desc limit 1",
                &values![*account, name],
                |row| Ok((row.int(0)?, row.text(1)?, row.maybe_int(2)?)),
            )
            .await?;
        let current = |revision: i64| u32::try_from(revision).unwrap_or(u32::MAX);
        let revision = match latest {
            Some((revision, same, Some(in_service))) if same == digest && in_service == revision => {
                return Ok(Published { revision: current(revision), new: false });
            }
            latest => latest.map_or(0, |(revision, ..)| revision) + 1,
        };
        unit.must(
            "insert into flow_revision (account, name, revision, source, digest, author, note, published_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (account, name, revision) do nothing",
            values![*account, name, revision, source, digest, author, note.as_deref(), *at],
        );
        unit.must(
            "insert into flow (account, name, revision) values ($1, $2, $3) \
             on conflict (account, name) do update set revision = excluded.revision",
            values![*account, name, revision],
        );
        Ok(Published { revision: current(revision), new: true })
    }

    /// The current revision of each flow, by name.
    pub async fn current_flows(&self, account: AccountId) -> Result<Vec<Revision>, StoreError> {
        const SQL: &str = concat!(
            revision_columns!(),
            " join flow f on f.account = r.account and f.name = r.name and f.revision = r.revision \
             where r.account = $1 order by r.name"
        );
        self.rows_apart(SQL, values![account], read_revision).await
    }

    pub async fn flow_revision(
        &self,
        account: AccountId,
        name: &str,
        revision: u32,
    ) -> Result<Option<Revision>, StoreError> {
        const SQL: &str =
            concat!(revision_columns!(), " where r.account = $1 and r.name = $2 and r.revision = $3");
        self.row(SQL, &values![account, name, revision], read_revision).await
    }

    /// All revisions of a flow, newest first.
    pub async fn flow_history(&self, account: AccountId, name: &str) -> Result<Vec<Revision>, StoreError> {
        const SQL: &str =
            concat!(revision_columns!(), " where r.account = $1 and r.name = $2 order by r.revision desc");
        self.rows_apart(SQL, values![account, name], read_revision).await
    }

    /// Takes a flow out of service; running sessions keep their revision. `false`: there was none.
    pub async fn retire_flow(&self, account: AccountId, name: &str) -> Result<bool, StoreError> {
        let mut unit = Unit::new(account);
        unit.must("delete from flow where account = $1 and name = $2", values![account, name]);
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }

    /// The revisions that running sessions hold, by name and number. Reads every running session.
    pub async fn revisions_in_use(&self, account: AccountId) -> Result<Vec<(String, u32)>, StoreError> {
        let sessions: Vec<Frames> = self
            .rows_apart(
                "select session from conversation where account = $1 and alarm_at is not null",
                values![account],
                |row| Ok(row.json(0, "session")?.unwrap_or_default()),
            )
            .await?;
        let frames = sessions.into_iter().flat_map(|session| session.frames);
        let in_use: BTreeSet<_> = frames.map(|frame| (frame.flow, frame.revision)).collect();
        Ok(in_use.into_iter().collect())
    }
}

/// The part of a session that says on which revisions it runs.
#[derive(Default, Deserialize)]
struct Frames {
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    flow: String,
    revision: u32,
}

fn read_revision(row: &Row<'_>) -> Result<Revision, StoreError> {
    Ok(Revision {
        name: row.text(0)?,
        revision: u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        source: row.text(2)?,
        author: row.text(3)?,
        note: row.maybe_text(4)?,
        published_at: row.int(5)?,
    })
}
