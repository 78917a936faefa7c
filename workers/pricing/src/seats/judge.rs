//! From an event's listings, and what is remembered at its venue, to the answer. Pure.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::offers::SeatOffer;
use contract::seats::{
    EventListings, MarketListings, NotScored, ScoredSeats, SeatEvidence, SeatScores, SeatUnit,
};
use prices::seats::house::{self, Spot};
use prices::seats::{Asked, Assessment, House, Memory, SeatContext, SeatDoubtCode, SeatPrices, Seats};
use prices::{AllInKind, FeeBasis, Money};
use sha2::{Digest, Sha256};

use crate::seats::question::{Question, Sort};
use crate::seats::store::Remembered;
use crate::seats::unit::{compared, unit};

/// A listing nobody confirmed for so long has no score.
const STALE_AFTER: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);
/// Fewer listings than this say nothing of one of them, unless the venue is known.
const FEWEST: usize = 3;

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

    /// What stands in the memory of the event itself and is gone.
    fn gone(&self, asked: &[Asked<'_>]) -> usize {
        let event = self.told.event_id.as_str();
        self.remembered.own.as_ref().map_or(0, |memory| memory.remembered(event, asked, self.now).len())
    }

    /// Places remembered of the venue's other events.
    fn places(&self) -> usize {
        self.remembered.others.iter().map(|(_, memory)| memory.places.len()).sum()
    }

    /// What [`Known::prices`] rests on, as a digest: of two that are equal the prices are.
    ///
    /// A memory is as old as it says, and the event's own is learned anew every ten minutes, so that what has gone fades
    /// in steps of that.
    pub fn basis(&self) -> String {
        let mut told = Sha256::new_with_prefix(self.told.event_id.as_str());
        let Remembered { own, others } = &self.remembered;
        let ats = own
            .iter()
            .map(|memory| ("", memory))
            .chain(others.iter().map(|(id, memory)| (id.as_str(), memory)));
        for (id, memory) in ats {
            told.update(format!("\n{id} {}", memory.at.timestamp_millis()));
        }
        for Asked { seats, price, .. } in self.asked() {
            let Seats { zone, section, row, quantity, .. } = seats;
            told.update(format!("\n{zone}\t{section}\t{row}\t{quantity}\t{price}"));
        }
        format!("{:x}", told.finalize())
    }

    /// What the seats are worth by all that is known, whatever is asked; `None` where that is too little. This is the
    /// dear part: a fit over hundreds of listings and thousands of places.
    pub fn prices(&self) -> Option<SeatPrices> {
        let asked = self.asked();
        let enough = asked.len() >= FEWEST || self.places() > 0 || self.gone(&asked) >= FEWEST;
        let Remembered { own, others } = &self.remembered;
        let event = self.told.event_id.as_str();
        enough.then(|| SeatPrices::learn_event(event, &asked, own.as_ref(), others, self.now)).flatten()
    }

    /// Answers `question` by what the seats are worth.
    pub fn answer(&self, prices: Option<&SeatPrices>, question: &Question) -> SeatScores {
        let event = self.told.event_id.as_str();
        let asked = self.asked();
        let others = &self.remembered.others;
        let (remembered, places) = (self.gone(&asked), self.places());
        let markets = self.told.markets.iter().filter(|market| !market.listings.is_empty()).count();

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
        let assessment = prices.map(|prices| Assessment::of(prices, &offers, context));
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
