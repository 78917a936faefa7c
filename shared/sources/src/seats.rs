//! What listings have in common whoever sends them: which numbers may be bought, and which is the cheapest.

use prices::{AbsentReason, FeeBasis, Money, Price};

use crate::event::{Listing, Quote};

/// How many of `quantity` seats may be bought together: ascending, each once, none impossible.
pub(crate) fn splits(mut stated: Vec<u32>, quantity: u32) -> Vec<u32> {
    stated.retain(|split| (1..=quantity).contains(split));
    stated.sort_unstable();
    stated.dedup();
    stated
}

/// The cheapest of all listings on sale, each with the same seat's price before fees where that is stated. Prices with
/// fees are compared among themselves, and come first; an empty list is sold out.
pub(crate) fn quote(listings: &[(Listing, Option<Money>)]) -> Quote {
    let rank = |price: &Price| {
        let basis = u8::from(price.basis() != Some(FeeBasis::AllIn));
        Some((basis, price.money()?.amount_minor))
    };
    let cheapest = listings
        .iter()
        .filter_map(|offered| Some((rank(&offered.0.price)?, offered)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, offered)| offered);
    let absent = if listings.is_empty() { AbsentReason::SoldOut } else { AbsentReason::Unknown };
    Quote {
        price: cheapest.map_or(Price::absent(absent), |(listing, _)| listing.price),
        listings: u32::try_from(listings.len()).ok(),
        tickets: Some(listings.iter().fold(0, |sum, (listing, _)| sum.saturating_add(listing.quantity))),
        before_fees: cheapest.and_then(|(_, before_fees)| *before_fees),
    }
}
