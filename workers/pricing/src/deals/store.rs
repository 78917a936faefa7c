//! The table of deals and what comparable events are found by, and the messages that could not be read.

use contract::catalog::EventCard;
use contract::deals::Deal;
use contract::ids::EventId;
use contract::objects::EventLevel;
use edge::clock::Clock;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
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
}

#[derive(Deserialize)]
struct CountRow {
    count: i64,
}

/// An older message must not put an older price back.
const UPSERT_DEALS: &str = "
  INSERT INTO deals (event_id, score, sure_score, starts_at_ms, observed_at_ms, price_minor, saving_minor, currency, market,
    venue_id, city_key, region_key, genre, deal)
  SELECT value ->> 'event_id', value ->> 'score', value ->> 'sure_score', value ->> 'starts_at_ms', value ->> 'observed_at_ms',
    value ->> 'price_minor', value ->> 'saving_minor', value ->> 'currency', value ->> 'market',
    value ->> 'venue_id', value ->> 'city_key', value ->> 'region_key', value ->> 'genre', value ->> 'deal'
  FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET score = excluded.score, sure_score = excluded.sure_score, starts_at_ms = excluded.starts_at_ms,
    observed_at_ms = excluded.observed_at_ms, price_minor = excluded.price_minor,
    saving_minor = excluded.saving_minor, currency = excluded.currency, market = excluded.market,
    venue_id = excluded.venue_id, city_key = excluded.city_key, region_key = excluded.region_key,
    genre = excluded.genre, deal = excluded.deal
  WHERE excluded.observed_at_ms >= deals.observed_at_ms";

/// A card of which more is known stands until a newer one comes; one that is the same writes nothing.
const UPSERT_EVENTS: &str = "
  INSERT INTO priced_events (event_id, card) SELECT value ->> 'event_id', value -> 'card' FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET card = excluded.card WHERE card <> excluded.card";

/// A start that was moved takes its keys along.
const DELETE_KEYS: &str = "
  DELETE FROM event_keys WHERE (key, starts_at_ms, event_id) IN
    (SELECT k.key, k.starts_at_ms, k.event_id FROM json_each(?) e
     JOIN event_keys k ON k.event_id = e.value ->> 'event_id' WHERE k.starts_at_ms <> e.value ->> 'key_at_ms')";

const INSERT_KEYS: &str = "
  INSERT INTO event_keys (key, starts_at_ms, event_id, venue_id)
  SELECT k.value, e.value ->> 'key_at_ms', e.value ->> 'event_id', coalesce(e.value ->> 'venue_id', '')
  FROM json_each(?) e, json_each(e.value, '$.keys') k WHERE true ON CONFLICT DO NOTHING";

/// A level that moved by less than a hundredth is the same.
const UPSERT_LEVELS: &str = "
  INSERT INTO event_levels (event_id, stage, currency, level_minor, seen_at_ms)
  SELECT value ->> 'event_id', value ->> 'stage', value ->> 'level_currency', value ->> 'level_minor', value ->> 'seen_at_ms'
  FROM json_each(?) WHERE value ->> 'level_minor' IS NOT NULL
  ON CONFLICT DO UPDATE SET level_minor = excluded.level_minor, seen_at_ms = excluded.seen_at_ms
  WHERE excluded.seen_at_ms >= event_levels.seen_at_ms
    AND abs(excluded.level_minor - event_levels.level_minor) * 100 > event_levels.level_minor";

/// Writes what became of many events, in one round trip.
pub async fn write(env: &Env, outcomes: &[Outcome]) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let deals = outcomes
        .iter()
        .filter_map(|outcome| outcome.deal.as_ref())
        .map(deal_row)
        .collect::<Result<Vec<_>>>()?;
    let events: Vec<Value> = outcomes.iter().map(event_row).collect();
    let is_gone = |outcome: &&Outcome| outcome.deal.is_none();
    let gone: Vec<&EventId> = outcomes.iter().filter(is_gone).map(|outcome| &outcome.card.id).collect();
    let (deals, events) = (encode(&deals)?, encode(&events)?);
    let db = d1::database(env)?;
    let gone = d1::text(encode(&gone)?);
    let results = db
        .batch(vec![
            d1::statement(&db, UPSERT_DEALS, &[d1::text(deals)])?,
            d1::statement(
                &db,
                "DELETE FROM deals WHERE event_id IN (SELECT value FROM json_each(?))",
                &[gone],
            )?,
            // Nobody sells what has begun, so nothing would take it off.
            d1::statement(
                &db,
                "DELETE FROM deals WHERE starts_at_ms <= ?",
                &[d1::int(outcomes.iter().map(|outcome| outcome.seen_at_ms).max().unwrap_or(0))?],
            )?,
            d1::statement(&db, UPSERT_EVENTS, &[d1::text(&events)])?,
            d1::statement(&db, DELETE_KEYS, &[d1::text(&events)])?,
            d1::statement(&db, INSERT_KEYS, &[d1::text(&events)])?,
            d1::statement(&db, UPSERT_LEVELS, &[d1::text(&events)])?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

fn deal_row(deal: &Deal) -> Result<Value> {
    let (card, score) = (&deal.event, &deal.score);
    let saving = score.fair_price.amount_minor.saturating_sub(score.price.amount_minor);
    Ok(json!({
        "event_id": card.id,
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

fn event_row(outcome: &Outcome) -> Value {
    let card = &outcome.card;
    json!({
        "event_id": card.id,
        "card": card,
        "venue_id": card.venue_id,
        "keys": keys::filed_under(card),
        "key_at_ms": card.starts_at.map_or(0, |at| at.timestamp_millis()),
        "stage": outcome.level.map(|level| level.stage),
        "level_minor": outcome.level.map(|level| level.minor),
        "level_currency": outcome.level.map(|level| level.currency),
        "seen_at_ms": outcome.seen_at_ms,
    })
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
