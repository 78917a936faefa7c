//! What is believed of a quote: outliers and disappearances wait for a second, independent poll. Pure.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, Price};
use serde::{Deserialize, Serialize};

use crate::inventory::Quote;

/// Believed levels remembered of a listing: what its recent past is judged by.
const RECENT: usize = 12;
/// A price this far below everything known is an outlier (permille); a rise is one at the same ratio, upside down.
const LEAST_BOUND: i64 = 350;
/// However much a listing has swung, a fall beyond this is one.
const MOST_BOUND: i64 = 600;
/// The bound widens with the listing's own swings: so many median deviations.
const DEVIATIONS: i64 = 5;
/// Two sights agree when they are this near to each other (permille).
const AGREE: i64 = 100;
/// A first price has no past: it waits when so many other markets ask for more than three times or less than a third.
const OTHERS_TO_DOUBT_A_FIRST_PRICE: usize = 2;

/// What readers are told of one market listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belief {
    /// The quote that is believed.
    pub quote: Quote,
    /// When its price was first seen.
    pub since: DateTime<Utc>,
    /// When it was last seen.
    pub checked_at: DateTime<Utc>,
    /// What the last poll said, when it is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// The last believed amounts of this currency and basis, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recent: Vec<i64>,
}

/// A quote that waits to be borne out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// The quote.
    pub quote: Quote,
    /// When it was seen.
    pub seen_at: DateTime<Utc>,
}

/// One sight of a listing, with what it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// What the poll said.
    pub quote: Quote,
    /// When.
    pub at: DateTime<Utc>,
    /// What other markets are believed to ask, in the quote's currency, ascending.
    pub others: &'a [i64],
    /// Several polls bear it out already.
    pub borne_out: bool,
}

impl Belief {
    /// A belief in `quote`, as it was held before there were doubts.
    pub fn in_quote(quote: Quote, since: DateTime<Utc>, checked_at: DateTime<Utc>) -> Self {
        let recent = amount(&quote.price).into_iter().collect();
        Self { quote, since, checked_at, doubt: None, recent }
    }

    /// The belief after a sight; polls older than the last must not get here.
    pub fn after(before: Option<&Self>, sight: &Sight<'_>) -> Self {
        let Some(before) = before else { return Self::first(sight) };
        if sight.borne_out || !before.doubts(sight) || before.doubt.is_some_and(|doubt| doubt.agrees(sight)) {
            before.believing(sight)
        } else {
            Self { doubt: Some(Doubt { quote: sight.quote, seen_at: sight.at }), ..before.clone() }
        }
    }

    fn first(sight: &Sight<'_>) -> Self {
        let far = amount(&sight.quote.price).is_some_and(|minor| is_far_from_all(minor, sight.others));
        if far && !sight.borne_out {
            let nothing =
                Quote { price: Price::absent(AbsentReason::Unknown), listings: None, tickets: None };
            let doubt = Some(Doubt { quote: sight.quote, seen_at: sight.at });
            return Self { doubt, ..Self::in_quote(nothing, sight.at, sight.at) };
        }
        Self::in_quote(sight.quote, sight.at, sight.at)
    }

    /// Whether the sight contradicts what is known so far that it must be seen twice.
    fn doubts(&self, sight: &Sight<'_>) -> bool {
        match (self.quote.price, sight.quote.price) {
            (Price::Absent { .. }, Price::Absent { .. }) => false,
            (Price::Quoted { .. }, Price::Absent { .. }) => true,
            (Price::Absent { .. }, Price::Quoted { money, .. }) => {
                self.is_outlier(money.amount_minor, sight.others)
            }
            (Price::Quoted { money: old, basis: old_basis }, Price::Quoted { money, basis }) => {
                old.currency != money.currency
                    || old_basis != basis
                    || (old != money && self.is_outlier(money.amount_minor, sight.others))
            }
        }
    }

