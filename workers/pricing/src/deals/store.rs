//! The table of deals, and the messages that could not be read.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::EventId;
use contract::pricing::Deal;
use edge::clock::Clock;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use serde::Deserialize;
use worker::Env;

/// A deal whose price nobody confirmed for so long is not shown (docs/PRICING.md: never rank a stale price).
const STALE_AFTER: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);

/// What became of one event: its deal, or nothing to rank.
pub type Outcome = (EventId, Option<Deal>);

#[derive(Deserialize)]
struct DealRow {
    deal: String,
}

#[derive(Deserialize)]
struct CountRow {
    count: i64,
}

/// Writes what became of many events, in one round trip.
pub async fn write(env: &Env, outcomes: &[Outcome]) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = outcomes
        .iter()
        .filter_map(|(_, deal)| deal.as_ref())
        .map(|deal| {
            Ok(serde_json::json!({
                "event_id": deal.event.id,
                "score": deal.score.value,
                "starts_at_ms": deal.event.starts_at.map(|at| at.timestamp_millis()),
                "observed_at_ms": deal.observed_at.timestamp_millis(),
                "deal": encode(deal)?,
            }))
        })
        .collect::<Result<_>>()?;
    let gone: Vec<&EventId> = outcomes.iter().filter(|(_, deal)| deal.is_none()).map(|(id, _)| id).collect();
    let db = d1::database(env)?;
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                // An older message must not put an older price back.
                "INSERT INTO deals (event_id, score, starts_at_ms, observed_at_ms, deal)
                 SELECT value ->> 'event_id', value ->> 'score', value ->> 'starts_at_ms',
                        value ->> 'observed_at_ms', value ->> 'deal'
                 FROM json_each(?) WHERE true
                 ON CONFLICT DO UPDATE SET score = excluded.score, starts_at_ms = excluded.starts_at_ms,
                   observed_at_ms = excluded.observed_at_ms, deal = excluded.deal
                 WHERE excluded.observed_at_ms >= deals.observed_at_ms",
                &[d1::text(encode(&rows)?)],
            )?,
            d1::statement(
                &db,
                "DELETE FROM deals WHERE event_id IN (SELECT value FROM json_each(?))",
                &[d1::text(encode(&gone)?)],
            )?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

/// The best deals as of `now`.
pub async fn best(env: &Env, now: DateTime<Utc>, min_score: u8, limit: u32) -> Result<Vec<Deal>> {
    let fresh = now.checked_sub_signed(STALE_AFTER).unwrap_or(now);
    let rows: Vec<DealRow> = d1::rows(
        &d1::database(env)?,
        "SELECT deal FROM deals
         WHERE score >= ? AND observed_at_ms >= ? AND (starts_at_ms IS NULL OR starts_at_ms > ?)
         ORDER BY score DESC, observed_at_ms DESC, event_id LIMIT ?",
        &[
            d1::int(i64::from(min_score))?,
            d1::int(fresh.timestamp_millis())?,
            d1::int(now.timestamp_millis())?,
            d1::int(i64::from(limit))?,
        ],
    )
    .await?;
    rows.iter().map(|row| decode(&row.deal)).collect()
}

/// Keeps a message that could not be handled, with the reason. Idempotent by the message's id.
pub async fn bury(env: &Env, queue: &str, id: &str, body: &str, reason: &str) -> Result<()> {
    d1::run(
        &d1::database(env)?,
        "INSERT INTO dead_letters_pricing (id, queue, body, reason, created_at_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
        &[d1::text(id), d1::text(queue), d1::text(body), d1::text(reason), d1::int(Clock::wall_ms())?],
    )
    .await?;
    Ok(())
}

/// How many deals and dead letters there are.
pub async fn counts(env: &Env) -> Result<(i64, i64)> {
    let db = d1::database(env)?;
    let deals: Option<CountRow> = d1::first(&db, "SELECT count(*) AS count FROM deals", &[]).await?;
    let dead: Option<CountRow> =
        d1::first(&db, "SELECT count(*) AS count FROM dead_letters_pricing", &[]).await?;
    Ok((deals.map_or(0, |row| row.count), dead.map_or(0, |row| row.count)))
}
