//! What an event's listings are told in, so that they can be compared.

use std::collections::HashMap;

use contract::offers::SeatOffer;
use contract::seats::{EventListings, NotScored, SeatUnit};
use prices::{FeeBasis, Money};

/// What most listings can be told in; all-in where that is as many.
pub fn unit(told: &EventListings) -> Option<SeatUnit> {
    let mut counts: HashMap<(prices::Currency, bool, FeeBasis), u32> = HashMap::new();
    for offer in told.markets.iter().flat_map(|market| &market.listings) {
        let stated =
            offer.price.money().zip(offer.price.basis()).map(|(money, basis)| (money.currency, basis));
        let all_in = offer.all_in.map(|all_in| (all_in.currency, FeeBasis::AllIn));
        for (currency, basis) in
            [all_in, stated.filter(|stated| Some(*stated) != all_in)].into_iter().flatten()
        {
            let count = counts.entry((currency, basis == FeeBasis::AllIn, basis)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let order = |basis: FeeBasis| u8::from(basis == FeeBasis::BeforeFees);
    counts
        .into_iter()
        .max_by_key(|((currency, all_in, basis), count)| (*count, *all_in, order(*basis), *currency))
        .map(|((currency, _, basis), _)| SeatUnit { currency, basis })
}

/// The price of a listing in `unit`.
pub fn compared(offer: &SeatOffer, unit: Option<SeatUnit>) -> Result<Money, NotScored> {
    let Some(unit) = unit else { return Err(NotScored::NoPrice) };
    let stated = offer.price.money().zip(offer.price.basis());
    if stated.is_none_or(|(money, _)| money.amount_minor <= 0) {
        return Err(NotScored::NoPrice);
    }
    let all_in = offer.all_in.map(|all_in| (all_in.money(), FeeBasis::AllIn));
    [all_in, stated]
        .into_iter()
        .flatten()
        .find(|(money, basis)| {
            money.currency == unit.currency && *basis == unit.basis && money.amount_minor > 0
        })
        .map(|(money, _)| money)
        .ok_or(NotScored::NotComparable)
}
