//! Single events to be read anew: the planned ones and those that are asked for once. In the planner's SQLite; times are
//! steady time.

use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use serde::{Deserialize, Serialize};
use worker::SqlStorage;

/// One event to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// The market's id.
    pub source_event_id: String,
    /// Our event, where it is known.
    pub event_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Why it is planned.
    pub reasons: Vec<String>,
    /// Every so often; 0 for once.
    pub every_ms: i64,
    /// When next.
    pub next_ms: i64,
    /// Why it is read once out of turn.
    pub once: Option<Once>,
}

/// Why an event is read out of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Once {
    /// Its market said that it moved.
    Hint,
    /// Its market said that it is gone: to be confirmed.
    Deleted,
}

impl Once {
    /// The word in a plan.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Deleted => "deleted",
        }
    }
}

const TABLE: &str = "
  CREATE TABLE IF NOT EXISTS polls (
    source_event_id TEXT PRIMARY KEY,
    next_ms INTEGER NOT NULL,
    body TEXT NOT NULL            -- JSON of poll_store::Poll
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS polls_by_next ON polls (next_ms);";

#[derive(Deserialize)]
struct Body {
    body: String,
}

/// The table.
pub struct PollStore {
    sql: SqlStorage,
}

impl PollStore {
    /// Opens it, creating it at first.
    pub fn open(sql: SqlStorage) -> Self {
        // A constructor cannot answer an error; a table that is not there fails the first statement that needs it.
        let _ = sql::run(&sql, TABLE, Vec::new());
        Self { sql }
    }

    /// What is due, the longest waiting first.
    pub fn due(&self, now_ms: i64, limit: usize) -> Result<Vec<Poll>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read("WHERE next_ms <= ? ORDER BY next_ms LIMIT ?", vec![sql::int(now_ms)?, sql::int(limit)?])
    }

    /// Everything, the soonest first.
    pub fn all(&self) -> Result<Vec<Poll>> {
        self.read("ORDER BY next_ms LIMIT 5000", Vec::new())
    }

    /// The soonest.
    pub fn soonest(&self) -> Result<Option<Poll>> {
        Ok(self.read("ORDER BY next_ms LIMIT 1", Vec::new())?.into_iter().next())
    }

    /// One of them.
    pub fn one(&self, id: &str) -> Result<Option<Poll>> {
        Ok(self.read("WHERE source_event_id = ?", vec![sql::text(id)])?.into_iter().next())
    }

    /// Takes the place of what was planned. A poll that stays keeps its turn, unless its new interval brings it sooner; one
    /// out of turn stays in any case.
    pub fn replan(&self, planned: Vec<Poll>, now_ms: i64) -> Result<()> {
        let before = self.all()?;
        let find = |id: &str| before.iter().find(|poll| poll.source_event_id == id);
        let mut rows: Vec<Poll> = before.iter().filter_map(out_of_turn).collect();
        rows.retain(|kept| !planned.iter().any(|poll| poll.source_event_id == kept.source_event_id));
        rows.extend(planned.into_iter().map(|poll| match find(&poll.source_event_id) {
            Some(kept) => {
                let next_ms = kept.next_ms.min(now_ms.saturating_add(poll.every_ms));
                Poll { next_ms, once: kept.once, ..poll }
            }
            None => poll,
        }));
        sql::run(&self.sql, "DELETE FROM polls", Vec::new())?;
        self.put(&rows)
    }

    /// Has these read as soon as may be, or at `at_ms` to confirm that they are gone.
    pub fn once(&self, ids: &[&str], why: Once, at_ms: i64) -> Result<()> {
        let rows = ids
            .iter()
            .map(|id| {
                let poll = self.one(id)?;
                Ok(match poll {
                    // What is to be confirmed stays to be confirmed, whatever else is said of it.
                    Some(poll) => {
                        Poll { once: poll.once.or(Some(why)), next_ms: poll.next_ms.min(at_ms), ..poll }
                    }
                    None => Poll {
                        source_event_id: (*id).to_owned(),
                        event_id: None,
                        name: None,
                        reasons: Vec::new(),
                        every_ms: 0,
                        next_ms: at_ms,
                        once: Some(why),
                    },
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.put(&rows)
    }

    /// A poll begins: it is put off until `later_ms`, and what is said of it from now on asks for another.
    pub fn begin(&self, poll: &Poll, later_ms: i64) -> Result<()> {
        self.put(&[Poll { once: None, next_ms: later_ms, ..poll.clone() }])
    }

    /// It was answered: the next one in its turn, or none.
    pub fn done(&self, poll: &Poll, now_ms: i64) -> Result<()> {
        let Some(stored) = self.one(&poll.source_event_id)? else { return Ok(()) };
        if stored.once.is_some() {
            return Ok(());
        }
        if stored.every_ms == 0 {
            return self.forget(&[&stored.source_event_id]);
        }
        self.put(&[Poll { next_ms: now_ms.saturating_add(stored.every_ms), ..stored }])
    }

    /// It was not answered: it is due again at `at_ms`, for the same reason.
    pub fn again(&self, poll: &Poll, at_ms: i64) -> Result<()> {
        let Some(stored) = self.one(&poll.source_event_id)? else { return Ok(()) };
        self.put(&[Poll { next_ms: at_ms, once: poll.once.or(stored.once), ..stored }])
    }

    /// Reads these no more.
    pub fn forget(&self, ids: &[&str]) -> Result<()> {
        sql::run(
            &self.sql,
            "DELETE FROM polls WHERE source_event_id IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&ids)?)],
        )
    }

    fn put(&self, polls: &[Poll]) -> Result<()> {
        sql::run(
            &self.sql,
            "INSERT INTO polls (source_event_id, next_ms, body)
             SELECT value ->> 'source_event_id', value ->> 'next_ms', value FROM json_each(?) WHERE true
             ON CONFLICT DO UPDATE SET next_ms = excluded.next_ms, body = excluded.body",
            vec![sql::text(encode(&polls)?)],
        )
    }

    fn read(&self, which: &str, values: Vec<worker::SqlStorageValue>) -> Result<Vec<Poll>> {
        let rows: Vec<Body> = sql::rows(&self.sql, &format!("SELECT body FROM polls {which}"), values)?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }
}

/// What stays of a poll that is planned no more.
fn out_of_turn(poll: &Poll) -> Option<Poll> {
    poll.once.map(|_| Poll { every_ms: 0, reasons: Vec::new(), ..poll.clone() })
}
