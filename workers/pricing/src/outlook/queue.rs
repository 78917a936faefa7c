//! Whose turn it is to be looked at. Each event that was tried has had its turn, whatever came of it: the next are others.

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use serde::Deserialize;
use worker::Env;

use super::climate::Climate;

/// An event is looked at so often before it begins, and afterwards once a day while something of it may be settled.
const EVERY: TimeDelta = TimeDelta::hours(3);
const AFTERWARDS: TimeDelta = TimeDelta::hours(24);
/// After the start nothing is left to settle after so long.
const DONE_AFTER: TimeDelta = TimeDelta::days(9);
/// Events looked at in one run: a minute's run then keeps up with 20,000 events, at some 5 ms each.
const AT_MOST: u32 = 120;

/// An event whose turn it is.
pub struct Due {
    /// The event.
    pub event_id: EventId,
    /// What was known of it when it was last looked at.
    pub card: Option<EventCard>,
}

/// The events to look at now, those that waited longest first, and how many are left for the next run. What was merged is
/// looked at as the event it is read as.
pub async fn due(env: &Env, now: DateTime<Utc>) -> Result<(Vec<Due>, u32)> {
    #[derive(Deserialize)]
    struct DueRow {
        event_id: EventId,
        card: Option<String>,
        due: u32,
    }
    let ago = |span: TimeDelta| now.checked_sub_signed(span).unwrap_or(now).timestamp_millis();
    let rows: Vec<DueRow> = d1::rows(
        &d1::database(env)?,
        "SELECT w.event_id, w.due, e.card FROM (
           SELECT event_id, tended_at_ms, count(*) OVER () AS due FROM (
             SELECT d.event_id, coalesce(e.tended_at_ms, 0) AS tended_at_ms
             FROM deals d LEFT JOIN outlook_events e ON e.event_id = d.event_id
             WHERE coalesce(e.tended_at_ms, 0) <= ?2 AND (d.starts_at_ms IS NULL OR d.starts_at_ms > ?1)
             UNION SELECT event_id, tended_at_ms FROM outlook_events
             WHERE (tended_at_ms <= ?2 AND (starts_at_ms IS NULL OR starts_at_ms > ?1) AND tended_at_ms > ?4)
                OR (tended_at_ms <= ?3 AND starts_at_ms <= ?1 AND starts_at_ms > ?4)) x
           WHERE NOT EXISTS (SELECT 1 FROM history_aliases a WHERE a.alias_id = x.event_id AND a.event_id <> a.alias_id)
           ORDER BY tended_at_ms, event_id LIMIT ?5) w
         LEFT JOIN outlook_events e ON e.event_id = w.event_id ORDER BY w.tended_at_ms, w.event_id",
        &[
            d1::int(now.timestamp_millis())?,
            d1::int(ago(EVERY))?,
            d1::int(ago(AFTERWARDS))?,
            d1::int(ago(DONE_AFTER))?,
            d1::int(i64::from(AT_MOST))?,
        ],
    )
    .await?;
    let all = rows.first().map_or(0, |row| row.due);
    let due: Vec<Due> = rows
        .into_iter()
        .map(|row| {
            let card = row.card.and_then(|card| decode(&card).ok());
            Due { event_id: row.event_id, card }
        })
        .collect();
    let left = all.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
    Ok((due, left))
}

/// Notes that these have had their turn, before anything is read of them: one that cannot be read, or that a run dies on,
/// must not be the first again. Of one that was never looked at the card of its deal is kept.
pub async fn take_turn(env: &Env, now: DateTime<Utc>, due: &[Due]) -> Result<()> {
    let ids: Vec<&EventId> = due.iter().map(|one| &one.event_id).collect();
    d1::run(
        &d1::database(env)?,
        "INSERT INTO outlook_events (event_id, card, starts_at_ms, tended_at_ms, sights, labels)
         SELECT w.value, coalesce(CASE WHEN json_valid(d.deal) THEN d.deal -> '$.event' END, '{}'), d.starts_at_ms, ?2, '[]', ?3
         FROM json_each(?1) w LEFT JOIN deals d ON d.event_id = w.value WHERE true
         ON CONFLICT DO UPDATE SET tended_at_ms = excluded.tended_at_ms",
        &[d1::text(encode(&ids)?), d1::int(now.timestamp_millis())?, d1::text(encode(&Climate::default())?)],
    )
    .await
    .map(drop)
}
