//! The deal score: bounded, monotone, the same for the same input, with reasons that add up.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use chrono::{DateTime, TimeDelta, Utc};
use prices::{
    AbsentReason, Band, Confidence, Courses, Currency, CurrentQuote, FeeBasis, Market, Money, Observation,
    Price, ReasonCode, Score, ScoreInput, Unknown, score,
};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

fn quote(market: Market, price: Price) -> CurrentQuote {
    CurrentQuote { market, price, seen_at: now() - TimeDelta::minutes(5) }
}

/// One price on every day of the last `days` days, twice, as a poll and its confirmation.
fn steady(days: i64, minor: i64) -> Vec<Observation> {
    (1..=days)
        .rev()
        .flat_map(|day| [0, 1].map(|hour| now() - TimeDelta::days(day) + TimeDelta::hours(hour)))
        .map(|at| Observation::of_price(at, usd(minor)))
        .collect()
}

fn input<'a>(current: &'a [CurrentQuote], history: &'a Courses, days_left: i64) -> ScoreInput<'a> {
    ScoreInput { now: now(), starts_at: Some(now() + TimeDelta::days(days_left)), current, history }
}

fn score_at(minor: i64) -> Score {
    let history: Courses =
        [(Market::SeatGeek, steady(40, 10_000)), (Market::StubHub, steady(40, 10_400))].into();
    let current = [quote(Market::SeatGeek, usd(minor)), quote(Market::StubHub, usd(10_400))];
    score(&input(&current, &history, 60)).unwrap()
}

#[test]
fn the_usual_price_is_fair_and_a_clear_discount_is_great() {
    assert_eq!(score_at(10_000).band, Band::Fair);
    assert_eq!(score_at(7_500).band, Band::Great);
    assert_eq!(score_at(4_000).band, Band::Amazing);
    assert_eq!(score_at(10_000).confidence, Confidence::High);
}

#[test]
fn a_price_far_over_its_course_is_poor() {
    let history: Courses = [(Market::SeatGeek, steady(40, 10_000))].into();
    let current = [quote(Market::SeatGeek, usd(15_000))];
    assert_eq!(score(&input(&current, &history, 60)).unwrap().band, Band::Poor);
}

#[test]
fn reasons_are_in_money_and_in_words() {
    let score = score_at(8_000);
    let texts: Vec<&str> = score.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "20 % under its median price over the last 30 days ($100)",
            "23 % under what other markets ask now ($104)",
            "lower than ever before (lowest so far $100)",
        ]
    );
}

#[test]
fn near_the_event_its_latest_days_count() {
    let mut course = steady(40, 10_000);
    course.retain(|seen| seen.at < now() - TimeDelta::days(4));
    course.extend(steady(4, 6_000));
    let history: Courses = [(Market::SeatGeek, course)].into();
    let current = [quote(Market::SeatGeek, usd(6_000))];
    let far = score(&input(&current, &history, 60)).unwrap();
    let near = score(&input(&current, &history, 2)).unwrap();
    assert!(near.value < far.value, "{} {}", near.value, far.value);
    assert!(
        near.reasons
            .iter()
            .any(|reason| reason.code == ReasonCode::DaysLeft && reason.amount.amount_minor < 0)
    );
}

#[test]
fn absent_zero_stale_and_past_are_never_ranked() {
    let history: Courses = [(Market::SeatGeek, steady(40, 10_000))].into();
    let zero = Price::Quoted { money: Money::new(0, Currency::USD), basis: FeeBasis::AllIn };
    let stale = CurrentQuote { seen_at: now() - TimeDelta::hours(25), ..quote(Market::SeatGeek, usd(5_000)) };
    for current in [
        vec![],
        vec![quote(Market::SeatGeek, Price::absent(AbsentReason::SoldOut))],
        vec![quote(Market::SeatGeek, zero)],
        vec![stale],
    ] {
        assert_eq!(score(&input(&current, &history, 60)), None, "{current:?}");
    }
    assert_eq!(
        score(&input(&[quote(Market::SeatGeek, usd(5_000))], &history, 0)),
        None,
        "the event has begun"
    );
    let both = [stale, quote(Market::StubHub, usd(9_000))];
    assert_eq!(score(&input(&both, &history, 60)).unwrap().market, Market::StubHub);
}

