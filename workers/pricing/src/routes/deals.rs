//! `/v1/deals`: the best deals, cached in KV.

use std::time::Duration;

use contract::pricing::DealList;
use contract::problem::Code;
use edge::clock::Clock;
use edge::failure::{Failure, Result};
use edge::json::encode;
use edge::timeout::within;
use edge::{Call, reply};
use serde::{Deserialize, Serialize};
use worker::{Env, Response};

use crate::config::Config;
use crate::deals::store as deal_store;

/// An answer is given again for this long; another location may see it a minute longer, because KV is that late.
const FRESH_MS: i64 = 15_000;
/// KV forgets it after its shortest time.
const FORGET_AFTER_SECONDS: u64 = 60;
/// Longer than this is slower than asking the database.
const CACHE_PATIENCE: Duration = Duration::from_millis(500);
const MAX_LIMIT: u32 = 100;

#[derive(Serialize, Deserialize)]
struct Cached {
    stored_at_ms: i64,
    body: String,
}

/// `GET /v1/deals`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let limit = call.query_as::<u32>("limit", "a whole number from 1 to 100")?.unwrap_or(20);
    let min_score = call.query_as::<u8>("min_score", "a whole number from 0 to 100")?.unwrap_or(0);
    if !(1..=MAX_LIMIT).contains(&limit) || min_score > 100 {
        return Err(Failure::new(
            Code::InvalidParameter,
            "The parameter limit must be from 1 to 100 and min_score from 0 to 100.",
        ));
    }
    let key = format!("deals/v1/{limit}/{min_score}");
    let now_ms = Clock::wall_ms();
    let cached = remembered(env, &key).await;
    if let Some(cached) = cached.filter(|cached| now_ms.saturating_sub(cached.stored_at_ms) < FRESH_MS) {
        return reply::cached_for(10, reply::json_text(200, cached.body)?);
    }
    let now = config.clock.market();
    let deals = deal_store::best(env, now, min_score, limit).await?;
    let body = encode(&DealList { deals, next_cursor: None, as_of: now })?;
    remember(env, &key, &Cached { stored_at_ms: now_ms, body: body.clone() }).await;
    reply::cached_for(10, reply::json_text(200, body)?)
}

/// What the cache holds. One that is not there, fails, dawdles, or holds what an older version wrote is an empty one.
async fn remembered(env: &Env, key: &str) -> Option<Cached> {
    let cache = env.kv("RESPONSES").ok()?;
    within(CACHE_PATIENCE, cache.get(key).json()).await.ok()?.ok()?
}

/// Not being able to cache is no reason not to answer.
async fn remember(env: &Env, key: &str, cached: &Cached) {
    let Ok(cache) = env.kv("RESPONSES") else { return };
    let Ok(put) = encode(cached).map(|text| cache.put(key, text)) else { return };
    if let Ok(put) = put {
        let _ = within(CACHE_PATIENCE, put.expiration_ttl(FORGET_AFTER_SECONDS).execute()).await;
    }
}
