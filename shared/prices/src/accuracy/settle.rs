//! What came of a forecast: the rule, without storage. Seen once, it is written down once and stays.

use super::Verdict;
use crate::outlook::course::Course;
use crate::outlook::{DAY, HOUR};
use chrono::{DateTime, TimeDelta, Utc};

/// What was said, as far as settling needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// When (market time).
    pub at: DateTime<Utc>,
    /// When the event begins, as it was known then.
    pub starts_at: Option<DateTime<Utc>>,
    /// The price then, minor units.
    pub price: i64,
    /// Whether it said wait; `None`: no advice.
    pub waits: Option<bool>,
    /// The hours told.
    pub hours: Vec<u16>,
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// The hours told, or 0 for the advice.
    pub hours: u16,
    /// Whether it fell by 5 %; absent where it was not seen well enough.
    pub fell: Option<bool>,
    /// The price at the horizon.
    pub price: Option<i64>,
    /// The lowest of the days after.
    pub lowest: Option<i64>,
    /// What one paid who followed.
    pub paid: Option<i64>,
    /// What the advice came to.
    pub verdict: Option<Verdict>,
}

/// What was said on a later day: when, the price, whether to wait.
pub type SaidLater = (DateTime<Utc>, i64, Option<bool>);

/// An advice is judged over so many hours, or until the event begins.
const JUDGED_HOURS: i64 = 168;
/// What is seen late is waited for so long after a horizon.
const GRACE: TimeDelta = TimeDelta::hours(6);

/// Everything that can be told by `now` of what came. `later` are the days after on which something was said, `(when, price,
/// wait)`, in order; `course` is in the unit of what was said.
pub fn settle(said: &Said, course: &Course, later: &[SaidLater], now: DateTime<Utc>) -> Vec<Came> {
    let over = |end: DateTime<Utc>| end.checked_add_signed(GRACE).is_some_and(|end| end <= now);
    let mut all = Vec::new();
    for hours in &said.hours {
        let end = after(said.at, i64::from(*hours));
        if over(end) {
            let seen = seen(said, course, end);
            all.push(Came {
                hours: *hours,
                fell: seen.map(|(lowest, _)| has_fallen(lowest, said.price)),
                price: seen.map(|(_, last)| last),
                lowest: None,
                paid: None,
                verdict: None,
            });
        }
    }
    let end =
        said.starts_at.map_or(after(said.at, JUDGED_HOURS), |start| start.min(after(said.at, JUDGED_HOURS)));
    if over(end) {
        let lowest = seen(said, course, end).map(|(lowest, _)| lowest);
        let paid = lowest.and_then(|_| paid(said, course, later, end));
        let verdict = said
            .waits
            .zip(lowest)
            .zip(paid)
            .map(|((waits, lowest), paid)| Verdict::of(waits, said.price, lowest, paid));
        all.push(Came { hours: 0, fell: None, price: None, lowest, paid, verdict });
    }
    all
}

fn after(at: DateTime<Utc>, hours: i64) -> DateTime<Utc> {
    at.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(at)
}

fn has_fallen(lowest: i64, price: i64) -> bool {
    lowest.saturating_mul(100) <= price.saturating_mul(95)
}

/// The lowest price after what was said up to `end`, and the last one; `None` if the last was seen too long before.
fn seen(said: &Said, course: &Course, end: DateTime<Utc>) -> Option<(i64, i64)> {
    let (from, end) = (said.at.timestamp(), end.timestamp());
    // The same patience as that of the labels a model learns from: a quarter of the time, at least 14 hours.
    let patience = end.saturating_sub(from).div_euclid(4).max(14 * HOUR);
    let past = course.until(end);
    let last = past.last().filter(|last| last.at > from && last.at > end.saturating_sub(patience))?;
    let lowest = past.since(from.saturating_add(1)).map(|sight| i64::from(sight.price)).min()?;
    Some((lowest, i64::from(last.price)))
}

/// What one paid who did as was said on these days: at once, or on the first day that said buy, or at the end, which is a
/// day before the start at the latest.
fn paid(said: &Said, course: &Course, later: &[SaidLater], end: DateTime<Utc>) -> Option<i64> {
    if said.waits != Some(true) {
        return Some(said.price);
    }
    let bought =
        later.iter().filter(|(at, ..)| *at > said.at && *at <= end).find(|(.., waits)| *waits == Some(false));
    if let Some((_, price, _)) = bought {
        return Some(*price);
    }
    let last = said.starts_at.map_or(end.timestamp(), |start| {
        start.timestamp().saturating_sub(DAY).max(said.at.timestamp()).min(end.timestamp())
    });
    course.until(last).standing(last).map(|sight| i64::from(sight.price))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use crate::outlook::course::Sight;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hours * HOUR, 0).unwrap()
    }

    fn said(waits: bool) -> Said {
        Said {
            at: at(100),
            starts_at: Some(at(100 + 240)),
            price: 8_000,
            waits: Some(waits),
            hours: vec![24, 72, 168],
        }
    }

    /// Every three hours, falling to 71 on the second day and back to 85.
    fn course(until: i64) -> Course {
        let price = |hours: i64| match hours {
            ..110 => 8_000,
            110..130 => 7_900,
            130..150 => 7_100,
            _ => 8_500,
        };
        let sights = (20..).map(|step| step * 3).take_while(|hours| *hours <= until).map(|hours| Sight {
            at: hours * HOUR,
            price: price(hours),
            listings: None,
        });
        Course::new(None, 0, sights.collect())
    }

    #[test]
    fn nothing_is_told_before_it_is_over_and_each_part_once_it_is() {
        let hours = |now| {
            settle(&said(true), &course(now), &[], at(now)).iter().map(|came| came.hours).collect::<Vec<_>>()
        };
        assert_eq!(hours(125), Vec::<u16>::new());
        assert_eq!(hours(131), [24]);
        assert_eq!(hours(180), [24, 72]);
        assert_eq!(hours(280), [24, 72, 168, 0]);
    }

    #[test]
    fn what_came_is_what_was_seen() {
        let came = settle(
            &said(true),
            &course(280),
            &[(at(125), 7_900, Some(true)), (at(149), 7_100, Some(false))],
            at(280),
        );
        assert_eq!(
            came.iter().map(|came| came.fell).collect::<Vec<_>>(),
            [Some(false), Some(true), Some(true), None]
        );
        assert_eq!(came.first().and_then(|came| came.price), Some(7_900));
        let advice = came.last().unwrap();
        assert_eq!(
            (advice.lowest, advice.paid, advice.verdict),
            (Some(7_100), Some(7_100), Some(Verdict::Saved))
        );
    }

    #[test]
    fn who_waits_to_the_end_pays_what_stands_then() {
        let came = settle(&said(true), &course(280), &[(at(125), 7_900, Some(true))], at(280));
        assert_eq!(came.last().and_then(|came| came.verdict), Some(Verdict::PaidMore));
        let came = settle(&said(false), &course(280), &[], at(280));
        assert_eq!(came.last().and_then(|came| came.verdict), Some(Verdict::MissedAFall));
    }

    #[test]
    fn what_was_not_seen_is_settled_as_not_seen() {
        let came = settle(&said(true), &course(105), &[], at(400));
        assert_eq!(came.len(), 4);
        assert!(came.iter().all(|came| came.fell.is_none() && came.verdict.is_none()));
    }
}
