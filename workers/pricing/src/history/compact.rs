//! Compaction: many cold pieces of an event become one object a calendar year (UTC), thinned by the retention policy.
//!
//! The order makes it safe to die anywhere: first the new objects are written, under keys no index names yet; then the
//! index changes over in one transaction; then the old objects are deleted. Dying before the index is written leaves
//! objects that the next try writes again under the same keys; dying after it leaves keys in `spent`, deleted next time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Utc};
use contract::ids::EventId;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::log::Log;
use prices::retention::{Detail, detail_at, thin};
use prices::{Courses, Segment};
use serde_json::json;

use crate::history::cold::{Grain, Piece};
use crate::history::object::PriceHistory;
use crate::history::{SEGMENT_ROWS, bucket};

/// So many loose pieces are worth a compaction: a year read back is then at most this many objects more.
const PIECES: usize = 4;
/// So are pieces with so many observations together.
const OBSERVATIONS: usize = PIECES * SEGMENT_ROWS;

impl PriceHistory {
    /// Compacts if it is worth it, then deletes what nobody reads any more.
    pub(super) async fn compact(&self, log: &Log) -> Result<()> {
        let cold = self.store.cold()?;
        let newest = from_ms(self.store.newest_ms()?);
        let meta = self.store.meta()?;
        if let (true, Some(event_id)) = (is_worth_it(&cold, newest), meta.event_id()) {
            self.rewrite(&event_id, meta.compactions, &cold, newest, log).await?;
        }
        self.sweep().await
    }

    async fn rewrite(
        &self,
        event_id: &EventId,
        number: u32,
        cold: &[Piece],
        newest: DateTime<Utc>,
        log: &Log,
    ) -> Result<()> {
        // Nobody else replaces what the index names, so what is not there is lost.
        let lost = |gone: bucket::Gone| bucket::damaged(&gone.key, "the bucket does not have it");
        let mut spent: Vec<String> =
            cold.iter().filter(|piece| piece.grain == Grain::Loose).map(|piece| piece.key.clone()).collect();
        let loose = bucket::get_all(&self.env, event_id, &spent).await?.map_err(lost)?;
        let mut by_year = years(loose);
        let due = cold.iter().filter(|piece| is_due(piece, newest)).filter_map(|piece| piece.year);
        for year in due.collect::<BTreeSet<_>>() {
            by_year.entry(year).or_default();
        }
        let (mut parts, mut observations) = (Vec::new(), 0_u64);
        for (year, loose) in by_year {
            let before = cold.iter().filter(|piece| piece.year == Some(year)).map(|piece| piece.key.clone());
            let before: Vec<String> = before.collect();
            let mut courses = bucket::get_all(&self.env, event_id, &before).await?.map_err(lost)?;
            bucket::join(&mut courses, loose);
            for course in courses.values_mut() {
                course.sort_by_key(|seen| seen.at);
                *course = thin(course, newest);
            }
            let part = self.write_part(event_id, number, year, courses, newest).await?;
            observations = observations.saturating_add(part.observations);
            spent.extend(before);
            parts.push(part);
        }
        // Nothing is awaited from here to the end: it is one transaction. An import may have added pieces meanwhile;
        // what is replaced here is only what was read.
        self.store.replace_cold(&spent, &parts)?;
        let mut meta = self.store.meta()?;
        meta.compactions = meta.compactions.saturating_add(1);
        meta.version = meta.version.saturating_add(1);
        self.store.save_meta(&meta)?;
        log.info(
            "compacted",
            json!({ "event_id": event_id, "objects": spent.len(), "parts": parts.len(), "observations": observations }),
        );
        Ok(())
    }

