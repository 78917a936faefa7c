//! Sums that are made anew now and then and read by everybody: past rates, and the record.

use chrono::{DateTime, Utc};
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::outlook::model::Outlook;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::Env;

use super::climate::Climate;

/// The name of past rates.
pub const PAST_RATES: &str = "past_rates";
/// The name of the record's sums.
pub const RECORD: &str = "record";

#[derive(Deserialize)]
struct SumRow {
    made_at_ms: i64,
    body: String,
}

/// A sum and when it was made (market time, epoch milliseconds).
pub async fn get<T: DeserializeOwned>(env: &Env, name: &str) -> Result<Option<(i64, T)>> {
    let row: Option<SumRow> = d1::first(
        &d1::database(env)?,
        "SELECT made_at_ms, body FROM outlook_sums WHERE name = ?",
        &[d1::text(name)],
    )
    .await?;
    row.map(|row| Ok((row.made_at_ms, decode(&row.body)?))).transpose()
}

/// Replaces a sum made at `before` (`None`: there was none). Answers whether it was still that one: of two who sum up at
/// once, the second changes nothing.
pub async fn replace<T: serde::Serialize>(
    env: &Env,
    name: &str,
    before: Option<i64>,
    now: DateTime<Utc>,
    body: &T,
) -> Result<bool> {
    // Market time may stand still between two runs of a test: a sum is always newer than the one before it.
    let made_at_ms = before.map_or(0, |before| before.saturating_add(1)).max(now.timestamp_millis());
    let changed = d1::run(
        &d1::database(env)?,
        "INSERT INTO outlook_sums (name, made_at_ms, body) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET made_at_ms = excluded.made_at_ms, body = excluded.body
         WHERE outlook_sums.made_at_ms = ?4",
        &[d1::text(name), d1::int(made_at_ms)?, d1::text(encode(body)?), d1::int(before.unwrap_or(-1))?],
    )
    .await?;
    Ok(changed > 0)
}

/// Past rates in the shape of a model, where there is enough history.
pub async fn past_rates(env: &Env) -> Result<Option<Outlook>> {
    let sum: Option<(i64, Climate)> = get(env, PAST_RATES).await?;
    Ok(sum.and_then(|(made_at_ms, climate)| climate.outlook(made_at_ms.div_euclid(1_000))))
}
