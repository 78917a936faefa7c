//! How often one event is worth reading anew: the sooner it starts and the more people care, the more often.

use std::time::Duration;

/// What speaks for an event. Times are market time, epoch milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// When it starts, where known.
    pub starts_ms: Option<i64>,
    /// Armed alerts on it and people who watch it.
    pub watched: u32,
    /// When somebody opened it last; 0 for never.
    pub viewed_ms: i64,
    /// When a price of it changed last; 0 for never.
    pub moved_ms: i64,
}

/// A wish to read one event anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Every so often (market time).
    pub every: Duration,
    /// What it is worth against others: who cares least goes first when the budget is short.
    pub worth: u32,
    /// Why, as stable words.
    pub reasons: Vec<&'static str>,
}

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// Tickets are still sold a little after the start.
const SOLD_AFTER_START_MS: i64 = HOUR_MS;
/// Somebody who opened the page so lately may still be looking at it.
const VIEWED_MS: i64 = 10 * MINUTE_MS;
/// A price that moved so lately is likely to move again.
const MOVED_MS: i64 = HOUR_MS;

/// What an event is worth; nothing where the walk will do.
pub fn wish(facts: &Facts, now_ms: i64) -> Option<Wish> {
    let until_ms = facts.starts_ms.map(|starts_ms| starts_ms.saturating_sub(now_ms));
    if until_ms.is_some_and(|until_ms| until_ms < -SOLD_AFTER_START_MS) {
        return None;
    }
    // A clock that jumped must not make everything look lately seen for ever.
    let within =
        |at_ms: i64, span_ms: i64| at_ms > 0 && now_ms.saturating_sub(at_ms).saturating_abs() < span_ms;
    let soon = match until_ms {
        Some(until_ms) if until_ms <= 6 * HOUR_MS => 3,
        Some(until_ms) if until_ms <= 24 * HOUR_MS => 2,
        Some(until_ms) if until_ms <= 72 * HOUR_MS => 1,
        _ => 0,
    };
    let watched = match facts.watched {
        0 => 0,
        1..=9 => 2,
        _ => 3,
    };
    let moving = if within(facts.moved_ms, MOVED_MS) { 2 } else { 0 };
    let viewed = if within(facts.viewed_ms, VIEWED_MS) { 3 } else { 0 };
    let points = [soon, watched, moving, viewed].into_iter().fold(0_u32, u32::saturating_add);
    let every = match points {
        0 => return None,
        1 => Duration::from_mins(10),
        2 => Duration::from_mins(2),
        3 => Duration::from_mins(1),
        _ => Duration::from_secs(30),
    };
    let reasons = [(soon, "soon"), (watched, "watched"), (moving, "moving"), (viewed, "viewed")];
    let reasons = reasons.into_iter().filter(|(points, _)| *points > 0).map(|(_, word)| word).collect();
    Some(Wish { every, worth: points.saturating_mul(1_000).saturating_add(facts.watched.min(999)), reasons })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    fn every(facts: Facts) -> Option<u64> {
        wish(&facts, NOW).map(|wish| wish.every.as_secs())
    }

    #[test]
    fn an_event_next_month_that_nobody_cares_for_is_left_to_the_walk() {
        assert_eq!(every(Facts { starts_ms: Some(NOW + 30 * 24 * HOUR_MS), ..Facts::default() }), None);
        assert_eq!(every(Facts::default()), None);
    }

    #[test]
    fn sooner_watched_viewed_and_moving_are_read_more_often() {
        let at = |hours: i64| Facts { starts_ms: Some(NOW + hours * HOUR_MS), ..Facts::default() };
        assert_eq!([60, 20, 5].map(|hours| every(at(hours))), [Some(600), Some(120), Some(60)]);
        assert_eq!(every(Facts { watched: 1, ..at(500) }), Some(120));
        assert_eq!(every(Facts { viewed_ms: NOW - 60_000, ..at(500) }), Some(60));
        assert_eq!(every(Facts { watched: 3, moved_ms: NOW - 60_000, ..at(500) }), Some(30));
        let all = wish(&Facts { watched: 12, viewed_ms: NOW, moved_ms: NOW, ..at(1) }, NOW).unwrap();
        assert_eq!(all.reasons, ["soon", "watched", "moving", "viewed"]);
    }

    #[test]
    fn an_event_that_is_over_is_not_read_however_many_watch_it() {
        assert_eq!(
            every(Facts { starts_ms: Some(NOW - 2 * HOUR_MS), watched: 50, ..Facts::default() }),
            None
        );
    }

    proptest! {
        #[test]
        fn more_attention_never_means_fewer_polls(
            starts in proptest::option::of(-HOUR_MS..200 * HOUR_MS), watched in 0_u32..30, viewed in any::<bool>(), moved in any::<bool>(),
        ) {
            let facts = Facts {
                starts_ms: starts.map(|ms| NOW + ms),
                watched,
                viewed_ms: if viewed { NOW } else { 0 },
                moved_ms: if moved { NOW } else { 0 },
            };
            let rank = |facts: Facts| wish(&facts, NOW).map_or((u64::MAX, 0), |wish| (wish.every.as_secs(), wish.worth));
            let base = rank(facts);
            for more in [Facts { watched: watched + 1, ..facts }, Facts { viewed_ms: NOW, ..facts }, Facts { moved_ms: NOW, ..facts }] {
                prop_assert!(rank(more).0 <= base.0);
                prop_assert!(rank(more).1 >= base.1);
            }
        }
    }
}
