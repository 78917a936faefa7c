//! What a poll changes in an event's inventory: the rule, without storage.

use chrono::{DateTime, TimeDelta, Utc};
use prices::Price;
use serde::{Deserialize, Serialize};

/// An unchanged price is passed on again this often, so that the history knows it still stands: four a day cost about
/// ten bytes, and a score calls a price stale after 24 hours.
const REMIND_AFTER: TimeDelta = TimeDelta::hours(6);

/// What one listing said when it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The poll is older than what is held: it says nothing.
    Outdated,
}

/// Applies one poll to one listing. A price is passed on at its first sight and once more at its second; counts are
/// passed on when they change; after that it is silent but for a reminder every six hours.
pub fn observe(held: Option<&Held>, quote: Quote, at: DateTime<Utc>) -> (Held, Effect) {
    let Some(held) = held else {
        return (
            Held { quote, sights: 1, seq: 1, since: at, checked_at: at, passed_on_at: at },
            Effect::Changed { confirms: false },
        );
    };
    if at < held.checked_at {
        return (*held, Effect::Outdated);
    }
    let same_price = quote.price == held.quote.price;
    let reminded = at.signed_duration_since(held.passed_on_at) < REMIND_AFTER;
    if same_price && quote == held.quote && held.sights >= 2 && reminded {
        return (Held { checked_at: at, ..*held }, Effect::Seen);
    }
    let next = Held {
        quote,
        sights: if same_price { 2 } else { 1 },
        seq: held.seq.saturating_add(1),
        since: if same_price { held.since } else { at },
        checked_at: at,
        passed_on_at: at,
    };
    (next, Effect::Changed { confirms: same_price })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::{Currency, FeeBasis, Money};

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
}
