//! Which observations of a table a history lacks: the rule, without storage.

use std::collections::BTreeMap;

use contract::history::Imported;
use prices::{Courses, Observation};

/// What a table comes to.
#[derive(Debug, Default)]
pub struct Sifted {
    /// What the history lacks.
    pub missing: Courses,
    /// How many it lacks, has, and has otherwise.
    pub counts: Imported,
}

/// Compares `given` with what is `held`, by market and second: histories are kept to the second. What is held stays.
pub fn sift(held: &Courses, given: &Courses) -> Sifted {
    let mut sifted = Sifted::default();
    for (market, course) in given {
        let mut known: BTreeMap<i64, Vec<Observation>> = BTreeMap::new();
        for seen in held.get(market).into_iter().flatten() {
            known.entry(seen.at.timestamp()).or_default().push(*seen);
        }
        for seen in course {
            let there = known.entry(seen.at.timestamp()).or_default();
            let counts = &mut sifted.counts;
            if there.is_empty() {
                there.push(*seen);
                sifted.missing.entry(*market).or_default().push(*seen);
                counts.inserted = counts.inserted.saturating_add(1);
            } else if there.iter().any(|held| Observation { at: seen.at, ..*held } == *seen) {
                counts.held = counts.held.saturating_add(1);
            } else {
                counts.differing = counts.differing.saturating_add(1);
            }
        }
    }
    sifted
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::{DateTime, TimeDelta};
    use prices::{Currency, FeeBasis, Market, Money, Price};
    use proptest::prelude::*;

    use super::*;

    fn seen(ms: i64, amount: i64) -> Observation {
        let price = Price::quoted(Money::new(amount, Currency::USD), FeeBasis::AllIn);
        Observation::of_price(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms), price)
    }

    #[test]
    fn only_what_is_missing_goes_in() {
        let held: Courses = [(Market::StubHub, vec![seen(10_250, 500), seen(20_000, 700)])].into();
        let given: Courses = [
            (
                Market::StubHub,
                vec![seen(5_000, 500), seen(10_000, 500), seen(20_000, 650), seen(30_000, 700)],
            ),
            (Market::Feed, vec![seen(20_000, 700), seen(20_000, 700), seen(20_000, 800)]),
        ]
        .into();
        let sifted = sift(&held, &given);
        assert_eq!(sifted.counts, Imported { events: 0, inserted: 3, held: 2, differing: 2 });
        let missing: Courses = [
            (Market::StubHub, vec![seen(5_000, 500), seen(30_000, 700)]),
            (Market::Feed, vec![seen(20_000, 700)]),
        ]
        .into();
        assert_eq!(sifted.missing, missing);
    }

    proptest! {
        #[test]
        fn a_second_time_nothing_is_missing(
            live in prop::collection::vec((0_i64..50, 1_i64..4), 0..20),
            given in prop::collection::vec((0_i64..50, 1_i64..4), 0..20),
        ) {
            let course = |sights: &[(i64, i64)]| -> Courses {
                [(Market::StubHub, sights.iter().map(|(at, amount)| seen(at * 1_000, *amount)).collect())].into()
            };
            let (mut held, given) = (course(&live), course(&given));
            let first = sift(&held, &given);
            prop_assert_eq!(
                first.counts.inserted + first.counts.held + first.counts.differing,
                u64::try_from(given[&Market::StubHub].len()).unwrap()
            );
            for (market, course) in first.missing {
                held.entry(market).or_default().extend(course);
            }
            prop_assert_eq!(sift(&held, &given).counts.inserted, 0);
        }
    }
}
