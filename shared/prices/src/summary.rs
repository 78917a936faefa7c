//! What a course of prices amounts to: the best over all markets, lows and highs, medians by time, candles.
//!
//! A price stands from its observation until the next one of the same market: markets are polled again and again,
//! and what did not change is not written down. Formulas: docs/PRICING.md, stage 3.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use crate::best::{BestPoint, best_of, best_sights, best_unit, median_over, standing_at};
pub use crate::candles::{Bucket, Candle, best_candles, candles};
use crate::market::Market;
use crate::money::{Currency, Money};
use crate::moves::percent_hundredths;
use crate::observation::Observation;
use crate::price::FeeBasis;
use crate::score::Score;

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

impl Unit {
    /// The unit of a price, if it is one.
    pub fn of(seen: &Observation) -> Option<Self> {
        let money = seen.price.money().filter(|money| money.amount_minor > 0)?;
        Some(Self { currency: money.currency, basis: seen.price.basis()? })
    }

    /// The unit most of these have. Of as many all-in stands before the rest, then before fees, then the later currency code:
    /// any rule would do that does not go by amounts, which say nothing across units.
    pub fn of_most(units: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut counts: Vec<(Self, usize)> = Vec::new();
        for unit in units {
            match counts.iter_mut().find(|(known, _)| *known == unit) {
                Some((_, count)) => *count = count.saturating_add(1),
                None => counts.push((unit, 1)),
            }
        }
        let order = |basis: FeeBasis| match basis {
            FeeBasis::AllIn => 2_u8,
            FeeBasis::BeforeFees => 1,
            FeeBasis::Unknown => 0,
        };
        let most = counts.into_iter().max_by_key(|(unit, count)| (*count, order(unit.basis), unit.currency));
        most.map(|(unit, _)| unit)
    }

    /// The amount of an observation, minor units, if it is in this unit.
    pub fn minor(self, seen: &Observation) -> Option<i64> {
        (Self::of(seen)? == self).then(|| seen.price.money().map(|money| money.amount_minor))?
    }
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
            let (Some(a), Some(b)) = (unit.minor(first), unit.minor(second)) else {
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
    /// Currency and fee basis of all amounts.
    pub unit: Unit,
    /// The cheapest standing quote.
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
/// What is scored is what stands now, so that one page tells one price; where nothing is (a stale price, an event that
/// has begun), it is the cheapest of the last sights, all-in before others.
pub fn summarise(courses: &Courses, score: Option<&Score>, now: DateTime<Utc>) -> Option<Summary> {
    let last_sights = || {
        let quotes = courses.iter().filter_map(|(market, course)| {
            let latest = course.iter().filter(|seen| seen.at <= now).max_by_key(|seen| seen.at)?;
            let money = latest.price.money().filter(|money| money.amount_minor > 0)?;
            Some((money, latest.price.basis()?, *market))
        });
        quotes.min_by_key(|(money, basis, market)| (*basis != FeeBasis::AllIn, money.amount_minor, *market))
    };
    let scored = score.map(|score| (score.price, score.basis, score.market));
    let (money, basis, market) = scored.or_else(last_sights)?;
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
        let summary = summarise(&courses, None, now()).unwrap();
        assert_eq!(summary.now, Money::new(6_000, Currency::USD));
        assert_eq!(summary.lowest, Some(Money::new(6_000, Currency::USD)), "not the odd poll at 100");
        assert_eq!(summary.lowest_at, Some(now() - TimeDelta::hours(4)));
        assert_eq!(summary.highest, Some(Money::new(8_000, Currency::USD)));
        assert_eq!(summary.median_7d, Some(Money::new(8_000, Currency::USD)));
        assert_eq!(summary.change_7d_percent_hundredths, Some(-2_500));
    }

    #[test]
    fn a_summary_of_nothing_quoted_is_none_and_of_a_young_course_has_no_change() {
        assert_eq!(summarise(&[(Market::SeatGeek, vec![seen(5, 6_000), gone(2)])].into(), None, now()), None);
        let young = summarise(&[(Market::SeatGeek, vec![seen(5, 6_000)])].into(), None, now()).unwrap();
        assert_eq!((young.lowest, young.change_7d_percent_hundredths), (None, None));
    }

    #[test]
    fn the_past_can_be_summed_up_as_it_was() {
        let courses: Courses =
            [(Market::SeatGeek, vec![seen(48, 8_000), seen(47, 8_000), seen(5, 6_000), seen(4, 6_000)])]
                .into();
        let then = summarise(&courses, None, now() - TimeDelta::hours(24)).unwrap();
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
