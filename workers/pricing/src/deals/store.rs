//! The table of deals and what comparable events are found by, and the messages that could not be read.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::deals::Deal;
use contract::objects::EventLevel;
use edge::clock::Clock;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::log::Log;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::Env;

use crate::deals::keys;

/// What became of one event.
pub struct Outcome {
    /// The event.
    pub card: EventCard,
    /// The event as a deal; absent when there is nothing to rank.
    pub deal: Option<Deal>,
    /// What it cost lately, where that was looked at.
    pub level: Option<EventLevel>,
    /// Market time of the newest observation.
    pub seen_at_ms: i64,
    /// The number the event's history gave this answer: a higher one is a newer word.
    pub revision: u64,
}

#[derive(Deserialize)]
struct CountRow {
    count: i64,
}

/// What of an answer is written down, each statement's first parameter: an answer older than the one written before is left
/// out, whether either had a deal or not, and so is what was merged into another event since it was observed. An equal number
/// is the same answer once more.
const TOLD: &str = "
  WITH told (value) AS (
    SELECT e.value FROM json_each(?1) e
    WHERE e.value ->> 'revision' >= coalesce(
        (SELECT p.revision FROM priced_events p WHERE p.event_id = e.value ->> 'event_id'), 0)
      AND NOT EXISTS (SELECT 1 FROM history_aliases a
        WHERE a.alias_id = e.value ->> 'event_id' AND a.event_id <> a.alias_id))";

/// The newest word stands, however old the sight of its price: where the best is gone, the next best was often seen before it.
const UPSERT_DEALS: &str = "
  INSERT INTO deals (event_id, score, sure_score, starts_at_ms, observed_at_ms, price_minor, saving_minor, currency, market,
    venue_id, city_key, region_key, genre, deal)
  SELECT value ->> '$.event_id', value ->> '$.deal.score', value ->> '$.deal.sure_score', value ->> '$.deal.starts_at_ms',
    value ->> '$.deal.observed_at_ms', value ->> '$.deal.price_minor', value ->> '$.deal.saving_minor',
    value ->> '$.deal.currency', value ->> '$.deal.market', value ->> '$.deal.venue_id', value ->> '$.deal.city_key',
    value ->> '$.deal.region_key', value ->> '$.deal.genre', value ->> '$.deal.deal'
  FROM told WHERE value ->> '$.deal' IS NOT NULL
  ON CONFLICT DO UPDATE SET score = excluded.score, sure_score = excluded.sure_score, starts_at_ms = excluded.starts_at_ms,
    observed_at_ms = excluded.observed_at_ms, price_minor = excluded.price_minor,
    saving_minor = excluded.saving_minor, currency = excluded.currency, market = excluded.market,
    venue_id = excluded.venue_id, city_key = excluded.city_key, region_key = excluded.region_key,
    genre = excluded.genre, deal = excluded.deal";

const DELETE_DEALS: &str = "
  DELETE FROM deals WHERE event_id IN (SELECT value ->> 'event_id' FROM told WHERE value ->> '$.deal' IS NULL)";

/// Keeps the number of the answer, also of one without a deal: it is what a late deal is refused by.
const UPSERT_EVENTS: &str = "
  INSERT INTO priced_events (event_id, card, revision)
  SELECT value ->> 'event_id', value -> 'card', value ->> 'revision' FROM told WHERE true
  ON CONFLICT DO UPDATE SET card = excluded.card, revision = excluded.revision";

/// A start that was moved takes its keys along.
const DELETE_KEYS: &str = "
  DELETE FROM event_keys WHERE (key, starts_at_ms, event_id) IN
    (SELECT k.key, k.starts_at_ms, k.event_id FROM told e
     JOIN event_keys k ON k.event_id = e.value ->> 'event_id' WHERE k.starts_at_ms <> e.value ->> 'key_at_ms')";

