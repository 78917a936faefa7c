//! The bucket `HISTORY`: segments of price history, one event's observations each.

use std::collections::HashMap;

use contract::ids::EventId;
use edge::failure::{Failure, Result};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::{Courses, Segment};
use worker::{Bucket, Env, Include};

/// What the keys begin with; the number is the layout's version.
const PREFIX: &str = "v1/";
/// Metadata that tells how many observations an object holds, so that the cost of one can be seen without reading all.
const OBSERVATIONS: &str = "observations";

/// Reads in flight at once: the platform opens no more connections than this.
const AT_ONCE: usize = 6;

/// What the bucket holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Objects.
    pub objects: u64,
    /// Bytes.
    pub bytes: u64,
    /// Observations.
    pub observations: u64,
}

fn bucket(env: &Env) -> Result<Bucket> {
    Ok(env.bucket("HISTORY")?)
}

/// The key of an event's segment.
pub fn key(event_id: &EventId, number: u32) -> String {
    format!("{PREFIX}{event_id}/{number:06}.prices")
}

/// The key of a piece that an import sealed: the number of imports before it, and what it holds.
pub fn import_key(event_id: &EventId, number: u32, digest: &str) -> String {
    format!("{PREFIX}{event_id}/import-{number:06}-{digest}.prices")
}

/// Writes a segment.
pub async fn put(env: &Env, key: &str, bytes: Vec<u8>, observations: usize) -> Result<()> {
    let metadata = HashMap::from([(OBSERVATIONS.to_owned(), observations.to_string())]);
    bucket(env)?.put(key, bytes).custom_metadata(metadata).execute().await?;
    Ok(())
}

/// Reads a segment.
pub async fn get(env: &Env, key: &str) -> Result<Segment> {
    let object = bucket(env)?.get(key).execute().await?;
    let body = object.as_ref().and_then(worker::Object::body);
    let body = body.ok_or_else(|| Failure::internal("a segment of history is missing from the bucket"))?;
    Segment::decode(&body.bytes().await?)
        .map_err(|error| Failure::internal(format!("a segment of history: {error}")))
}

/// Reads many segments and puts their courses together, in the order of the keys.
pub async fn get_all(env: &Env, keys: &[String]) -> Result<Courses> {
    let segments: Vec<Segment> =
        stream::iter(keys).map(|key| get(env, key)).buffered(AT_ONCE).try_collect().await?;
    let mut courses = Courses::new();
    for segment in segments {
        for (market, mut course) in segment.courses {
            courses.entry(market).or_default().append(&mut course);
        }
    }
    Ok(courses)
}

/// Adds up what is stored. Walks the whole bucket: for the operator, not for readers.
pub async fn usage(env: &Env) -> Result<Usage> {
    let bucket = bucket(env)?;
    let mut usage = Usage::default();
    let mut cursor: Option<String> = None;
    loop {
        let mut list = bucket.list().prefix(PREFIX).include(vec![Include::CustomMetadata]);
        if let Some(cursor) = cursor.take() {
            list = list.cursor(cursor);
        }
        let page = list.execute().await?;
        for object in page.objects() {
            let observations = object.custom_metadata()?.get(OBSERVATIONS).and_then(|text| text.parse().ok());
            usage.objects = usage.objects.saturating_add(1);
            usage.bytes = usage.bytes.saturating_add(object.size());
            usage.observations = usage.observations.saturating_add(observations.unwrap_or(0));
        }
        cursor = page.cursor();
        if cursor.is_none() || !page.truncated() {
            return Ok(usage);
        }
    }
}
