//! What a poll changes in an event's inventory: the rule, without storage.
//!
//! Two things are kept apart: what the market said (passed on to the history, first sight and second) and what is
//! believed (shown to readers; see [`crate::inventory::confirm`]).

pub mod confirm;
pub mod object;
pub mod offers;
pub mod stock;

use chrono::{DateTime, TimeDelta, Utc};
use contract::queues::ObservedOffer;
use prices::Price;
use serde::{Deserialize, Serialize};
use sources::Listing;

use crate::inventory::confirm::{Belief, Sight};
use crate::inventory::stock::Stock;

/// An unchanged price is passed on again this often, so that the history knows it still stands: four a day cost about
/// ten bytes, and a score calls a price stale after 24 hours.
const REMIND_AFTER: TimeDelta = TimeDelta::hours(6);

/// What one market listing said when it was last looked at, and what is believed of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The quote.
    pub quote: Quote,
    /// Polls in a row that saw this price, counted to two: twice is confirmed.
    pub sights: u8,
    /// Number of the last change.
    pub seq: u64,
    /// When this price was first seen.
    pub since: DateTime<Utc>,
    /// When it was last seen.
    pub checked_at: DateTime<Utc>,
    /// When it was last passed on.
    pub passed_on_at: DateTime<Utc>,
    /// What readers are told; rows from before there were doubts have none.
    #[serde(default)]
    belief: Option<Belief>,
    /// Changes the planner has not acknowledged, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<ObservedOffer>,
}

impl Held {
    /// What readers are told.
    pub fn belief(&self) -> Belief {
        let as_seen = || Belief::in_quote(self.quote, self.since, self.checked_at);
        self.belief.clone().unwrap_or_else(as_seen)
    }

    /// Whether an equal quote need not be looked at again: it was seen twice, and nothing else was.
    pub fn is_settled(&self) -> bool {
        self.sights >= 2 && self.belief.as_ref().is_none_or(|belief| belief.doubt.is_none())
    }
}

/// One poll's word on a market listing.
pub struct Poll<'a> {
    /// The quote.
    pub sight: Sight<'a>,
    /// Every single listing, where the poll told them.
    pub seats: Option<Vec<Listing>>,
}

/// What a poll made of a market listing.
pub struct Outcome {
    /// The listing after it.
    pub held: Held,
    /// Its single listings after it, where the poll told any.
    pub stock: Option<Stock>,
    /// What is to be done.
    pub effect: Effect,
}

/// Applies one poll to a market listing and to its single listings. A repeated or overtaken poll changes nothing.
pub fn apply(held: Option<&Held>, stock: impl FnOnce() -> Stock, poll: Poll<'_>) -> Outcome {
    let at = poll.sight.at;
    if let Some(held) = held.filter(|held| at <= held.checked_at) {
        return Outcome { held: held.clone(), stock: None, effect: Effect::Outdated };
    }
    let stock = poll.seats.map(|seats| stock().after(seats, at));
    let quote = with_the_missing(poll.sight.quote, stock.as_ref());
    let belief = Belief::after(held.map(Held::belief).as_ref(), &Sight { quote, ..poll.sight });
    let (mut next, effect) = observe(held, quote, at);
    next.belief = Some(belief);
    Outcome { held: next, stock, effect }
}

/// The quote, with a listing that this poll alone did not show still counted in: a partial answer must not raise a price
/// that falls back with the next full one.
fn with_the_missing(quote: Quote, stock: Option<&Stock>) -> Quote {
    let Price::Quoted { money, basis } = quote.price else { return quote };
    match stock.and_then(Stock::cheapest) {
        Some(Price::Quoted { money: shelf, basis: shelf_basis })
            if shelf.currency == money.currency
                && *shelf_basis == basis
                && shelf.amount_minor < money.amount_minor =>
        {
            Quote { price: Price::quoted(*shelf, basis), ..quote }
        }
        _ => quote,
    }
}

/// Price and counts, as far as the market states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The cheapest ticket.
    pub price: Price,
    /// Listings on sale.
    pub listings: Option<u32>,
    /// Tickets on sale.
    pub tickets: Option<u32>,
}

/// What a poll did to a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something to pass on; `confirms` when the same price was seen by the poll before.
    Changed {
        /// A second, independent sight of the same price.
        confirms: bool,
    },
    /// Nothing new but the time.
    Seen,
    /// The poll is not newer than what is held: it says nothing.
    Outdated,
}