const INSERT_KEYS: &str = "
  INSERT INTO event_keys (key, starts_at_ms, event_id, venue_id)
  SELECT k.value, e.value ->> 'key_at_ms', e.value ->> 'event_id', coalesce(e.value ->> 'venue_id', '')
  FROM told e, json_each(e.value, '$.keys') k WHERE true ON CONFLICT DO NOTHING";

/// A level that moved by less than a hundredth is the same.
const UPSERT_LEVELS: &str = "
  INSERT INTO event_levels (event_id, stage, currency, level_minor, seen_at_ms)
  SELECT value ->> 'event_id', value ->> 'stage', value ->> 'level_currency', value ->> 'level_minor', value ->> 'seen_at_ms'
  FROM told WHERE value ->> 'level_minor' IS NOT NULL
  ON CONFLICT DO UPDATE SET level_minor = excluded.level_minor, seen_at_ms = excluded.seen_at_ms
  WHERE excluded.seen_at_ms >= event_levels.seen_at_ms
    AND abs(excluded.level_minor - event_levels.level_minor) * 100 > event_levels.level_minor";

/// Writes what became of many events, in one round trip. At `now` (market time) what has begun is taken off.
pub async fn write(env: &Env, outcomes: &[Outcome], now: DateTime<Utc>) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let rows = outcomes.iter().map(row).collect::<Result<Vec<Value>>>()?;
    let rows = encode(&rows)?;
    let db = d1::database(env)?;
    let of_told = |change: &str| d1::statement(&db, &format!("{TOLD}{change}"), &[d1::text(&rows)]);
    let results = db
        .batch(vec![
            of_told(UPSERT_DEALS)?,
            of_told(DELETE_DEALS)?,
            // Nobody sells what has begun, so nothing would take it off.
            d1::statement(
                &db,
                "DELETE FROM deals WHERE starts_at_ms <= ?",
                &[d1::int(now.timestamp_millis())?],
            )?,
            of_told(UPSERT_EVENTS)?,
            of_told(DELETE_KEYS)?,
            of_told(INSERT_KEYS)?,
            of_told(UPSERT_LEVELS)?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

fn row(outcome: &Outcome) -> Result<Value> {
    let card = &outcome.card;
    Ok(json!({
        "event_id": card.id,
        "revision": outcome.revision,
        "card": card,
        "venue_id": card.venue_id,
        "keys": keys::filed_under(card),
        "key_at_ms": card.starts_at.map_or(0, |at| at.timestamp_millis()),
        "stage": outcome.level.map(|level| level.stage),
        "level_minor": outcome.level.map(|level| level.minor),
        "level_currency": outcome.level.map(|level| level.currency),
        "seen_at_ms": outcome.seen_at_ms,
        "deal": outcome.deal.as_ref().map(deal_row).transpose()?,
    }))
}

fn deal_row(deal: &Deal) -> Result<Value> {
    let (card, score) = (&deal.event, &deal.score);
    let saving = score.fair_price.amount_minor.saturating_sub(score.price.amount_minor);
    Ok(json!({
        "score": score.value,
        "sure_score": score.at_least(),
        "starts_at_ms": card.starts_at.map(|at| at.timestamp_millis()),
        "observed_at_ms": deal.observed_at.timestamp_millis(),
        "price_minor": score.price.amount_minor,
        "saving_minor": saving,
        "currency": score.price.currency,
        "market": deal.market,
        "venue_id": card.venue_id,
        "city_key": keys::city(card),
        "region_key": keys::region(card),
        "genre": keys::genre(card),
        "deal": encode(deal)?,
    }))
}

/// The deals of rows. One that cannot be read is no reason to answer none of the others.
pub fn readable<'a>(rows: impl Iterator<Item = &'a str>, log: &Log) -> Vec<Deal> {
    let read = |row: &str| {
        let deal = decode(row);
        if let Err(failure) = &deal {
            log.error("deal_not_readable", json!({ "cause": failure.cause }));
        }
        deal.ok()
    };
    rows.filter_map(read).collect()
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
