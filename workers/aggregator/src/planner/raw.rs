//! The bucket `RAW`: every usable answer of a provider as it came, for a week, so that it can be decoded again.
//!
//! Keeping is beside the work: a failure is a warning, and nobody waits for it. No URL and no header is kept, and every
//! secret we hold is taken out of the body before it is stored.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use contract::ids::RequestId;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::gzip;
use edge::json::{decode, encode};
use edge::log::Log;
use prices::Market;
use serde_json::json;
use sources::Cursor;
use worker::{Bucket, Env};

/// Answers are kept so many days, today included.
const KEPT_DAYS: u64 = 7;
/// Metadata of an object may hold 2 KB in all; a cursor beyond this is not kept, nor its answer.
const MAX_CURSOR_BYTES: usize = 1_500;
/// Deleted at once; the platform takes a thousand.
const DELETED_AT_ONCE: u32 = 500;

/// An answer to be kept.
pub struct Kept {
    /// The market.
    pub market: Market,
    /// What was asked.
    pub cursor: Cursor,
    /// HTTP status.
    pub status: u16,
    /// `content-type`, as sent.
    pub content_type: Option<String>,
    /// Market time of the answer.
    pub at: DateTime<Utc>,
    /// The call's number among all calls to the source.
    pub number: u64,
    /// The body.
    pub body: Vec<u8>,
}

fn bucket(env: &Env) -> Result<Bucket> {
    Ok(env.bucket("RAW")?)
}

/// What the keys of a market's day begin with.
pub fn day_prefix(market: Market, day: NaiveDate) -> String {
    format!("raw/{market}/{day}/")
}

fn key(kept: &Kept, request_id: &RequestId) -> String {
    let time = kept.at.format("%H%M%S%3f");
    format!("{}{time}-{request_id}-{}.json.gz", day_prefix(kept.market, kept.at.date_naive()), kept.number)
}

/// Keeps an answer, behind whoever asked for it.
pub fn keep_behind(env: &Env, log: &Log, kept: Kept, secrets: Vec<String>) {
    let (env, log) = (env.clone(), log.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let market = kept.market;
        if let Err(failure) = keep(&env, log.request_id(), kept, &secrets).await {
            log.warn("raw_not_kept", json!({ "market": market, "cause": failure.cause }));
        }
    });
}

async fn keep(env: &Env, request_id: &RequestId, kept: Kept, secrets: &[String]) -> Result<()> {
    let cursor = encode(&kept.cursor)?;
    if cursor.len() > MAX_CURSOR_BYTES || secrets.iter().any(|secret| cursor.contains(secret.as_str())) {
        return Err(Failure::internal("its cursor cannot be kept"));
    }
    let key = key(&kept, request_id);
    let metadata = HashMap::from([
        ("cursor".to_owned(), cursor),
        ("status".to_owned(), kept.status.to_string()),
        ("at_ms".to_owned(), kept.at.timestamp_millis().to_string()),
        ("content_type".to_owned(), kept.content_type.unwrap_or_default()),
    ]);
    let bytes = gzip::gzip(scrubbed(kept.body, secrets)).await?;
    bucket(env)?.put(key, bytes).custom_metadata(metadata).execute().await?;
    Ok(())
}

/// The body without our secrets. Bodies rarely echo one, so it is copied only then.
fn scrubbed(body: Vec<u8>, secrets: &[String]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&body) else { return body };
    let found: Vec<&String> =
        secrets.iter().filter(|secret| !secret.is_empty() && text.contains(secret.as_str())).collect();
    if found.is_empty() {
        return body;
    }
    found
        .into_iter()
        .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[secret]"))
        .into_bytes()
}

/// Keys of a market from `from` to `to` (days) after `after`, in their order; at most `limit`.
pub async fn keys(
    env: &Env,
    market: Market,
    days: (NaiveDate, NaiveDate),
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>> {
    let (from, to) = days;
    // Keys sort by day and time, so the place to begin is a key too: just before the first of the day.
    let begin = day_prefix(market, from);
    let start_after = after.filter(|after| **after > *begin).unwrap_or(&begin).to_owned();
    let end = day_prefix(market, to.checked_add_days(Days::new(1)).unwrap_or(to));
    let listed = bucket(env)?
        .list()
        .prefix(format!("raw/{market}/"))
        .start_after(start_after)
        .limit(limit)
        .execute()
        .await?;
    Ok(listed.objects().iter().map(worker::Object::key).take_while(|key| *key < end).collect())
}

/// One kept answer; nothing if it is gone or not to be read.
pub async fn get(env: &Env, market: Market, key: &str) -> Result<Option<Kept>> {
    let Some(object) = bucket(env)?.get(key).execute().await? else { return Ok(None) };
    let metadata = object.custom_metadata()?;
    let number = |name: &str| metadata.get(name).and_then(|text| text.parse::<i64>().ok());
    let (Some(status), Some(at_ms), Some(cursor)) =
        (number("status"), number("at_ms"), metadata.get("cursor"))
    else {
        return Ok(None);
    };
    let (Ok(cursor), Ok(status)) = (decode(cursor), u16::try_from(status)) else { return Ok(None) };
    let Some(body) = object.body() else { return Ok(None) };
    let Ok(body) = gzip::gunzip(body.bytes().await?).await else { return Ok(None) };
    let content_type = metadata.get("content_type").filter(|text| !text.is_empty()).cloned();
    Ok(Some(Kept { market, cursor, status, content_type, at: from_ms(at_ms), number: 0, body }))
}

/// Deletes what is older than a week, some at a time; answers how many. The bucket's own lifecycle rule does the same
/// (r2-buckets.json): this keeps the promise where there is none, and where market time is not real time.
pub async fn expire(env: &Env, market: Market, today: NaiveDate) -> Result<usize> {
    let oldest = today.checked_sub_days(Days::new(KEPT_DAYS.saturating_sub(1))).unwrap_or(today);
    let bucket = bucket(env)?;
    let listed = bucket.list().prefix(format!("raw/{market}/")).limit(DELETED_AT_ONCE).execute().await?;
    let end = day_prefix(market, oldest);
    let old: Vec<String> =
        listed.objects().iter().map(worker::Object::key).take_while(|key| *key < end).collect();
    if !old.is_empty() {
        bucket.delete_multiple(old.clone()).await?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_market_day_and_time_and_hold_no_address() {
        let kept = Kept {
            market: Market::SeatGeek,
            cursor: Cursor::Page { scope: 0, page: 1 },
            status: 200,
            content_type: None,
            at: from_ms(1_795_258_205_007),
            number: 7,
            body: Vec::new(),
        };
        let key = key(&kept, &RequestId::from_bytes([0; 16]));
        assert_eq!(key, "raw/seatgeek/2026-11-21/105005007-req_00000000000040008000000000000000-7.json.gz");
    }

    #[test]
    fn secrets_are_taken_out_of_a_body() {
        let secrets = ["s3cret".to_owned(), String::new()];
        assert_eq!(scrubbed(b"key=s3cret&x".to_vec(), &secrets), b"key=[secret]&x");
        assert_eq!(scrubbed(b"nothing".to_vec(), &secrets), b"nothing");
        assert_eq!(scrubbed(vec![0xff, 0xfe], &secrets), [0xff, 0xfe]);
    }
}
