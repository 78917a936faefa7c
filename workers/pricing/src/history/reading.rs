//! The history of an event as readers see it: hot and cold, and what was merged into it, as one course a market.

use std::rc::Rc;

use contract::ids::{EventId, RequestId};
use contract::objects::{HeldHistory, HistoryVersion, ReadHistory};
use edge::failure::{Failure, Result};
use edge::json::decode;
use edge::object::Objects;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::{Courses, Market, Observation};
use worker::Env;

use crate::history::aliases::{self, Family};
use crate::history::bucket;
use crate::history::kept::{self, Kept};

/// Between the index and the objects it names, compaction may replace them; then the index is read again.
const TRIES: u32 = 3;
/// Histories of merged events asked at once.
const AT_ONCE: usize = 6;

/// The objects that hold one event's history.
pub struct Histories<'a> {
    env: &'a Env,
    objects: Objects,
    family: Family,
}

/// What they hold.
pub struct Reading {
    /// The event that all of it is read as.
    pub id: EventId,
    /// Every market's course, oldest first.
    pub courses: Courses,
    /// What the event's own object says of now; its courses have gone into the others.
    pub held: HeldHistory,
    /// Two readings of one version tell the same.
    pub version: String,
}

impl<'a> Histories<'a> {
    /// Those of `id` and of all that is read as the same event.
    pub async fn of(env: &'a Env, request_id: &RequestId, id: &EventId) -> Result<Self> {
        let family = aliases::family(env, id).await?;
        Ok(Self { env, objects: Objects::new(env, "PRICE_HISTORY", request_id)?, family })
    }

    /// The version, without reading any history.
    pub async fn version(&self) -> Result<String> {
        let ids = std::iter::once(&self.family.canonical).chain(&self.family.aliases);
        let versions: Vec<u64> = stream::iter(ids)
            .map(|id| async move {
                let told: HistoryVersion = self.objects.call(id.as_str(), "/version", &()).await?;
                Ok::<_, Failure>(told.version)
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(written(&versions))
    }

    /// All of it.
    pub async fn read(self) -> Result<Reading> {
        let (held, kept) = self.whole(&self.family.canonical).await?;
        let mut courses = Courses::new();
        add(&mut courses, &kept);
        let mut versions = vec![held.version];
        for alias in &self.family.aliases {
            // What was seen under another id is part of the course; what is on sale now is told by the event itself.
            let (before, kept) = self.whole(alias).await?;
            versions.push(before.version);
            add(&mut courses, &kept);
        }
        courses.retain(|_, course| !course.is_empty());
        for course in courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        Ok(Reading { id: self.family.canonical, courses, held, version: written(&versions) })
    }

    /// What one object holds, with what it has let go of read from the bucket; only what has changed since the last
    /// time is read again.
    async fn whole(&self, id: &EventId) -> Result<(HeldHistory, Rc<Kept>)> {
        let mut missing = None;
        for _ in 0..TRIES {
            let before = kept::find(id);
            let asked = ReadHistory { known: before.as_ref().map(|kept| kept.version) };
            let mut held: HeldHistory = self.objects.call(id.as_str(), "/read", &asked).await?;
            let same_segments = before.as_ref().is_some_and(|kept| kept.segments == held.segments);
            if let (true, Some(before)) = (held.unchanged, &before) {
                return Ok((held, Rc::clone(before)));
            }
            let cold = match before {
                Some(before) if same_segments => Rc::clone(&before.cold),
                _ => match bucket::get_all(self.env, id, &held.segments).await? {
                    Ok(courses) => Rc::new(courses),
                    Err(gone) => {
                        missing = Some(gone);
                        continue;
                    }
                },
            };
            let mut hot = std::mem::take(&mut held.courses);
            for row in std::mem::take(&mut held.rows) {
                for (market, seen) in decode::<Vec<(Market, Observation)>>(&row)? {
                    hot.entry(market).or_default().push(seen);
                }
            }
            let kept =
                Kept { version: held.version, segments: held.segments.clone(), cold, hot: Rc::new(hot) };
            return Ok((held, kept::keep(id, kept)));
        }
        Err(missing.map_or_else(
            || Failure::internal("a history was not read"),
            |gone| bucket::damaged(&gone.key, "the bucket does not have it"),
        ))
    }
}

fn add(courses: &mut Courses, kept: &Kept) {
    for (market, course) in kept.cold.iter().chain(kept.hot.iter()) {
        courses.entry(*market).or_default().extend_from_slice(course);
    }
}

fn written(versions: &[u64]) -> String {
    versions.iter().map(u64::to_string).collect::<Vec<_>>().join("-")
}
