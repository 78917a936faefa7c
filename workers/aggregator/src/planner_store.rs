//! What a planner remembers, in its own SQLite.

use contract::catalog::{EventCard, SourceMode};
use contract::ids::EventId;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use serde::{Deserialize, Serialize};
use sources::Cursor;
use worker::SqlStorage;

use crate::budget::Budget;

/// Everything about the source but its listings: one row, replaced as a whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlannerState {
    /// Calls made.
    pub budget: Budget,
    /// The walk under way.
    pub walk: Option<Walk>,
    /// Walks begun; numbers them.
    pub walks: i64,
    /// The access token, where the source has one.
    pub token: Option<Token>,
    /// Failures since the last success.
    pub failures: u32,
    /// Short code of the last failure.
    pub last_failure: Option<String>,
    /// Market time of the last complete walk, epoch milliseconds.
    pub last_success_ms: Option<i64>,
    /// Market time of the last request, epoch milliseconds.
    pub last_attempt_ms: Option<i64>,
    /// Market time of the next step, epoch milliseconds.
    pub next_poll_ms: Option<i64>,
    /// How the source was read last.
    pub mode: Option<SourceMode>,
    /// Events in the last complete walk.
    pub events: u32,
    /// Entries of the last complete walk that could not be read.
    pub rejected: u32,
    /// Observations passed on since the beginning.
    pub passed_on: u64,
    /// Complete walks in a row that saw too few events to be believed.
    pub odd_walks: u32,
    /// Market time of the first of them, epoch milliseconds.
    pub odd_since_ms: Option<i64>,
}

/// One walk through a source's catalogue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Walk {
    /// Its number.
    pub number: i64,
    /// What to ask next.
    pub cursor: Cursor,
    /// Its request id.
    pub request_id: contract::ids::RequestId,
    /// Wall clock when it began, epoch milliseconds.
    pub started_ms: i64,
    /// Calls made.
    pub requests: u32,
    /// Events read.
    pub events: u32,
    /// Changes passed on.
    pub changes: u32,
    /// Entries that could not be read.
    pub rejected: u32,
}

/// An access token. A secret: never logged, never sent anywhere but to its provider.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token {
    /// The token.
    pub access_token: String,
    /// Wall clock when it ends, epoch milliseconds.
    pub expires_ms: i64,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// One market listing as the planner knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    /// The market's id.
    pub source_event_id: String,
    /// The event it is.
    pub event_id: EventId,
    /// How sure, thousandths.
    pub confidence_permille: u16,
    /// The event's card, for messages.
    pub card: EventCard,
    /// Fingerprint of what the market said of the event itself: changed means link again.
    pub facts: String,
    /// Fingerprint of the quote and the listings last applied.
    pub quote: String,
    /// Whether that quote was seen twice, so that an equal one need not be applied again.
    pub settled: bool,
    /// The last change passed on.
    pub acknowledged_seq: u64,
    /// The walk that saw it last.
    pub walk: i64,
    /// Complete walks in a row that did not see it.
    pub missed: u32,
    /// Market time of the last apply, epoch milliseconds.
    pub applied_ms: i64,
    /// The last ratio of all-in to before fees that was kept (ten-thousandths), where the market states both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<u32>,
}

/// The planner's tables.
pub struct PlannerStore {
    sql: SqlStorage,
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

impl PlannerStore {
    /// Opens the tables, creating them at first.
    pub fn open(sql: SqlStorage) -> Self {
        // A constructor cannot answer an error; a table that is not there fails the first statement that needs it.
        let _ = sql::run(
            &sql,
            "CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS known (
               source_event_id TEXT PRIMARY KEY,
               walk INTEGER NOT NULL,
               body TEXT NOT NULL            -- JSON of planner_store::Known
             ) STRICT, WITHOUT ROWID;
             CREATE INDEX IF NOT EXISTS known_by_walk ON known (walk);",
            Vec::new(),
        );
        Self { sql }
    }

    /// The state; the default one at first.
    pub fn state(&self) -> Result<PlannerState> {
        let row: Option<Body> = sql::first(&self.sql, "SELECT body FROM state WHERE id = 1", Vec::new())?;
        row.map_or_else(|| Ok(PlannerState::default()), |row| decode(&row.body))
    }

    /// Replaces the state.
    pub fn save_state(&self, state: &PlannerState) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO state (id, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            vec![sql::text(encode(state)?)],
        )
    }

    /// The listings among `ids` that are known.
    pub fn known(&self, ids: &[&str]) -> Result<Vec<Known>> {
        let rows: Vec<Body> = sql::rows(
            &self.sql,
            "SELECT body FROM known WHERE source_event_id IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&ids)?)],
        )?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// The listings that `walk` has not seen.
    pub fn unseen(&self, walk: i64) -> Result<Vec<Known>> {
        let rows: Vec<Body> =
            sql::rows(&self.sql, "SELECT body FROM known WHERE walk < ? LIMIT 2000", vec![sql::int(walk)?])?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// Inserts or replaces listings in one statement.
    pub fn remember(&self, listings: &[Known]) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO known (source_event_id, walk, body)
             SELECT value ->> 'source_event_id', value ->> 'walk', value FROM json_each(?) WHERE true
             ON CONFLICT DO UPDATE SET walk = excluded.walk, body = excluded.body",
            vec![sql::text(encode(&listings)?)],
        )
    }

    /// Forgets listings that are gone.
    pub fn forget(&self, ids: &[String]) -> Result<()> {
        sql::run(
            &self.sql,
            "DELETE FROM known WHERE source_event_id IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&ids)?)],
        )
    }
}