/// Applies one poll to one listing. A price is passed on at its first sight and once more at its second; counts are
/// passed on when they change; after that it is silent but for a reminder every six hours.
fn observe(held: Option<&Held>, quote: Quote, at: DateTime<Utc>) -> (Held, Effect) {
    let Some(held) = held else {
        return (
            Held {
                quote,
                sights: 1,
                seq: 1,
                since: at,
                checked_at: at,
                passed_on_at: at,
                belief: None,
                pending: Vec::new(),
            },
            Effect::Changed { confirms: false },
        );
    };
    if at <= held.checked_at {
        return (held.clone(), Effect::Outdated);
    }
    let same_price = quote.price == held.quote.price;
    let reminded = at.signed_duration_since(held.passed_on_at) < REMIND_AFTER;
    if same_price && quote == held.quote && held.sights >= 2 && reminded {
        return (Held { checked_at: at, ..held.clone() }, Effect::Seen);
    }
    let next = Held {
        quote,
        sights: if same_price { 2 } else { 1 },
        seq: held.seq.saturating_add(1),
        since: if same_price { held.since } else { at },
        checked_at: at,
        passed_on_at: at,
        ..held.clone()
    };
    (next, Effect::Changed { confirms: same_price })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::{AbsentReason, Currency, FeeBasis, Money};
    use proptest::prelude::*;

    use super::*;

    fn quote(amount_minor: i64, listings: u32) -> Quote {
        let price = Price::quoted(Money::new(amount_minor, Currency::USD), FeeBasis::AllIn);
        Quote { price, listings: Some(listings), tickets: None }
    }

    fn minute(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(n)
    }

    /// Applies quotes a minute apart and answers the effects.
    fn effects(quotes: &[Quote]) -> Vec<Effect> {
        let mut held = None;
        quotes
            .iter()
            .zip(0..)
            .map(|(quote, n)| {
                let (next, effect) = observe(held.as_ref(), *quote, minute(n));
                held = Some(next);
                effect
            })
            .collect()
    }

    #[test]
    fn a_price_is_passed_on_twice_and_then_not_again() {
        let same = quote(4_500, 10);
        assert_eq!(
            effects(&[same, same, same, same]),
            [
                Effect::Changed { confirms: false },
                Effect::Changed { confirms: true },
                Effect::Seen,
                Effect::Seen
            ]
        );
    }

    #[test]
    fn a_price_that_stands_is_recalled_every_six_hours() {
        let same = quote(4_500, 10);
        let (held, _) = observe(None, same, minute(0));
        let (held, _) = observe(Some(&held), same, minute(1));
        let (held, effect) = observe(Some(&held), same, minute(360));
        assert_eq!(effect, Effect::Seen);
        let (_, effect) = observe(Some(&held), same, minute(361));
        assert_eq!(effect, Effect::Changed { confirms: true });
    }

    #[test]
    fn an_outlier_of_one_poll_is_never_confirmed() {
        let confirms: Vec<_> =
            effects(&[quote(4_500, 10), quote(4_500, 10), quote(200, 10), quote(4_500, 10)]);
        assert_eq!(confirms.get(2), Some(&Effect::Changed { confirms: false }));
        assert_eq!(confirms.get(3), Some(&Effect::Changed { confirms: false }));
    }

    #[test]
    fn a_changed_count_is_passed_on_and_still_confirms_the_price() {
        assert_eq!(
            effects(&[quote(4_500, 10), quote(4_500, 9)]),
            [Effect::Changed { confirms: false }, Effect::Changed { confirms: true }]
        );
    }

    #[test]
    fn a_poll_that_arrives_late_says_nothing() {
        let (held, _) = observe(None, quote(4_500, 10), minute(5));
        let (after, effect) = observe(Some(&held), quote(9_900, 10), minute(4));
        assert_eq!((after, effect), (held, Effect::Outdated));
    }

    #[test]
    fn changes_are_numbered_without_gaps() {
        let mut held: Option<Held> = None;
        let mut numbers = Vec::new();
        for (amount, n) in [4_500, 4_500, 4_400, 4_400, 4_400].into_iter().zip(0..) {
            let (next, effect) = observe(held.as_ref(), quote(amount, 1), minute(n));
            if matches!(effect, Effect::Changed { .. }) {
                numbers.push(next.seq);
            }
            held = Some(next);
        }
        assert_eq!(numbers, [1, 2, 3, 4]);
    }

    /// Polls as providers really answer on bad days, by what they show of three listings at 40, 50 and 60 dollars.
    #[derive(Clone, Copy, Debug)]
    enum Day {
        Full,
        Empty,
        /// One bit a listing.
        Partial(u8),
        /// The last poll once more.
        Repeated,
        /// A poll that was overtaken.
        Overtaken,
    }

    fn day() -> impl Strategy<Value = Day> {
        prop_oneof![
            4 => Just(Day::Full),
            2 => Just(Day::Empty),
            3 => (0_u8..8).prop_map(Day::Partial),
            1 => Just(Day::Repeated),
            1 => Just(Day::Overtaken),
        ]
    }

    fn poll(shown: u8, n: i64) -> Poll<'static> {
        let listings: Vec<Listing> = [4_000, 5_000, 6_000]
            .into_iter()
            .zip(0..)
            .filter(|(_, bit)| shown & (1 << bit) != 0)
            .map(|(minor, bit)| Listing {
                id: format!("{bit}"),
                section: None,
                row: None,
                quantity: 2,
                splits: Vec::new(),
                price: quote(minor, 1).price,
            })
            .collect();
        let price = listings.first().map_or(Price::absent(AbsentReason::SoldOut), |one| one.price);
        let quote = Quote { price, listings: u32::try_from(listings.len()).ok(), tickets: None };
        Poll { sight: Sight { quote, at: minute(n), others: &[], borne_out: false }, seats: Some(listings) }
    }

    proptest! {
        /// Whatever comes, nothing cheaper than what was really on sale is ever shown or passed on; and whatever is
        /// repeated or overtaken changes nothing.
        #[test]
        fn bad_polls_never_make_a_drop(days in proptest::collection::vec(day(), 1..60)) {
            let mut now = apply(None, Stock::default, poll(7, 0));
            let mut stock = now.stock.clone().unwrap();
            let mut last = 7;
            for (day, n) in days.into_iter().zip(1_i64..) {
                let (shown, at) = match day {
                    Day::Full => (7, n * 10),
                    Day::Empty => (0, n * 10),
                    Day::Partial(shown) => (shown, n * 10),
                    Day::Repeated => (last, now.held.checked_at.timestamp() / 60),
                    Day::Overtaken => (7, now.held.checked_at.timestamp() / 60 - 1),
                };
                let before = (now.held.clone(), stock.clone());
                let shelf = stock.clone();
                now = apply(Some(&before.0), move || shelf, poll(shown, at));
                if matches!(day, Day::Repeated | Day::Overtaken) {
                    prop_assert_eq!(&now.held, &before.0);
                    prop_assert!(now.stock.is_none() && now.effect == Effect::Outdated);
                    continue;
                }
                stock = now.stock.clone().unwrap();
                last = shown;
                let believed = now.held.belief().quote.price.money().map(|money| money.amount_minor);
                prop_assert!(believed.is_none_or(|minor| minor >= 4_000));
                prop_assert!(now.held.quote.price.money().is_none_or(|money| money.amount_minor >= 4_000));
            }
        }

        /// A partial or empty answer that is followed by a full one leaves no trace, in the belief or in the moves that
        /// history makes of what is passed on.
        #[test]
        fn lone_bad_polls_leave_no_trace(bad in proptest::collection::vec((0_u8..8, 1_i64..4), 1..20)) {
            let mut outcome = apply(None, Stock::default, poll(7, 0));
            let mut detector = prices::MoveDetector::default();
            let mut n = 0;
            for (shown, full_after) in bad {
                for shown in std::iter::once(shown).chain((0..full_after).map(|_| 7)) {
                    n += 1;
                    let stock = outcome.stock.clone().unwrap();
                    outcome = apply(Some(&outcome.held), move || stock, poll(shown, n));
                    prop_assert_eq!(outcome.held.belief().quote.price, quote(4_000, 1).price);
                    if let Effect::Changed { confirms } = outcome.effect {
                        let seen = prices::Observation::of_price(minute(n), outcome.held.quote.price);
                        prop_assert_eq!(detector.observe(&seen, confirms), None);
                    }
                }
            }
        }
    }
}
