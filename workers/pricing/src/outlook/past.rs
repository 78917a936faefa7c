//! Past advice as it is listed: which of it, in which order, from where on.

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use contract::outlook::{Action, PastAdvice};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::decode;
use prices::accuracy::Verdict;
use prices::{Currency, Money};
use serde::Deserialize;
use worker::Env;
use worker::wasm_bindgen::JsValue;

use super::place::Place;
use super::record::Horizon;
use super::told::permille;
use super::words;

/// What is told of an advice and what came of it.
const COLUMNS: &str =
    "f.event_id, f.event, f.genre, f.said_at_ms, f.price_minor, f.currency, f.told, f.waits,
  f.saving_minor, f.shown, f.model, o.lowest_minor, o.paid_minor, o.verdict";
const OUTCOME: &str = "LEFT JOIN forecast_outcomes o
  ON o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours = 0";

/// Which past advice is listed.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// Of this league or genre only.
    pub genre: Option<&'a str>,
    /// Said since.
    pub since: Option<DateTime<Utc>>,
    /// Failures before all others.
    pub failures_first: bool,
    /// Go on after this.
    pub after: Option<&'a Place>,
    /// At most so many.
    pub limit: u32,
}

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

/// Past advice of one event, the newest first.
pub async fn of_event(env: &Env, id: &EventId, limit: u32) -> Result<Vec<PastAdvice>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM forecasts f {OUTCOME} WHERE f.event_id = ? AND f.waits IS NOT NULL
         ORDER BY f.said_on DESC LIMIT ?"
    );
    read(env, &sql, &[d1::text(id.as_str()), d1::int(i64::from(limit))?]).await
}

/// Past advice in the order asked for. Failures first are two lists one after the other, each in the order of its index.
pub async fn list(env: &Env, wanted: &Wanted<'_>) -> Result<Vec<PastAdvice>> {
    if !wanted.failures_first {
        let (sql, values) = statement(wanted, None, wanted.after, wanted.limit)?;
        return read(env, &sql, &values).await;
    }
    let mut listed = Vec::new();
    for failed in [true, false] {
        let left = wanted.limit.saturating_sub(u32::try_from(listed.len()).unwrap_or(u32::MAX));
        // Where the page begins among the others, the failures are over.
        if left == 0 || (failed && wanted.after.is_some_and(|place| !place.failed)) {
            continue;
        }
        let after = wanted.after.filter(|place| place.failed == failed);
        let (sql, values) = statement(wanted, Some(failed), after, left)?;
        listed.extend(read(env, &sql, &values).await?);
    }
    Ok(listed)
}

async fn read(env: &Env, sql: &str, values: &[JsValue]) -> Result<Vec<PastAdvice>> {
    let rows: Vec<AdviceRow> = d1::rows(&d1::database(env)?, sql, values).await?;
    rows.into_iter().map(advice).collect()
}

/// The statement of one list, of all advice, of failures or of the others: only conditions that are asked for stand in it, so that an index answers it.
fn statement(
    wanted: &Wanted<'_>,
    failed: Option<bool>,
    after: Option<&Place>,
    limit: u32,
) -> Result<(String, Vec<JsValue>)> {
    let mut conditions: Vec<&str> = Vec::new();
    let mut values = Vec::new();
    if let Some(genre) = wanted.genre {
        conditions.push("a.genre = ?");
        values.push(d1::text(genre));
    }
    if let Some(failed) = failed {
        conditions.push("a.failed = ?");
        values.push(d1::int(i64::from(failed))?);
    }
    conditions.push("a.said_at_ms >= ?");
    values.push(d1::int(wanted.since.map_or(0, |since| since.timestamp_millis()))?);
    if let Some(place) = after {
        conditions.push("a.said_at_ms <= ? AND (a.said_at_ms < ? OR a.event_id > ?)");
        let said_at = d1::int(place.said_at_ms)?;
        values.extend([said_at.clone(), said_at, d1::text(place.event_id.as_str())]);
    }
    values.push(d1::int(i64::from(limit))?);
    let sql = format!(
        "SELECT {COLUMNS} FROM advice_order a
         CROSS JOIN forecasts f ON f.event_id = a.event_id AND f.said_on = a.said_on {OUTCOME}
         WHERE {} ORDER BY a.said_at_ms DESC, a.event_id LIMIT ?",
        conditions.join(" AND ")
    );
    Ok((sql, values))
}

fn advice(row: AdviceRow) -> Result<PastAdvice> {
    let money = |minor: i64| Money::new(minor, row.currency);
    let told: Vec<Horizon> = decode(&row.told)?;
    let fall = |hours: u16| {
        told.iter().find(|(told, ..)| *told == hours).map(|(_, probability, _)| permille(*probability))
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
}
