//! `/v1/sources`.

use contract::catalog::{SourceList, Woken};
use contract::ids::RequestId;
use edge::failure::Result;
use edge::object::Objects;
use edge::reply;
use prices::Market;
use worker::{Env, Response};

use crate::config::{Config, adapter};
use crate::source_store;

/// `GET /v1/sources`.
pub async fn list(env: &Env, config: &Config) -> Result<Response> {
    let sources = source_store::all_health(env).await?;
    reply::json(&SourceList { sources, as_of: config.clock.market() })
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
