//! The single listings of one market listing of an event: what a poll does to them, and which of them sell so many
//! seats together. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contract::objects::HeldStock;
use prices::Price;
use serde::{Deserialize, Serialize};
use sources::Listing;

/// Listings kept, cheapest first: about 150 bytes each, so a row stays far below the 2 MB it may have.
const KEPT: usize = 5_000;
/// A listing is believed to be gone after so many polls without it.
const MISSED: u8 = 2;
/// After so many when the poll missed more than half of all at once: then it was probably partial.
const MISSED_WITH_MOST: u8 = 3;
/// A price this far from the listing's own, or a new listing this far below all others, is seen twice (permille).
const BOUND: i64 = 350;

/// All listings, as one stored value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// When they were last told.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub checked_at: DateTime<Utc>,
    rows: Vec<Row>,
}

/// One listing. Names are short because a stored value holds thousands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    #[serde(rename = "l")]
    listing: Listing,
    /// Polls in a row without it.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    missed: u8,
    /// A price that was seen once and is too odd to be believed.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    doubt: Option<Price>,
    /// The listing itself was seen once and is too cheap to be believed.
    #[serde(rename = "n", default, skip_serializing_if = "std::ops::Not::not")]
    doubtful: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Row {
    const fn new(listing: Listing, doubtful: bool) -> Self {
        Self { listing, missed: 0, doubt: None, doubtful }
    }

    /// The listing after another sight of it.
    fn seen(mut self, mut again: Listing) -> Self {
        let waits = is_far(&self.listing.price, &again.price)
            && self.doubt.is_none_or(|doubt| is_far(&doubt, &again.price));
        if waits && !self.doubtful {
            self.doubt = Some(again.price);
            again.price = self.listing.price;
            return Self { listing: again, missed: 0, ..self };
        }
        Self::new(again, false)
    }
}

impl Stock {
    /// The stock after a poll told `polled` at `at`.
    pub fn after(self, polled: Vec<Listing>, at: DateTime<Utc>) -> Self {
        let first = self.rows.is_empty();
        let cheapest = self.cheapest().copied();
        let mut by_id: HashMap<String, Row> =
            self.rows.into_iter().map(|row| (row.listing.id.clone(), row)).collect();
        let before = by_id.len();
        let mut rows: Vec<Row> = Vec::with_capacity(polled.len());
        for listing in polled {
            if let Some(row) = by_id.remove(&listing.id) {
                rows.push(row.seen(listing));
            } else {
                let below = cheapest.is_some_and(|cheapest| {
                    is_far(&cheapest, &listing.price) && amount(&listing.price) < amount(&cheapest)
                });
                rows.push(Row::new(listing, below && !first));
            }
        }
        let missing = by_id.len();
        let patience = if missing.saturating_mul(2) > before { MISSED_WITH_MOST } else { MISSED };
        rows.extend(
            by_id
                .into_values()
                .map(|row| Row { missed: row.missed.saturating_add(1), ..row })
                .filter(|row| row.missed < patience && !row.doubtful),
        );
        rows.sort_by(|a, b| order(&a.listing).cmp(&order(&b.listing)));
        rows.truncate(KEPT);
        Self { checked_at: at, rows }
    }

    /// The lowest believed price, cheapest first within the stock.
    pub fn cheapest(&self) -> Option<&Price> {
        self.believed().map(|listing| &listing.price).find(|price| price.money().is_some())
    }

    /// Whether nothing waits for another poll.
    pub fn is_settled(&self) -> bool {
        self.rows.iter().all(|row| row.missed == 0 && row.doubt.is_none() && !row.doubtful)
    }

    /// The believed listings that sell `seats` together (0 is any), cheapest first, at most `limit`.
    pub fn select(&self, seats: u32, limit: usize) -> HeldStock {
        HeldStock {
            known: u32::try_from(self.believed().count()).unwrap_or(u32::MAX),
            checked_at: self.checked_at,
            listings: self
                .believed()
                .filter(|listing| seats == 0 || sells(listing, seats))
                .take(limit)
                .cloned()
                .collect(),
        }
    }

    fn believed(&self) -> impl Iterator<Item = &Listing> {
        self.rows.iter().filter(|row| !row.doubtful).map(|row| &row.listing)
    }
}

/// Whether `seats` can be bought together from a listing.
pub fn sells(listing: &Listing, seats: u32) -> bool {
    seats <= listing.quantity && (listing.splits.is_empty() || listing.splits.contains(&seats))
}

/// Cheapest first; listings without a price last.
fn order(listing: &Listing) -> (i64, &str) {
    (amount(&listing.price).unwrap_or(i64::MAX), &listing.id)
}

fn amount(price: &Price) -> Option<i64> {
    price.money().map(|money| money.amount_minor)
}

