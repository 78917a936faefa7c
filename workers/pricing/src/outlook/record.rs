//! The public record in D1: what was said, and what came of it. Rows are added, never changed; the key of each makes saying
//! or settling it twice the same as once.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use contract::outlook::{Action, PastAdvice};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::accuracy::{Came, Followed, Said, SaidLater, Verdict};
use prices::{Currency, FeeBasis, Money, Unit};
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, D1PreparedStatement, Env};

use super::told::permille;
use super::words;

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
                "genre": forecast.card.genre,
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
         FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
        &[d1::text(encode(&rows)?)],
    )
}

/// A forecast on record, as settling reads it.
#[derive(Clone, Debug, Deserialize)]
pub struct OnRecord {
    /// The event.
    pub event_id: EventId,
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

    /// The league or genre.
    pub fn genre(&self) -> Option<&str> {
        self.genre.as_deref()
    }

    /// Hours already settled.
    pub fn settled(&self) -> Result<Vec<u16>> {
        decode(&self.settled)
    }
}

/// The whole record of these events, by event and day.
pub async fn of_events(env: &Env, events: &[&EventId]) -> Result<Vec<OnRecord>> {
    d1::rows(
        &d1::database(env)?,
        "SELECT f.event_id, f.said_on, f.said_at_ms, f.genre, f.starts_at_ms, f.price_minor, f.currency, f.basis, f.told,
           f.waits, (SELECT json_group_array(o.hours) FROM forecast_outcomes o
                     WHERE o.event_id = f.event_id AND o.said_on = f.said_on) AS settled
         FROM forecasts f WHERE f.event_id IN (SELECT value FROM json_each(?)) ORDER BY f.event_id, f.said_on",
        &[d1::text(encode(&events)?)],
    )
    .await
}

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
         FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
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

/// Writes them; once an event.
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
         FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
        &[d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
    )
}

/// Which past advice is listed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this event only.
    pub event_id: Option<EventId>,
    /// Of this league or genre only.
    pub genre: Option<String>,
    /// Said since.
    pub since: Option<DateTime<Utc>>,
    /// Failures before all others.
    pub failures_first: bool,
    /// Rows to leave out at the beginning.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// Past advice, the newest first.
pub async fn list(env: &Env, wanted: &Wanted) -> Result<Vec<PastAdvice>> {
    #[derive(Deserialize)]
    struct AdviceRow {
        event_id: EventId,
        event: String,
        genre: Option<String>,
        said_at_ms: i64,
        price_minor: i64,
        currency: Currency,
        told: String,
        waits: u8,
        saving_minor: Option<i64>,
        shown: u8,
        model: String,
        lowest_minor: Option<i64>,
        paid_minor: Option<i64>,
        verdict: Option<String>,
    }
    let rows: Vec<AdviceRow> = d1::rows(
        &d1::database(env)?,
        "SELECT f.event_id, f.event, f.genre, f.said_at_ms, f.price_minor, f.currency, f.told, f.waits, f.saving_minor,
           f.shown, f.model, o.lowest_minor, o.paid_minor, o.verdict
         FROM forecasts f LEFT JOIN forecast_outcomes o
           ON o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours = 0
         WHERE f.waits IS NOT NULL AND (?1 IS NULL OR f.event_id = ?1) AND (?2 IS NULL OR f.genre = ?2)
           AND f.said_at_ms >= ?3
         ORDER BY CASE WHEN ?4 = 1 AND o.verdict IN ('paid_more', 'missed_a_fall') THEN 0 ELSE 1 END,
           f.said_at_ms DESC, f.event_id LIMIT ?5 OFFSET ?6",
        &[
            d1::optional_text(wanted.event_id.as_ref().map(EventId::as_str)),
            d1::optional_text(wanted.genre.as_ref()),
            d1::int(wanted.since.map_or(0, |since| since.timestamp_millis()))?,
            d1::int(i64::from(wanted.failures_first))?,
            d1::int(i64::from(wanted.limit))?,
            d1::int(i64::from(wanted.offset))?,
        ],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            let money = |minor: i64| Money::new(minor, row.currency);
            let told: Vec<Horizon> = decode(&row.told)?;
            let fall = |hours: u16| {
                told.iter()
                    .find(|(told, ..)| *told == hours)
                    .map(|(_, probability, _)| permille(*probability))
            };
            let verdict = row.verdict.as_deref().and_then(|text| text.parse().ok()).unwrap_or(Verdict::Open);
            let mut advice = PastAdvice {
                event_id: Some(row.event_id),
                event: row.event,
                genre: row.genre,
                said_at: from_ms(row.said_at_ms),
                action: if row.waits == 1 { Action::Wait } else { Action::Buy },
                shown: row.shown == 1,
                price: money(row.price_minor),
                fall_permille: [fall(24), fall(72), fall(168)],
                expected_saving: row.saving_minor.map(money),
                lowest_after: row.lowest_minor.map(money),
                paid: row.paid_minor.map(money),
                verdict,
                text: String::new(),
                model: Some(row.model),
            };
            advice.text = words::past(&advice);
            Ok(advice)
        })
        .collect()
}
