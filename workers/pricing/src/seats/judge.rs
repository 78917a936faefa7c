//! From an event's listings, and what is remembered at its venue, to the answer. Pure.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::offers::SeatOffer;
use contract::seats::{
    EventListings, MarketListings, NotScored, ScoredSeats, SeatEvidence, SeatScores, SeatUnit,
};
use prices::seats::house::{self, Spot};
use prices::seats::{Asked, Assessment, House, Memory, SeatContext, SeatDoubtCode, SeatPrices, Seats};
use prices::{AllInKind, FeeBasis, Market, Money};

use crate::seats::store::Remembered;

/// A listing nobody confirmed for so long has no score.
const STALE_AFTER: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);
/// Fewer listings than this say nothing of one of them, unless the venue is known.
const FEWEST: usize = 3;

/// What is asked of an event's listings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Seats together.
    pub quantity: Option<u32>,
    /// Highest price of one, minor units of the answer's unit.
    pub max: Option<i64>,
    /// A section's name, or a zone's.
    pub section: Option<String>,
    /// One market only.
    pub market: Option<Market>,
    /// The order.
    pub sort: Sort,
    /// Listings shown.
    pub limit: usize,
}

/// The order of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first; those that are probably too good to be true after the others.
    #[default]
    Score,
    /// The cheapest first.
    Price,
}

/// An event's listings in their places, all that is known to judge them by.
pub struct Known<'a> {
    told: &'a EventListings,
    house: House,
    unit: Option<SeatUnit>,
    placed: Vec<Placed<'a>>,
    remembered: Remembered,
    now: DateTime<Utc>,
}

/// One listing in its place.
struct Placed<'a> {
    market: &'a MarketListings,
    offer: &'a SeatOffer,
    spot: Option<Spot>,
    row: String,
    /// The price in the unit of the answer, or why it has no part.
    price: Result<Money, NotScored>,
}

impl Placed<'_> {
    /// Its seats, as so many together.
    fn seats<'a>(&'a self, event: &'a str, quantity: u32) -> Option<Seats<'a>> {
        let spot = self.spot.as_ref()?;
        Some(Seats { event, zone: &spot.zone, section: &spot.section, row: &self.row, quantity })
    }

    fn sells(&self, quantity: Option<u32>) -> bool {
        quantity.is_none_or(|asked| {
            asked <= self.offer.quantity
                && (self.offer.splits.is_empty() || self.offer.splits.contains(&asked))
        })
    }
}

impl<'a> Known<'a> {
    /// Puts `told` in its places at `now`.
    pub fn of(told: &'a EventListings, mut remembered: Remembered, now: DateTime<Utc>) -> Self {
        let unit = unit(told);
        let names = told
            .markets
            .iter()
            .flat_map(|market| &market.listings)
            .filter_map(|offer| offer.section.as_deref());
        let memories = || remembered.own.iter().chain(remembered.others.iter().map(|(_, memory)| memory));
        let known = memories().flat_map(|memory| &memory.places).map(|place| place.section.as_str());
        let house = House::of(names.chain(known));
        let own = remembered.own.iter_mut();
        for memory in own.chain(remembered.others.iter_mut().map(|(_, memory)| memory)) {
            for place in &mut memory.places {
                if let Some(spot) = house.spot(&place.section) {
                    (place.zone, place.section) = (spot.zone, spot.section);
                }
            }
        }
        let placed = told
            .markets
            .iter()
            .flat_map(|market| market.listings.iter().map(move |offer| (market, offer)))
            .map(|(market, offer)| {
                let spot = house.spot(offer.section.as_deref().unwrap_or_default());
                let begun = told.starts_at.is_some_and(|start| start <= now);
                let stale = now.signed_duration_since(market.checked_at) > STALE_AFTER;
                let price = match (compared(offer, unit), &spot) {
                    (Err(why), _) => Err(why),
                    _ if begun => Err(NotScored::Begun),
                    (_, None) => Err(NotScored::NotASeat),
                    _ if stale => Err(NotScored::Stale),
                    (Ok(money), _) => Ok(money),
                };
                Placed {
                    market,
                    offer,
                    spot,
                    row: house::row(offer.row.as_deref().unwrap_or_default()),
                    price,
                }
            })
            .collect();
        Self { told, house, unit, placed, remembered, now }
    }

