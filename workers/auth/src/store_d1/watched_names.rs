//! Performers and venues a person watches, in D1.

use catalog::place::performer_key;
use contract::account::{WatchedPerformer, WatchedVenue};
use contract::ids::{UserId, VenueId};
use edge::clock::from_ms;
use edge::d1::{self, int, text};
use edge::{Failure, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;
use worker::D1Database;

use super::watchlist::WatchOutcome;

/// Most performers, and most venues, a person watches.
pub const MAX_NAMES: i64 = 100;

#[derive(Deserialize)]
struct PerformerRow {
    name: String,
    added_at_ms: i64,
}

#[derive(Deserialize)]
struct VenueRow {
    venue_id: String,
    added_at_ms: i64,
}

/// The performers a person watches, newest first.
pub async fn performers(db: &D1Database, user_id: &UserId) -> Result<Vec<WatchedPerformer>> {
    let rows: Vec<PerformerRow> = d1::rows(
        db,
        "SELECT name, added_at_ms FROM watched_performers WHERE user_id = ?1
         ORDER BY added_at_ms DESC, performer_key LIMIT ?2",
        &[text(user_id.as_str()), int(MAX_NAMES)?],
    )
    .await?;
    let read = |row: PerformerRow| WatchedPerformer { name: row.name, added_at: from_ms(row.added_at_ms) };
    Ok(rows.into_iter().map(read).collect())
}

/// The venues a person watches, newest first.
pub async fn venues(db: &D1Database, user_id: &UserId) -> Result<Vec<WatchedVenue>> {
    let rows: Vec<VenueRow> = d1::rows(
        db,
        "SELECT venue_id, added_at_ms FROM watched_venues WHERE user_id = ?1
         ORDER BY added_at_ms DESC, venue_id LIMIT ?2",
        &[text(user_id.as_str()), int(MAX_NAMES)?],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            let venue_id =
                row.venue_id.parse().map_err(|_| Failure::internal("a stored venue id cannot be read"))?;
            Ok(WatchedVenue { venue_id, added_at: from_ms(row.added_at_ms) })
        })
        .collect()
}

/// Puts a performer on the list; under another spelling it is the same one. `None` for a name without a word.
pub async fn add_performer(
    db: &D1Database,
    user_id: &UserId,
    name: &str,
    now_ms: i64,
) -> Result<Option<WatchOutcome>> {
    let key = performer_key(name);
    if key.is_empty() {
        return Ok(None);
    }
    let added = d1::run(
        db,
        "INSERT INTO watched_performers (user_id, performer_key, name, added_at_ms)
         SELECT ?1, ?2, ?3, ?4 WHERE (SELECT COUNT(*) FROM watched_performers WHERE user_id = ?1) < ?5
         ON CONFLICT DO NOTHING",
        &[text(user_id.as_str()), text(&key), text(name), int(now_ms)?, int(MAX_NAMES)?],
    )
    .await?;
    if added > 0 {
        return Ok(Some(WatchOutcome::Watched));
    }
    let there: Option<IgnoredAny> = d1::first(
        db,
        "SELECT name FROM watched_performers WHERE user_id = ?1 AND performer_key = ?2",
        &[text(user_id.as_str()), text(&key)],
    )
    .await?;
    Ok(Some(if there.is_some() { WatchOutcome::Watched } else { WatchOutcome::ListFull }))
}

/// Takes a performer off the list, whether or not it was on it.
pub async fn remove_performer(db: &D1Database, user_id: &UserId, name: &str) -> Result<()> {
    d1::run(
        db,
        "DELETE FROM watched_performers WHERE user_id = ?1 AND performer_key = ?2",
        &[text(user_id.as_str()), text(performer_key(name))],
    )
    .await
    .map(drop)
}

/// Puts a venue on the list; twice is once.
pub async fn add_venue(
    db: &D1Database,
    user_id: &UserId,
    venue_id: &VenueId,
    now_ms: i64,
) -> Result<WatchOutcome> {
    let (user, venue) = (text(user_id.as_str()), text(venue_id.as_str()));
    let added = d1::run(
        db,
        "INSERT INTO watched_venues (user_id, venue_id, added_at_ms)
         SELECT ?1, id, ?3 FROM venues WHERE id = ?2
           AND (SELECT COUNT(*) FROM watched_venues WHERE user_id = ?1) < ?4
         ON CONFLICT DO NOTHING",
        &[user.clone(), venue.clone(), int(now_ms)?, int(MAX_NAMES)?],
    )
    .await?;
    if added > 0 {
        return Ok(WatchOutcome::Watched);
    }
    let there: Option<IgnoredAny> = d1::first(
        db,
        "SELECT venue_id FROM watched_venues WHERE user_id = ?1 AND venue_id = ?2",
        &[user, venue.clone()],
    )
    .await?;
    if there.is_some() {
        return Ok(WatchOutcome::Watched);
    }
    let known: Option<IgnoredAny> = d1::first(db, "SELECT id FROM venues WHERE id = ?1", &[venue]).await?;
    Ok(if known.is_some() { WatchOutcome::ListFull } else { WatchOutcome::NoSuchThing })
}

/// Takes a venue off the list, whether or not it was on it.
pub async fn remove_venue(db: &D1Database, user_id: &UserId, venue_id: &VenueId) -> Result<()> {
    d1::run(
        db,
        "DELETE FROM watched_venues WHERE user_id = ?1 AND venue_id = ?2",
        &[text(user_id.as_str()), text(venue_id.as_str())],
    )
    .await
    .map(drop)
}
