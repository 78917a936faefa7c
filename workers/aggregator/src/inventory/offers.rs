//! Markets side by side: what is held of an event, with its freshness and with what it comes to all-in.

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::{MarketOffer, SourceHealth, SourceMode};
use contract::objects::HeldOffer;
use contract::offers::SeatOffer;
use prices::{AllIn, AllInKind, Market, NoAllIn, Price};
use sources::Listing;

/// An offer nobody confirmed for so long is not to be relied on: the tail is polled hourly, so two polls were missed.
const STALE_AFTER: TimeDelta = TimeDelta::hours(2);

/// What a price comes to with fees, or why that is not known.
pub type WithFees<'a> = &'a dyn Fn(Market, &Price) -> Result<AllIn, NoAllIn>;

/// Every market's offer, cheapest first by what a ticket comes to all-in; then those that cannot be compared, by what
/// they quote; absent prices last.
pub fn side_by_side(
    held: Vec<HeldOffer>,
    sources: &[SourceHealth],
    with_fees: WithFees<'_>,
    now: DateTime<Utc>,
) -> Vec<MarketOffer> {
    let mut offers: Vec<MarketOffer> =
        held.into_iter().map(|offer| market_offer(offer, sources, with_fees, now)).collect();
    offers.sort_by_key(|offer| (cost_order(&offer.price, offer.all_in.as_ref()), offer.market));
    offers
}

/// The place of a price in an order by cost: an estimate stands behind a stated price of the same amount.
pub fn cost_order(price: &Price, all_in: Option<&AllIn>) -> (u8, i64, bool) {
    match (all_in, price.money()) {
        (Some(all_in), _) => (0, all_in.amount_minor, all_in.kind != AllInKind::Exact),
        (None, Some(money)) => (1, money.amount_minor, false),
        (None, None) => (2, 0, false),
    }
}

/// One listing as readers see it.
pub fn seat_offer(market: Market, listing: Listing, with_fees: WithFees<'_>) -> SeatOffer {
    let (all_in, no_all_in) = split(with_fees(market, &listing.price));
    SeatOffer {
        market,
        listing: listing.id,
        section: listing.section,
        row: listing.row,
        quantity: listing.quantity,
        splits: listing.splits,
        price: listing.price,
        all_in,
        no_all_in,
    }
}

fn market_offer(
    offer: HeldOffer,
    sources: &[SourceHealth],
    with_fees: WithFees<'_>,
    now: DateTime<Utc>,
) -> MarketOffer {
    let market = offer.market;
    let mode = sources.iter().find(|source| source.market == market).map_or(SourceMode::Off, |row| row.mode);
    let age = now.signed_duration_since(offer.checked_at);
    let (all_in, no_all_in) = split(with_fees(market, &offer.price));
    let (listings_known, listings_checked_at, stock) = match offer.stock {
        Some(stock) => (Some(stock.known), Some(stock.checked_at), stock.listings),
        None => (None, None, Vec::new()),
    };
    let mut cheapest: Vec<SeatOffer> =
        stock.into_iter().map(|listing| seat_offer(market, listing, with_fees)).collect();
    cheapest.sort_by_key(|seats| cost_order(&seats.price, seats.all_in.as_ref()));
    MarketOffer {
        market,
        source_event_id: offer.source_event_id,
        price: offer.price,
        listings: offer.listings,
        tickets: offer.tickets,
        url: offer.url,
        since: offer.since,
        checked_at: offer.checked_at,
        age_seconds: age.num_seconds().max(0),
        stale: age > STALE_AFTER,
        pending: false,
        match_confidence_permille: offer.match_confidence_permille,
        mode,
        all_in,
        no_all_in,
        unconfirmed: offer.unconfirmed,
        listings_known,
        listings_checked_at,
        best_for_seats: cheapest.first().cloned(),
        cheapest_listings: cheapest,
    }
}

fn split(all_in: Result<AllIn, NoAllIn>) -> (Option<AllIn>, Option<NoAllIn>) {
    match all_in {
        Ok(all_in) => (Some(all_in), None),
        Err(why) => (None, Some(why)),
    }
}

#[cfg(test)]
mod tests {
    use contract::objects::HeldStock;
    use prices::fees::{BuyerFee, FeeModel, convert};
    use prices::{AbsentReason, Currency, FeeBasis, Money};

    use super::*;

    fn held(market: Market, price: Price) -> HeldOffer {
        HeldOffer {
            market,
            source_event_id: "1".to_owned(),
            price,
            listings: None,
            tickets: None,
            url: None,
            since: DateTime::UNIX_EPOCH,
            checked_at: DateTime::UNIX_EPOCH,
            match_confidence_permille: 1_000,
            unconfirmed: None,
            stock: None,
        }
    }

    fn usd(minor: i64, basis: FeeBasis) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), basis)
    }

    fn with_fees(market: Market, price: &Price) -> Result<AllIn, NoAllIn> {
        let day = DateTime::UNIX_EPOCH.date_naive();
        let model = FeeModel { ratio: 13_000, low: 12_500, high: 13_500, count: 50, as_of: day };
        let known = (market == Market::TicketEvolution).then_some(&model);
        convert(price, BuyerFee::Learned, known)
    }

    #[test]
    fn markets_stand_in_the_order_of_what_the_buyer_pays_in_the_end() {
        let offers = vec![
            held(Market::Eventbrite, Price::absent(AbsentReason::SoldOut)),
            held(Market::Feed, usd(100, FeeBasis::BeforeFees)),
            held(Market::TicketEvolution, usd(9_000, FeeBasis::BeforeFees)),
            held(Market::SeatGeek, usd(10_000, FeeBasis::AllIn)),
        ];
        let shown = side_by_side(offers, &[], &with_fees, DateTime::UNIX_EPOCH);
        let order: Vec<_> = shown.iter().map(|offer| offer.market).collect();
        assert_eq!(order, [Market::SeatGeek, Market::TicketEvolution, Market::Feed, Market::Eventbrite]);
        assert_eq!(shown[1].all_in.map(|all_in| all_in.amount_minor), Some(11_700));
        assert_eq!(shown[2].no_all_in, Some(NoAllIn::FeesNotLearned));
        assert_eq!(shown[3].no_all_in, Some(NoAllIn::NoPrice));
    }

    #[test]
    fn the_best_for_some_seats_is_the_cheapest_that_was_answered() {
        let listing = |id: &str, minor| Listing {
            id: id.to_owned(),
            section: Some("101".to_owned()),
            row: None,
            quantity: 4,
            splits: vec![2, 4],
            price: usd(minor, FeeBasis::BeforeFees),
        };
        let stock = HeldStock {
            known: 9,
            checked_at: DateTime::UNIX_EPOCH,
            listings: vec![listing("b", 8_000), listing("a", 7_000)],
        };
        let offer = HeldOffer {
            stock: Some(stock),
            ..held(Market::TicketEvolution, usd(5_000, FeeBasis::BeforeFees))
        };
        let shown = side_by_side(vec![offer], &[], &with_fees, DateTime::UNIX_EPOCH);
        let best = shown[0].best_for_seats.as_ref().unwrap();
        assert_eq!((best.listing.as_str(), best.all_in.unwrap().amount_minor), ("a", 9_100));
        assert_eq!((shown[0].listings_known, shown[0].cheapest_listings.len()), (Some(9), 2));
    }
}
