//! The state and the runs of sources in D1, for the operator and the health page.

use chrono::{DateTime, Utc};
use contract::catalog::{SourceHealth, SourceMode, SourceState};
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::Market;
use serde::Deserialize;
use worker::Env;

use crate::config::is_configured;
use crate::planner_store::{PlannerState, Walk};

/// Runs are kept this long.
const KEEP_RUNS_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// From this many failures in a row a source is failing, not just degraded.
const FAILING_FROM: u32 = 3;

/// What can be said of a source from its planner's state.
pub fn health(market: Market, state: &PlannerState, configured: bool) -> SourceHealth {
    let capabilities = sources::registry::provider(market).map(|provider| provider.capabilities);
    let source_state = match (configured, state.failures, state.last_success_ms) {
        (false, ..) => SourceState::Off,
        (true, 0, None) => SourceState::Waiting,
        (true, 0, Some(_)) => SourceState::Ok,
        (true, failures, _) if failures < FAILING_FROM => SourceState::Degraded,
        _ => SourceState::Failing,
    };
    SourceHealth {
        market,
        name: market.display_name().to_owned(),
        mode: if configured { state.mode.unwrap_or(SourceMode::Live) } else { SourceMode::Off },
        state: source_state,
        events: state.events,
        last_success_at: state.last_success_ms.map(from_ms),
        last_attempt_at: state.last_attempt_ms.map(from_ms),
        next_poll_at: state.next_poll_ms.map(from_ms),
        consecutive_failures: state.failures,
        last_failure: state.last_failure.clone(),
        calls_made: state.budget.made,
        calls_left: capabilities.map_or(0, |source| state.budget.left(source.budget)),
        rejected: state.rejected,
        observations_passed_on: state.passed_on,
        terms: capabilities.map_or("", |source| source.licence.terms).to_owned(),
    }
}

/// Writes a source's health row.
pub async fn write_health(env: &Env, health: &SourceHealth, at: DateTime<Utc>) -> Result<()> {
    d1::run(
        &d1::database(env)?,
        "INSERT INTO sources (market, health, updated_at_ms) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET health = excluded.health, updated_at_ms = excluded.updated_at_ms",
        &[d1::text(health.market.as_str()), d1::text(encode(health)?), d1::int(at.timestamp_millis())?],
    )
    .await?;
    Ok(())
}

#[derive(Deserialize)]
struct HealthRow {
    health: String,
}

/// Every source's health; one that never ran stands as waiting or off.
pub async fn all_health(env: &Env) -> Result<Vec<SourceHealth>> {
    let rows: Vec<HealthRow> = d1::rows(&d1::database(env)?, "SELECT health FROM sources", &[]).await?;
    let stored: Vec<SourceHealth> = rows.iter().map(|row| decode(&row.health)).collect::<Result<_>>()?;
    Ok(Market::ALL
        .into_iter()
        .map(|market| {
            let row = stored.iter().find(|health| health.market == market);
            match row {
                Some(row) if is_configured(env, market) => row.clone(),
                _ => health(market, &PlannerState::default(), is_configured(env, market)),
            }
        })
        .collect())
}

/// Writes the row of one walk and forgets those of a month ago. Idempotent by the walk's request id.
pub async fn record_run(env: &Env, market: Market, walk: &Walk, outcome: &str) -> Result<()> {
    let db = d1::database(env)?;
    let now_ms = Clock::wall_ms();
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "INSERT INTO source_runs
                 (request_id, market, started_at_ms, finished_at_ms, outcome, requests, events, changes, rejected)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                &[
                    d1::text(walk.request_id.as_str()),
                    d1::text(market.as_str()),
                    d1::int(walk.started_ms)?,
                    d1::int(now_ms)?,
                    d1::text(outcome),
                    d1::int(i64::from(walk.requests))?,
                    d1::int(i64::from(walk.events))?,
                    d1::int(i64::from(walk.changes))?,
                    d1::int(i64::from(walk.rejected))?,
                ],
            )?,
            d1::statement(
                &db,
                "DELETE FROM source_runs WHERE market = ? AND started_at_ms < ?",
                &[d1::text(market.as_str()), d1::int(now_ms.saturating_sub(KEEP_RUNS_MS))?],
            )?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}
