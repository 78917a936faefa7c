//! What was said, in D1: the public record. Rows are added, never changed (triggers of migration 0016); the key of each makes
//! saying it twice the same as once.

use catalog::genre::family;
use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::accuracy::{Said, SaidLater};
use prices::{Currency, FeeBasis, Money, Unit};
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, D1PreparedStatement, D1Result, Env};

/// What is told of a horizon, as it stands in a row: hours, probability, quantiles over the price.
pub type Horizon = (u16, f64, [f64; 5]);

/// One day's forecast of an event, to be written.
pub struct Forecast<'a> {
    /// The event.
    pub card: &'a EventCard,
    /// When.
    pub at: DateTime<Utc>,
    /// The price then.
    pub price: Money,
    /// What it includes.
    pub basis: FeeBasis,
    /// What was told.
    pub told: Vec<Horizon>,
    /// Whether it said wait, and what that was expected to save; absent where the model gives no advice.
    pub advice: Option<(bool, i64)>,
    /// Whether people were shown the advice.
    pub shown: bool,
    /// Version of the model, or `past_rates`.
    pub model: &'a str,
    /// SHA-256 of its artefact.
    pub digest: Option<&'a str>,
}

/// The day of market time, by which a forecast is known.
pub fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// Writes forecasts; of a second one for the same day nothing is kept.
pub fn say(db: &D1Database, forecasts: &[Forecast<'_>]) -> Result<D1PreparedStatement> {
    let rows: Vec<serde_json::Value> = forecasts
        .iter()
        .map(|forecast| {
            Ok(json!({
                "event_id": forecast.card.id,
                "said_on": day(forecast.at),
                "said_at_ms": forecast.at.timestamp_millis(),
                "event": forecast.card.name,
                "genre": forecast.card.genre.as_deref().map(family),
                "starts_at_ms": forecast.card.starts_at.map(|at| at.timestamp_millis()),
                "price_minor": forecast.price.amount_minor,
                "currency": forecast.price.currency,
                "basis": forecast.basis,
                "told": encode(&forecast.told)?,
                "waits": forecast.advice.map(|(waits, _)| u8::from(waits)),
                "saving_minor": forecast.advice.map(|(_, saving)| saving),
                "shown": u8::from(forecast.shown),
                "model": forecast.model,
                "digest": forecast.digest,
            }))
        })
        .collect::<Result<_>>()?;
    d1::statement(
        db,
        "INSERT INTO forecasts (event_id, said_on, said_at_ms, event, genre, starts_at_ms, price_minor, currency, basis,
           told, waits, saving_minor, shown, model, digest)
         SELECT value ->> 'event_id', value ->> 'said_on', value ->> 'said_at_ms', value ->> 'event', value ->> 'genre',
           value ->> 'starts_at_ms', value ->> 'price_minor', value ->> 'currency', value ->> 'basis', value ->> 'told',
           value ->> 'waits', value ->> 'saving_minor', value ->> 'shown', value ->> 'model', value ->> 'digest'
         FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING event_id",
        &[d1::text(encode(&rows)?)],
    )
}

/// How many rows a statement put on record: those it answers. What D1 counts as changes has the work of triggers in it.
pub fn written(result: &D1Result) -> Result<usize> {
    #[derive(Deserialize)]
    struct WrittenRow {}
    d1::changes(result)?;
    Ok(result.results::<WrittenRow>()?.len())
}

/// A forecast on record, as settling reads it.
#[derive(Clone, Debug, Deserialize)]
pub struct OnRecord {
    /// The event it was said of.
    pub event_id: EventId,
    /// The event that is read as now: another where it was merged.
    pub read_as: EventId,
    /// The day.
    pub said_on: String,
    said_at_ms: i64,
    genre: Option<String>,
    starts_at_ms: Option<i64>,
    price_minor: i64,
    currency: Currency,
    basis: String,
    told: String,
    waits: Option<u8>,
    /// Hours already settled, JSON.
    settled: String,
}

impl OnRecord {
    /// What was said.
    pub fn said(&self) -> Result<Said> {
        let told: Vec<Horizon> = decode(&self.told)?;
        Ok(Said {
            at: from_ms(self.said_at_ms),
            starts_at: self.starts_at_ms.map(from_ms),
            price: self.price_minor,
            waits: self.waits.map(|waits| waits == 1),
            hours: told.into_iter().map(|(hours, ..)| hours).collect(),
        })
    }

    /// Currency and basis.
    pub fn unit(&self) -> Result<Unit> {
        Ok(Unit { currency: self.currency, basis: decode(&format!("\"{}\"", self.basis))? })
    }

    /// What it says of the day, for those who follow the advice: when, the price, whether to wait.
    pub fn day(&self) -> SaidLater {
        (from_ms(self.said_at_ms), self.price_minor, self.waits.map(|waits| waits == 1))
    }

    /// The family of its genre.
    pub fn genre(&self) -> Option<&str> {
        self.genre.as_deref()
    }

    /// Hours already settled.
    pub fn settled(&self) -> Result<Vec<u16>> {
        decode(&self.settled)
    }
}

/// The whole record of these events and of what was merged into them, by day.
pub async fn of_events(env: &Env, events: &[&EventId]) -> Result<Vec<OnRecord>> {
    d1::rows(
        &d1::database(env)?,
        "SELECT f.event_id, e.read_as, f.said_on, f.said_at_ms, f.genre, f.starts_at_ms, f.price_minor, f.currency,
           f.basis, f.told, f.waits, (SELECT json_group_array(o.hours) FROM forecast_outcomes o
                     WHERE o.event_id = f.event_id AND o.said_on = f.said_on) AS settled
         FROM (SELECT value AS event_id, value AS read_as FROM json_each(?1)
               UNION SELECT a.alias_id, a.event_id FROM json_each(?1) w JOIN history_aliases a ON a.event_id = w.value) e
         CROSS JOIN forecasts f ON f.event_id = e.event_id ORDER BY f.said_on, f.said_at_ms, f.event_id",
        &[d1::text(encode(&events)?)],
    )
    .await
}

/// How much is on record.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Counts {
    /// Forecasts.
    pub said: u64,
    /// Of these, whose advice is not judged yet.
    pub open: u64,
    /// When the first was said.
    pub since_ms: Option<i64>,
}

/// How much is on record: as counted row by row, so that no reader counts.
pub async fn counts(env: &Env) -> Result<Counts> {
    let counts: Option<Counts> = d1::first(
        &d1::database(env)?,
        "SELECT said, said - settled AS open, (SELECT min(said_at_ms) FROM forecasts) AS since_ms FROM forecast_counts",
        &[],
    )
    .await?;
    Ok(counts.unwrap_or_default())
}
