//! One event's score and level from what its object holds.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::deals::Deal;
use contract::objects::EventLevel;
use prices::score::{Comparable, FeeModels, all_in_courses, level, stage};
use prices::{AbsentReason, Courses, CurrentQuote, FeeBasis, Price, Score, ScoreInput};

use crate::history::listing::Listing;

/// What an event's listings say now of prices and fees.
pub struct Standing {
    /// Every listing's price that two sights bear out.
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

/// The score as of `now`.
pub fn score(
    card: Option<&EventCard>,
    standing: &Standing,
    history: &Courses,
    comparable: Option<&Comparable>,
    now: DateTime<Utc>,
) -> Option<Score> {
    prices::score(&ScoreInput {
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
    match (listing.latest.price, listing.standing()) {
        (Price::Quoted { basis, .. }, Some(money)) => Price::quoted(money, basis),
        (Price::Quoted { .. }, None) => Price::absent(AbsentReason::Unknown),
        (absent @ Price::Absent { .. }, _) => absent,
    }
}

/// The event as a deal: the listing whose price was scored.
pub fn deal(card: Option<EventCard>, listings: &[Listing], score: Option<Score>) -> Option<Deal> {
    let (event, score) = (card?, score?);
    let listing = listings
        .iter()
        .filter(|listing| listing.market == score.market)
        .min_by_key(|listing| listing.standing().map_or(i64::MAX, |money| money.amount_minor))?;
    Some(Deal {
        event,
        market: listing.market,
        price: confirmed_price(listing),
        observed_at: listing.latest.at,
        url: listing.url.clone(),
        score,
    })
}
