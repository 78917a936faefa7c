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

/// The key of what the compaction with this number made of a year.
pub fn part_key(event_id: &EventId, number: u32, year: i32) -> String {
    format!("{PREFIX}{event_id}/part-{number:06}-{year}.prices")
}

/// Writes a segment.
pub async fn put(env: &Env, key: &str, bytes: Vec<u8>, observations: usize) -> Result<()> {
    let metadata = HashMap::from([(OBSERVATIONS.to_owned(), observations.to_string())]);
    bucket(env)?.put(key, bytes).custom_metadata(metadata).execute().await?;
    Ok(())
}

/// Deletes objects; those that are not there are no matter.
pub async fn delete(env: &Env, keys: Vec<String>) -> Result<()> {
    Ok(bucket(env)?.delete_multiple(keys).await?)
}

/// Reads a segment; `None` if there is none: since its key was read from the index, compaction may have replaced it.
async fn get(bucket: &Bucket, key: &str) -> Result<Option<Segment>> {
    let object = bucket.get(key).execute().await?;
    let Some(body) = object.as_ref().and_then(worker::Object::body) else { return Ok(None) };
    Segment::decode(&body.bytes().await?)
        .map(Some)
        .map_err(|error| Failure::internal(format!("a segment of history: {error}")))
}

/// Reads many segments and puts their courses together, in the order of the keys; `None` if any is not there.
pub async fn get_all(env: &Env, keys: &[String]) -> Result<Option<Courses>> {
    let bucket = bucket(env)?;
    let segments: Vec<Option<Segment>> =
        stream::iter(keys).map(|key| get(&bucket, key)).buffered(AT_ONCE).try_collect().await?;
    let mut courses = Courses::new();
    for segment in segments {
        let Some(segment) = segment else { return Ok(None) };
        join(&mut courses, segment.courses);
    }
    Ok(Some(courses))
}

/// Puts the courses of one into those of another, behind what is there.
pub fn join(courses: &mut Courses, more: Courses) {
    for (market, mut course) in more {
        courses.entry(market).or_default().append(&mut course);
    }
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
