//! A moment of the past: what was known then, and what each market's price was taken to be.

use chrono::{DateTime, Utc};

use crate::moves::{Level, MoveDetector};
use crate::observation::Observation;
use crate::price::{AbsentReason, Price};
use crate::score::CurrentQuote;
use crate::summary::Courses;

/// The courses (oldest first) as far as they had been observed at `at`; markets not seen by then are left out.
pub fn until(mut courses: Courses, at: DateTime<Utc>) -> Courses {
    for course in courses.values_mut() {
        course.truncate(course.partition_point(|seen| seen.at <= at));
    }
    courses.retain(|_, course| !course.is_empty());
    courses
}

/// What each market quoted at the end of its course: what two sights bear out, as it is ranked live.
///
/// A market's course is its cheapest listing; where it had several, the price of each is not known any more.
pub fn quotes(courses: &Courses) -> Vec<CurrentQuote> {
    courses
        .iter()
        .filter_map(|(market, course)| {
            let latest = course.last()?;
            Some(CurrentQuote { market: *market, price: confirmed(course, latest), seen_at: latest.at })
        })
        .collect()
}

fn confirmed(course: &[Observation], latest: &Observation) -> Price {
    if latest.price.money().is_none() {
        return latest.price;
    }
    let mut detector = MoveDetector::default();
    for seen in course {
        detector.observe(seen, false);
    }
    detector.stands().map_or(Price::absent(AbsentReason::Unknown), Level::price)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test may fail by panicking")]

    use chrono::TimeDelta;

    use super::*;
    use crate::market::Market;
    use crate::money::{Currency, Money};
    use crate::price::FeeBasis;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn usd(minor: i64) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
    }

    fn courses() -> Courses {
        let gone = Price::absent(AbsentReason::SoldOut);
        let course = |sights: &[(i64, Price)]| {
            sights.iter().map(|(hour, price)| Observation::of_price(at(*hour), *price)).collect()
        };
        [
            (Market::SeatGeek, course(&[(1, usd(5_000)), (2, usd(5_000)), (5, usd(4_000)), (6, usd(4_000))])),
            (Market::StubHub, course(&[(3, usd(6_000)), (4, usd(6_000)), (7, gone)])),
        ]
        .into()
    }

    fn told(hour: i64) -> Vec<(Market, Price)> {
        quotes(&until(courses(), at(hour))).into_iter().map(|quote| (quote.market, quote.price)).collect()
    }

    #[test]
    fn a_price_was_what_two_sights_had_borne_out_by_then() {
        let unknown = Price::absent(AbsentReason::Unknown);
        assert_eq!(told(0), []);
        assert_eq!(told(1), [(Market::SeatGeek, unknown)], "one sight is no price");
        assert_eq!(told(2), [(Market::SeatGeek, usd(5_000))]);
        assert_eq!(told(5), [(Market::SeatGeek, usd(5_000)), (Market::StubHub, usd(6_000))]);
        assert_eq!(
            told(9),
            [(Market::SeatGeek, usd(4_000)), (Market::StubHub, Price::absent(AbsentReason::SoldOut))]
        );
    }
}
