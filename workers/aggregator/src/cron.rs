//! What is done each minute: planners are woken, the operator's messages handed over, watched events asked for, fees learned,
//! the search index made up; and once an hour kept answers older than a week deleted. Each part fails alone.

use contract::planner::Watched;
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use edge::service::Service;
use prices::Market;
use serde_json::json;
use worker::Env;

use crate::config::Config;
use crate::fee_store;
use crate::health::messages;
use crate::linking::merge_store;
use crate::planner::attention;
use crate::planner::raw;
use crate::routes;
use crate::search::index;

/// Cron makes up for what the index missed: 4,000 events a minute.
const INDEX_BATCHES_A_MINUTE: usize = 10;

/// One run. `scheduled_ms` is when it was due.
pub async fn run(env: &Env, config: &Config, log: &Log, scheduled_ms: i64) {
    match routes::sources::wake(env, log.request_id()).await {
        Ok(woken) => log.info("planners_woken", woken),
        Err(failure) => log.error("wake_failed", json!({ "cause": failure.cause, "detail": failure.detail })),
    }
    chores(env, config, log, scheduled_ms).await;
}

/// Everything but the waking. `now_ms` is the wall clock: the hour's own chores are for its first minute.
pub async fn chores(env: &Env, config: &Config, log: &Log, now_ms: i64) {
    match messages::hand_over(env, log.request_id(), Clock::wall_ms()).await {
        Ok(0) => {}
        Ok(messages) => log.info("operator_told", json!({ "messages": messages })),
        Err(failure) => log.warn("operator_not_told", json!({ "cause": failure.cause })),
    }
    if let Err(failure) = ask_who_watches(env, config, log).await {
        log.warn("watched_unknown", json!({ "cause": failure.cause }));
    }
    match merge_store::tell(env, log.request_id()).await {
        Ok(0) => {}
        Ok(told) => log.info("merges_told", json!({ "changes": told })),
        Err(failure) => log.error("merges_not_told", json!({ "cause": failure.cause })),
    }
    match fee_store::learn_due(env, config.clock.market()).await {
        Ok(learned) if learned.is_empty() => {}
        Ok(learned) => log.info("fees_learned", json!({ "markets": learned })),
        Err(failure) => log.error("fees_not_learned", json!({ "cause": failure.cause })),
    }
    match index::refresh(env, INDEX_BATCHES_A_MINUTE).await {
        Ok(0) => {}
        Ok(events) => log.info("search_indexed", json!({ "events": events })),
        Err(failure) => log.error("search_index_failed", json!({ "cause": failure.cause })),
    }
    let minute = now_ms.checked_div(60_000).and_then(|minutes| minutes.checked_rem_euclid(60));
    if minute == Some(0) {
        expire(env, config, log).await;
    }
}

async fn ask_who_watches(env: &Env, config: &Config, log: &Log) -> Result<()> {
    let mut watched = Vec::new();
    for binding in ["NOTIFICATIONS", "AUTH"] {
        let answer: Watched = Service::new(env, binding, log.request_id())?.get("/internal/watched").await?;
        watched.extend(answer.events);
    }
    attention::set_watched(env, &watched, config.clock.market().timestamp_millis()).await
}

async fn expire(env: &Env, config: &Config, log: &Log) {
    let today = config.clock.market().date_naive();
    for market in Market::ALL {
        match raw::expire(env, market, today).await {
            Ok(0) => {}
            Ok(answers) => log.info("raw_expired", json!({ "market": market, "answers": answers })),
            Err(failure) => log.warn("raw_not_expired", json!({ "market": market, "cause": failure.cause })),
        }
    }
}