#[test]
fn prices_on_another_fee_basis_are_not_compared_and_that_is_said() {
    let before_fees = Price::quoted(Money::new(7_000, Currency::USD), FeeBasis::BeforeFees);
    let history: Courses = [(Market::StubHub, steady(40, 10_000))].into();
    let current = [quote(Market::SeatGeek, before_fees), quote(Market::StubHub, usd(10_000))];
    let score = score(&input(&current, &history, 60)).unwrap();
    assert_eq!((score.value, score.reasons.len()), (50, 0), "nothing comparable is known");
    assert_eq!(score.confidence, Confidence::Low);
    assert_eq!(
        score.unknown,
        [Unknown::ShortHistory, Unknown::OtherMarketsNotComparable, Unknown::FeesNotIncluded]
    );
}

#[test]
fn one_odd_poll_is_not_the_lowest_price_ever() {
    let mut course = steady(40, 10_000);
    course.insert(20, Observation::of_price(course[19].at + TimeDelta::hours(1), usd(100)));
    let history: Courses = [(Market::SeatGeek, course)].into();
    let score = score(&input(&[quote(Market::SeatGeek, usd(10_000))], &history, 60)).unwrap();
    assert_eq!(score.value, 50);
}

prop_compose! {
    fn any_course()(polls in prop::collection::vec((0_i64..60 * 24, 1_i64..60_000, 0_u8..10), 0..40)) -> Vec<Observation> {
        let mut course: Vec<Observation> = polls
            .into_iter()
            .map(|(hours, minor, kind)| {
                let price = match kind {
                    0 => Price::absent(AbsentReason::Unknown),
                    1 => Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees),
                    _ => usd(minor),
                };
                Observation::of_price(now() - TimeDelta::hours(hours), price)
            })
            .collect();
        course.sort_by_key(|seen| seen.at);
        course
    }
}

proptest! {
    #[test]
    fn a_lower_price_never_scores_lower(
        one in any_course(),
        two in any_course(),
        others in prop::collection::vec(50_000_i64..90_000, 0..3),
        prices in prop::collection::vec(1_i64..50_000, 2),
        days_left in 1_i64..60,
    ) {
        let history: Courses = [(Market::SeatGeek, one), (Market::StubHub, two)].into();
        let markets = [Market::StubHub, Market::Ticketmaster, Market::Feed];
        let at = |minor: i64| {
            let mut current = vec![quote(Market::SeatGeek, usd(minor))];
            current.extend(markets.into_iter().zip(&others).map(|(market, other)| quote(market, usd(*other))));
            score(&input(&current, &history, days_left)).unwrap()
        };
        let (low, high) = (prices[0].min(prices[1]), prices[0].max(prices[1]));
        prop_assert!(at(low).value >= at(high).value);
        prop_assert_eq!(at(low), at(low));
    }

    #[test]
    fn reasons_add_up_and_the_score_is_bounded(
        one in any_course(),
        two in any_course(),
        minor in prop_oneof![1_i64..50_000, 1_i64..=i64::MAX / 1_000],
        days_left in 1_i64..60,
    ) {
        let history: Courses = [(Market::SeatGeek, one), (Market::StubHub, two)].into();
        let current = [quote(Market::SeatGeek, usd(minor)), quote(Market::Feed, usd(31_000))];
        let score = score(&input(&current, &history, days_left)).unwrap();
        let amounts: i64 = score.reasons.iter().map(|reason| reason.amount.amount_minor).sum();
        let points: i16 = score.reasons.iter().map(|reason| reason.points).sum();
        prop_assert!(score.value <= 100);
        prop_assert_eq!(score.fair_price.amount_minor - score.price.amount_minor, amounts);
        prop_assert_eq!(i16::from(score.value) - 50, points);
        prop_assert_eq!(score.band, Band::of(score.value));
        prop_assert!(score.fair_price.amount_minor > 0);
    }
}
