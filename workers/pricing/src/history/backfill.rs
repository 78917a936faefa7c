//! What an observation decoded again from a kept answer changes in the course: the rule, without storage.

use prices::{Observation, Price};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The course says so already.
    Nothing,
    /// The course lacks it.
    Insert,
    /// The observation at this place of the course says otherwise at that second.
    Correct(usize),
}

/// Compares `seen` with a market's `course` (oldest first). Where the market has several listings of the event
/// the course is the cheapest of them, so one listing can only show that there was a cheaper ticket.
///
/// Idempotent: once done, the same observation changes nothing.
pub fn fix(course: &[Observation], seen: &Observation, is_only_listing: bool) -> Fix {
    let second = seen.at.timestamp();
    let place = course.iter().rposition(|held| held.at.timestamp() <= second);
    let stood = place.and_then(|place| Some((place, course.get(place)?)));
    let differs = stood.is_none_or(|(_, held)| {
        held.price != seen.price && (is_only_listing || is_cheaper(&seen.price, &held.price))
    });
    match stood {
        _ if !differs => Fix::Nothing,
        Some((place, held)) if held.at.timestamp() == second => Fix::Correct(place),
        _ => Fix::Insert,
    }
}

fn is_cheaper(seen: &Price, held: &Price) -> bool {
    match (seen.money(), held.money()) {
        (Some(seen), Some(held)) => seen.currency == held.currency && seen.amount_minor < held.amount_minor,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::{DateTime, TimeDelta};
    use prices::{AbsentReason, Currency, FeeBasis, Money};
    use proptest::prelude::*;

    use super::*;

    fn seen(second: i64, amount: i64) -> Observation {
        let price = if amount == 0 {
            Price::absent(AbsentReason::SoldOut)
        } else {
            Price::quoted(Money::new(amount, Currency::USD), FeeBasis::AllIn)
        };
        Observation {
            at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second),
            price,
            listings: None,
            tickets: None,
        }
    }

    #[test]
    fn what_is_missing_is_inserted_what_is_otherwise_corrected_and_what_stands_left() {
        let course = [seen(10, 500), seen(20, 700)];
        assert_eq!(fix(&[], &seen(5, 500), true), Fix::Insert);
        assert_eq!(fix(&course, &seen(10, 500), true), Fix::Nothing);
        assert_eq!(fix(&course, &seen(15, 500), true), Fix::Nothing);
        assert_eq!(fix(&course, &seen(15, 0), true), Fix::Insert);
        assert_eq!(fix(&course, &seen(20, 650), true), Fix::Correct(1));
        assert_eq!(fix(&course, &seen(30, 650), true), Fix::Insert);
    }

    #[test]
    fn one_of_several_listings_only_shows_a_cheaper_ticket() {
        let course = [seen(10, 500)];
        assert_eq!(fix(&course, &seen(10, 600), false), Fix::Nothing);
        assert_eq!(fix(&course, &seen(12, 0), false), Fix::Nothing);
        assert_eq!(fix(&course, &seen(12, 400), false), Fix::Insert);
    }

    /// Does what the rule says.
    fn done(course: &mut Vec<Observation>, seen: Observation, only: bool) -> bool {
        match fix(course, &seen, only) {
            Fix::Nothing => return false,
            Fix::Insert => course.push(seen),
            Fix::Correct(place) => course[place] = seen,
        }
        course.sort_by_key(|held| held.at);
        true
    }

    proptest! {
        #[test]
        fn a_second_run_changes_nothing(
            live in proptest::collection::vec((0_i64..50, 1_i64..4), 0..20),
            again in proptest::collection::btree_map(0_i64..50, 0_i64..4, 0..30),
            only in any::<bool>(),
        ) {
            let mut course: Vec<Observation> = live.iter().map(|(at, amount)| seen(*at, *amount)).collect();
            course.sort_by_key(|held| held.at);
            for (at, amount) in &again {
                done(&mut course, seen(*at, *amount), only);
            }
            for (at, amount) in &again {
                prop_assert!(!done(&mut course, seen(*at, *amount), only), "{at}: {amount}");
            }
        }
    }
}
