//! The bucket `HISTORY`: segments of price history, one event's observations each.

use std::collections::HashMap;
use std::fmt::Display;

use contract::ids::EventId;
use contract::problem::Code;
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

/// A piece that the index names and the bucket does not have. Since the index was read, compaction may have replaced it:
/// whoever finds it in the index still, knows that it is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its key.
    pub key: String,
}

/// The failure of a history with a piece that is damaged, of something else, or lost.
pub fn damaged(key: &str, why: impl Display) -> Failure {
    Failure::new(
        Code::HistoryDamaged,
        "A stored piece of this event's price history is damaged or missing. Other events are not touched by it.",
    )
    .because(format!("{key}: {why}"))
}

/// Reads a piece of the history of `event_id`. One that is another event's is as good as damaged: its prices are true, but
/// not of this event.
async fn get(bucket: &Bucket, event_id: &EventId, key: &str) -> Result<std::result::Result<Segment, Gone>> {
    let object = bucket.get(key).execute().await?;
    let Some(body) = object.as_ref().and_then(worker::Object::body) else {
        return Ok(Err(Gone { key: key.to_owned() }));
    };
    let segment = Segment::decode(&body.bytes().await?).map_err(|error| damaged(key, error))?;
    if segment.event_id != event_id.as_str() {
        return Err(damaged(key, format!("it is of {:.40}", segment.event_id)));
    }
    Ok(Ok(segment))
}

/// Reads many pieces and puts their courses together, in the order of the keys.
pub async fn get_all(
    env: &Env,
    event_id: &EventId,
    keys: &[String],
) -> Result<std::result::Result<Courses, Gone>> {
    let bucket = bucket(env)?;
    let segments: Vec<std::result::Result<Segment, Gone>> =
        stream::iter(keys).map(|key| get(&bucket, event_id, key)).buffered(AT_ONCE).try_collect().await?;
    let mut courses = Courses::new();
    for segment in segments {
        match segment {
            Ok(segment) => join(&mut courses, segment.courses),
            Err(gone) => return Ok(Err(gone)),
        }
    }
    Ok(Ok(courses))
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
