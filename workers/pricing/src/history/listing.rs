//! What one more observation means for one market listing: the rule, without storage.

use std::collections::BTreeSet;

use contract::ids::{ChangeId, EventId};
use contract::queues::{ObservedOffer, PriceChange};
use prices::{FeeModel, Level, Market, Money, Move, MoveDetector, Observation, Price, Unit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::deals::moves;

/// What is remembered of one market listing of the event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listing {
    /// The market.
    pub market: Market,
    /// The market's id.
    pub source_event_id: String,
    /// The highest number taken: a repeat has one not above it.
    pub last_seq: u64,
    /// Numbers below it that have not come: the queue keeps no order, so their messages may have been overtaken.
    #[serde(default)]
    pub missing: BTreeSet<u64>,
    /// Tells moves from noise.
    pub detector: MoveDetector,
    /// The last observation.
    pub latest: Observation,
    /// Where to buy.
    pub url: Option<String>,
    /// What the market's fees come to at this venue, as last told.
    #[serde(default)]
    pub fees: Option<FeeModel>,
}

/// What an observation turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Taken before: it changes nothing.
    Repeat,
    /// Overtaken by newer ones: history gets it, what stands now does not change.
    Late,
    /// The newest; with the move it confirms.
    New(Option<Move>),
}

/// Overtaken numbers remembered of a listing. A message that comes later than this many changes is not waited for.
const MISSING_KEPT: usize = 64;

impl Listing {
    /// A listing before its first observation.
    pub fn new(market: Market, offer: &ObservedOffer) -> Self {
        Self {
            market,
            source_event_id: offer.source_event_id.clone(),
            last_seq: 0,
            missing: BTreeSet::new(),
            detector: MoveDetector::default(),
            latest: observation(offer),
            url: None,
            fees: None,
        }
    }

    /// Takes one observation.
    pub fn take(&mut self, offer: &ObservedOffer) -> Taken {
        if offer.seq <= self.last_seq {
            return if self.missing.remove(&offer.seq) { Taken::Late } else { Taken::Repeat };
        }
        let gap = self.last_seq.saturating_add(1)..offer.seq;
        self.missing.extend(gap.rev().take(MISSING_KEPT));
        while self.missing.len() > MISSING_KEPT {
            self.missing.pop_first();
        }
        self.last_seq = offer.seq;
        self.latest = observation(offer);
        if offer.url.is_some() {
            self.url.clone_from(&offer.url);
        }
        self.fees = offer.fees.or(self.fees);
        Taken::New(self.detector.observe(&self.latest, offer.confirms))
    }

    /// The confirmed level it stands at now, if it quotes one.
    pub fn standing(&self) -> Option<Level> {
        self.latest.price.money().and(self.detector.stands())
    }
}

/// What a queue item says, as history keeps it.
pub fn observation(offer: &ObservedOffer) -> Observation {
    Observation {
        at: offer.observed_at,
        price: offer.price,
        listings: offer.listings,
        tickets: offer.tickets,
    }
}

/// What a market offers at this moment, over all its listings of the event: the cheapest quote of the unit most of them have,
/// else the last word.
pub fn market_now(listings: &[Listing], market: Market, at: &Observation) -> Observation {
    let of_market =
        || listings.iter().filter(|listing| listing.market == market).map(|listing| &listing.latest);
    let unit = Unit::of_most(of_market().filter_map(Unit::of));
    let cheapest = of_market()
        .filter_map(|latest| Some((unit?.minor(latest)?, latest)))
        .min_by_key(|(amount, _)| *amount);
    match cheapest {
        Some((_, latest)) => Observation { at: at.at, ..*latest },
        None => *at,
    }
}

/// The announcement of a move. Its id is made from what it announces, so that a repeat is the same announcement.
pub struct Announcement<'a> {
    /// The event.
    pub event_id: &'a EventId,
    /// The observation that confirmed it.
    pub offer: &'a ObservedOffer,
    /// The move.
    pub moved: Move,
    /// The price of the listing that is ranked first, after the observation.
    pub best: Option<Money>,
    /// The score now.
    pub score: Option<u8>,
}