/// Whether two prices are so far apart, or so different in kind, that the second must be seen twice.
fn is_far(a: &Price, b: &Price) -> bool {
    match (a, b) {
        (Price::Quoted { money: a, basis: first }, Price::Quoted { money: b, basis: second }) => {
            let (low, high) = (a.amount_minor.min(b.amount_minor), a.amount_minor.max(b.amount_minor));
            a.currency != b.currency
                || first != second
                || low.saturating_mul(1_000) < high.saturating_mul(1_000_i64.saturating_sub(BOUND))
        }
        (Price::Quoted { .. }, Price::Absent { .. }) => true,
        (Price::Absent { .. }, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use prices::{Currency, FeeBasis, Money};
    use proptest::prelude::*;

    use super::*;

    fn listing(id: &str, minor: i64, quantity: u32, splits: &[u32]) -> Listing {
        Listing {
            id: id.to_owned(),
            section: Some("101".to_owned()),
            row: None,
            quantity,
            splits: splits.to_vec(),
            price: Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees),
        }
    }

    fn after(polls: &[&[Listing]]) -> Stock {
        polls.iter().fold(Stock::default(), |stock, poll| stock.after(poll.to_vec(), DateTime::UNIX_EPOCH))
    }

    fn shown(stock: &Stock, seats: u32) -> Vec<(String, i64)> {
        let chosen = stock.select(seats, usize::MAX).listings;
        chosen.into_iter().map(|one| (one.id, one.price.money().unwrap().amount_minor)).collect()
    }

    fn ids(stock: &Stock, seats: u32) -> Vec<String> {
        shown(stock, seats).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn seats_together_respect_quantity_and_splits() {
        let stock = after(&[&[
            listing("single", 1_000, 1, &[]),
            listing("pair", 2_000, 2, &[2]),
            listing("four", 1_500, 4, &[2, 4]),
            listing("any", 3_000, 6, &[]),
        ]]);
        assert_eq!(ids(&stock, 0), ["single", "four", "pair", "any"]);
        assert_eq!(ids(&stock, 1), ["single", "any"]);
        assert_eq!(ids(&stock, 2), ["four", "pair", "any"]);
        assert_eq!(ids(&stock, 3), ["any"]);
        assert_eq!(ids(&stock, 4), ["four", "any"]);
        assert!(ids(&stock, 7).is_empty());
        assert_eq!(stock.select(2, 1).listings.len(), 1);
        assert_eq!(stock.select(2, 1).known, 4);
    }

    #[test]
    fn a_listing_missing_from_one_poll_is_still_there_and_from_two_is_gone() {
        let all = [listing("a", 1_000, 2, &[]), listing("b", 2_000, 2, &[]), listing("c", 3_000, 2, &[])];
        let without_a = all.get(1..).unwrap();
        let once = after(&[&all, without_a]);
        assert_eq!((ids(&once, 0).len(), once.is_settled()), (3, false));
        let twice = after(&[&all, without_a, without_a]);
        assert_eq!((ids(&twice, 0), twice.is_settled()), (vec!["b".to_owned(), "c".to_owned()], true));
        assert_eq!(ids(&after(&[&all, without_a, &all, without_a]), 0).len(), 3);
    }

    #[test]
    fn a_poll_that_lost_most_of_the_listings_needs_a_third() {
        let all = [listing("a", 1_000, 2, &[]), listing("b", 2_000, 2, &[])];
        assert_eq!(ids(&after(&[&all, &[], &[]]), 0).len(), 2);
        assert!(ids(&after(&[&all, &[], &[], &[]]), 0).is_empty());
    }

    #[test]
    fn an_odd_price_waits_for_a_second_poll() {
        let (calm, odd) = (listing("a", 10_000, 2, &[]), listing("a", 1_000, 2, &[]));
        let poll = |one: &Listing| vec![one.clone()];
        let once = after(&[&poll(&calm), &poll(&odd)]);
        assert_eq!(shown(&once, 0), [("a".to_owned(), 10_000)]);
        assert_eq!(shown(&after(&[&poll(&calm), &poll(&odd), &poll(&calm)]), 0), [("a".to_owned(), 10_000)]);
        assert_eq!(shown(&after(&[&poll(&calm), &poll(&odd), &poll(&odd)]), 0), [("a".to_owned(), 1_000)]);
    }

    #[test]
    fn a_new_listing_far_below_all_others_waits_for_a_second_poll() {
        let calm = vec![listing("a", 10_000, 2, &[])];
        let with_odd = vec![listing("a", 10_000, 2, &[]), listing("z", 200, 2, &[])];
        assert_eq!(ids(&after(&[&calm, &with_odd]), 0), ["a"]);
        assert_eq!(ids(&after(&[&calm, &with_odd, &calm]), 0), ["a"]);
        assert_eq!(ids(&after(&[&calm, &with_odd, &with_odd]), 0), ["z", "a"]);
    }

    #[test]
    fn the_stored_form_reads_back() {
        let all = [listing("a", 10_000, 2, &[2]), listing("b", 2_000, 2, &[])];
        let stock = after(&[&all, all.get(..1).unwrap()]);
        let text = serde_json::to_string(&stock).unwrap();
        assert_eq!(serde_json::from_str::<Stock>(&text).unwrap(), stock);
    }

    proptest! {
        /// Polls that lose listings never lower the cheapest believed price, and a full poll restores all.
        #[test]
        fn partial_polls_never_make_a_drop(
            amounts in proptest::collection::vec(1_000_i64..100_000, 1..20),
            masks in proptest::collection::vec(any::<u32>(), 1..20),
        ) {
            let all: Vec<Listing> =
                amounts.iter().zip(0..).map(|(minor, n)| listing(&format!("{n}"), *minor, 2, &[])).collect();
            let lowest = amounts.iter().copied().min();
            let mut stock = after(&[&all]);
            for mask in masks {
                let partial: Vec<Listing> = all
                    .iter()
                    .zip(0_u32..)
                    .filter(|(_, n)| mask & 1_u32.wrapping_shl(*n) != 0)
                    .map(|(one, _)| one.clone())
                    .collect();
                stock = stock.after(partial, DateTime::UNIX_EPOCH);
                prop_assert!(stock.cheapest().is_none_or(|price| amount(price) >= lowest));
            }
            // Those that were gone come back at once, or, far below the rest, at their second sight.
            stock = stock.after(all.clone(), DateTime::UNIX_EPOCH).after(all.clone(), DateTime::UNIX_EPOCH);
            prop_assert_eq!(stock.select(0, usize::MAX).listings.len(), all.len());
            prop_assert_eq!(stock.cheapest().and_then(amount), lowest);
        }
    }
}
