//! `/v1/deals/me`: deals that fit what a person watches and has alerts on. Never kept in a shared cache.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::deals::{Deal, DealForMe, DealsForMe, Taste as TasteCounts};
use contract::ids::EventId;
use contract::internal::{AlertEvents, AskAlertEvents, Introspect, PersonWatches};
use contract::problem::Code;
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::log::Log;
use edge::service::Service;
use edge::{Call, reply};
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, Env, Response};

use crate::config::Config;
use crate::deals::query;
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

/// `GET /v1/deals/me`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let (min_score, limit) = (query::min_score(call)?, query::limit(call)?);
    let Some(token) = call.bearer() else {
        return Err(Failure::new(
            Code::Unauthenticated,
            "Sign in and send the access token as a bearer token.",
        ));
    };
    let auth = Service::new(env, "AUTH", call.request_id())?;
    let PersonWatches { user_id, watchlist } =
        auth.post("/internal/watchlists", &Introspect { token }).await?;
    let notifications = Service::new(env, "NOTIFICATIONS", call.request_id())?;
    let alerts: Option<AlertEvents> =
        match notifications.post("/internal/alert-events", &AskAlertEvents { user_id }).await {
            Ok(alerts) => Some(alerts),
            Err(failure) => {
                // The watchlist alone is better than nothing, and the answer says so.
                let log = Log::new("pricing.deals", call.request_id().clone());
                log.warn("alerts_not_asked", json!({ "cause": failure.cause }));
                None
            }
        };
    let counted = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let counts = TasteCounts {
        watched_events: counted(watchlist.events.len()),
        watched_performers: counted(watchlist.performers.len()),
        watched_venues: counted(watchlist.venues.len()),
        alert_events: alerts.as_ref().map(|alerts| counted(alerts.event_ids.len())),
    };
    let db = d1::database(env)?;
    let mut taste = Taste { watchlist, alerts: alerts.unwrap_or_default().event_ids, liked: Vec::new() };
    taste.liked = liked(&db, &taste).await?;
    let now = config.clock.market();
    let deals = find(&db, &taste, now, min_score, limit).await?;
    let deals = deals
        .into_iter()
        .map(|deal| DealForMe { why: taste.why(&deal), deal })
        .filter(|deal| !deal.why.is_empty())
        .collect();
    let response = reply::json(&DealsForMe { deals, taste: counts, as_of: now })?;
    response.headers().set("cache-control", "private, no-store")?;
    Ok(response)
}

/// The events of the person's watchlist and alerts that ever had a price.
async fn liked(db: &D1Database, taste: &Taste) -> Result<Vec<Liked>> {
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

/// The deals that fit, by score and what the strongest fit adds. One read, whatever is watched.
async fn find(
    db: &D1Database,
    taste: &Taste,
    now: DateTime<Utc>,
    min_score: u8,
    limit: u32,
) -> Result<Vec<Deal>> {
    let fresh = now.checked_sub_signed(TimeDelta::hours(prices::score::STALE_AFTER_HOURS)).unwrap_or(now);
    let sought: Vec<(String, u8)> = taste.sought().into_iter().collect();
    let event = bonus(contract::deals::TasteCode::WatchedEvent);
    let venue = bonus(contract::deals::TasteCode::WatchedVenue);
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
         ORDER BY d.score + f.bonus DESC, d.event_id LIMIT ?9",
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
    rows.iter().map(|row| decode(&row.deal)).collect()
}