    /// Whether an amount is far from this listing's recent past and from what other markets ask.
    fn is_outlier(&self, minor: i64, others: &[i64]) -> bool {
        let mut sorted = self.recent.clone();
        sorted.sort_unstable();
        let Some(level) = middle(&sorted) else {
            return is_far_from_all(minor, others);
        };
        let mut deviations: Vec<i64> =
            sorted.iter().map(|one| permille(one.saturating_sub(level).saturating_abs(), level)).collect();
        deviations.sort_unstable();
        let swing = middle(&deviations).unwrap_or(0).saturating_mul(DEVIATIONS);
        let bound = swing.clamp(LEAST_BOUND, MOST_BOUND);
        let last = self.recent.last().copied().unwrap_or(level);
        let near = |base: i64, bound: i64| {
            let (low, high) = (minor.min(base), minor.max(base));
            low.saturating_mul(1_000) >= high.saturating_mul(1_000_i64.saturating_sub(bound))
        };
        !(near(level, bound)
            || near(last, bound)
            || middle(others).is_some_and(|others| near(others, LEAST_BOUND)))
    }

    fn believing(&self, sight: &Sight<'_>) -> Self {
        let same_price = self.quote.price == sight.quote.price;
        let mut recent =
            if comparable(&self.quote.price, &sight.quote.price) { self.recent.clone() } else { Vec::new() };
        if let Some(minor) = amount(&sight.quote.price).filter(|minor| recent.last() != Some(minor)) {
            recent.push(minor);
        }
        let surplus = recent.len().saturating_sub(RECENT);
        recent.drain(..surplus);
        Self {
            quote: sight.quote,
            since: if same_price { self.since } else { sight.at },
            checked_at: sight.at,
            doubt: None,
            recent,
        }
    }
}

impl Doubt {
    /// Whether a later sight says the same: both no price, or nearly the same price.
    fn agrees(&self, sight: &Sight<'_>) -> bool {
        match (self.quote.price, sight.quote.price) {
            (Price::Absent { .. }, Price::Absent { .. }) => true,
            (Price::Quoted { money: a, basis: first }, Price::Quoted { money: b, basis: second }) => {
                let (low, high) = (a.amount_minor.min(b.amount_minor), a.amount_minor.max(b.amount_minor));
                a.currency == b.currency
                    && first == second
                    && low.saturating_mul(1_000) >= high.saturating_mul(1_000_i64.saturating_sub(AGREE))
            }
            _ => false,
        }
    }
}

/// Whether an amount without a past is out of all proportion to what several other markets ask.
fn is_far_from_all(minor: i64, others: &[i64]) -> bool {
    let far = |other: i64| minor.saturating_mul(3) < other || other.saturating_mul(3) < minor;
    others.len() >= OTHERS_TO_DOUBT_A_FIRST_PRICE && middle(others).is_some_and(far)
}

fn amount(price: &Price) -> Option<i64> {
    price.money().map(|money| money.amount_minor)
}

/// Whether amounts of the two may be put side by side; "no price" may stand beside anything.
fn comparable(a: &Price, b: &Price) -> bool {
    match (a, b) {
        (Price::Quoted { money: a, basis: first }, Price::Quoted { money: b, basis: second }) => {
            a.currency == b.currency && first == second
        }
        _ => true,
    }
}

/// The lower middle of ascending values.
pub fn middle(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().checked_sub(1)?.checked_div(2)?).copied()
}

