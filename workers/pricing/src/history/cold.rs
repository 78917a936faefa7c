//! Which objects of the bucket hold what is no longer in the object's own tables: the cold half of the history.
//!
//! Three kinds of object: a segment closed by flushing and let go of, a piece sealed by an import, and a part made of
//! both by compaction. Each is in the index exactly once; what leaves the index is deleted after that, never before.

use edge::failure::Result;
use edge::json::encode;
use edge::sql;
use serde::{Deserialize, Serialize};

use crate::history::store::HistoryStore;

/// Created with the other tables.
pub(super) const TABLES: &str = "
  CREATE TABLE IF NOT EXISTS cold (
    key TEXT PRIMARY KEY,             -- in the bucket
    until_ms INTEGER NOT NULL,        -- market time of its newest observation
    observations INTEGER NOT NULL,
    grain TEXT NOT NULL,              -- how far its detail has been thinned: cold::Grain
    year INTEGER) STRICT;             -- the calendar year (UTC) it holds, of a compacted one
  CREATE TABLE IF NOT EXISTS spent (
    key TEXT PRIMARY KEY              -- in the bucket, read by nobody any more: to be deleted
    ) STRICT;";

/// How far the detail of a piece has been thinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Not compacted yet.
    Loose,
    /// Compacted; the newest of it is still whole.
    Whole,
    /// All of it by the hour at least.
    Hours,
    /// All of it by the day.
    Days,
}

/// One object of the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its key.
    pub key: String,
    /// Market time of its newest observation, epoch milliseconds.
    pub until_ms: i64,
    /// Observations in it.
    pub observations: u64,
    /// How far it has been thinned.
    pub grain: Grain,
    /// The calendar year (UTC) it holds, if it has been compacted.
    pub year: Option<i32>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

#[derive(Deserialize)]
struct Newest {
    newest_ms: Option<i64>,
}

impl HistoryStore {
    /// Everything cold, oldest first.
    pub fn cold(&self) -> Result<Vec<Piece>> {
        self.tables.rows(
            "SELECT key, until_ms, ? AS observations, 'loose' AS grain, NULL AS year FROM segments
             WHERE last_id NOT IN (SELECT id FROM observations)
             UNION ALL SELECT key, until_ms, observations, grain, year FROM cold ORDER BY until_ms, key",
            vec![sql::int(i64::try_from(super::SEGMENT_ROWS).unwrap_or(i64::MAX))?],
        )
    }

    /// The keys of everything cold, oldest first.
    pub fn cold_keys(&self) -> Result<Vec<String>> {
        Ok(self.cold()?.into_iter().map(|piece| piece.key).collect())
    }

    /// Puts `new` into the index in the place of `old`, and `old` among what is to be deleted. Nothing is awaited in
    /// between, so it happens as a whole or not at all. What is already there under its key stays.
    pub fn replace_cold(&self, old: &[String], new: &[Piece]) -> Result<()> {
        let spent: Vec<&String> =
            old.iter().filter(|key| new.iter().all(|piece| piece.key != **key)).collect();
        let old = encode(&old)?;
        for statement in [
            "DELETE FROM cold WHERE key IN (SELECT value FROM json_each(?))",
            "DELETE FROM segments WHERE key IN (SELECT value FROM json_each(?))",
        ] {
            self.tables.run(statement, vec![sql::text(old.clone())])?;
        }
        self.tables.run(
            "INSERT INTO spent (key) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&spent)?)],
        )?;
        self.tables.run(
            "INSERT INTO cold (key, until_ms, observations, grain, year)
             SELECT value ->> 'key', value ->> 'until_ms', value ->> 'observations', value ->> 'grain',
                    value ->> 'year'
             FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&new)?)],
        )
    }

    /// Takes these out of the index for good. The bucket keeps what it has of them.
    pub fn give_up(&self, keys: &[&str]) -> Result<()> {
        let keys = encode(&keys)?;
        for statement in [
            "DELETE FROM cold WHERE key IN (SELECT value FROM json_each(?))",
            "DELETE FROM segments WHERE key IN (SELECT value FROM json_each(?))",
        ] {
            self.tables.run(statement, vec![sql::text(keys.clone())])?;
        }
        Ok(())
    }

    /// Market time of the newest observation, hot or cold, epoch milliseconds.
    pub fn newest_ms(&self) -> Result<i64> {
        let row: Option<Newest> = self.tables.first(
            "SELECT max((SELECT coalesce(max(at_ms), 0) FROM observations),
                        (SELECT coalesce(max(until_ms), 0) FROM cold)) AS newest_ms",
            Vec::new(),
        )?;
        Ok(row.and_then(|row| row.newest_ms).unwrap_or(0))
    }

    /// Keys of objects that nobody reads any more.
    pub fn spent(&self) -> Result<Vec<String>> {
        let keys: Vec<Key> = self.tables.rows("SELECT key FROM spent LIMIT 500", Vec::new())?;
        Ok(keys.into_iter().map(|row| row.key).collect())
    }

    /// These have been deleted.
    pub fn forget_spent(&self, keys: &[String]) -> Result<()> {
        self.tables.run(
            "DELETE FROM spent WHERE key IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&keys)?)],
        )
    }
}