impl Announcement<'_> {
    /// As the message that notifications reads.
    pub fn message(&self, market: Market, batch: &contract::objects::AppendObservations) -> PriceChange {
        let new = self.moved.new;
        PriceChange {
            id: change_id(self.event_id, market, &self.offer.source_event_id, self.offer.seq),
            request_id: batch.request_id.clone(),
            seen_at_ms: batch.seen_at_ms,
            event: self.offer.event.clone(),
            market,
            old: self.moved.old,
            new: Price::quoted(new, self.moved.basis),
            percent_hundredths: self.moved.percent_hundredths,
            lowest_ever: self.moved.lowest_ever,
            best: self.best,
            confirmed_at: self.moved.confirmed_at,
            score: self.score,
            url: self.offer.url.clone(),
            within_band: self.moved.within_band,
            evidence: Some(moves::evidence(&self.moved.evidence)),
        }
    }
}

fn change_id(event_id: &EventId, market: Market, source_event_id: &str, seq: u64) -> ChangeId {
    let digest = Sha256::digest(format!("{event_id}|{market}|{source_event_id}|{seq}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, hashed)| *byte = hashed);
    ChangeId::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "numbers of a test are small, and it may fail by panicking"
    )]

    use chrono::{DateTime, TimeDelta};
    use contract::catalog::EventCard;
    use prices::{AbsentReason, Currency, FeeBasis};
    use proptest::prelude::*;

    use super::*;

    fn offer(seq: u64, price: Price, confirms: bool) -> ObservedOffer {
        ObservedOffer {
            event: EventCard {
                id: EventId::from_bytes([1; 16]),
                name: "A at B".to_owned(),
                venue: "Hall".to_owned(),
                city: None,
                starts_at: None,
                local_start: None,
                date_tbd: false,
                time_tbd: false,
                genre: None,
                venue_id: None,
                region: None,
                line_up: Vec::new(),
            },
            source_event_id: "x".to_owned(),
            seq,
            observed_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::try_from(seq).unwrap()),
            price,
            listings: None,
            tickets: None,
            confirms,
            url: None,
            fees: None,
        }
    }

    fn usd(minor: i64) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
    }

    #[test]
    fn a_repeated_or_older_message_changes_nothing() {
        let first = offer(1, usd(5_000), false);
        let mut listing = Listing::new(Market::SeatGeek, &first);
        assert_eq!(listing.take(&first), Taken::New(None));
        assert_eq!(listing.take(&offer(2, usd(4_000), false)), Taken::New(None));
        let before = listing.clone();
        assert_eq!(listing.take(&first), Taken::Repeat);
        assert_eq!(listing.latest, before.latest);
    }

    #[test]
    fn an_overtaken_observation_is_taken_once_and_moves_nothing() {
        let mut listing = Listing::new(Market::SeatGeek, &offer(1, usd(5_000), false));
        for seq in [1, 4] {
            assert_eq!(listing.take(&offer(seq, usd(5_000), false)), Taken::New(None));
        }
        let before = listing.clone();
        for (seq, taken) in [(3, Taken::Late), (2, Taken::Late), (3, Taken::Repeat), (2, Taken::Repeat)] {
            assert_eq!(listing.take(&offer(seq, usd(100), true)), taken);
        }
        assert_eq!((listing.latest, listing.detector), (before.latest, before.detector));
    }

    #[test]
    fn a_listing_waits_for_no_more_than_the_newest_missing_numbers() {
        let mut listing = Listing::new(Market::SeatGeek, &offer(1, usd(5_000), false));
        listing.take(&offer(1_000_000, usd(5_000), false));
        assert_eq!(listing.missing.len(), MISSING_KEPT);
        assert_eq!(listing.take(&offer(999_999, usd(5_000), false)), Taken::Late);
        assert_eq!(listing.take(&offer(7, usd(5_000), false)), Taken::Repeat);
    }

    #[test]
    fn a_drop_is_announced_at_its_second_sight_and_once() {
        let mut listing = Listing::new(Market::SeatGeek, &offer(1, usd(5_000), false));
        let mut moves = Vec::new();
        for item in [
            offer(1, usd(5_000), false),
            offer(2, usd(5_000), true),
            offer(3, usd(4_000), false),
            offer(4, usd(4_000), true),
            offer(5, usd(4_000), true),
        ] {
            if let Taken::New(Some(moved)) = listing.take(&item) {
                moves.push((item.seq, moved.new.amount_minor));
            }
        }
        assert_eq!(moves, [(4, 4_000)]);
    }

    proptest! {
        #[test]
        fn a_move_is_announced_at_most_once_whatever_comes_twice_or_late(
            levels in prop::collection::vec(prop::sample::select(vec![4_000_i64, 4_030, 4_500, 5_000, 9_000]), 2..30),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..90),
        ) {
            // Each level is seen and confirmed, as the inventory passes it on.
            let offers: Vec<ObservedOffer> = levels
                .iter()
                .flat_map(|minor| [(*minor, false), (*minor, true)])
                .zip(1_u64..)
                .map(|((minor, confirms), seq)| offer(seq, usd(minor), confirms))
                .collect();
            let event = EventId::from_bytes([1; 16]);
            let mut listing = Listing::new(Market::SeatGeek, &offers[0]);
            let mut told: Vec<(ChangeId, Move)> = Vec::new();
            for item in order.iter().map(|place| &offers[place.index(offers.len())]).chain(&offers).chain(&offers) {
                if let Taken::New(Some(moved)) = listing.take(item) {
                    told.push((change_id(&event, Market::SeatGeek, &item.source_event_id, item.seq), moved));
                }
            }
            for (place, (id, moved)) in told.iter().enumerate() {
                prop_assert!(!told[..place].iter().any(|(earlier, _)| earlier == id));
                // It happened: the market stated the new level, or one in its band, when it was confirmed.
                let confirming = offers.iter().find(|item| item.observed_at == moved.confirmed_at).unwrap();
                let stated = confirming.price.money().unwrap().amount_minor;
                prop_assert!(stated.abs_diff(moved.new.amount_minor) <= 100, "{} {:?}", stated, moved);
            }
            // However they came, what stands in the end is what the market said last.
            let last = Money::new(*levels.last().unwrap(), Currency::USD);
            prop_assert_eq!(listing.standing().map(|level| level.money), Some(last));
        }
    }

    #[test]
    fn a_market_with_two_listings_stands_at_the_cheaper_one() {
        let (one, two) = (offer(1, usd(5_000), false), offer(1, usd(4_500), false));
        let mut listings = vec![Listing::new(Market::SeatGeek, &one), Listing::new(Market::SeatGeek, &two)];
        let now = market_now(&listings, Market::SeatGeek, &observation(&one));
        assert_eq!(now.price, usd(4_500));
        let gone = offer(2, Price::absent(AbsentReason::SoldOut), false);
        for listing in &mut listings {
            listing.take(&gone);
        }
        let now = market_now(&listings, Market::SeatGeek, &observation(&gone));
        assert_eq!(now.price, gone.price);
    }

    #[test]
    fn amounts_of_other_units_are_not_cheaper_for_being_smaller_numbers() {
        let quoted =
            |minor, code: &str, basis| Price::quoted(Money::new(minor, code.parse().unwrap()), basis);
        let dollars = quoted(6_500, "USD", FeeBasis::AllIn);
        for other in [quoted(5_000, "JPY", FeeBasis::AllIn), quoted(4_000, "USD", FeeBasis::BeforeFees)] {
            let offers = [offer(1, other, true), offer(1, dollars, true)];
            let mut listings: Vec<Listing> =
                offers.iter().map(|one| Listing::new(Market::SeatGeek, one)).collect();
            for (listing, offer) in listings.iter_mut().zip(&offers) {
                listing.take(offer);
            }
            assert_eq!(market_now(&listings, Market::SeatGeek, &observation(&offers[0])).price, dollars);
        }
    }

    #[test]
    fn the_same_change_has_the_same_id_and_another_has_another() {
        let event = EventId::from_bytes([1; 16]);
        let id = change_id(&event, Market::StubHub, "9", 4);
        assert_eq!(id, change_id(&event, Market::StubHub, "9", 4));
        assert_ne!(id, change_id(&event, Market::StubHub, "9", 5));
    }
}
