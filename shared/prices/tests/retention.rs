//! What thinning keeps: the same extremes, the same candles, the same levels that two sights bear out.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use chrono::{DateTime, TimeDelta, Utc};
use prices::retention::{Detail, HOURS_FOR, WHOLE_FOR, detail_at, thin};
use prices::summary::{Extreme, extremes};
use prices::{
    AbsentReason, Bucket, Candle, Courses, Currency, FeeBasis, Market, Money, Observation, Price, Unit,
    candles,
};
use proptest::prelude::*;

const UNITS: [Unit; 3] = [
    Unit { currency: Currency::USD, basis: FeeBasis::AllIn },
    Unit { currency: Currency::USD, basis: FeeBasis::BeforeFees },
    Unit { currency: Currency::USD, basis: FeeBasis::Unknown },
];

fn newest() -> DateTime<Utc> {
    "2026-11-21T08:30:00Z".parse().unwrap()
}

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

/// Sights of one day long past, one a minute.
fn day(amounts: &[i64]) -> Vec<Observation> {
    let start: DateTime<Utc> = "2024-01-10T00:00:00Z".parse().unwrap();
    let at = |minute: usize| start + TimeDelta::minutes(i64::try_from(minute).unwrap());
    let price = |minor: i64| if minor == 0 { Price::absent(AbsentReason::SoldOut) } else { usd(minor) };
    amounts.iter().enumerate().map(|(i, minor)| Observation::of_price(at(i), price(*minor))).collect()
}

fn amounts(course: &[Observation]) -> Vec<i64> {
    course.iter().map(|seen| seen.price.money().map_or(0, |money| money.amount_minor)).collect()
}

fn thinned(given: &[i64]) -> Vec<i64> {
    amounts(&thin(&day(given), newest()))
}

#[test]
fn detail_goes_with_age_and_by_whole_hours_and_days() {
    let at = |age: TimeDelta| detail_at(newest() - age, newest());
    assert_eq!(at(TimeDelta::zero()), Detail::Whole);
    assert_eq!(at(WHOLE_FOR), Detail::Whole, "the hour is not over");
    assert_eq!(at(WHOLE_FOR + TimeDelta::hours(1)), Detail::Hours);
    assert_eq!(at(HOURS_FOR), Detail::Hours, "the day is not over");
    assert_eq!(at(HOURS_FOR + TimeDelta::days(1)), Detail::Days);
}

#[test]
fn a_day_keeps_first_last_lowest_and_highest() {
    assert_eq!(thinned(&[50, 50, 50, 50, 50]), [50, 50, 50], "with the two sights that bear it out");
    assert_eq!(thinned(&[50, 48, 47, 47, 47, 49, 60, 61, 61, 52, 51]), [50, 47, 47, 61, 61, 51]);
}

#[test]
fn an_odd_poll_stays_an_odd_poll() {
    assert_eq!(thinned(&[50, 50, 20, 50, 50, 50, 20, 50, 50]), [50, 50, 20, 50]);
    // Without what is between them the first and the last would bear out 20.
    assert_eq!(thinned(&[20, 50, 60, 55, 20]), [20, 50, 60, 55, 20]);
    assert_eq!(thinned(&[20, 50, 50, 60, 50, 50, 20]), [20, 50, 50, 60, 20]);
    assert_eq!(thinned(&[20, 0, 0, 0, 20]), [20, 0, 20]);
}

/// A candle without its count, which thinning does change.
fn shape(candle: &Candle) -> (DateTime<Utc>, [i64; 4]) {
    (candle.start, [candle.open_minor, candle.low_minor, candle.high_minor, candle.close_minor])
}

fn shapes(course: &[Observation], unit: Unit, bucket: Bucket) -> Vec<(DateTime<Utc>, [i64; 4])> {
    candles(course, unit, bucket).iter().map(shape).collect()
}

fn lows_and_highs(course: &[Observation], unit: Unit) -> Option<(Extreme, Extreme)> {
    let courses: Courses = [(Market::SeatGeek, course.to_vec())].into();
    extremes(&courses, unit, newest())
}