    async fn write_part(
        &self,
        event_id: &EventId,
        number: u32,
        year: i32,
        courses: Courses,
        newest: DateTime<Utc>,
    ) -> Result<Piece> {
        let until = courses.values().flatten().map(|seen| seen.at).max().unwrap_or_default();
        let observations = courses.values().map(Vec::len).fold(0, usize::saturating_add);
        let segment = Segment { event_id: event_id.as_str().to_owned(), courses };
        let bytes = segment.encode().map_err(|error| Failure::internal(error.to_string()))?;
        let key = bucket::part_key(event_id, number, year);
        bucket::put(&self.env, &key, bytes, observations).await?;
        Ok(Piece {
            key,
            until_ms: until.timestamp_millis(),
            observations: u64::try_from(observations).unwrap_or(u64::MAX),
            grain: grain_of(until, newest),
            year: Some(year),
        })
    }

    /// Deletes what has left the index. Whoever reads by an older index finds it gone and reads the index again.
    async fn sweep(&self) -> Result<()> {
        let spent = self.store.spent()?;
        if spent.is_empty() {
            return Ok(());
        }
        bucket::delete(&self.env, spent.clone()).await?;
        self.store.forget_spent(&spent)
    }
}

/// Whether there is enough to do: many pieces, large ones, or a part whose detail is to be thinned by now.
fn is_worth_it(cold: &[Piece], newest: DateTime<Utc>) -> bool {
    let loose: Vec<&Piece> = cold.iter().filter(|piece| piece.grain == Grain::Loose).collect();
    let observations = loose.iter().map(|piece| piece.observations).fold(0, u64::saturating_add);
    loose.len() >= PIECES
        || observations >= u64::try_from(OBSERVATIONS).unwrap_or(u64::MAX)
        || cold.iter().any(|piece| is_due(piece, newest))
}

/// A part all of which is to be kept in less detail than it is. One of which only some is old waits for the rest, or
/// for new pieces of its year.
fn is_due(piece: &Piece, newest: DateTime<Utc>) -> bool {
    piece.grain != Grain::Loose && grain_of(from_ms(piece.until_ms), newest) > piece.grain
}

/// How far a part has been thinned whose newest observation is `until`.
fn grain_of(until: DateTime<Utc>, newest: DateTime<Utc>) -> Grain {
    match detail_at(until, newest) {
        Detail::Whole => Grain::Whole,
        Detail::Hours => Grain::Hours,
        Detail::Days => Grain::Days,
    }
}

fn years(courses: Courses) -> BTreeMap<i32, Courses> {
    let mut by_year: BTreeMap<i32, Courses> = BTreeMap::new();
    for (market, course) in courses {
        for seen in course {
            by_year.entry(seen.at.year()).or_default().entry(market).or_default().push(seen);
        }
    }
    by_year
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::TimeDelta;

    use super::*;

    fn newest() -> DateTime<Utc> {
        "2026-11-21T08:30:00Z".parse().unwrap()
    }

    fn piece(grain: Grain, days_ago: i64, observations: u64) -> Piece {
        let until_ms = (newest() - TimeDelta::days(days_ago)).timestamp_millis();
        let year = (grain != Grain::Loose).then_some(2026);
        Piece { key: days_ago.to_string(), until_ms, observations, grain, year }
    }

    #[test]
    fn few_small_pieces_are_left_alone() {
        let loose = |count: usize, observations| vec![piece(Grain::Loose, 50, observations); count];
        assert!(!is_worth_it(&[], newest()));
        assert!(!is_worth_it(&loose(3, 4_096), newest()));
        assert!(is_worth_it(&loose(4, 1), newest()));
        assert!(is_worth_it(&loose(1, 20_000), newest()));
    }

    #[test]
    fn a_part_is_due_when_all_of_it_has_come_of_age() {
        for (grain, days_ago, due) in [
            (Grain::Whole, 50, false),
            (Grain::Whole, 91, true),
            (Grain::Hours, 91, false),
            (Grain::Hours, 402, true),
            (Grain::Days, 2_000, false),
        ] {
            assert_eq!(is_due(&piece(grain, days_ago, 1), newest()), due, "{grain:?} {days_ago}");
            assert_eq!(is_worth_it(&[piece(grain, days_ago, 1)], newest()), due);
        }
    }
}
