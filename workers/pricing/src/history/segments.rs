//! Segments of the object's own rows: which are in the bucket, and which of those are still held hot.

use chrono::{DateTime, Utc};
use edge::failure::Result;
use edge::sql;

use crate::history::meta::Meta;
use crate::history::store::HistoryStore;

/// Closed segments held hot at most: 32,768 observations and a few more. An event that is polled on five markets every
/// ten minutes sees 25,000 in the hot window; whatever has more (an import, a market gone wild) would make every score
/// and every answer read all of it as JSON.
const HOT_SEGMENTS: i64 = 8;

impl HistoryStore {
    /// Whether something waits to be stored in the bucket.
    pub fn is_dirty(&self, meta: &Meta) -> Result<bool> {
        Ok(self
            .tables
            .first::<serde::de::IgnoredAny>(
                "SELECT 1 AS one FROM observations WHERE id > ? LIMIT 1",
                vec![sql::int(meta.stored_until_id)?],
            )?
            .is_some())
    }

    /// The segment `number` in the bucket holds everything up to `last_id`.
    pub fn stored(&self, number: u32, key: &str, last_id: i64, until: DateTime<Utc>) -> Result<()> {
        self.tables.run(
            "INSERT INTO segments (number, key, last_id, until_ms) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET last_id = excluded.last_id, until_ms = excluded.until_ms",
            vec![
                sql::int(i64::from(number))?,
                sql::text(key),
                sql::int(last_id)?,
                sql::int(until.timestamp_millis())?,
            ],
        )
    }

    /// Lets go of the rows of closed segments: the bucket has them. Those that ended before `before` go, and of the others
    /// all but the newest. A segment's rows are those between the last row of the one before and its own; the order in
    /// which they came says nothing of how old they are, since imports bring what is older.
    pub fn let_go(&self, meta: &Meta, before: DateTime<Utc>) -> Result<()> {
        self.tables.run(
            "WITH hot AS (
               SELECT last_id, until_ms, row_number() OVER (ORDER BY until_ms DESC, number DESC) AS place
               FROM segments WHERE last_id <= ?1 AND last_id IN (SELECT id FROM observations))
             DELETE FROM observations WHERE id IN (
               SELECT o.id FROM hot JOIN observations o ON o.id <= hot.last_id
                 AND o.id > coalesce((SELECT max(s.last_id) FROM segments s WHERE s.last_id < hot.last_id), 0)
               WHERE hot.until_ms < ?2 OR hot.place > ?3)",
            vec![
                sql::int(meta.closed_until_id)?,
                sql::int(before.timestamp_millis())?,
                sql::int(HOT_SEGMENTS)?,
            ],
        )
    }
}
