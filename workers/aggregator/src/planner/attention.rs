//! Who cares for which event now: the table `event_attention`, and the events a planner could read singly.

use std::cell::RefCell;
use std::collections::HashMap;

use contract::ids::EventId;
use contract::planner::WatchCount;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use prices::Market;
use serde::Deserialize;
use worker::Env;

use crate::planner::value::Facts;

/// An event that is opened again and again is written down once in so many milliseconds of market time.
const VIEW_EVERY_MS: i64 = 180_000;
/// Views remembered by an isolate, so that most are not even asked of the database.
const VIEWS_KEPT: usize = 2_000;
/// Attention older than this speaks for nothing any more (value.rs looks back an hour at most).
const LOOK_BACK_MS: i64 = 3_600_000;
/// Events that start this soon are worth a look.
const LOOK_AHEAD_MS: i64 = 72 * 3_600_000;

thread_local! {
    static VIEWED: RefCell<HashMap<String, i64>> = RefCell::new(HashMap::new());
}

/// Whether a view of `id` at market time `now_ms` is worth writing down.
pub fn is_news(id: &EventId, now_ms: i64) -> bool {
    VIEWED.with_borrow_mut(|viewed| {
        let last_ms = viewed.get(id.as_str()).copied();
        if last_ms.is_some_and(|last_ms| now_ms.saturating_sub(last_ms).saturating_abs() < VIEW_EVERY_MS) {
            return false;
        }
        if viewed.len() >= VIEWS_KEPT {
            viewed.clear();
        }
        viewed.insert(id.as_str().to_owned(), now_ms);
        true
    })
}

/// Somebody opened `id`.
pub async fn viewed(env: &Env, id: &EventId, now_ms: i64) -> Result<()> {
    d1::run(
        &d1::database(env)?,
        "INSERT INTO event_attention (event_id, viewed_at_ms) SELECT id, ?2 FROM events WHERE id = ?1
         ON CONFLICT DO UPDATE SET viewed_at_ms = excluded.viewed_at_ms
           WHERE event_attention.viewed_at_ms < excluded.viewed_at_ms - ?3",
        &[d1::text(id.as_str()), d1::int(now_ms)?, d1::int(VIEW_EVERY_MS)?],
    )
    .await
    .map(drop)
}

/// Prices of `ids` changed.
pub async fn moved(env: &Env, ids: &[&EventId], now_ms: i64) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    d1::run(
        &d1::database(env)?,
        "INSERT INTO event_attention (event_id, moved_at_ms)
         SELECT id, ?2 FROM events WHERE id IN (SELECT value FROM json_each(?1))
         ON CONFLICT DO UPDATE SET moved_at_ms = max(moved_at_ms, excluded.moved_at_ms)",
        &[d1::text(encode(&ids)?), d1::int(now_ms)?],
    )
    .await
    .map(drop)
}

/// Exactly these are watched, each by so many, merged events under the one they are part of; what nobody has cared for in a week is forgotten.
pub async fn set_watched(env: &Env, events: &[WatchCount], now_ms: i64) -> Result<()> {
    let db = d1::database(env)?;
    let json = encode(&events)?;
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "INSERT INTO event_attention (event_id, watched)
                 SELECT coalesce(e.merged_into, e.id), sum(w.value ->> 'count') FROM json_each(?1) w
                   JOIN events e ON e.id = w.value ->> 'event_id' GROUP BY 1
                 ON CONFLICT DO UPDATE SET watched = excluded.watched
                   WHERE event_attention.watched <> excluded.watched",
                &[d1::text(&json)],
            )?,
            d1::statement(
                &db,
                "UPDATE event_attention SET watched = 0 WHERE watched > 0
                   AND event_id NOT IN (SELECT coalesce(merged_into, id) FROM events
                     WHERE id IN (SELECT value ->> 'event_id' FROM json_each(?1)))",
                &[d1::text(&json)],
            )?,
            d1::statement(
                &db,
                "DELETE FROM event_attention WHERE watched = 0 AND viewed_at_ms < ?1 AND moved_at_ms < ?1",
                &[d1::int(now_ms.saturating_sub(LOOK_BACK_MS.saturating_mul(24 * 7)))?],
            )?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

/// An event of a market that may be worth a poll of its own.
#[derive(Deserialize)]
pub struct Candidate {
    /// The market's id.
    pub source_event_id: String,
    /// Our id.
    pub event_id: String,
    /// Its name.
    pub name: String,
    starts_at_ms: Option<i64>,
    watched: u32,
    viewed_at_ms: i64,
    moved_at_ms: i64,
}

impl Candidate {
    /// What speaks for it.
    pub const fn facts(&self) -> Facts {
        Facts {
            starts_ms: self.starts_at_ms,
            watched: self.watched,
            viewed_ms: self.viewed_at_ms,
            moved_ms: self.moved_at_ms,
        }
    }
}

/// The events of `market` that start soon or that somebody cares for.
pub async fn candidates(env: &Env, market: Market, now_ms: i64) -> Result<Vec<Candidate>> {
    d1::rows(
        &d1::database(env)?,
        "SELECT l.source_event_id, e.id AS event_id, e.name, e.starts_at_ms, coalesce(a.watched, 0) AS watched,
           coalesce(a.viewed_at_ms, 0) AS viewed_at_ms, coalesce(a.moved_at_ms, 0) AS moved_at_ms
         FROM (SELECT id FROM (SELECT id FROM events WHERE addon = 0 AND sort_at_ms BETWEEN ?2 AND ?3
                               ORDER BY sort_at_ms LIMIT 2000)
               UNION SELECT event_id FROM event_attention WHERE watched > 0
               UNION SELECT event_id FROM event_attention WHERE viewed_at_ms > ?2
               UNION SELECT event_id FROM event_attention WHERE moved_at_ms > ?2) worth
         JOIN events e ON e.id = worth.id AND e.addon = 0
         JOIN event_links l ON l.event_id = e.id AND l.market = ?1
         LEFT JOIN event_attention a ON a.event_id = e.id
         LIMIT 4000",
        &[
            d1::text(market.as_str()),
            d1::int(now_ms.saturating_sub(LOOK_BACK_MS))?,
            d1::int(now_ms.saturating_add(LOOK_AHEAD_MS))?,
        ],
    )
    .await
}
