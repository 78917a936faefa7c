//! Table `watchlists`.

use contract::account::WatchedEvent;
use contract::ids::{EventId, UserId};
use contract::planner::WatchCount;
use edge::Result;
use edge::clock::from_ms;
use edge::d1::{self, int, text};
use serde::Deserialize;
use serde::de::IgnoredAny;
use worker::D1Database;

use super::stored_id;

/// Events one person may watch: more than anybody reads, and one page.
pub const MAX_WATCHED: i64 = 200;

/// What watching something came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchOutcome {
    /// It is on the list, now or before.
    Watched,
    /// The list is full.
    ListFull,
    /// There is no such event or venue.
    NoSuchThing,
}

#[derive(Deserialize)]
struct Row {
    event_id: String,
    added_at_ms: i64,
}

/// The events a person watches, newest first.
pub async fn list(db: &D1Database, user_id: &UserId) -> Result<Vec<WatchedEvent>> {
    let rows: Vec<Row> = d1::rows(
        db,
        "SELECT event_id, added_at_ms FROM watchlists WHERE user_id = ?1 ORDER BY added_at_ms DESC, event_id LIMIT ?2",
        &[text(user_id.as_str()), int(MAX_WATCHED)?],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WatchedEvent { event_id: stored_id(&row.event_id)?, added_at: from_ms(row.added_at_ms) })
        })
        .collect()
}

/// Puts an event on the list; twice is once.
pub async fn add(db: &D1Database, user_id: &UserId, event_id: &EventId, now_ms: i64) -> Result<WatchOutcome> {
    let (user, event) = (text(user_id.as_str()), text(event_id.as_str()));
    let added = d1::run(
        db,
        "INSERT INTO watchlists (user_id, event_id, added_at_ms)
         SELECT ?1, id, ?3 FROM events WHERE id = ?2
           AND (SELECT COUNT(*) FROM watchlists WHERE user_id = ?1) < ?4
         ON CONFLICT DO NOTHING",
        &[user.clone(), event.clone(), int(now_ms)?, int(MAX_WATCHED)?],
    )
    .await?;
    if added > 0 {
        return Ok(WatchOutcome::Watched);
    }
    let there: Option<IgnoredAny> = d1::first(
        db,
        "SELECT event_id FROM watchlists WHERE user_id = ?1 AND event_id = ?2",
        &[user, event.clone()],
    )
    .await?;
    if there.is_some() {
        return Ok(WatchOutcome::Watched);
    }
    let known: Option<IgnoredAny> = d1::first(db, "SELECT id FROM events WHERE id = ?1", &[event]).await?;
    Ok(if known.is_some() { WatchOutcome::ListFull } else { WatchOutcome::NoSuchThing })
}

/// Takes an event off the list, whether or not it was on it.
pub async fn remove(db: &D1Database, user_id: &UserId, event_id: &EventId) -> Result<()> {
    d1::run(
        db,
        "DELETE FROM watchlists WHERE user_id = ?1 AND event_id = ?2",
        &[text(user_id.as_str()), text(event_id.as_str())],
    )
    .await
    .map(drop)
}

#[derive(Deserialize)]
struct CountRow {
    event_id: EventId,
    count: u32,
}

/// The events that most people watch.
pub async fn most_watched(db: &D1Database) -> Result<Vec<WatchCount>> {
    let limit = i64::try_from(contract::planner::MAX_WATCHED).unwrap_or(i64::MAX);
    let rows: Vec<CountRow> = d1::rows(
        db,
        "SELECT event_id, COUNT(*) AS count FROM watchlists GROUP BY event_id ORDER BY count DESC, event_id LIMIT ?",
        &[int(limit)?],
    )
    .await?;
    Ok(rows.into_iter().map(|row| WatchCount { event_id: row.event_id, count: row.count }).collect())
}
