//! `/v1/deals`: the best deals, cached in KV.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::deals::DealList;
use contract::ids::EventId;
use edge::clock::Clock;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use edge::log::Log;
use edge::timeout::within;
use edge::{Call, reply};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use worker::{Env, Response};

use crate::config::Config;
use crate::deals::cursor::Cursor;
use crate::deals::query::Query;
use crate::deals::store::readable;

/// An answer is given again for this long; another location may see it a minute longer, because KV is that late.
const FRESH_MS: i64 = 15_000;
/// KV forgets it after its shortest time.
const FORGET_AFTER_SECONDS: u64 = 60;
/// Longer than this is slower than asking the database.
const CACHE_PATIENCE: Duration = Duration::from_millis(500);
/// How long browsers and shared caches keep an answer.
const CACHED_SECONDS: u32 = 10;

#[derive(Serialize, Deserialize)]
struct Cached {
    stored_at_ms: i64,
    /// The answer's weak `ETag`.
    tag: String,
    body: String,
}

#[derive(Deserialize)]
struct DealRow {
    event_id: EventId,
    /// What the order goes by.
    place: Option<i64>,
    deal: String,
}

/// `GET /v1/deals`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let query = Query::read(call)?;
    let key = format!("deals/v3/{}", digest(&encode(&query)?));
    let now_ms = Clock::wall_ms();
    let cached = remembered(env, &key).await;
    if let Some(cached) = cached.filter(|cached| now_ms.saturating_sub(cached.stored_at_ms) < FRESH_MS) {
        return answer(call, cached);
    }
    let now = config.clock.market();
    let log = Log::new("pricing.deals", call.request_id().clone());
    let list = page(env, &query, now, &log).await?;
    // The same deals are the same answer, whenever they are told.
    let tag = format!("W/\"{}\"", digest(&encode(&(&list.deals, &list.next_cursor))?));
    let fresh = Cached { stored_at_ms: now_ms, tag, body: encode(&list)? };
    remember(env, &key, &fresh).await;
    answer(call, fresh)
}

async fn page(env: &Env, query: &Query, now: DateTime<Utc>, log: &Log) -> Result<DealList> {
    let (sql, values) = query.statement(now)?;
    let mut rows: Vec<DealRow> = d1::rows(&d1::database(env)?, &sql, &values).await?;
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let deals = readable(rows.iter().map(|row| row.deal.as_str()), log);
    // The next page begins after the last row, also where that could not be read.
    let last = rows.pop().filter(|_| has_more);
    let next = last.and_then(|row| Some(Cursor::new(query.sort, row.place?, row.event_id)));
    let next_cursor = next.map(|cursor| cursor.to_text());
    Ok(DealList { deals, next_cursor, as_of: now })
}

/// The answer, or 304 to who has it already.
fn answer(call: &Call, cached: Cached) -> Result<Response> {
    let tags = call.header("if-none-match").unwrap_or_default();
    let is_known = tags.split(',').any(|tag| tag.trim() == cached.tag || tag.trim() == "*");
    let response =
        if is_known { Response::empty()?.with_status(304) } else { reply::json_text(200, cached.body)? };
    response.headers().set("etag", &cached.tag)?;
    reply::cached_for(CACHED_SECONDS, response)
}

/// 128 bits of a text's SHA-256 in hex.
fn digest(text: &str) -> String {
    let mut hex = format!("{:x}", Sha256::digest(text));
    hex.truncate(32);
    hex
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
