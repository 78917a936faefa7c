//! What a course of prices amounts to: the best over all markets, lows and highs, medians by time, candles.
//!
//! A price stands from its observation until the next one of the same market: markets are polled again and again,
//! and what did not change is not written down. Formulas: docs/PRICING.md, stage 3.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::market::Market;
use crate::money::{Currency, Money};
use crate::moves::percent_hundredths;
use crate::observation::Observation;
use crate::price::FeeBasis;

/// The course of one event: every market's observations, oldest first.
pub type Courses = BTreeMap<Market, Vec<Observation>>;

/// Which amounts are comparable with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unit {
    /// The currency.
    pub currency: Currency,
    /// What the amounts include.
    pub basis: FeeBasis,
}

/// The best price over all markets from `at` on, until the next point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestPoint {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The cheapest quote, minor units; `None` while no market quotes one.
    pub best: Option<(i64, Market)>,
}

/// The cheapest standing quote over all markets as a step function, oldest step first. Only quotes in `unit` count.
pub fn best_of(courses: &Courses, unit: Unit) -> Vec<BestPoint> {
    let mut steps: Vec<BestPoint> = Vec::new();
    for sight in best_sights(courses, unit) {
        if steps.last().map_or(sight.best.is_some(), |last| last.best != sight.best) {
            steps.push(sight);
        }
    }
    steps
}

/// The cheapest standing quote over all markets at each instant at which any of them was observed, oldest first.
pub fn best_sights(courses: &Courses, unit: Unit) -> Vec<BestPoint> {
    let mut sights: Vec<(DateTime<Utc>, Market, Option<i64>)> = courses
        .iter()
        .flat_map(|(market, course)| course.iter().map(|seen| (seen.at, *market, minor_in(seen, unit))))
        .collect();
    sights.sort_by_key(|(at, market, _)| (*at, *market));
    let mut standing: BTreeMap<Market, i64> = BTreeMap::new();
    let mut points: Vec<BestPoint> = Vec::with_capacity(sights.len());
    for (at, market, minor) in sights {
        match minor {
            Some(minor) => standing.insert(market, minor),
            None => standing.remove(&market),
        };
        let best = standing.iter().map(|(market, minor)| (*minor, *market)).min();
        match points.last_mut() {
            Some(last) if last.at == at => last.best = best,
            _ => points.push(BestPoint { at, best }),
        }
    }
    points
}

/// The unit in which the best price is told: that of the cheapest quote that stands at the end of the courses, all-in
/// before others when amounts are equal; where none stands, that of the latest there was.
pub fn best_unit(courses: &Courses) -> Option<Unit> {
    let quotes = |seen: &Observation| Some((seen.price.money()?, seen.price.basis()?));
    let unit = |(money, basis): (Money, FeeBasis)| Unit { currency: money.currency, basis };
    let standing = courses.values().filter_map(|course| quotes(course.last()?));
    let cheapest = standing.min_by_key(|(money, basis)| (money.amount_minor, *basis != FeeBasis::AllIn));
    let latest = || {
        let latest = courses
            .values()
            .filter_map(|course| course.iter().rev().find_map(|seen| Some((seen.at, quotes(seen)?))));
        latest.max_by_key(|(at, _)| *at).map(|(_, quote)| quote)
    };
    cheapest.or_else(latest).map(unit)
}

/// Candles of the best price: of what it was at each instant at which any market was observed.
pub fn best_candles(sights: &[BestPoint], bucket: Bucket) -> Vec<Candle> {
    candles_of(sights.iter().filter_map(|sight| Some((sight.at, sight.best?.0))), bucket)
}

/// The amount of an observation in `unit`.
fn minor_in(seen: &Observation, unit: Unit) -> Option<i64> {
    let money = seen.price.money()?;
    let comparable = money.currency == unit.currency && seen.price.basis() == Some(unit.basis);
    (comparable && money.amount_minor > 0).then_some(money.amount_minor)
}

/// The best price that stood at `at`.
pub fn standing_at(steps: &[BestPoint], at: DateTime<Utc>) -> Option<(i64, Market)> {
    let after = steps.partition_point(|step| step.at <= at);
    steps.get(after.checked_sub(1)?)?.best
}