    /// The listings to learn from, each with the seats it holds.
    fn asked(&self) -> Vec<Asked<'_>> {
        let learnable = self.placed.iter().filter_map(|placed| {
            let seats = placed.seats(self.told.event_id.as_str(), placed.offer.quantity)?;
            Some(Asked { seats, price: amount(*placed.price.as_ref().ok()?), weight: 1.0 })
        });
        learnable.collect()
    }

    /// What is remembered of the event from now on.
    pub fn learned(&self) -> Memory {
        Memory::after(self.remembered.own.as_ref(), &self.asked(), self.now)
    }

    /// Answers `question`.
    pub fn answer(&self, question: &Question) -> SeatScores {
        let event = self.told.event_id.as_str();
        let asked = self.asked();
        let own = self.remembered.own.as_ref();
        let others = &self.remembered.others;
        let remembered = own.map_or(0, |memory| memory.remembered(event, &asked, self.now).len());
        let places: usize = others.iter().map(|(_, memory)| memory.places.len()).sum();
        let markets = self.told.markets.iter().filter(|market| !market.listings.is_empty()).count();
        let enough = asked.len() >= FEWEST || places > 0 || remembered >= FEWEST;
        let prices =
            if enough { SeatPrices::learn_event(event, &asked, own, others, self.now) } else { None };

        // All that sell as many are judged side by side, also those that are not shown: what is ordinary does not hang
        // on the filter.
        let judged: Vec<(usize, prices::seats::SeatOffer<'_>)> = self
            .placed
            .iter()
            .enumerate()
            .filter(|(_, placed)| prices.is_some() && placed.sells(question.quantity))
            .filter_map(|(at, placed)| {
                let seats = placed.seats(event, question.quantity.unwrap_or(placed.offer.quantity))?;
                let estimated = placed.offer.all_in.is_some_and(|all_in| all_in.kind != AllInKind::Exact);
                let all_in = self.unit.is_some_and(|unit| unit.basis == FeeBasis::AllIn);
                let price = *placed.price.as_ref().ok()?;
                Some((at, prices::seats::SeatOffer { seats, price, fees_estimated: estimated && all_in }))
            })
            .collect();
        let rank_of: HashMap<usize, usize> =
            judged.iter().enumerate().map(|(rank, (at, _))| (*at, rank)).collect();
        let offers: Vec<prices::seats::SeatOffer<'_>> = judged.into_iter().map(|(_, offer)| offer).collect();
        let context = SeatContext {
            listings: asked.len(),
            markets,
            events: others.len(),
            all_in: self.unit.is_some_and(|unit| unit.basis == FeeBasis::AllIn),
        };
        let assessment = prices.as_ref().map(|prices| Assessment::of(prices, &offers, context));
        let (values, doubts) =
            assessment.as_ref().map(|all| (all.values(), all.doubts())).unwrap_or_default();

        let mut shown: Vec<(usize, &Placed<'_>)> = self
            .placed
            .iter()
            .enumerate()
            .filter(|(_, placed)| self.is_asked_for(placed, question))
            .collect();
        let matching = u32::try_from(shown.len()).unwrap_or(u32::MAX);
        let place = |at: usize, placed: &Placed<'_>| {
            let rank = rank_of.get(&at);
            let value = rank.and_then(|rank| values.get(*rank)).copied();
            let doubtful =
                rank.and_then(|rank| doubts.get(*rank)).copied().flatten() == Some(SeatDoubtCode::TooCheap);
            let price = placed.price.map_or(i64::MAX, |money| money.amount_minor);
            (value, doubtful, price)
        };
        shown.sort_by_cached_key(|(at, placed)| {
            let (value, doubtful, price) = place(*at, placed);
            let best_first = match question.sort {
                Sort::Score => (doubtful, value.map_or(i64::MAX, |value| millionths(100.0 - value))),
                Sort::Price => (false, 0),
            };
            (value.is_none(), best_first, price, placed.market.market, placed.offer.listing.clone())
        });
        let listings = shown
            .into_iter()
            .take(question.limit)
            .map(|(at, placed)| {
                let rank = rank_of.get(&at);
                let score = assessment.as_ref().zip(rank).and_then(|(all, rank)| all.score(*rank));
                let not_scored =
                    score.is_none().then(|| placed.price.err().unwrap_or(NotScored::NothingToCompare));
                ScoredSeats {
                    seats: placed.offer.clone(),
                    zone: placed.spot.as_ref().map(|spot| spot.zone.clone()).filter(|zone| !zone.is_empty()),
                    checked_at: placed.market.checked_at,
                    url: placed.market.url.clone(),
                    score,
                    not_scored,
                }
            })
            .collect();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        SeatScores {
            event_id: self.told.event_id.clone(),
            unit: self.unit,
            quantity: question.quantity,
            listings,
            matching,
            learned_from: SeatEvidence {
                listings: count(asked.len()),
                remembered: count(remembered),
                events: count(others.len()),
                places: count(places),
                markets: count(markets),
            },
            as_of: self.now,
        }
    }

    fn is_asked_for(&self, placed: &Placed<'_>, question: &Question) -> bool {
        let section = question.section.as_deref().map(|name| self.house.spot(name));
        let in_section = section.is_none_or(|asked| {
            asked.zip(placed.spot.as_ref()).is_some_and(|(asked, spot)| {
                asked.section == spot.section || (!asked.section.is_empty() && asked.section == spot.zone)
            })
        });
        placed.sells(question.quantity)
            && in_section
            && question.market.is_none_or(|market| market == placed.offer.market)
            && question.max.is_none_or(|max| placed.price.is_ok_and(|money| money.amount_minor <= max))
    }
}

/// What most listings can be told in; all-in where that is as many.
fn unit(told: &EventListings) -> Option<SeatUnit> {
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
fn compared(offer: &SeatOffer, unit: Option<SeatUnit>) -> Result<Money, NotScored> {
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

#[expect(clippy::cast_precision_loss, reason = "a statistic of prices is no money")]
const fn amount(money: Money) -> f64 {
    money.amount_minor as f64
}

/// A score as a number that can be sorted by.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and 100 million")]
fn millionths(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
