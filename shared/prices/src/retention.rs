//! How long which detail of a course is kept. Formulas: docs/PRICING.md, stage 1.
//!
//! Age counts back from the newest observation of the event, not from today: what has ended is not thinned any more.
//! Observations are left out, never changed or made up; what a buyer is told of the past (first, last, lowest and highest
//! of each hour or day, lows and highs that two sights bear out) is the same before and after.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::candles::Bucket;
use crate::observation::Observation;
use crate::summary::Unit;

/// Every observation is kept so long.
pub const WHOLE_FOR: TimeDelta = TimeDelta::days(90);
/// From then on each hour is kept by its extremes, so long; after that each day.
pub const HOURS_FOR: TimeDelta = TimeDelta::days(400);

/// How much of a moment is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Everything.
    Whole,
    /// The extremes of each hour (UTC).
    Hours,
    /// The extremes of each day (UTC).
    Days,
}

/// The detail kept of what was observed at `at`, once `newest` has been observed.
pub fn detail_at(at: DateTime<Utc>, newest: DateTime<Utc>) -> Detail {
    // A bucket is thinned as a whole or not at all.
    let ended = |bucket: Bucket, age: TimeDelta| {
        let end = bucket.start_of(at).checked_add_signed(bucket.width());
        end.zip(newest.checked_sub_signed(age)).is_some_and(|(end, limit)| end <= limit)
    };
    if ended(Bucket::Day, HOURS_FOR) {
        Detail::Days
    } else if ended(Bucket::Hour, WHOLE_FOR) {
        Detail::Hours
    } else {
        Detail::Whole
    }
}

/// The course (oldest first) with the detail that is kept. Thinning what is thinned changes nothing.
pub fn thin(course: &[Observation], newest: DateTime<Utc>) -> Vec<Observation> {
    let bucket_of = |seen: &Observation| match detail_at(seen.at, newest) {
        Detail::Whole => None,
        Detail::Hours => Some((Detail::Hours, Bucket::Hour.start_of(seen.at))),
        Detail::Days => Some((Detail::Days, Bucket::Day.start_of(seen.at))),
    };
    let mut kept = Vec::new();
    for bucket in course.chunk_by(|a, b| bucket_of(a).is_some_and(|bucket| Some(bucket) == bucket_of(b))) {
        let places = places_kept(bucket);
        kept.extend(
            bucket.iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, seen)| *seen),
        );
    }
    kept
}

/// A level that two sights in a row bear out, and the place of the second.
type Borne = (i64, usize);

/// The first lowest and the first highest level of a bucket that two sights bear out, in one unit.
#[derive(Clone, Copy)]
struct Bounds {
    unit: Unit,
    low: Option<Borne>,
    high: Option<Borne>,
}

/// Which observations of one hour or day are kept: first and last of all; first, last, lowest and highest of each unit;
/// the pairs that bear out the unit's low and high; and what keeps two others from looking like a pair that says more.
fn places_kept(bucket: &[Observation]) -> BTreeSet<usize> {
    let last = bucket.len().saturating_sub(1);
    let mut kept = BTreeSet::from([0, last]);
    if bucket.len() <= 2 {
        return kept;
    }
    let mut units: Vec<Unit> = Vec::new();
    for unit in bucket.iter().filter_map(Unit::of) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let bounds: Vec<Bounds> = units.into_iter().map(|unit| keep_unit(bucket, unit, &mut kept)).collect();
    let core: Vec<usize> = kept.iter().copied().collect();
    let mut gaps: Vec<(usize, usize)> = core.iter().copied().zip(core.iter().copied().skip(1)).collect();
    while let Some((left, right)) = gaps.pop() {
        if let Some(between) = bounds.iter().find_map(|bounds| separator(bucket, left, right, bounds)) {
            kept.insert(between);
            gaps.extend([(left, between), (between, right)]);
        }
    }
    kept
}

fn keep_unit(bucket: &[Observation], unit: Unit, kept: &mut BTreeSet<usize>) -> Bounds {
    let amounts =
        || bucket.iter().enumerate().filter_map(move |(place, seen)| Some((unit.minor(seen)?, place)));
    let firsts = [
        amounts().map(|(_, place)| place).next(),
        amounts().map(|(_, place)| place).next_back(),
        amounts().min().map(|(_, place)| place),
        amounts().min_by_key(|(minor, place)| (std::cmp::Reverse(*minor), *place)).map(|(_, place)| place),
    ];
    kept.extend(firsts.into_iter().flatten());
    let pairs = || {
        let seconds = bucket.iter().enumerate().skip(1);
        bucket.iter().zip(seconds).filter_map(move |(first, (place, second))| {
            Some((unit.minor(first)?, unit.minor(second)?, place))
        })
    };
    let low: Option<Borne> = pairs().map(|(a, b, place)| (a.max(b), place)).min();
    let high: Option<Borne> = pairs()
        .map(|(a, b, place)| (a.min(b), place))
        .min_by_key(|(minor, place)| (std::cmp::Reverse(*minor), *place));
    for (_, place) in [low, high].into_iter().flatten() {
        kept.extend([place.saturating_sub(1), place]);
    }
    Bounds { unit, low, high }
}

/// What must stay between two kept observations, if without it they would be a pair that bears out a lower low or a
/// higher high than there was, or the same one sooner: the observation between them that is farthest from it.
///
/// That one is enough: whoever follows `left` is no such pair with it, so the farthest is none with either.
fn separator(bucket: &[Observation], left: usize, right: usize, bounds: &Bounds) -> Option<usize> {
    let amount = |place: usize| bounds.unit.minor(bucket.get(place)?);
    let between = left.saturating_add(1)..right;
    if between.is_empty() {
        return None;
    }
    let (a, b) = (amount(left)?, amount(right)?);
    if bounds.low.is_none_or(|low| (a.max(b), right) < low) {
        // No price in this unit is farther from a low than any price.
        return between.min_by_key(|place| {
            let amount = amount(*place);
            (amount.is_some(), std::cmp::Reverse(amount), *place)
        });
    }
    if bounds.high.is_none_or(|(high, place)| a.min(b) > high || (a.min(b) == high && right < place)) {
        return between.min_by_key(|place| (amount(*place), *place));
    }
    None
}