/// The median of the best price over `[from, until)`, each price weighted by the seconds it stood.
///
/// With an even split the lower price is the median: never flatter the seller.
pub fn median_over(steps: &[BestPoint], from: DateTime<Utc>, until: DateTime<Utc>) -> Option<i64> {
    let mut spans: Vec<(i64, i64)> = Vec::new();
    let mut total = 0_i64;
    for (index, step) in steps.iter().enumerate() {
        let Some((minor, _)) = step.best else { continue };
        let next = steps.get(index.saturating_add(1)).map_or(until, |next| next.at);
        let seconds = next.min(until).signed_duration_since(step.at.max(from)).num_seconds();
        if seconds > 0 {
            spans.push((minor, seconds));
            total = total.saturating_add(seconds);
        }
    }
    spans.sort_unstable();
    let mut passed = 0_i64;
    spans.into_iter().find_map(|(minor, seconds)| {
        passed = passed.saturating_add(seconds);
        (passed.saturating_mul(2) >= total).then_some(minor)
    })
}

/// A price and when it was first there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extreme {
    /// Minor units.
    pub minor: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// The lowest and the highest price that two sights in a row bear out, over all markets, before `until`.
///
/// Two sights in a row at or below an amount make that amount a low; one poll alone is no evidence.
pub fn extremes(courses: &Courses, unit: Unit, until: DateTime<Utc>) -> Option<(Extreme, Extreme)> {
    let mut found: Option<(Extreme, Extreme)> = None;
    for course in courses.values() {
        for (first, second) in course.iter().zip(course.iter().skip(1)) {
            let (Some(a), Some(b)) = (minor_in(first, unit), minor_in(second, unit)) else {
                continue;
            };
            if second.at > until {
                continue;
            }
            let low = Extreme { minor: a.max(b), at: first.at.max(second.at) };
            let high = Extreme { minor: a.min(b), at: low.at };
            found = Some(found.map_or((low, high), |(lowest, highest)| {
                let lower = (low.minor, low.at) < (lowest.minor, lowest.at);
                let higher =
                    high.minor > highest.minor || (high.minor == highest.minor && high.at < highest.at);
                (if lower { low } else { lowest }, if higher { high } else { highest })
            }));
        }
    }
    found
}

/// What an event's history amounts to, in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Currency and fee basis of all amounts: those of the cheapest standing quote.
    pub unit: Unit,
    /// The cheapest standing quote, as quoted by its market.
    pub now: Money,
    /// The market that has it.
    pub now_market: Market,
    /// The lowest price two sights in a row bear out.
    pub lowest: Option<Money>,
    /// When it was first there.
    pub lowest_at: Option<DateTime<Utc>>,
    /// The highest such price.
    pub highest: Option<Money>,
    /// Median of the best price over the last seven days, by time.
    pub median_7d: Option<Money>,
    /// Change of the best price over the last seven days, hundredths of a percent; `None` when nothing stood then.
    pub change_7d_percent_hundredths: Option<i32>,
}

