//! `/v1/deals`: the best deals, cached in KV.

use contract::pricing::DealList;
use contract::problem::Code;
use edge::clock::Clock;
use edge::failure::{Failure, Result};
use edge::json::encode;
use edge::{Call, reply};
use serde::{Deserialize, Serialize};
use worker::{Env, Response};

use crate::config::Config;
use crate::deal_store;

/// An answer is given again for this long; another location may see it a minute longer, because KV is that late.
const FRESH_MS: i64 = 15_000;
/// KV forgets it after its shortest time.
const FORGET_AFTER_SECONDS: u64 = 60;
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
    let cache = env.kv("RESPONSES")?;
    let key = format!("deals/v1/{limit}/{min_score}");
    let now_ms = Clock::wall_ms();
    // A cache that fails, or holds what an older version wrote, is a cache that is empty.
    let cached: Option<Cached> = cache.get(&key).json().await.unwrap_or(None);
    if let Some(cached) = cached.filter(|cached| now_ms.saturating_sub(cached.stored_at_ms) < FRESH_MS) {
        return reply::cached_for(10, reply::json_text(200, cached.body)?);
    }
    let now = config.clock.market();
    let deals = deal_store::best(env, now, min_score, limit).await?;
    let body = encode(&DealList { deals, as_of: now })?;
    let cached = Cached { stored_at_ms: now_ms, body: body.clone() };
    if let Ok(put) = cache.put(&key, encode(&cached)?) {
        // Not being able to cache is no reason not to answer.
        let _ = put.expiration_ttl(FORGET_AFTER_SECONDS).execute().await;
    }
    reply::cached_for(10, reply::json_text(200, body)?)
}
