//! One event's history in its object's own SQLite, and which parts of it are in R2.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::queues::PriceChange;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::sql;
use prices::{Courses, Market, Observation};
use serde::{Deserialize, Serialize};
use worker::SqlStorage;

use crate::listing::Listing;

const TABLES: &str = "
  CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS listings (
    market TEXT NOT NULL, source_event_id TEXT NOT NULL,
    body TEXT NOT NULL,               -- JSON of listing::Listing
    PRIMARY KEY (market, source_event_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS observations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    market TEXT NOT NULL,
    at_ms INTEGER NOT NULL,           -- market time
    body TEXT NOT NULL) STRICT;       -- JSON of prices::Observation
  CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,                -- in the bucket
    last_id INTEGER NOT NULL,         -- the last observation it holds
    until_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS announcements (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL) STRICT;       -- JSON of queues::PriceChange, until the queue has it";

/// What is known of the event and of its segments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Meta {
    /// The event as last told.
    pub card: Option<EventCard>,
    /// The segment that is still being added to.
    pub open_segment: u32,
    /// The last observation of the segments before it.
    pub closed_until_id: i64,
    /// The last observation that is in the bucket.
    pub stored_until_id: i64,
}

/// An observation with its number.
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Market.
    pub market: Market,
    /// What was seen.
    pub observation: Observation,
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

#[derive(Deserialize)]
struct ObservationRow {
    id: i64,
    market: String,
    body: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// The object's tables.
pub struct HistoryStore {
    sql: SqlStorage,
}

impl HistoryStore {
    /// Opens the tables, creating them at first.
    pub fn open(sql: SqlStorage) -> Self {
        // A constructor cannot answer an error; a table that is not there fails the first statement that needs it.
        let _ = sql::run(&sql, TABLES, Vec::new());
        Self { sql }
    }

    /// What is known of the event.
    pub fn meta(&self) -> Result<Meta> {
        let row: Option<Body> = sql::first(&self.sql, "SELECT body FROM meta WHERE id = 1", Vec::new())?;
        row.map_or_else(|| Ok(Meta::default()), |row| decode(&row.body))
    }

    /// Replaces it.
    pub fn save_meta(&self, meta: &Meta) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO meta (id, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            vec![sql::text(encode(meta)?)],
        )
    }

    /// The market listings of the event.
    pub fn listings(&self) -> Result<Vec<Listing>> {
        let rows: Vec<Body> = sql::rows(&self.sql, "SELECT body FROM listings", Vec::new())?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// Writes what an append made, in one statement a table.
    pub fn append(
        &self,
        listings: &[Listing],
        observations: &[(Market, Observation)],
        announcements: &[PriceChange],
    ) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO listings (market, source_event_id, body)
             SELECT value ->> 'market', value ->> 'source_event_id', value FROM json_each(?) WHERE true
             ON CONFLICT DO UPDATE SET body = excluded.body",
            vec![sql::text(encode(&listings)?)],
        )?;
        let rows: Vec<_> =
            observations.iter().map(|(market, seen)| (market, seen.at.timestamp_millis(), seen)).collect();
        sql::run(
            &self.sql,
            "INSERT INTO observations (market, at_ms, body)
             SELECT value ->> 0, value ->> 1, value -> 2 FROM json_each(?) ORDER BY key",
            vec![sql::text(encode(&rows)?)],
        )?;
        sql::run(
            &self.sql,
            "INSERT INTO announcements (id, body)
             SELECT value ->> 'id', value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&announcements)?)],
        )
    }

    /// Announcements the queue does not have yet.
    pub fn announcements(&self) -> Result<Vec<PriceChange>> {
        let rows: Vec<Body> = sql::rows(&self.sql, "SELECT body FROM announcements LIMIT 50", Vec::new())?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// The queue has these.
    pub fn announced(&self, changes: &[PriceChange]) -> Result<()> {
        let ids: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
        sql::run(
            &self.sql,
            "DELETE FROM announcements WHERE id IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&ids)?)],
        )
    }

    /// Observations after `id`, in the order they came.
    pub fn rows_after(&self, id: i64) -> Result<Vec<Row>> {
        let rows: Vec<ObservationRow> = sql::rows(
            &self.sql,
            "SELECT id, market, body FROM observations WHERE id > ? ORDER BY id",
            vec![sql::int(id)?],
        )?;
        rows.into_iter()
            .map(|row| {
                let market =
                    row.market.parse().map_err(|_| Failure::internal("a stored market is not known"))?;
                Ok(Row { id: row.id, market, observation: decode(&row.body)? })
            })
            .collect()
    }

    /// Whether something waits to be stored in the bucket.
    pub fn is_dirty(&self, meta: &Meta) -> Result<bool> {
        Ok(sql::first::<serde::de::IgnoredAny>(
            &self.sql,
            "SELECT 1 AS one FROM observations WHERE id > ? LIMIT 1",
            vec![sql::int(meta.stored_until_id)?],
        )?
        .is_some())
    }

    /// The segment `number` in the bucket holds everything up to `last_id`.
    pub fn stored(&self, number: u32, key: &str, last_id: i64, until: DateTime<Utc>) -> Result<()> {
        sql::run(
            &self.sql,
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

    /// Lets go of observations of closed segments that ended before `before`: the bucket has them.
    pub fn let_go(&self, meta: &Meta, before: DateTime<Utc>) -> Result<()> {
        sql::run(
            &self.sql,
            "DELETE FROM observations WHERE id <=
               (SELECT max(last_id) FROM segments WHERE last_id <= ? AND until_ms < ?)",
            vec![sql::int(meta.closed_until_id)?, sql::int(before.timestamp_millis())?],
        )
    }

    /// Keys of the segments that hold what is no longer here, oldest first.
    pub fn segments_let_go(&self) -> Result<Vec<String>> {
        let keys: Vec<Key> = sql::rows(
            &self.sql,
            "SELECT key FROM segments
             WHERE last_id < coalesce((SELECT min(id) FROM observations), 0) ORDER BY number",
            Vec::new(),
        )?;
        Ok(keys.into_iter().map(|row| row.key).collect())
    }

    /// Everything that is here, by market, oldest first.
    pub fn courses(&self) -> Result<Courses> {
        let mut courses = Courses::new();
        for row in self.rows_after(0)? {
            courses.entry(row.market).or_default().push(row.observation);
        }
        for course in courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        Ok(courses)
    }
}

/// The instant of the newest of `rows`.
pub fn newest(rows: &[Row]) -> DateTime<Utc> {
    rows.iter().map(|row| row.observation.at).max().unwrap_or_else(|| from_ms(0))
}
