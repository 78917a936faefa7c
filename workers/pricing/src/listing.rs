//! What one more observation means for one market listing: the rule, without storage.

use contract::ids::{ChangeId, EventId};
use contract::queues::{ObservedOffer, PriceChange};
use prices::{Market, Money, Move, MoveDetector, Observation, Price};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is remembered of one market listing of the event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listing {
    /// The market.
    pub market: Market,
    /// The market's id.
    pub source_event_id: String,
    /// The last number taken: a repeat has one not above it.
    pub last_seq: u64,
    /// Tells moves from noise.
    pub detector: MoveDetector,
    /// The last observation.
    pub latest: Observation,
    /// Where to buy.
    pub url: Option<String>,
}

impl Listing {
    /// A listing before its first observation.
    pub fn new(market: Market, offer: &ObservedOffer) -> Self {
        Self {
            market,
            source_event_id: offer.source_event_id.clone(),
            last_seq: 0,
            detector: MoveDetector::default(),
            latest: observation(offer),
            url: None,
        }
    }

    /// Takes one observation; answers whether it was new, and the move it confirms.
    pub fn take(&mut self, offer: &ObservedOffer) -> (bool, Option<Move>) {
        if offer.seq <= self.last_seq {
            return (false, None);
        }
        self.last_seq = offer.seq;
        self.latest = observation(offer);
        if offer.url.is_some() {
            self.url.clone_from(&offer.url);
        }
        (true, self.detector.observe(&self.latest, offer.confirms))
    }

    /// The confirmed price it stands at now, if it quotes one.
    pub fn standing(&self) -> Option<Money> {
        self.latest.price.money().and(self.detector.told())
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

/// What a market offers at this moment, over all its listings of the event: the cheapest quote, else the last word.
pub fn market_now(listings: &[Listing], market: Market, at: &Observation) -> Observation {
    let cheapest = listings
        .iter()
        .filter(|listing| listing.market == market)
        .filter_map(|listing| Some((listing.latest.price.money()?.amount_minor, &listing.latest)))
        .min_by_key(|(amount, _)| *amount);
    match cheapest {
        Some((_, latest)) => Observation { at: at.at, ..*latest },
        None => *at,
    }
}

/// The cheapest confirmed price over all listings in `currency_of`'s currency.
pub fn best(listings: &[Listing], currency_of: Money) -> Option<Money> {
    listings
        .iter()
        .filter_map(Listing::standing)
        .filter(|money| money.currency == currency_of.currency)
        .min_by_key(|money| money.amount_minor)
}

/// The announcement of a move. Its id is made from what it announces, so that a repeat is the same announcement.
pub struct Announcement<'a> {
    /// The event.
    pub event_id: &'a EventId,
    /// The observation that confirmed it.
    pub offer: &'a ObservedOffer,
    /// The move.
    pub moved: Move,
    /// All listings of the event, after the observation.
    pub listings: &'a [Listing],
    /// The lowest confirmed price on any market before this observation, in the move's currency.
    pub lowest_before: Option<Money>,
    /// The score now.
    pub score: Option<u8>,
}

impl Announcement<'_> {
    /// As the message that notifications reads.
    pub fn message(&self, market: Market, batch: &contract::objects::AppendObservations) -> PriceChange {
        let new = self.moved.new;
        let lower = self.lowest_before.is_none_or(|before| new.amount_minor < before.amount_minor);
        PriceChange {
            id: change_id(self.event_id, market, &self.offer.source_event_id, self.offer.seq),
            request_id: batch.request_id.clone(),
            seen_at_ms: batch.seen_at_ms,
            event: self.offer.event.clone(),
            market,
            old: self.moved.old,
            new: Price::quoted(new, self.moved.basis),
            percent_hundredths: self.moved.percent_hundredths,
            lowest_ever: self.moved.lowest_ever && lower,
            best: best(self.listings, new),
            confirmed_at: self.moved.confirmed_at,
            score: self.score,
            url: self.offer.url.clone(),
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
    use chrono::{DateTime, TimeDelta};
    use contract::catalog::EventCard;
    use prices::{AbsentReason, Currency, FeeBasis};

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
            },
            source_event_id: "x".to_owned(),
            seq,
            observed_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::try_from(seq).unwrap()),
            price,
            listings: None,
            tickets: None,
            confirms,
            url: None,
        }
    }

    fn usd(minor: i64) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
    }

    #[test]
    fn a_repeated_or_older_message_changes_nothing() {
        let first = offer(1, usd(5_000), false);
        let mut listing = Listing::new(Market::SeatGeek, &first);
        assert!(listing.take(&first).0);
        assert!(listing.take(&offer(2, usd(4_000), false)).0);
        let before = listing.clone();
        assert_eq!(listing.take(&first), (false, None));
        assert_eq!(listing.latest, before.latest);
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
            moves.extend(listing.take(&item).1.map(|moved| (item.seq, moved.new.amount_minor)));
        }
        assert_eq!(moves, [(4, 4_000)]);
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
    fn the_same_change_has_the_same_id_and_another_has_another() {
        let event = EventId::from_bytes([1; 16]);
        let id = change_id(&event, Market::StubHub, "9", 4);
        assert_eq!(id, change_id(&event, Market::StubHub, "9", 4));
        assert_ne!(id, change_id(&event, Market::StubHub, "9", 5));
    }
}
