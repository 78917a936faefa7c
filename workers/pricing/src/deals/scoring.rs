//! One event's score and level from what its object holds.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::deals::Deal;
use contract::objects::EventLevel;
use prices::score::{Comparable, FeeModels, Scored, all_in_courses, level, scored, stage};
use prices::{AbsentReason, Courses, CurrentQuote, FeeBasis, Level, Price, ScoreInput};

use crate::history::listing::Listing;

/// What an event's listings say now of prices and fees.
pub struct Standing {
    /// Every listing's price that two sights bear out, in the order of the listings.
    pub current: Vec<CurrentQuote>,
    /// What is known of the markets' fees at this event.
    pub fees: FeeModels,
}

impl Standing {
    /// Of these listings.
    pub fn of(listings: &[Listing]) -> Self {
        let current = listings
            .iter()
            .map(|listing| CurrentQuote {
                market: listing.market,
                price: confirmed_price(listing),
                seen_at: listing.latest.at,
            })
            .collect();
        let mut known: Vec<&Listing> = listings.iter().filter(|listing| listing.fees.is_some()).collect();
        // Of two listings of a market the newer word stands.
        known.sort_by_key(|listing| listing.latest.at);
        let fees = known.iter().filter_map(|listing| Some((listing.market, listing.fees?))).collect();
        Self { current, fees }
    }
}

/// The score as of `now`, with the place of the listing whose price it is of.
pub fn score(
    card: Option<&EventCard>,
    standing: &Standing,
    history: &Courses,
    comparable: Option<&Comparable>,
    now: DateTime<Utc>,
) -> Option<Scored> {
    scored(&ScoreInput {
        now,
        starts_at: card.and_then(|card| card.starts_at),
        current: &standing.current,
        history,
        fees: &standing.fees,
        comparable,
    })
}

/// What the event cost lately, for events that are like it; only where that is all-in and its start is known.
pub fn event_level(
    deal: Option<&Deal>,
    standing: &Standing,
    history: &Courses,
    now: DateTime<Utc>,
) -> Option<EventLevel> {
    let deal = deal.filter(|deal| deal.score.basis == FeeBasis::AllIn)?;
    let currency = deal.score.price.currency;
    Some(EventLevel {
        minor: level(&all_in_courses(history, &standing.fees), currency, now)?,
        currency,
        stage: stage(deal.event.starts_at?, now)?,
    })
}

/// The price to be ranked: what two sights bear out. A first sight may be an outlier of one poll.
pub fn confirmed_price(listing: &Listing) -> Price {
    if listing.latest.price.money().is_none() {
        return listing.latest.price;
    }
    listing.standing().map_or(Price::absent(AbsentReason::Unknown), Level::price)
}

