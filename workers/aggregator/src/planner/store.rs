//! What a planner remembers, in its own SQLite.

use contract::catalog::{EventCard, SourceMode};
use contract::ids::EventId;
use edge::clock::Clock;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use serde::{Deserialize, Serialize};
use sources::Cursor;
use worker::SqlStorage;

use crate::allowance::gate::Gate;

/// A token is renewed this long before it ends.
const TOKEN_MARGIN_MS: i64 = 60_000;

/// Everything about the walk: one row, written by the alarm alone, which never runs twice at once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlannerState {
    /// The walk under way.
    pub walk: Option<Walk>,
    /// Walks begun; numbers them.
    pub walks: i64,
    /// When the walk goes on, steady time.
    pub resume_ms: i64,
    /// Calls of the last complete walk.
    pub walk_calls: u32,
    /// The reading of changes under way.
    pub updates: Option<Updates>,
    /// When changes are asked for next, steady time.
    pub updates_ms: i64,
    /// Market time up to which changes were read, epoch milliseconds.
    pub updated_until_ms: Option<i64>,
    /// Failures of our own since the last page taken in.
    pub stumbles: u32,
    /// Market time of the last complete walk, epoch milliseconds.
    pub last_success_ms: Option<i64>,
    /// Market time of the next step, epoch milliseconds.
    pub next_poll_ms: Option<i64>,
    /// Events in the last complete walk.
    pub events: u32,
    /// Entries of the last complete walk that could not be read.
    pub rejected: u32,
    /// Complete walks in a row that saw too few events to be believed.
    pub odd_walks: u32,
    /// Market time of the first of them, epoch milliseconds.
    pub odd_since_ms: Option<i64>,
    /// Listings of events that no other market lists, and those in doubtful pairs.
    pub counted: Counted,
}

/// What is counted once an hour.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counted {
    /// When, steady time.
    pub at_ms: i64,
    /// Listings of events that no other market lists.
    pub unmatched: u32,
    /// Listings in doubtful pairs that nobody has decided.
    pub doubtful: u32,
}

/// What walks, polls and live reads change at the same time: always read and written without an await in between.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pulse {
    /// How the source was read last.
    pub mode: Option<SourceMode>,
    /// Market time of the last request, epoch milliseconds.
    pub last_attempt_ms: Option<i64>,
    /// Observations passed on since the beginning.
    pub passed_on: u64,
}

/// One reading of what changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Updates {
    /// What to ask next.
    pub cursor: Cursor,
    /// Its request id.
    pub request_id: contract::ids::RequestId,
    /// Market time when it began, epoch milliseconds.
    pub began_ms: i64,
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
    /// Grows with every write: who writes over a newer one (a walk and a live read at once) leaves it unsettled.
    #[serde(default)]
    pub version: i64,
}

/// The planner's tables.
pub struct PlannerStore {
    sql: SqlStorage,
}

#[derive(Deserialize)]
struct Number {
    number: i64,
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
            "CREATE TABLE IF NOT EXISTS cells (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS known (
               source_event_id TEXT PRIMARY KEY,
               walk INTEGER NOT NULL,
               body TEXT NOT NULL            -- JSON of store::Known
             ) STRICT, WITHOUT ROWID;
             -- The last move of a listing to another event that was followed.
             CREATE TABLE IF NOT EXISTS followed (
               id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL) STRICT;
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

    /// Lets `change` work on the gate at this moment. Nothing is awaited, so no call can slip in between.
    pub fn with_gate<T>(&self, change: impl FnOnce(&mut Gate) -> T) -> Result<T> {
        let mut gate: Gate = self.cell("gate")?;
        gate.tick(Clock::wall_ms());
        let out = change(&mut gate);
        self.put_cell("gate", &gate)?;
        Ok(out)
    }

    /// The gate as it stands now, to look at.
    pub fn gate(&self) -> Result<Gate> {
        let mut gate: Gate = self.cell("gate")?;
        gate.tick(Clock::wall_ms());
        Ok(gate)
    }

    /// The pulse.
    pub fn pulse(&self) -> Result<Pulse> {
        self.cell("pulse")
    }

    /// Changes the pulse, without an await in between.
    pub fn with_pulse(&self, change: impl FnOnce(&mut Pulse)) -> Result<()> {
        let mut pulse = self.pulse()?;
        change(&mut pulse);
        self.put_cell("pulse", &pulse)
    }

    /// The access token, while it lives.
    pub fn live_token(&self) -> Result<Option<String>> {
        let token: Option<Token> = self.cell("token")?;
        let live = |token: &Token| token.expires_ms.saturating_sub(TOKEN_MARGIN_MS) > Clock::wall_ms();
        Ok(token.filter(live).map(|token| token.access_token))
    }

    /// Keeps an access token, or forgets it.
    pub fn put_token(&self, token: Option<&Token>) -> Result<()> {
        self.put_cell("token", &token)
    }

    /// A value stored under a name; the default one at first.
    pub fn cell<T: Default + serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let row: Option<Body> =
            sql::first(&self.sql, "SELECT body FROM cells WHERE name = ?", vec![sql::text(name)])?;
        row.map_or_else(|| Ok(T::default()), |row| decode(&row.body))
    }

    /// Replaces it.
    pub fn put_cell(&self, name: &str, value: &impl Serialize) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO cells (name, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            vec![sql::text(name), sql::text(encode(value)?)],
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
             SELECT value ->> 'source_event_id', value ->> 'walk', json_set(value, '$.version', (value ->> 'version') + 1)
             FROM json_each(?) WHERE true
             ON CONFLICT DO UPDATE SET walk = max(known.walk, excluded.walk), body =
               CASE WHEN (known.body ->> 'version') + 1 = excluded.body ->> 'version'
                      OR known.body ->> 'version' IS NULL THEN excluded.body
                    ELSE json_set(excluded.body, '$.settled', json('false'),
                                  '$.version', (known.body ->> 'version') + 1) END",
            vec![sql::text(encode(&listings)?)],
        )
    }

    /// The number of the last move to another event that was followed; 0 at first.
    pub fn followed(&self) -> Result<i64> {
        let row: Option<Number> =
            sql::first(&self.sql, "SELECT number FROM followed WHERE id = 1", Vec::new())?;
        Ok(row.map_or(0, |row| row.number))
    }

    /// Forgets listings that belong to another event now: they are linked as if they were new.
    pub fn follow(&self, number: i64, ids: &[String]) -> Result<()> {
        self.forget(ids)?;
        sql::run(
            &self.sql,
            "INSERT INTO followed (id, number) VALUES (1, ?) ON CONFLICT DO UPDATE SET number = excluded.number",
            vec![sql::int(number)?],
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