fn permille(part: i64, whole: i64) -> i64 {
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use chrono::TimeDelta;
    use prices::{Currency, FeeBasis, Money};
    use proptest::prelude::*;

    use super::*;

    fn quote(minor: i64) -> Quote {
        let price = Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn);
        Quote { price, listings: None, tickets: None }
    }

    fn nothing() -> Quote {
        Quote { price: Price::absent(AbsentReason::SoldOut), listings: None, tickets: None }
    }

    /// What is believed after each of these sights, a minute apart; `None` is no price.
    fn believed(quotes: &[Quote], others: &[i64]) -> Vec<Option<i64>> {
        let mut belief: Option<Belief> = None;
        quotes
            .iter()
            .zip(0..)
            .map(|(quote, n)| {
                let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(n);
                let sight = Sight { quote: *quote, at, others, borne_out: false };
                let next = Belief::after(belief.as_ref(), &sight);
                let shown = amount(&next.quote.price);
                belief = Some(next);
                shown
            })
            .collect()
    }

    #[test]
    fn an_ordinary_change_is_believed_at_once() {
        let seen = believed(&[quote(10_000), quote(8_000), quote(9_900), quote(6_500)], &[]);
        assert_eq!(seen, [Some(10_000), Some(8_000), Some(9_900), Some(6_500)]);
    }

    #[test]
    fn an_outlier_of_one_poll_is_never_seen() {
        let seen =
            believed(&[quote(330_000), quote(1_700), quote(331_000), quote(900_000), quote(330_000)], &[]);
        assert_eq!(seen, [Some(330_000), Some(330_000), Some(331_000), Some(331_000), Some(330_000)]);
    }

    #[test]
    fn outliers_that_disagree_do_not_bear_each_other_out() {
        let seen = believed(&[quote(330_000), quote(1_700), quote(11_100), quote(1_700)], &[]);
        assert_eq!(seen.last(), Some(&Some(330_000)));
    }

    #[test]
    fn a_second_sight_bears_a_large_fall_out() {
        let seen = believed(&[quote(30_000), quote(9_000), quote(9_200)], &[]);
        assert_eq!(seen, [Some(30_000), Some(30_000), Some(9_200)]);
    }

    #[test]
    fn a_large_fall_to_what_others_ask_is_believed_at_once() {
        assert_eq!(believed(&[quote(25_000), quote(9_000)], &[8_500, 9_500]), [Some(25_000), Some(9_000)]);
    }

    #[test]
    fn a_disappearance_waits_for_a_second_poll() {
        let seen = believed(&[quote(5_000), nothing(), quote(5_000), nothing(), nothing()], &[]);
        assert_eq!(seen, [Some(5_000), Some(5_000), Some(5_000), Some(5_000), None]);
    }

    #[test]
    fn what_several_walks_bore_out_is_believed_at_once() {
        let held = Belief::in_quote(quote(5_000), DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(1);
        let gone = Sight { quote: nothing(), at, others: &[], borne_out: true };
        assert_eq!(Belief::after(Some(&held), &gone).quote, nothing());
    }

    #[test]
    fn a_first_price_out_of_all_proportion_waits() {
        assert_eq!(believed(&[quote(1_700), quote(1_700)], &[300_000, 330_000]), [None, Some(1_700)]);
        assert_eq!(believed(&[quote(1_700)], &[330_000]), [Some(1_700)]);
    }

    #[test]
    fn another_fee_basis_is_seen_twice_and_begins_anew() {
        let before_fees = Quote {
            price: Price::quoted(Money::new(9_000, Currency::USD), FeeBasis::BeforeFees),
            ..quote(1)
        };
        let seen = believed(&[quote(10_000), before_fees, before_fees], &[]);
        assert_eq!(seen, [Some(10_000), Some(10_000), Some(9_000)]);
    }

    #[test]
    fn doubt_keeps_the_freshness_of_what_is_believed() {
        let first = Belief::in_quote(quote(5_000), DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(5);
        let after =
            Belief::after(Some(&first), &Sight { quote: quote(100), at, others: &[], borne_out: false });
        assert_eq!((after.checked_at, after.doubt.map(|doubt| doubt.seen_at)), (first.checked_at, Some(at)));
    }

    proptest! {
        /// Whatever empty polls and single outliers come between, nothing below the standing price is ever shown.
        #[test]
        fn bad_polls_never_make_a_drop(
            level in 1_000_i64..1_000_000,
            polls in proptest::collection::vec(prop_oneof![
                3 => Just(None), 4 => Just(Some(1_000)), 2 => (1_i64..600).prop_map(Some)
            ], 1..40),
        ) {
            let mut quotes = vec![quote(level)];
            let mut last_was_odd = false;
            for poll in polls {
                // Two odd prices in a row are no bad poll any more: they may bear each other out.
                match poll {
                    None => quotes.push(nothing()),
                    Some(permille) if permille < 1_000 && !last_was_odd => {
                        last_was_odd = true;
                        quotes.push(quote((level * permille / 1_000).max(1)));
                        continue;
                    }
                    Some(_) => quotes.push(quote(level)),
                }
                last_was_odd = false;
            }
            for shown in believed(&quotes, &[]) {
                prop_assert!(shown.is_none_or(|minor| minor == level), "{shown:?} of {level}");
            }
        }
    }
}
