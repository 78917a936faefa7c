//! The state and the runs of sources in D1, for the operator and the health page.

use chrono::{DateTime, Utc};
use contract::catalog::{SourceHealth, SourceMode, SourceState};
use contract::health::{BudgetWindow, SourceAbilities};
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::Market;
use serde::Deserialize;
use sources::{Capabilities, Limits, PriceAccess, Push};
use worker::Env;

use crate::allowance::gate::Gate;
use crate::config::is_configured;
use crate::planner::store::{Counted, PlannerState, Pulse, Walk};
use crate::planner::walk::TOO_FEW;

/// Runs are kept this long.
const KEEP_RUNS_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// From this many failures in a row a source is failing, not just degraded.
const FAILING_FROM: u32 = 3;

/// What a planner knows of its source's health.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    /// Walk and counts.
    pub state: PlannerState,
    /// Budget, breaker and tally.
    pub gate: Gate,
    /// Mode, last attempt, observations.
    pub pulse: Pulse,
}

impl Vitals {
    /// Failures in a row and the short code of the last: the source's, a halved catalogue, or our own.
    pub fn trouble(&self) -> (u32, Option<String>) {
        let breaker = &self.gate.breaker;
        [
            (breaker.failures, breaker.last_failure.clone()),
            (self.state.odd_walks, Some(TOO_FEW.to_owned())),
            (self.state.stumbles, Some("internal".to_owned())),
        ]
        .into_iter()
        .max_by_key(|(failures, _)| *failures)
        .filter(|(failures, _)| *failures > 0)
        .unwrap_or_default()
    }
}

/// What can be said of a source from its planner's memory.
pub fn health(market: Market, vitals: &Vitals, configured: bool) -> SourceHealth {
    let Vitals { state, gate, pulse } = vitals;
    let capabilities = sources::registry::provider(market).map(|provider| &provider.capabilities);
    let (failures, last_failure) = vitals.trouble();
    let source_state = match (configured, failures, state.last_success_ms) {
        (false, ..) => SourceState::Off,
        (true, 0, None) => SourceState::Waiting,
        (true, 0, Some(_)) => SourceState::Ok,
        (true, failures, _) if failures < FAILING_FROM => SourceState::Degraded,
        _ => SourceState::Failing,
    };
    let budget = capabilities.map_or_else(Vec::new, |source| budget_windows(gate, &source.budget));
    let longest = budget.iter().max_by_key(|window| window.seconds);
    let share = gate.tally.share(gate.now_ms());
    SourceHealth {
        market,
        name: market.display_name().to_owned(),
        mode: if configured { pulse.mode.unwrap_or(SourceMode::Live) } else { SourceMode::Off },
        state: source_state,
        events: state.events,
        last_success_at: state.last_success_ms.map(from_ms),
        last_attempt_at: pulse.last_attempt_ms.map(from_ms),
        next_poll_at: state.next_poll_ms.map(from_ms),
        consecutive_failures: failures,
        last_failure,
        calls_made: longest.map_or(0, |window| window.made),
        calls_left: longest.map_or(0, |window| window.left),
        rejected: state.rejected,
        observations_passed_on: pulse.passed_on,
        terms: capabilities.map_or("", |source| source.licence.terms).to_owned(),
        staleness_seconds: None,
        budget,
        breaker: gate.breaker.state(gate.now_ms()),
        answers: share.answers,
        failed_permille: share.failed_permille,
        odd_permille: share.odd_permille,
        unmatched: state.counted.unmatched,
        doubtful: state.counted.doubtful,
        capabilities: capabilities.map(abilities).unwrap_or_default(),
    }
}

/// The windows of a budget as they stand.
pub fn budget_windows(gate: &Gate, limits: &Limits) -> Vec<BudgetWindow> {
    gate.budget
        .used(limits, gate.now_ms())
        .into_iter()
        .map(|used| BudgetWindow {
            seconds: u32::try_from(used.window.window_ms.checked_div(1_000).unwrap_or(0)).unwrap_or(u32::MAX),
            calls: used.window.calls,
            made: used.made,
            left: used.left,
        })
        .collect()
}

fn abilities(source: &Capabilities) -> SourceAbilities {
    SourceAbilities {
        search: source.search,
        by_id: source.by_id,
        updates: source.updates,
        listings: source.listings,
        prices: match source.prices {
            PriceAccess::Stated => "stated",
            PriceAccess::Sometimes => "sometimes",
            PriceAccess::Restricted => "restricted",
        }
        .to_owned(),
        push: match source.push {
            Push::None => "none",
            Push::Hints => "hints",
            Push::Signed => "signed",
        }
        .to_owned(),
        fee_basis: source.fee_basis.to_vec(),
        limits: source.limits.to_owned(),
        attribution: source.licence.attribution.map(str::to_owned),
        retention: source.licence.retention.map(str::to_owned),
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

/// Every source's health at market time `now`; one that never ran stands as waiting or off. What a source can do is told
/// as of today, whatever stood there when its planner wrote the row.
pub async fn all_health(env: &Env, now: DateTime<Utc>) -> Result<Vec<SourceHealth>> {
    let rows: Vec<HealthRow> = d1::rows(&d1::database(env)?, "SELECT health FROM sources", &[]).await?;
    let stored: Vec<SourceHealth> = rows.iter().map(|row| decode(&row.health)).collect::<Result<_>>()?;
    Ok(Market::ALL
        .into_iter()
        .map(|market| {
            let row = stored.iter().find(|health| health.market == market);
            let configured = is_configured(env, market);
            let today = health(market, &Vitals::default(), configured);
            let known = row.filter(|_| configured).cloned();
            SourceHealth {
                staleness_seconds: known
                    .as_ref()
                    .and_then(|row| row.last_success_at)
                    .map(|at| now.signed_duration_since(at).num_seconds().max(0)),
                capabilities: today.capabilities.clone(),
                terms: today.terms.clone(),
                ..known.unwrap_or(today)
            }
        })
        .collect())
}

#[derive(Deserialize)]
struct CountRow {
    unmatched: u32,
    doubtful: u32,
}

/// Counts a market's listings of events that no other market lists, and those in pairs that nobody has decided.
pub async fn count(env: &Env, market: Market, at_ms: i64) -> Result<Counted> {
    let row: Option<CountRow> = d1::first(
        &d1::database(env)?,
        "SELECT
           (SELECT count(*) FROM event_links l WHERE l.market = ?1 AND NOT EXISTS (
              SELECT 1 FROM event_links o WHERE o.event_id = l.event_id AND o.market <> ?1)) AS unmatched,
           (SELECT count(*) FROM event_links l WHERE l.market = ?1 AND l.event_id IN (
              SELECT event_id FROM reviews WHERE state = 'open'
              UNION SELECT other_event_id FROM reviews WHERE state = 'open')) AS doubtful",
        &[d1::text(market.as_str())],
    )
    .await?;
    let (unmatched, doubtful) = row.map_or((0, 0), |row| (row.unmatched, row.doubtful));
    Ok(Counted { at_ms, unmatched, doubtful })
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