prop_compose! {
    fn any_price()(
        amount in 1_i64..8,
        basis in prop::sample::select(vec![FeeBasis::AllIn, FeeBasis::AllIn, FeeBasis::AllIn, FeeBasis::BeforeFees]),
        absent in prop::bool::weighted(0.15),
    ) -> Price {
        if absent {
            Price::absent(AbsentReason::SoldOut)
        } else {
            Price::quoted(Money::new(amount * 100, Currency::USD), basis)
        }
    }
}

prop_compose! {
    /// Bursts of polls, minutes to weeks apart, over up to some years.
    fn any_course()(
        sights in prop::collection::vec((prop_oneof![0_i64..4, 5_i64..90, 1_000_i64..40_000], any_price()), 0..120),
    ) -> Vec<Observation> {
        let mut at = newest();
        let mut course: Vec<Observation> = sights
            .into_iter()
            .map(|(minutes, price)| {
                at -= TimeDelta::minutes(minutes);
                Observation::of_price(at, price)
            })
            .collect();
        course.reverse();
        course
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_told_of_the_past_is_the_same_before_and_after(course in any_course()) {
        let thinned = thin(&course, newest());
        for unit in UNITS {
            prop_assert_eq!(shapes(&thinned, unit, Bucket::Day), shapes(&course, unit, Bucket::Day));
            prop_assert_eq!(lows_and_highs(&thinned, unit), lows_and_highs(&course, unit));
            let hourly = |course: &[Observation]| -> Vec<_> {
                let kept = |at: &DateTime<Utc>| detail_at(*at, newest()) < Detail::Days;
                shapes(course, unit, Bucket::Hour).into_iter().filter(|(start, _)| kept(start)).collect()
            };
            prop_assert_eq!(hourly(&thinned), hourly(&course));
        }
        // Whatever stood at the end of a day still does, a reason too.
        let ends = |course: &[Observation]| -> Vec<Observation> {
            course
                .chunk_by(|a, b| Bucket::Day.start_of(a.at) == Bucket::Day.start_of(b.at))
                .filter_map(|day| day.last().copied())
                .collect()
        };
        prop_assert_eq!(ends(&thinned), ends(&course));
    }

    #[test]
    fn what_is_young_is_untouched_and_what_is_kept_is_as_it_was(course in any_course()) {
        let thinned = thin(&course, newest());
        let whole = |course: &[Observation]| -> Vec<Observation> {
            course.iter().copied().filter(|seen| detail_at(seen.at, newest()) == Detail::Whole).collect()
        };
        prop_assert_eq!(whole(&thinned), whole(&course));
        let mut rest = course.iter();
        prop_assert!(thinned.iter().all(|kept| rest.any(|seen| seen == kept)), "in order, and none made up");
    }

    #[test]
    fn thinning_twice_is_thinning_once(course in any_course()) {
        let once = thin(&course, newest());
        prop_assert_eq!(thin(&once, newest()), once);
    }

    #[test]
    fn thinning_by_and_by_tells_the_same_as_thinning_late(course in any_course(), days in 1_i64..600) {
        let late = newest() + TimeDelta::days(days);
        let by_and_by = thin(&thin(&course, newest()), late);
        for unit in UNITS {
            prop_assert_eq!(shapes(&by_and_by, unit, Bucket::Day), shapes(&course, unit, Bucket::Day));
            prop_assert_eq!(lows_and_highs(&by_and_by, unit), lows_and_highs(&course, unit));
        }
    }

    #[test]
    fn one_day_in_all_its_quirks(amounts in prop::collection::vec(0_i64..6, 1..40)) {
        let course = day(&amounts);
        let thinned = thin(&course, newest());
        prop_assert_eq!(lows_and_highs(&thinned, UNITS[0]), lows_and_highs(&course, UNITS[0]));
        prop_assert_eq!(thin(&thinned, newest()), thinned);
    }
}