/// The event as a deal: the listing whose price was scored, and no other of its market.
pub fn deal(card: Option<EventCard>, listings: &[Listing], scored: Option<Scored>) -> Option<Deal> {
    let (event, Scored { score, place }) = (card?, scored?);
    let listing = listings.get(place)?;
    Some(Deal {
        event,
        market: listing.market,
        price: confirmed_price(listing),
        observed_at: listing.latest.at,
        url: listing.url.clone(),
        score,
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "numbers of a test are small, and it may fail by panicking"
    )]

    use chrono::TimeDelta;
    use contract::queues::ObservedOffer;
    use prices::{Currency, Market, Money};
    use proptest::prelude::*;

    use super::*;
    use crate::deals::keys::tests::game;

    /// What one poll said of a listing: which one, the amount (none: sold out), currency, basis, whether the poll before said so.
    type Poll = (usize, Option<i64>, usize, usize, bool);

    const LISTINGS: [(Market, &str); 4] =
        [(Market::SeatGeek, "a"), (Market::SeatGeek, "b"), (Market::StubHub, "c"), (Market::Feed, "d")];
    const BASES: [FeeBasis; 3] = [FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown];

    fn offer(number: usize, hours: i64, (listing, minor, code, basis, confirms): Poll) -> ObservedOffer {
        let (_, name) = LISTINGS[listing];
        let currency: Currency = ["USD", "EUR"][code].parse().unwrap();
        let price = minor.map_or(Price::absent(AbsentReason::SoldOut), |minor| {
            Price::quoted(Money::new(minor, currency), BASES[basis])
        });
        ObservedOffer {
            event: game(),
            source_event_id: name.to_owned(),
            seq: u64::try_from(number).unwrap() + 1,
            observed_at: DateTime::UNIX_EPOCH + TimeDelta::hours(hours),
            price,
            listings: None,
            tickets: None,
            confirms,
            url: Some(format!("https://market.example/{name}")),
            fees: None,
        }
    }

    /// The listings after these polls, and how it was when the last was.
    fn polled(polls: &[(Poll, i64)]) -> (Vec<Listing>, DateTime<Utc>) {
        let mut listings: Vec<Listing> = Vec::new();
        let mut hours = 0;
        for (number, (poll, later)) in polls.iter().enumerate() {
            hours += later;
            let (offer, (market, name)) = (offer(number, hours, *poll), LISTINGS[poll.0]);
            let known = listings.iter().position(|one| one.source_event_id == name);
            let place = known.unwrap_or_else(|| {
                listings.push(Listing::new(market, &offer));
                listings.len() - 1
            });
            listings[place].take(&offer);
        }
        (listings, DateTime::UNIX_EPOCH + TimeDelta::hours(hours))
    }

    fn ranked(polls: &[(Poll, i64)]) -> Option<Deal> {
        let (listings, now) = polled(polls);
        let card = EventCard { starts_at: None, ..game() };
        let found = score(Some(&card), &Standing::of(&listings), &Courses::new(), None, now);
        deal(Some(card), &listings, found)
    }

    fn shown(deal: &Deal) -> (&str, i64, i64) {
        let url = deal.url.as_deref().unwrap();
        (&url[url.len() - 1..], deal.price.money().unwrap().amount_minor, deal.score.price.amount_minor)
    }

    #[test]
    fn of_two_listings_of_a_market_the_one_that_was_scored_is_shown() {
        let twice = |listing, minor, basis, later| {
            [((listing, Some(minor), 0, basis, false), later), ((listing, Some(minor), 0, basis, true), 1)]
        };
        let bases = [twice(0, 4_000, 1, 0), twice(1, 4_500, 0, 1)].concat();
        assert_eq!(
            shown(&ranked(&bases).unwrap()),
            ("b", 4_500, 4_500),
            "before fees is no cheaper for its number"
        );
        let stale = [twice(0, 3_000, 0, 0), twice(1, 6_000, 0, 39)].concat();
        assert_eq!(shown(&ranked(&stale).unwrap()), ("b", 6_000, 6_000), "nobody confirmed the cheaper one");
    }

    proptest! {
        #[test]
        fn a_deal_shows_the_price_that_was_scored_and_a_listing_that_states_it(
            polls in prop::collection::vec((
                (0_usize..4, prop::option::weighted(0.8, prop::sample::select(vec![3_000_i64, 4_500, 9_000])), 0_usize..2, 0_usize..3, any::<bool>()),
                0_i64..20,
            ), 0..30),
        ) {
            let (listings, now) = polled(&polls);
            let Some(deal) = ranked(&polls) else { return Ok(()) };
            // No fees are known, so the amount that is scored is the one that is stated.
            prop_assert_eq!(deal.price.money(), Some(deal.score.price));
            prop_assert_eq!(deal.market, deal.score.market);
            prop_assert!(now - deal.observed_at <= TimeDelta::hours(24));
            let listing = listings.iter().find(|listing| listing.url == deal.url).unwrap();
            prop_assert_eq!((listing.market, listing.latest.at), (deal.market, deal.observed_at));
            prop_assert!(listing.latest.price.money().is_some(), "it is on sale");
            let stated = |(number, (poll, _)): (usize, &(Poll, i64))| offer(number, 0, *poll).price == deal.price && LISTINGS[poll.0].1 == listing.source_event_id;
            prop_assert!(polls.iter().enumerate().any(stated), "amount and basis were stated together, by this listing");
        }
    }
}
