//! When past rates and the record are summed up anew, and what the record's sums are.

use chrono::{DateTime, TimeDelta, Utc};
use edge::failure::Result;
use worker::Env;

use super::climate::Climate;
use super::tally::Record;
use super::{peers, speaker, sums};

/// Sums are made anew this often (market time), or when something was settled.
const SUM_EVERY: TimeDelta = TimeDelta::hours(6);

/// The record's sums as last made.
pub async fn record_of(env: &Env) -> Result<Record> {
    let sum: Option<(i64, Record)> = sums::get(env, sums::RECORD).await?;
    Ok(sum.map(|(_, record)| record).unwrap_or_default())
}

/// Sums up past rates now and then, and the record where something was settled.
pub async fn sum_up(env: &Env, now: DateTime<Utc>, settled: bool) -> Result<bool> {
    let old = now.checked_sub_signed(SUM_EVERY).unwrap_or(now).timestamp_millis();
    let rates: Option<(i64, Climate)> = sums::get(env, sums::PAST_RATES).await?;
    let stale = rates.as_ref().is_none_or(|(made_at_ms, rates)| *made_at_ms <= old || rates.events == 0);
    if stale {
        let climate = peers::climate(env, now).await?;
        sums::replace(env, sums::PAST_RATES, rates.map(|(made_at_ms, _)| made_at_ms), now, &climate).await?;
        speaker::forget();
    }
    let known: Option<(i64, Record)> = sums::get(env, sums::RECORD).await?;
    let before = known.as_ref().map(|(made_at_ms, _)| *made_at_ms);
    if !settled && before.is_some_and(|made_at_ms| made_at_ms > old) {
        return Ok(stale);
    }
    let mut record = known.map(|(_, record)| record).unwrap_or_default();
    let news = record.catch_up(env).await?;
    if news || before.is_none_or(|made_at_ms| made_at_ms <= old) {
        sums::replace(env, sums::RECORD, before, now, &record).await?;
    }
    Ok(stale || news)
}
