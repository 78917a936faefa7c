//! What was pushed lately, in the SQLite of the feed's planner: a delivery that comes twice acts once, and one that was
//! overtaken undoes nothing.

use contract::push::PushedPart;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use serde::Deserialize;
use worker::SqlStorage;

/// A signature is good for five minutes on either side of our clock: after ten a delivery cannot come again.
const KEEP_MS: i64 = 10 * 60 * 1_000;

/// The tables.
pub struct PushStore {
    sql: SqlStorage,
}

#[derive(Deserialize)]
struct Answer {
    answer: String,
}

#[derive(Deserialize)]
struct Id {
    source_event_id: String,
}

impl PushStore {
    /// Opens the tables, creating them at first.
    pub fn open(sql: SqlStorage) -> Self {
        // A constructor cannot answer an error; a table that is not there fails the first statement that needs it.
        let _ = sql::run(
            &sql,
            "CREATE TABLE IF NOT EXISTS pushes (
               delivery TEXT NOT NULL, part INTEGER NOT NULL, at_ms INTEGER NOT NULL, answer TEXT NOT NULL,
               PRIMARY KEY (delivery, part)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS push_stamps (
               source_event_id TEXT PRIMARY KEY, signed_at_s INTEGER NOT NULL, at_ms INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID;",
            Vec::new(),
        );
        Self { sql }
    }

    /// What was answered to this part before.
    pub fn answered(&self, delivery: &str, part: u32) -> Result<Option<PushedPart>> {
        let row: Option<Answer> = sql::first(
            &self.sql,
            "SELECT answer FROM pushes WHERE delivery = ? AND part = ?",
            vec![sql::text(delivery), sql::int(i64::from(part))?],
        )?;
        row.map(|row| decode(&row.answer)).transpose()
    }

    /// Those of `ids` that a delivery signed after `signed_at_s` has spoken of.
    pub fn superseded(&self, ids: &[&str], signed_at_s: i64) -> Result<Vec<String>> {
        let rows: Vec<Id> = sql::rows(
            &self.sql,
            "SELECT source_event_id FROM push_stamps
             WHERE signed_at_s > ? AND source_event_id IN (SELECT value FROM json_each(?))",
            vec![sql::int(signed_at_s)?, sql::text(encode(&ids)?)],
        )?;
        Ok(rows.into_iter().map(|row| row.source_event_id).collect())
    }

    /// Writes down that a part was taken in, and forgets what cannot come again.
    pub fn remember(
        &self,
        delivery: &str,
        part: u32,
        stamp: (&[&str], i64),
        answer: &PushedPart,
        now_ms: i64,
    ) -> Result<()> {
        let (ids, signed_at_s) = stamp;
        let (at_ms, old_ms) = (sql::int(now_ms)?, sql::int(now_ms.saturating_sub(KEEP_MS))?);
        sql::run(
            &self.sql,
            "INSERT INTO push_stamps (source_event_id, signed_at_s, at_ms)
             SELECT value, ?, ? FROM json_each(?) WHERE true
             ON CONFLICT DO UPDATE SET
               signed_at_s = max(signed_at_s, excluded.signed_at_s), at_ms = excluded.at_ms",
            vec![sql::int(signed_at_s)?, at_ms.clone(), sql::text(encode(&ids)?)],
        )?;
        sql::run(
            &self.sql,
            "INSERT INTO pushes (delivery, part, at_ms, answer) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            vec![sql::text(delivery), sql::int(i64::from(part))?, at_ms, sql::text(encode(answer)?)],
        )?;
        sql::run(&self.sql, "DELETE FROM pushes WHERE at_ms < ?", vec![old_ms.clone()])?;
        sql::run(&self.sql, "DELETE FROM push_stamps WHERE at_ms < ?", vec![old_ms])
    }
}
