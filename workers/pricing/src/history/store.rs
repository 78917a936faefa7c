//! One event's history in its object's own SQLite, and which parts of it are in R2.

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::deals::{Deal, PriceMove};
use contract::ids::EventId;
use contract::queues::PriceChange;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::sql;
use prices::score::Comparable;
use prices::{Courses, Market, Observation};
use serde::{Deserialize, Serialize};
use worker::SqlStorage;

use crate::deals::moves;
use crate::history::cold;
use crate::history::listing::Listing;
use crate::history::lows::Lows;

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
    body TEXT NOT NULL) STRICT;       -- JSON of queues::PriceChange, until the queue has it";

/// What is known of the event, of its listings and of its segments: one row, so that an append reads it and nothing of
/// the past.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The event as last told.
    pub card: Option<EventCard>,
    /// The segment that is still being added to.
    pub open_segment: u32,
    /// The last observation of the segments before it.
    pub closed_until_id: i64,
    /// The last observation that is in the bucket.
    pub stored_until_id: i64,
    /// The market listings of the event; `None` in rows from when they stood in a table of their own.
    listings: Option<Vec<Listing>>,
    /// The event as a deal when it was last scored.
    pub deal: Option<Deal>,
    /// The place of its listing, which is the one that was scored, among the listings.
    pub deal_place: Option<usize>,
    /// When it was last scored (market time).
    pub scored_at: Option<DateTime<Utc>>,
    /// The number of the last answer to an append.
    pub revision: u64,
    /// How fresh the deal was when it was last to be written (market time).
    pub told_at: Option<DateTime<Utc>>,
    /// Observations corrected so far: who wrote them down meanwhile sees that he must again.
    pub corrections: u64,
    /// The event, from the first call that named it.
    pub event_id: Option<EventId>,
    /// Grows with every change of the history.
    pub version: u64,
    /// Compactions done so far: their objects' keys hold it.
    pub compactions: u32,
    /// Pieces sealed by imports so far: their keys hold it.
    pub imports: u32,
    /// The lowest prices that no listing remembers: imported ones, and those of units that markets have left.
    pub lows: Lows,
    /// What comparable events cost, as last told.
    pub comparable: Option<Comparable>,
    /// There may be announcements the queue does not have.
    pub announcing: bool,
}

/// While no confirmed price changes, the score is made anew this often (market time): the course moves slowly under it.
const SCORE_EVERY: TimeDelta = TimeDelta::hours(1);
/// A deal that is the same but for its freshness is written this often.
const TELL_EVERY: TimeDelta = TimeDelta::hours(1);

impl Meta {
    /// Whether the last score still holds at `now`, as far as time goes.
    pub fn is_scored_lately(&self, now: DateTime<Utc>) -> bool {
        let begun = self.card.as_ref().and_then(|card| card.starts_at).is_some_and(|start| start <= now);
        let age = self.scored_at.map(|at| now.signed_duration_since(at));
        // What was scored before places were kept is scored anew, so that it is known which listing it is.
        let is_placed = self.deal.is_some() == self.deal_place.is_some();
        age.is_some_and(|age| age < SCORE_EVERY) && !(begun && self.deal.is_some()) && is_placed
    }

    /// The number of the next answer: above all before it, and not below the clock, so that it is still above them where an
    /// object lost its storage, or was taken back to an earlier state, while its rows were not.
    pub fn next_revision(&mut self, wall_ms: i64) -> u64 {
        self.revision = self.revision.saturating_add(1).max(u64::try_from(wall_ms).unwrap_or(0));
        self.revision
    }

    /// The event, if any call has named it.
    pub fn event_id(&self) -> Option<EventId> {
        self.card.as_ref().map(|card| card.id.clone()).or_else(|| self.event_id.clone())
    }

    /// Whether the deal's row is fresh enough.
    pub fn is_told_lately(&self) -> bool {
        match (&self.deal, self.told_at) {
            (Some(deal), Some(told)) => deal.observed_at.signed_duration_since(told) < TELL_EVERY,
            (None, None) => true,
            _ => false,
        }
    }
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
pub(super) struct Body {
    pub(super) body: String,
}

#[derive(Deserialize)]
struct ObservationRow {
    id: i64,
    market: String,
    body: String,
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
        let _ = sql::run(&sql, moves::TABLE, Vec::new());
        let _ = sql::run(&sql, cold::TABLES, Vec::new());
        Self { sql }
    }

