//! `/v1/sources`.

use contract::catalog::{SourceList, Woken};
use contract::health::OperatorMessages;
use contract::ids::RequestId;
use contract::internal::{MAX_HINTED_EVENTS, PollHints};
use contract::planner::{Backfill, SourcePlan};
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, Vars, guard, reply};
use prices::Market;
use worker::{Env, Response};

use crate::config::{Config, adapter};
use crate::health::messages;
use crate::health::source_store;
use crate::planner::backfill;

/// `GET /v1/sources`.
pub async fn list(env: &Env, config: &Config) -> Result<Response> {
    let as_of = config.clock.market();
    let sources = source_store::all_health(env, as_of).await?;
    reply::json(&SourceList { sources, as_of })
}

/// `POST /v1/sources/wake`, and what cron does each minute.
pub async fn wake(env: &Env, request_id: &RequestId) -> Result<Woken> {
    let planners = Objects::new(env, "SOURCE_PLANNER", request_id)?;
    let mut woken = Vec::new();
    for market in Market::ALL {
        if adapter(env, market)?.is_some() {
            planners.tell(market.as_str(), "/wake", &()).await?;
            woken.push(market);
        }
    }
    Ok(Woken { woken })
}

/// `GET /v1/sources/messages`.
pub async fn operator_messages(call: &Call, env: &Env) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    reply::json(&OperatorMessages { messages: messages::list(env).await? })
}

/// `GET /v1/sources/{source}/plan`.
pub async fn plan(call: &Call, env: &Env, source: &str) -> Result<Response> {
    let market = named(source)?;
    if adapter(env, market)?.is_none() {
        return Err(Failure::not_found("This source is not configured."));
    }
    let planners = Objects::new(env, "SOURCE_PLANNER", call.request_id())?;
    let plan: SourcePlan = planners.call(market.as_str(), "/plan", &()).await?;
    reply::cached_for(5, reply::json(&plan)?)
}

/// `POST /v1/sources/{source}/backfill`.
pub async fn backfill(call: &mut Call, env: &Env, source: &str) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let market = named(source)?;
    let wanted: Backfill = call.json().await?;
    let Some(adapter) = adapter(env, market)? else {
        return Err(Failure::not_found("This source is not configured."));
    };
    reply::json(&backfill::run(env, call.request_id(), adapter.as_ref(), &wanted).await?)
}

/// `POST /internal/hints`.
pub async fn hints(call: &mut Call, env: &Env) -> Result<Response> {
    guard::internal(call, &Vars::new(env))?;
    let PollHints { market, mut source_event_ids } = call.json_within(64 * 1024).await?;
    source_event_ids.truncate(MAX_HINTED_EVENTS);
    if adapter(env, market)?.is_some() && !source_event_ids.is_empty() {
        let planners = Objects::new(env, "SOURCE_PLANNER", call.request_id())?;
        planners.tell(market.as_str(), "/hint", &source_event_ids).await?;
    }
    Ok(reply::no_content())
}

fn named(source: &str) -> Result<Market> {
    source.parse().map_err(|_| Failure::not_found("There is no source of this name."))
}
