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
    grain TEXT NOT NULL) STRICT;      -- how far its detail has been thinned: cold::Grain
  CREATE TABLE IF NOT EXISTS spent (
    key TEXT PRIMARY KEY) STRICT;     -- in the bucket, read by nobody any more: to be deleted";

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
}

impl HistoryStore {
    /// Everything cold, oldest first.
    pub fn cold(&self) -> Result<Vec<Piece>> {
        sql::rows(
            self.sql(),
            "SELECT key, until_ms, ? AS observations, 'loose' AS grain FROM segments
             WHERE last_id < coalesce((SELECT min(id) FROM observations), 0)
             UNION ALL SELECT key, until_ms, observations, grain FROM cold ORDER BY until_ms, key",
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
            sql::run(self.sql(), statement, vec![sql::text(old.clone())])?;
        }
        sql::run(
            self.sql(),
            "INSERT INTO spent (key) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&spent)?)],
        )?;
        sql::run(
            self.sql(),
            "INSERT INTO cold (key, until_ms, observations, grain)
             SELECT value ->> 'key', value ->> 'until_ms', value ->> 'observations', value ->> 'grain'
             FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&new)?)],
        )
    }
}
