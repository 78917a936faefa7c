//! The object's own SQLite: its tables are made by the first write.

use std::cell::Cell;

use edge::failure::Result;
use edge::sql;
use serde::de::{DeserializeOwned, IgnoredAny};
use worker::{SqlStorage, SqlStorageValue};

use crate::deals::moves;
use crate::history::cold;

// No comment may follow the last statement: the runtime takes it for another one, and fails.
const TABLES: &str = "
  CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS listings (
    market TEXT NOT NULL, source_event_id TEXT NOT NULL,
    body TEXT NOT NULL,               -- JSON of listing::Listing
    PRIMARY KEY (market, source_event_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS observations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    market TEXT NOT NULL,             -- '' since a row holds many
    at_ms INTEGER NOT NULL,           -- market time of the newest
    body TEXT NOT NULL) STRICT;       -- JSON: what one append saw, [[market, observation], ...]; once one observation
  CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,                -- in the bucket
    last_id INTEGER NOT NULL,         -- the last observation it holds
    until_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS announcements (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL                -- JSON of queues::PriceChange, until the queue has it
    ) STRICT;";

/// The tables, or that there are none yet.
///
/// Everybody can ask for the history of any id, and each id is an object: one that nothing was observed of stores
/// nothing, so that asking leaves nothing behind. Where there are no tables every question has no rows.
pub struct Tables {
    sql: SqlStorage,
    are_there: Cell<bool>,
}

impl Tables {
    /// Looks whether there are any. Those of an older build get what has been added since.
    pub fn open(sql: SqlStorage) -> Self {
        let known = "SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = 'meta'";
        let found = sql::first::<IgnoredAny>(&sql, known, Vec::new());
        let tables = Self { sql, are_there: Cell::new(false) };
        // A constructor cannot answer an error. If it could not be told whether there are tables, they are made: better
        // than to answer that there is no history.
        if !matches!(found, Ok(None)) {
            let _ = tables.make();
        }
        tables
    }

    fn make(&self) -> Result<()> {
        for statements in [TABLES, moves::TABLE, cold::TABLES] {
            sql::run(&self.sql, statements, Vec::new())?;
        }
        self.are_there.set(true);
        Ok(())
    }

    /// Runs a statement that writes.
    pub fn run(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        if !self.are_there.get() {
            self.make()?;
        }
        sql::run(&self.sql, statement, values)
    }

    /// Runs a question and reads its rows.
    pub fn rows<T: DeserializeOwned>(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<Vec<T>> {
        if self.are_there.get() { sql::rows(&self.sql, statement, values) } else { Ok(Vec::new()) }
    }

    /// Runs a question and reads its first row, if there is one.
    pub fn first<T: DeserializeOwned>(
        &self,
        statement: &str,
        values: Vec<SqlStorageValue>,
    ) -> Result<Option<T>> {
        Ok(self.rows(statement, values)?.into_iter().next())
    }
}
