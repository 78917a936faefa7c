//! Which deals fit a person's taste, as the database tells it.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::deals::{Deal, TasteCode};
use contract::ids::EventId;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::log::Log;
use serde::Deserialize;
use worker::D1Database;

use crate::deals::store::readable;
use crate::deals::taste::{Liked, Taste, bonus};

/// Deals of one genre in one city that are looked at: those that start soonest.
const LOOKED_AT: i64 = 500;

#[derive(Deserialize)]
struct CardRow {
    card: String,
}

#[derive(Deserialize)]
struct DealRow {
    deal: String,
}

/// The events of the person's watchlist and alerts that ever had a price.
pub async fn liked(db: &D1Database, taste: &Taste) -> Result<Vec<Liked>> {
    let rows: Vec<CardRow> = d1::rows(
        db,
        "SELECT p.card FROM json_each(?) e JOIN priced_events p ON p.event_id = e.value ORDER BY e.key",
        &[d1::text(encode(&taste.events())?)],
    )
    .await?;
    let watched: HashSet<&EventId> = taste.watchlist.events.iter().map(|watched| &watched.event_id).collect();
    let mut seen: HashSet<EventId> = HashSet::new();
    let mut liked = Vec::with_capacity(rows.len());
    for row in rows {
        let card: EventCard = decode(&row.card)?;
        if seen.insert(card.id.clone()) {
            liked.push(Liked { is_watched: watched.contains(&card.id), card });
        }
    }
    Ok(liked)
}

/// The deals that fit, by the score they have at least and what the strongest fit adds. One read, whatever is watched.
pub async fn find(
    db: &D1Database,
    taste: &Taste,
    now: DateTime<Utc>,
    min_score: u8,
    limit: u32,
    log: &Log,
) -> Result<Vec<Deal>> {
    let fresh = now.checked_sub_signed(TimeDelta::hours(prices::score::STALE_AFTER_HOURS)).unwrap_or(now);
    let sought: Vec<(String, u8)> = taste.sought().into_iter().collect();
    let event = bonus(TasteCode::WatchedEvent);
    let venue = bonus(TasteCode::WatchedVenue);
    let rows: Vec<DealRow> = d1::rows(
        db,
        "WITH fits (event_id, bonus) AS (
           SELECT value, ?4 FROM json_each(?1)
           UNION ALL SELECT * FROM (
             SELECT k.event_id, q.value ->> 1 FROM json_each(?2) q CROSS JOIN event_keys k ON k.key = q.value ->> 0
             WHERE q.value ->> 1 > 0 AND (k.starts_at_ms > ?6 OR k.starts_at_ms = 0))
           UNION ALL SELECT * FROM (
             SELECT k.event_id, 0 FROM json_each(?2) q CROSS JOIN event_keys k ON k.key = q.value ->> 0
             WHERE q.value ->> 1 = 0 AND k.starts_at_ms > ?6 ORDER BY k.starts_at_ms LIMIT ?10)
           UNION ALL SELECT d.event_id, ?5 FROM json_each(?3) v CROSS JOIN deals d ON d.venue_id = v.value)
         SELECT d.deal FROM (SELECT event_id, max(bonus) AS bonus FROM fits GROUP BY event_id) f
         CROSS JOIN deals d ON d.event_id = f.event_id
         WHERE d.observed_at_ms >= ?7 AND coalesce(d.starts_at_ms, 9e15) > ?6 AND d.score >= ?8
         ORDER BY d.sure_score + f.bonus DESC, d.event_id LIMIT ?9",
        &[
            d1::text(encode(&taste.events())?),
            d1::text(encode(&sought)?),
            d1::text(encode(&taste.venues())?),
            d1::int(i64::from(event))?,
            d1::int(i64::from(venue))?,
            d1::int(now.timestamp_millis())?,
            d1::int(fresh.timestamp_millis())?,
            d1::int(i64::from(min_score))?,
            d1::int(i64::from(limit))?,
            d1::int(LOOKED_AT)?,
        ],
    )
    .await?;
    Ok(readable(rows.iter().map(|row| row.deal.as_str()), log))
}
