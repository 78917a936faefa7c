//! The best price over all markets as an outlook reads it: every three hours what one could have bought for, so that what
//! is learned natively and what is asked at the edge are sights of one kind, however often markets were polled.

use super::HOUR;
use super::course::Sight;
use crate::market::Market;
use crate::observation::Observation;
use crate::summary::{Courses, Unit};

/// Sights are this far apart, at 0, 3, 6 o'clock UTC and so on.
const STEP: i64 = 3 * HOUR;
/// A quote nobody confirmed for so long no longer stands. What does not change is passed on four times a day.
const STALE: i64 = 30 * HOUR;

/// The unit most priced observations have; of two the one whose market people see first. Observations in others are left
/// out: they cannot be compared.
pub fn unit_of(courses: &Courses) -> Option<Unit> {
    let mut counts: Vec<(Unit, usize)> = Vec::new();
    for seen in courses.values().flatten() {
        let (Some(money), Some(basis)) = (seen.price.money(), seen.price.basis()) else { continue };
        let unit = Unit { currency: money.currency, basis };
        match counts.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counts.push((unit, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(unit, _)| unit)
}

/// The sights up to `until` (seconds since 1970): one every three hours, and one at `until` itself. Moments at which no
/// market had a quote in `unit` that still stood are left out. Depends on nothing after `until`.
pub fn sights(courses: &Courses, unit: Unit, until: i64) -> Vec<Sight> {
    let counter = counter(courses, until);
    let first = courses.values().filter_map(|course| course.first()).map(|seen| seen.at.timestamp()).min();
    let Some(first) = first else { return Vec::new() };
    let mut seen = Vec::new();
    let mut at = first.div_euclid(STEP).saturating_mul(STEP);
    loop {
        at = at.saturating_add(STEP).min(until);
        seen.extend(sight(courses, unit, counter, at));
        if at >= until {
            return seen;
        }
    }
}

fn sight(courses: &Courses, unit: Unit, counter: Option<Market>, at: i64) -> Option<Sight> {
    let price = courses
        .values()
        .filter_map(|course| standing(course, at))
        .filter_map(|seen| {
            let money = seen.price.money()?;
            let comparable = money.currency == unit.currency && seen.price.basis() == Some(unit.basis);
            u32::try_from(money.amount_minor).ok().filter(|minor| comparable && *minor > 0)
        })
        .min()?;
    let listings =
        counter.and_then(|market| standing(courses.get(&market)?, at)?.listings).filter(|count| *count > 0);
    Some(Sight { at, price, listings })
}

/// The last observation at or before `at`, if it is not stale.
fn standing(course: &[Observation], at: i64) -> Option<&Observation> {
    let seen = course.partition_point(|seen| seen.at.timestamp() <= at);
    course.get(seen.checked_sub(1)?).filter(|seen| seen.at.timestamp() >= at.saturating_sub(STALE))
}

/// The market that told its listings most often: counts of different markets must not be mixed as these come and go.
fn counter(courses: &Courses, until: i64) -> Option<Market> {
    courses
        .iter()
        .map(|(market, course)| {
            let told = course.iter().take_while(|seen| seen.at.timestamp() <= until);
            (told.filter(|seen| seen.listings.is_some_and(|count| count > 0)).count(), *market)
        })
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, market)| (*count, std::cmp::Reverse(*market)))
        .map(|(_, market)| market)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::DateTime;

    use super::*;
    use crate::money::{Currency, Money};
    use crate::price::{AbsentReason, FeeBasis, Price};

    const UNIT: Unit = Unit { currency: Currency::USD, basis: FeeBasis::AllIn };

    fn seen(hours: i64, price: Price, listings: Option<u32>) -> Observation {
        let at = DateTime::from_timestamp(hours * HOUR, 0).unwrap();
        Observation { at, price, listings, tickets: None }
    }

    fn usd(minor: i64) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
    }

    fn told(courses: &Courses, until: i64) -> Vec<(i64, u32)> {
        sights(courses, UNIT, until * HOUR).into_iter().map(|one| (one.at / HOUR, one.price)).collect()
    }

    #[test]
    fn the_cheapest_standing_quote_is_told_every_three_hours_and_now() {
        let courses = Courses::from([
            (Market::SeatGeek, vec![seen(1, usd(5_000), None), seen(7, usd(4_000), None)]),
            (Market::StubHub, vec![seen(4, usd(4_500), None)]),
        ]);
        assert_eq!(told(&courses, 10), [(3, 5_000), (6, 4_500), (9, 4_000), (10, 4_000)]);
    }

    #[test]
    fn what_is_gone_stale_or_not_comparable_does_not_stand() {
        let gone = seen(7, Price::absent(AbsentReason::SoldOut), None);
        let courses = Courses::from([(Market::SeatGeek, vec![seen(2, usd(5_000), None), gone])]);
        assert_eq!(told(&courses, 12), [(3, 5_000), (6, 5_000)]);
        let courses = Courses::from([(Market::SeatGeek, vec![seen(0, usd(5_000), None)])]);
        assert_eq!(told(&courses, 40).last(), Some(&(30, 5_000)));
        let before = Price::quoted(Money::new(100, Currency::USD), FeeBasis::BeforeFees);
        let courses = Courses::from([
            (Market::SeatGeek, vec![seen(0, usd(5_000), None), seen(3, usd(5_000), None)]),
            (Market::StubHub, vec![seen(0, before, None)]),
        ]);
        assert_eq!(unit_of(&courses), Some(UNIT));
        assert_eq!(told(&courses, 3), [(3, 5_000)]);
    }

    #[test]
    fn listings_are_those_of_the_market_that_tells_them_most_often() {
        let courses = Courses::from([
            (Market::SeatGeek, vec![seen(0, usd(5_000), Some(40)), seen(6, usd(5_000), Some(30))]),
            (Market::StubHub, vec![seen(3, usd(5_500), Some(900))]),
        ]);
        let listings: Vec<_> = sights(&courses, UNIT, 7 * HOUR).into_iter().map(|one| one.listings).collect();
        assert_eq!(listings, [Some(40), Some(30), Some(30)]);
    }

    #[test]
    fn no_observations_are_no_sights() {
        assert!(sights(&Courses::new(), UNIT, 100).is_empty());
        assert_eq!(unit_of(&Courses::new()), None);
    }
}
