//! The lowest prices of an event, so that "lowest ever" is said of the event: of all markets, of what was imported, and of
//! what a market stated in another way before.

use prices::score::{FeeModels, all_in};
use prices::{Courses, Level, Market, Unit};
use serde::{Deserialize, Serialize};

use crate::history::listing::Listing;

/// The lowest level of one market in one unit that two sights bear out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Low {
    /// The market.
    pub market: Market,
    /// The level.
    pub level: Level,
}

/// The lows of an event, at most one a market and unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lows(Vec<Low>);

impl Lows {
    /// Those of whole courses: two sights in a row at or below an amount make it a low.
    pub fn of(courses: &Courses) -> Self {
        let mut lows = Self::default();
        for (market, course) in courses {
            for (first, second) in course.iter().zip(course.iter().skip(1)) {
                let levels = Level::of(&first.price).zip(Level::of(&second.price));
                if let Some((a, b)) = levels.filter(|(a, b)| a.unit() == b.unit()) {
                    let level = if a.money.amount_minor > b.money.amount_minor { a } else { b };
                    lows.note(Low { market: *market, level });
                }
            }
        }
        lows
    }

    /// These, and what the event's listings remember.
    pub fn with(&self, listings: &[Listing]) -> Self {
        let mut lows = self.clone();
        for listing in listings {
            if let Some(level) = listing.detector.lowest() {
                lows.note(Low { market: listing.market, level });
            }
        }
        lows
    }

    /// Takes a low in, where it is lower than the one of its market and unit.
    pub fn note(&mut self, low: Low) {
        let unit = low.level.unit();
        let known = self.0.iter_mut().find(|known| known.market == low.market && known.level.unit() == unit);
        match known {
            Some(known) if known.level.money.amount_minor > low.level.money.amount_minor => *known = low,
            Some(_) => {}
            None => self.0.push(low),
        }
    }

    /// Whether `new` is below all that it can be compared with: by what both come to all-in, where that is known, else
    /// as stated in one unit.
    pub fn are_above(&self, new: Low, fees: &FeeModels) -> bool {
        let comes_to = |low: Low| all_in(low.market, &low.level.price(), fees).map(|known| known.money());
        self.0.iter().all(|low| match comes_to(*low).zip(comes_to(new)) {
            Some((before, now)) => before.currency != now.currency || now.amount_minor < before.amount_minor,
            None => {
                low.level.unit() != new.level.unit()
                    || new.level.money.amount_minor < low.level.money.amount_minor
            }
        })
    }

    /// The lowest in `unit`; without one, in the unit most of them have.
    pub fn lowest(&self, unit: Option<Unit>) -> Option<Level> {
        let unit = unit.or_else(|| Unit::of_most(self.0.iter().map(|low| low.level.unit())))?;
        let levels = self.0.iter().map(|low| low.level).filter(|level| level.unit() == unit);
        levels.min_by_key(|level| level.money.amount_minor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::{DateTime, TimeDelta};
    use prices::{Currency, FeeBasis, FeeModel, Money, Observation, Price};

    use super::*;

    const fn low(market: Market, minor: i64, basis: FeeBasis) -> Low {
        Low { market, level: Level { money: Money::new(minor, Currency::USD), basis } }
    }

    fn course(amounts: &[i64]) -> Vec<Observation> {
        let seen = |(at, minor): (i64, &i64)| {
            let price = Price::quoted(Money::new(*minor, Currency::USD), FeeBasis::AllIn);
            Observation::of_price(DateTime::UNIX_EPOCH + TimeDelta::hours(at), price)
        };
        (0..).zip(amounts).map(seen).collect()
    }

    #[test]
    fn one_odd_sight_is_no_low_and_two_are() {
        let lows = Lows::of(&[(Market::SeatGeek, course(&[5_000, 100, 5_000, 2_900, 3_000, 6_000]))].into());
        assert_eq!(lows.0, [low(Market::SeatGeek, 3_000, FeeBasis::AllIn)]);
        let fees = FeeModels::new();
        assert!(!lows.are_above(low(Market::StubHub, 3_000, FeeBasis::AllIn), &fees), "as low is not lower");
        assert!(lows.are_above(low(Market::StubHub, 2_999, FeeBasis::AllIn), &fees));
        assert_eq!(lows.lowest(None).map(|level| level.money.amount_minor), Some(3_000));
        assert!(Lows::default().are_above(low(Market::StubHub, 1, FeeBasis::AllIn), &fees));
    }

    #[test]
    fn amounts_without_fees_are_compared_by_what_they_come_to() {
        let model = FeeModel {
            ratio: 13_000,
            low: 12_500,
            high: 13_500,
            count: 90,
            as_of: DateTime::UNIX_EPOCH.date_naive(),
        };
        let fees = FeeModels::from([(Market::SeatGeek, model)]);
        let mut lows = Lows::default();
        lows.note(low(Market::StubHub, 7_000, FeeBasis::AllIn));
        let stated = |minor| low(Market::SeatGeek, minor, FeeBasis::BeforeFees);
        assert!(!lows.are_above(stated(6_000), &fees), "$60 comes to $78");
        assert!(lows.are_above(stated(5_000), &fees), "$50 comes to $65");
    }
}