    /// The storage, for the parts of it that have a file of their own.
    pub(super) const fn sql(&self) -> &SqlStorage {
        &self.sql
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
    pub fn listings(&self, meta: &Meta) -> Result<Vec<Listing>> {
        if let Some(listings) = &meta.listings {
            return Ok(listings.clone());
        }
        let has_table = sql::first::<serde::de::IgnoredAny>(
            &self.sql,
            "SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = 'listings'",
            Vec::new(),
        )?;
        if has_table.is_none() {
            return Ok(Vec::new());
        }
        let rows: Vec<Body> = sql::rows(&self.sql, "SELECT body FROM listings", Vec::new())?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// Writes what an append made: two rows (more for very many observations), and one more for each announcement.
    pub fn append(
        &self,
        meta: &mut Meta,
        listings: Vec<Listing>,
        observations: &[(Market, Observation)],
        announcements: &[PriceChange],
    ) -> Result<()> {
        meta.listings = Some(listings);
        if !observations.is_empty() {
            meta.version = meta.version.saturating_add(1);
        }
        self.save_meta(meta)?;
        for observations in observations.chunks(super::SEGMENT_ROWS) {
            let newest = observations.iter().map(|(_, seen)| seen.at).max().unwrap_or_default();
            sql::run(
                &self.sql,
                "INSERT INTO observations (market, at_ms, body) VALUES ('', ?, ?)",
                vec![sql::int(newest.timestamp_millis())?, sql::text(encode(&observations)?)],
            )?;
        }
        if announcements.is_empty() {
            return Ok(());
        }
        sql::run(
            &self.sql,
            "INSERT INTO announcements (id, body)
             SELECT value ->> 'id', value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&announcements)?)],
        )?;
        moves::keep(&self.sql, announcements)
    }

    /// The newest confirmed moves, newest first.
    pub fn moves(&self, limit: u32) -> Result<Vec<PriceMove>> {
        moves::newest(&self.sql, limit)
    }

    /// Replaces what `held` says by what is right.
    pub fn correct(&self, held: &Row, right: &Observation) -> Result<()> {
        let row: Option<ObservationRow> = sql::first(
            &self.sql,
            "SELECT id, market, body FROM observations WHERE id = ?",
            vec![sql::int(held.id)?],
        )?;
        let Some(row) = row else { return Ok(()) };
        let body = if row.market.is_empty() {
            let mut many: Vec<(Market, Observation)> = decode(&row.body)?;
            let wrong =
                many.iter_mut().find(|(market, seen)| *market == held.market && *seen == held.observation);
            if let Some((_, seen)) = wrong {
                *seen = *right;
            }
            encode(&many)?
        } else {
            encode(right)?
        };
        sql::run(
            &self.sql,
            "UPDATE observations SET body = ? WHERE id = ?",
            vec![sql::text(body), sql::int(held.id)?],
        )
    }

    /// Observations after `id`, in the order they came.
    pub fn rows_after(&self, id: i64) -> Result<Vec<Row>> {
        let rows: Vec<ObservationRow> = sql::rows(
            &self.sql,
            "SELECT id, market, body FROM observations WHERE id > ? ORDER BY id",
            vec![sql::int(id)?],
        )?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            if row.market.is_empty() {
                let many: Vec<(Market, Observation)> = decode(&row.body)?;
                seen.extend(many.into_iter().map(|(market, observation)| Row {
                    id: row.id,
                    market,
                    observation,
                }));
            } else {
                let market =
                    row.market.parse().map_err(|_| Failure::internal("a stored market is not known"))?;
                seen.push(Row { id: row.id, market, observation: decode(&row.body)? });
            }
        }
        Ok(seen)
    }

    /// Observations as they are stored, each text JSON of many with their markets: not read, because nobody here needs to.
    pub fn bodies(&self) -> Result<Vec<String>> {
        let rows: Vec<ObservationRow> =
            sql::rows(&self.sql, "SELECT id, market, body FROM observations ORDER BY id", Vec::new())?;
        let many = |row: ObservationRow| match row.market.as_str() {
            "" => row.body,
            market => format!("[[\"{market}\",{}]]", row.body),
        };
        Ok(rows.into_iter().map(many).collect())
    }

    /// Puts rows that one segment holds into one, in the place of the last: reading them is then one row, not thousands.
    pub fn pack(&self, rows: &[Row]) -> Result<()> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        if first.id == last.id {
            return Ok(());
        }
        let many: Vec<(Market, Observation)> = rows.iter().map(|row| (row.market, row.observation)).collect();
        sql::run(
            &self.sql,
            "UPDATE observations SET market = '', at_ms = ?, body = ? WHERE id = ?",
            vec![sql::int(newest(rows).timestamp_millis())?, sql::text(encode(&many)?), sql::int(last.id)?],
        )?;
        sql::run(
            &self.sql,
            "DELETE FROM observations WHERE id >= ? AND id < ?",
            vec![sql::int(first.id)?, sql::int(last.id)?],
        )
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_later_answer_has_a_higher_number_whatever_the_clock_says(clock in prop::collection::vec(any::<i64>(), 1..30)) {
            let mut meta = Meta::default();
            let numbers: Vec<u64> = clock.iter().map(|ms| meta.next_revision(*ms)).collect();
            prop_assert!(numbers.iter().zip(numbers.iter().skip(1)).all(|(earlier, later)| earlier < later || *later == u64::MAX));
        }
    }

    #[test]
    fn an_object_that_lost_what_it_knew_goes_on_above_its_rows() {
        let mut meta = Meta::default();
        let told = (0..100).map(|message| meta.next_revision(1_000 + 50 * message)).max();
        assert!(told.is_some_and(|told| Meta::default().next_revision(10_000) > told));
    }
}
