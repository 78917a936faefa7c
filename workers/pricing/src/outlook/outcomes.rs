//! What came of what was said, in D1. Rows are added, never changed; the key of each makes settling it twice the same as once.

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use prices::Currency;
use prices::accuracy::{Came, Followed, Verdict};
use serde_json::json;
use worker::{D1Database, D1PreparedStatement};

/// What came of a forecast, to be written.
pub struct Outcome {
    /// The event.
    pub event_id: EventId,
    /// The day.
    pub said_on: String,
    /// What came.
    pub came: Came,
}

/// Writes outcomes; one that is there stays as it is.
pub fn settle(db: &D1Database, now: DateTime<Utc>, outcomes: &[Outcome]) -> Result<D1PreparedStatement> {
    let rows: Vec<serde_json::Value> = outcomes
        .iter()
        .map(|outcome| {
            json!({
                "event_id": outcome.event_id,
                "said_on": outcome.said_on,
                "hours": outcome.came.hours,
                "fell": outcome.came.fell.map(u8::from),
                "came": outcome.came.price,
                "lowest": outcome.came.lowest,
                "paid": outcome.came.paid,
                "verdict": outcome.came.verdict.map(Verdict::as_str),
            })
        })
        .collect();
    d1::statement(
        db,
        "INSERT INTO forecast_outcomes (event_id, said_on, hours, settled_at_ms, fell, came_minor, lowest_minor,
           paid_minor, verdict)
         SELECT value ->> 'event_id', value ->> 'said_on', value ->> 'hours', ?2, value ->> 'fell', value ->> 'came',
           value ->> 'lowest', value ->> 'paid', value ->> 'verdict'
         FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING RETURNING event_id",
        &[d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
    )
}

/// An event bought as advised.
pub struct Bought {
    /// The event.
    pub event_id: EventId,
    /// League or genre.
    pub genre: Option<String>,
    /// Of the amounts.
    pub currency: Currency,
    /// What it came to.
    pub followed: Followed,
}

/// Writes them; once an event, under whichever of the ids it is read by.
pub fn buy(db: &D1Database, now: DateTime<Utc>, bought: &[Bought]) -> Result<D1PreparedStatement> {
    let rows: Vec<serde_json::Value> = bought
        .iter()
        .map(|one| {
            json!({
                "event_id": one.event_id, "genre": one.genre, "currency": one.currency,
                "at_once": one.followed.at_once, "paid": one.followed.paid, "best": one.followed.best,
                "waited": one.followed.waited,
            })
        })
        .collect();
    d1::statement(
        db,
        "INSERT INTO followed_events (event_id, genre, currency, decided_at_ms, at_once_minor, paid_minor, best_minor,
           waited_days)
         SELECT value ->> 'event_id', value ->> 'genre', value ->> 'currency', ?2, value ->> 'at_once', value ->> 'paid',
           value ->> 'best', value ->> 'waited'
         FROM json_each(?1) WHERE NOT EXISTS (SELECT 1 FROM history_aliases a JOIN followed_events b
           ON b.event_id = a.alias_id WHERE a.event_id = value ->> 'event_id') ON CONFLICT DO NOTHING",
        &[d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
    )
}
