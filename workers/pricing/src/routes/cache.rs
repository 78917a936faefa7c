//! Answers kept for a moment in KV, and weak `ETag`s.

use std::time::Duration;

use edge::clock::Clock;
use edge::failure::Result;
use edge::json::encode;
use edge::timeout::within;
use edge::{Call, reply};
use serde::{Deserialize, Serialize};
use worker::{Env, Response};

use crate::outlook::shelf::digest;

/// KV forgets it after its shortest time.
const FORGET_AFTER_SECONDS: u64 = 60;
/// Longer than this is slower than making the answer.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Serialize, Deserialize)]
struct Cached {
    stored_at_ms: i64,
    body: String,
}

/// The answer kept under `key`, if it is younger than `fresh_ms`. One that is not there, fails or dawdles is none.
pub async fn get(env: &Env, key: &str, fresh_ms: i64) -> Option<String> {
    let cache = env.kv("RESPONSES").ok()?;
    let cached: Option<Cached> = within(PATIENCE, cache.get(key).json()).await.ok()?.ok()?;
    let now_ms = Clock::wall_ms();
    cached.filter(|cached| now_ms.saturating_sub(cached.stored_at_ms) < fresh_ms).map(|cached| cached.body)
}

/// Keeps an answer. Not being able to is no reason not to answer.
pub async fn put(env: &Env, key: &str, body: &str) {
    let Ok(cache) = env.kv("RESPONSES") else { return };
    let cached = Cached { stored_at_ms: Clock::wall_ms(), body: body.to_owned() };
    let Ok(put) = encode(&cached).map(|text| cache.put(key, text)) else { return };
    if let Ok(put) = put {
        let _ = within(PATIENCE, put.expiration_ttl(FORGET_AFTER_SECONDS).execute()).await;
    }
}

/// The answer with its weak `ETag`, or 304 to who has it already.
pub fn answer(call: &Call, body: String) -> Result<Response> {
    let digest = digest(body.as_bytes());
    let tag = format!("W/\"{}\"", digest.get(..16).unwrap_or_default());
    let known = call.header("if-none-match").is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    let response = if known { Response::empty()?.with_status(304) } else { reply::json_text(200, body)? };
    response.headers().set("etag", &tag)?;
    reply::cached_for(10, response)
}
