//! `/v1/events/{event_id}/listings`.

use contract::ids::EventId;
use contract::objects::{Inventory, ReadInventory};
use contract::offers::{ListingPage, SeatOffer};
use contract::seats::{EventListings, MarketListings};
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, Vars, guard, params, reply};
use prices::Market;
use worker::{Env, Response};

use crate::config::Config;
use crate::fee_store;
use crate::inventory::offers::{cost_order, seat_offer};
use crate::routes::events::seats_asked;
use crate::search::events;

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// A place in the order of listings: kind of price, amount, whether it is an estimate, market, id.
type Place = (u8, i64, bool, Market, String);

/// `GET /v1/events/{event_id}/listings`.
pub async fn page(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let no_such_event = || Failure::not_found("There is no event with this id.");
    let id: EventId = id.parse().map_err(|_| no_such_event())?;
    params::refuse_unknown(call, |name| matches!(name, "limit" | "market" | "cursor" | "seats"))?;
    let limit = params::whole(call, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let market = params::parsed(call, "market", "a market we watch, like seatgeek")?;
    let after = params::read(call, "cursor", "a next_cursor we answered before", from_cursor)?;
    let asked = ReadInventory { seats: seats_asked(call)?.unwrap_or(0), listings: None, market };
    let row = events::one(env, &id).await?.ok_or_else(no_such_event)?;
    let (id, venue) = (row.place().id, row.venue().id);
    let fees = fee_store::at_venue(env, &venue).await?;
    let objects = Objects::new(env, "EVENT_INVENTORY", call.request_id())?;
    let inventory: Inventory = objects.call(id.as_str(), "/read", &asked).await?;
    let with_fees = |market, price: &_| fees.all_in(market, venue.as_str(), price);
    let mut listings: Vec<SeatOffer> = inventory
        .offers
        .into_iter()
        .filter_map(|offer| Some((offer.market, offer.stock?)))
        .flat_map(|(market, stock)| stock.listings.into_iter().map(move |listing| (market, listing)))
        .map(|(market, listing)| seat_offer(market, listing, &with_fees))
        .filter(|offer| after.as_ref().is_none_or(|after| place(offer) > *after))
        .collect();
    listings.sort_by_cached_key(place);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = listings.len() > limit;
    listings.truncate(limit);
    let next_cursor = listings.last().filter(|_| more).map(|last| to_cursor(&place(last)));
    reply::cached_for(
        10,
        reply::json(&ListingPage { event_id: id, listings, next_cursor, as_of: config.clock.market() })?,
    )
}

/// `GET /internal/listings/{event_id}`: every listing that is believed to be on sale, for pricing.
pub async fn all(call: &Call, env: &Env, id: &str) -> Result<Response> {
    guard::internal(call, &Vars::new(env))?;
    let no_such_event = || Failure::not_found("There is no event with this id.");
    let id: EventId = id.parse().map_err(|_| no_such_event())?;
    let row = events::one(env, &id).await?.ok_or_else(no_such_event)?;
    let (card, venue_id) = (row.summary()?.card, row.venue().id);
    let fees = fee_store::at_venue(env, &venue_id).await?;
    let objects = Objects::new(env, "EVENT_INVENTORY", call.request_id())?;
    let inventory: Inventory = objects.call(card.id.as_str(), "/read", &ReadInventory::default()).await?;
    let with_fees = |market, price: &_| fees.all_in(market, venue_id.as_str(), price);
    let markets = inventory
        .offers
        .into_iter()
        .filter_map(|offer| {
            let stock = offer.stock?;
            let listings = stock.listings.into_iter();
            Some(MarketListings {
                market: offer.market,
                checked_at: stock.checked_at,
                url: offer.url,
                listings: listings.map(|listing| seat_offer(offer.market, listing, &with_fees)).collect(),
            })
        })
        .collect();
    reply::json(&EventListings { event_id: card.id, venue_id, starts_at: card.starts_at, markets })
}

fn place(offer: &SeatOffer) -> Place {
    let (kind, amount, estimate) = cost_order(&offer.price, offer.all_in.as_ref());
    (kind, amount, estimate, offer.market, offer.listing.clone())
}

fn to_cursor((kind, amount, estimate, market, id): &Place) -> String {
    format!("{kind}.{amount}.{}.{market}.{id}", u8::from(*estimate))
}

fn from_cursor(text: &str) -> Option<Place> {
    let mut parts = text.splitn(5, '.');
    let (kind, amount) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let estimate = match parts.next()? {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    Some((kind, amount, estimate, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_whatever_the_market_calls_its_listing() {
        let place = (0, 4_500, true, Market::TicketEvolution, "a.b/ä".to_owned());
        assert_eq!(from_cursor(&to_cursor(&place)), Some(place));
        for text in ["", "0", "0.1.0.nowhere.x", "0.1.2.feed.x", "x.1.0.feed.x"] {
            assert_eq!(from_cursor(text), None, "{text}");
        }
    }
}
