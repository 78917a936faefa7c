//! Open, low, high and close of hours and days.

use chrono::{DateTime, TimeDelta, Utc};

use crate::best::BestPoint;
use crate::observation::Observation;
use crate::summary::Unit;

/// The width of a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// One hour, from the full hour (UTC).
    Hour,
    /// One day, from midnight UTC.
    Day,
}

impl Bucket {
    const fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// How long it lasts.
    pub const fn width(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds())
    }

    /// The beginning of the bucket that holds `at`.
    pub fn start_of(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = at.timestamp();
        let start = seconds.saturating_sub(seconds.checked_rem_euclid(self.seconds()).unwrap_or(0));
        DateTime::from_timestamp(start, 0).unwrap_or(at)
    }
}

/// Open, low, high and close of one hour or day, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candle {
    /// When the hour or day begins (UTC).
    pub start: DateTime<Utc>,
    /// First price seen in it.
    pub open_minor: i64,
    /// Lowest.
    pub low_minor: i64,
    /// Highest.
    pub high_minor: i64,
    /// Last.
    pub close_minor: i64,
    /// Priced observations in it.
    pub observations: u32,
}

/// Candles of one market's course (oldest first); hours or days without a priced observation have none.
pub fn candles(course: &[Observation], unit: Unit, bucket: Bucket) -> Vec<Candle> {
    candles_of(course.iter().filter_map(|seen| Some((seen.at, unit.minor(seen)?))), bucket)
}

fn candles_of(sights: impl Iterator<Item = (DateTime<Utc>, i64)>, bucket: Bucket) -> Vec<Candle> {
    let mut candles: Vec<Candle> = Vec::new();
    for (at, minor) in sights {
        let start = bucket.start_of(at);
        match candles.last_mut() {
            Some(candle) if candle.start == start => {
                candle.low_minor = candle.low_minor.min(minor);
                candle.high_minor = candle.high_minor.max(minor);
                candle.close_minor = minor;
                candle.observations = candle.observations.saturating_add(1);
            }
            _ => candles.push(Candle {
                start,
                open_minor: minor,
                low_minor: minor,
                high_minor: minor,
                close_minor: minor,
                observations: 1,
            }),
        }
    }
    candles
}

/// Candles of the best price: of what it was at each instant at which any market was observed.
pub fn best_candles(sights: &[BestPoint], bucket: Bucket) -> Vec<Candle> {
    candles_of(sights.iter().filter_map(|sight| Some((sight.at, sight.best?.0))), bucket)
}
