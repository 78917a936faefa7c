//! The one clock port. Wall time is for security, budgets and latency; market time is what time it is for events,
//! observations and schedules. They differ only in development, where market time may run faster.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Reads both times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clock {
    segments: Vec<Segment>,
}

/// From `real_start_ms` on, market time is `market_start_ms` plus `scale` times the real time passed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    real_start_ms: i64,
    market_start_ms: i64,
    scale: f64,
}

/// The text is not `real_ms:market_ms:scale[,…]` with rising starts and scales of at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadClock;

impl Clock {
    /// Reads `real_ms:market_ms:scale[,…]`.
    pub fn parse(text: &str) -> Result<Self, BadClock> {
        let segments = text.split(',').map(Segment::parse).collect::<Result<Vec<_>, _>>()?;
        let rising = segments
            .iter()
            .zip(segments.iter().skip(1))
            .all(|(earlier, later)| earlier.real_start_ms < later.real_start_ms);
        if rising { Ok(Self { segments }) } else { Err(BadClock) }
    }

    /// Real time.
    pub fn wall(&self) -> DateTime<Utc> {
        from_ms(Self::wall_ms())
    }

    /// Real time, epoch milliseconds.
    pub fn wall_ms() -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "Date.now() is a whole number far below 2^53")]
        let now = js_sys::Date::now() as i64;
        now
    }

    /// Market time.
    pub fn market(&self) -> DateTime<Utc> {
        self.market_at(Self::wall_ms())
    }

    /// Market time at the real time `real_ms`, epoch milliseconds.
    pub fn market_at(&self, real_ms: i64) -> DateTime<Utc> {
        from_ms(self.market_at_ms(real_ms))
    }

    /// The real delay until `delay` of market time has passed.
    pub fn real_delay(&self, delay: Duration) -> Duration {
        let scale = self.segment_at(Self::wall_ms()).map_or(1.0, |segment| segment.scale);
        delay.div_f64(scale)
    }

    fn segment_at(&self, real_ms: i64) -> Option<&Segment> {
        self.segments.iter().rev().find(|segment| segment.real_start_ms <= real_ms)
    }

    fn market_at_ms(&self, real_ms: i64) -> i64 {
        self.segment_at(real_ms).map_or(real_ms, |segment| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "development only; milliseconds of a few years are exact in f64, and the cast saturates"
            )]
            let passed = (real_ms.saturating_sub(segment.real_start_ms) as f64 * segment.scale) as i64;
            segment.market_start_ms.saturating_add(passed)
        })
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, BadClock> {
        let mut parts = text.trim().split(':');
        let mut next = || parts.next().ok_or(BadClock);
        let segment = Self {
            real_start_ms: next()?.parse().map_err(|_| BadClock)?,
            market_start_ms: next()?.parse().map_err(|_| BadClock)?,
            scale: next()?.parse().map_err(|_| BadClock)?,
        };
        let in_range = (1.0..=10_000_000.0).contains(&segment.scale);
        if parts.next().is_none() && in_range { Ok(segment) } else { Err(BadClock) }
    }
}

/// An instant from epoch milliseconds; one out of chrono's range becomes the epoch.
pub fn from_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_segments_market_time_is_real_time() {
        assert_eq!(Clock::default().market_at_ms(1_000), 1_000);
    }

    #[test]
    fn the_last_segment_begun_applies() {
        let clock = Clock::parse("1000:5000:10,2000:100000:2").unwrap();
        assert_eq!(clock.market_at_ms(500), 500);
        assert_eq!(clock.market_at_ms(1_500), 10_000);
        assert_eq!(clock.market_at_ms(2_500), 101_000);
    }

    #[test]
    fn a_bad_clock_is_refused() {
        for text in ["", "1:2", "1:2:0", "1:2:3:4", "a:2:3", "5:0:1,4:0:1", "1:2:NaN"] {
            assert_eq!(Clock::parse(text), Err(BadClock), "{text}");
        }
    }
}
