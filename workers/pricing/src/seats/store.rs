//! What is remembered of events' listings, in D1.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, VenueId};
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::seats::Memory;
use serde::Deserialize;
use worker::Env;

/// Other events of the venue that a listing is judged by: what is measured (docs/PRICING.md) is four.
const OTHERS: i64 = 6;
/// Events whose places are remembered of a venue: at most 40 KB each.
const KEPT_OF_A_VENUE: i64 = 24;
/// What is known of an event whose places were forgotten, or that has none: when it was learned.
const FORGOTTEN: &str = r#"{"at":0,"places":[]}"#;
/// An event not learned for so long (market time) is past: not even that is kept.
const PAST: TimeDelta = TimeDelta::days(400);

/// What is remembered of an event and of others at its venue.
#[derive(Debug, Default)]
pub struct Remembered {
    /// The event itself.
    pub own: Option<Memory>,
    /// Others, the last learned first.
    pub others: Vec<(String, Memory)>,
}

#[derive(Deserialize)]
struct Row {
    event_id: String,
    memory: String,
}

/// What is remembered at `venue`. A memory that an older version wrote and nobody can read is none.
pub async fn read(env: &Env, venue: &VenueId, event: &EventId) -> Result<Remembered> {
    let rows: Vec<Row> = d1::rows(
        &d1::database(env)?,
        "SELECT event_id, memory FROM seat_memories WHERE event_id = ?1
         UNION ALL
         SELECT event_id, memory FROM (
           SELECT event_id, memory FROM seat_memories WHERE venue_id = ?2 AND event_id <> ?1
             AND json_array_length(memory, '$.places') > 0
           ORDER BY learned_at_ms DESC LIMIT ?3)",
        &[d1::text(event.as_str()), d1::text(venue.as_str()), d1::int(OTHERS)?],
    )
    .await?;
    let mut remembered = Remembered::default();
    for row in rows {
        let Ok(memory) = decode::<Memory>(&row.memory) else { continue };
        if row.event_id == event.as_str() {
            remembered.own = Some(memory);
        } else {
            remembered.others.push((row.event_id, memory));
        }
    }
    Ok(remembered)
}

/// Keeps what is remembered of an event, unless something later is kept already, and that it was learned now: an event
/// is not asked for again and again because there is nothing, or no room. Forgets the places of the venue's oldest.
pub async fn write(env: &Env, venue: &VenueId, event: &EventId, memory: &Memory) -> Result<()> {
    let db = d1::database(env)?;
    let keep = d1::statement(
        &db,
        "INSERT INTO seat_memories (event_id, venue_id, learned_at_ms, memory) VALUES (?, ?, ?, ?)
         ON CONFLICT (event_id) DO UPDATE SET
           venue_id = excluded.venue_id, learned_at_ms = excluded.learned_at_ms, memory = excluded.memory
         WHERE excluded.learned_at_ms > learned_at_ms",
        &[
            d1::text(event.as_str()),
            d1::text(venue.as_str()),
            d1::int(memory.at.timestamp_millis())?,
            d1::text(encode(memory)?),
        ],
    )?;
    let forget = d1::statement(
        &db,
        "UPDATE seat_memories SET memory = ?3
         WHERE venue_id = ?1 AND json_array_length(memory, '$.places') > 0 AND event_id NOT IN (
           SELECT event_id FROM seat_memories
           WHERE venue_id = ?1 AND json_array_length(memory, '$.places') > 0
           ORDER BY learned_at_ms DESC LIMIT ?2)",
        &[d1::text(venue.as_str()), d1::int(KEPT_OF_A_VENUE)?, d1::text(FORGOTTEN)],
    )?;
    let past = memory.at.checked_sub_signed(PAST).unwrap_or(memory.at);
    let sweep = d1::statement(
        &db,
        "DELETE FROM seat_memories WHERE venue_id = ? AND learned_at_ms < ?",
        &[d1::text(venue.as_str()), d1::int(past.timestamp_millis())?],
    )?;
    db.batch(vec![keep, forget, sweep]).await?;
    Ok(())
}

/// Those of `events` that nothing was learned of since `since`, at most `limit`.
pub async fn due(env: &Env, events: &[&str], since: DateTime<Utc>, limit: usize) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Due {
        id: String,
    }
    let rows: Vec<Due> = d1::rows(
        &d1::database(env)?,
        "SELECT i.value AS id FROM json_each(?1) i
         LEFT JOIN seat_memories m ON m.event_id = i.value
         WHERE m.learned_at_ms IS NULL OR m.learned_at_ms < ?2
         ORDER BY m.learned_at_ms LIMIT ?3",
        &[
            d1::text(encode(&events)?),
            d1::int(since.timestamp_millis())?,
            d1::int(i64::try_from(limit).unwrap_or(i64::MAX))?,
        ],
    )
    .await?;
    Ok(rows.into_iter().map(|due| due.id).collect())
}