/// Sums up the courses as of `now`; `None` when no market quotes a price then.
///
/// The unit is that of the cheapest standing quote, all-in before others when amounts are equal.
pub fn summarise(courses: &Courses, now: DateTime<Utc>) -> Option<Summary> {
    let (money, basis, market) = courses
        .iter()
        .filter_map(|(market, course)| {
            let latest = course.iter().filter(|seen| seen.at <= now).max_by_key(|seen| seen.at)?;
            let money = latest.price.money().filter(|money| money.amount_minor > 0)?;
            Some((money, latest.price.basis()?, *market))
        })
        .min_by_key(|(money, basis, market)| (money.amount_minor, *basis != FeeBasis::AllIn, *market))?;
    let unit = Unit { currency: money.currency, basis };
    let week_ago = now.checked_sub_signed(TimeDelta::days(7)).unwrap_or(now);
    let steps = best_of(courses, unit);
    let extremes = extremes(courses, unit, now);
    let in_unit = |minor| Money::new(minor, unit.currency);
    Some(Summary {
        unit,
        now: money,
        now_market: market,
        lowest: extremes.map(|(lowest, _)| in_unit(lowest.minor)),
        lowest_at: extremes.map(|(lowest, _)| lowest.at),
        highest: extremes.map(|(_, highest)| in_unit(highest.minor)),
        median_7d: median_over(&steps, week_ago, now).map(in_unit),
        change_7d_percent_hundredths: standing_at(&steps, week_ago)
            .map(|(then, _)| percent_hundredths(then, money.amount_minor)),
    })
}

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
    candles_of(course.iter().filter_map(|seen| Some((seen.at, minor_in(seen, unit)?))), bucket)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test may fail by panicking")]

    use super::*;
    use crate::money::Currency;
    use crate::price::{AbsentReason, Price};

    const UNIT: Unit = Unit { currency: Currency::USD, basis: FeeBasis::AllIn };

    fn now() -> DateTime<Utc> {
        "2026-11-21T08:30:00Z".parse().unwrap()
    }

    fn seen(hours_ago: i64, minor: i64) -> Observation {
        let price = Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn);
        Observation::of_price(now() - TimeDelta::hours(hours_ago), price)
    }

    fn gone(hours_ago: i64) -> Observation {
        Observation::of_price(now() - TimeDelta::hours(hours_ago), Price::absent(AbsentReason::SoldOut))
    }

    #[test]
    fn the_best_price_is_the_cheapest_that_stands_on_any_market() {
        let courses: Courses = [
            (Market::SeatGeek, vec![seen(10, 5_000), seen(6, 6_000), gone(2)]),
            (Market::StubHub, vec![seen(8, 5_500), seen(4, 4_000), seen(3, 7_000)]),
        ]
        .into();
        let best: Vec<(i64, Option<i64>)> = best_of(&courses, UNIT)
            .into_iter()
            .map(|step| ((now() - step.at).num_hours(), step.best.map(|(minor, _)| minor)))
            .collect();
        assert_eq!(
            best,
            [(10, Some(5_000)), (6, Some(5_500)), (4, Some(4_000)), (3, Some(6_000)), (2, Some(7_000))]
        );
    }

    #[test]
    fn a_median_weighs_prices_by_the_time_they_stood() {
        let courses: Courses =
            [(Market::SeatGeek, vec![seen(24, 5_000), seen(23, 100), seen(22, 5_000), seen(4, 9_000)])]
                .into();
        let steps = best_of(&courses, UNIT);
        assert_eq!(median_over(&steps, now() - TimeDelta::hours(24), now()), Some(5_000));
        assert_eq!(median_over(&steps, now() - TimeDelta::hours(6), now()), Some(9_000));
        assert_eq!(median_over(&steps, now() - TimeDelta::hours(48), now() - TimeDelta::hours(30)), None);
    }

    #[test]
    fn a_summary_speaks_of_prices_that_two_sights_bear_out() {
        let course = vec![
            seen(200, 8_000),
            seen(199, 8_000),
            seen(100, 100),
            seen(99, 8_000),
            seen(5, 6_000),
            seen(4, 6_000),
        ];
        let courses: Courses = [(Market::SeatGeek, course)].into();
        let summary = summarise(&courses, now()).unwrap();
        assert_eq!(summary.now, Money::new(6_000, Currency::USD));
        assert_eq!(summary.lowest, Some(Money::new(6_000, Currency::USD)), "not the odd poll at 100");
        assert_eq!(summary.lowest_at, Some(now() - TimeDelta::hours(4)));
        assert_eq!(summary.highest, Some(Money::new(8_000, Currency::USD)));
        assert_eq!(summary.median_7d, Some(Money::new(8_000, Currency::USD)));
        assert_eq!(summary.change_7d_percent_hundredths, Some(-2_500));
    }

    #[test]
    fn a_summary_of_nothing_quoted_is_none_and_of_a_young_course_has_no_change() {
        assert_eq!(summarise(&[(Market::SeatGeek, vec![seen(5, 6_000), gone(2)])].into(), now()), None);
        let young = summarise(&[(Market::SeatGeek, vec![seen(5, 6_000)])].into(), now()).unwrap();
        assert_eq!((young.lowest, young.change_7d_percent_hundredths), (None, None));
    }

    #[test]
    fn the_past_can_be_summed_up_as_it_was() {
        let courses: Courses =
            [(Market::SeatGeek, vec![seen(48, 8_000), seen(47, 8_000), seen(5, 6_000), seen(4, 6_000)])]
                .into();
        let then = summarise(&courses, now() - TimeDelta::hours(24)).unwrap();
        assert_eq!((then.now.amount_minor, then.lowest.unwrap().amount_minor), (8_000, 8_000));
    }

    #[test]
    fn candles_hold_first_lowest_highest_and_last_of_their_hour() {
        let minutes = |minutes: i64, minor: i64| Observation {
            at: now() - TimeDelta::minutes(minutes),
            ..seen(0, minor)
        };
        let course = [
            minutes(100, 5_000),
            minutes(25, 5_200),
            minutes(20, 4_800),
            minutes(10, 5_600),
            minutes(5, 5_100),
        ];
        let hours = candles(&course, UNIT, Bucket::Hour);
        assert_eq!(hours.len(), 2);
        let last = hours.last().unwrap();
        assert_eq!(last.start, "2026-11-21T08:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let prices = (last.open_minor, last.low_minor, last.high_minor, last.close_minor, last.observations);
        assert_eq!(prices, (5_200, 4_800, 5_600, 5_100, 4));
        assert_eq!(candles(&course, UNIT, Bucket::Day).len(), 1);
    }
}
