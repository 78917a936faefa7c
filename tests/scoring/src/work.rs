//! What is measured: the product's scores of made-up events and seats.

use chrono::{DateTime, Utc};
use prices::score::FeeModels;
use prices::seats::house::{self, Spot};
use prices::seats::{Asked, Assessment, House, Memory, SeatContext, SeatOffer, SeatPrices, SeatScore, Seats};
use prices::{Courses, Currency, CurrentQuote, Market, Money, Price, Score, ScoreInput};
use serde::{Deserialize, Serialize};

/// Listings of an answer, as a reader is shown.
const SHOWN: usize = 50;

/// What to score.
#[derive(Debug, Deserialize)]
pub struct Input {
    events: Vec<Event>,
    seats: Vec<Listed>,
}

/// One event with its course.
#[derive(Debug, Deserialize)]
struct Event {
    now: DateTime<Utc>,
    starts_at: Option<DateTime<Utc>>,
    current: Vec<Quote>,
    history: Courses,
}

#[derive(Debug, Deserialize)]
struct Quote {
    market: Market,
    price: Price,
    seen_at: DateTime<Utc>,
}

/// One event's listings, and what is remembered of others at its venue.
#[derive(Debug, Deserialize)]
struct Listed {
    event: String,
    now: DateTime<Utc>,
    listings: Vec<Listing>,
    others: Vec<(String, Memory)>,
}

#[derive(Debug, Deserialize)]
struct Listing {
    section: String,
    row: String,
    quantity: u32,
    minor: i64,
}

/// What came out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answers {
    /// One an event.
    Events(Vec<Option<Score>>),
    /// The first listings of each house, the best first, with their place in the input.
    Seats(Vec<Vec<(usize, SeatScore)>>),
}

/// The scores of a part of the input.
pub fn answers(part: &str, input: &Input) -> Answers {
    if part == "events" {
        Answers::Events(input.events.iter().map(score_event).collect())
    } else {
        Answers::Seats(input.seats.iter().map(score_seats).collect())
    }
}

/// Scores a part of the input so many times; how many events, or listings, that were.
pub fn run(part: &str, input: &Input, times: u32) -> usize {
    let mut scores = 0_usize;
    for _ in 0..times {
        let done = match std::hint::black_box(answers(part, input)) {
            Answers::Events(events) => events.len(),
            Answers::Seats(_) => input.seats.iter().map(|seats| seats.listings.len()).sum(),
        };
        scores = scores.saturating_add(done);
    }
    scores
}

fn score_event(event: &Event) -> Option<Score> {
    let current: Vec<CurrentQuote> = event
        .current
        .iter()
        .map(|quote| CurrentQuote { market: quote.market, price: quote.price, seen_at: quote.seen_at })
        .collect();
    prices::score(&ScoreInput {
        now: event.now,
        starts_at: event.starts_at,
        current: &current,
        history: &event.history,
        fees: &FeeModels::new(),
        comparable: None,
    })
}

/// As pricing does it: every listing is judged, those that are shown are told in full.
fn score_seats(input: &Listed) -> Vec<(usize, SeatScore)> {
    let remembered = || input.others.iter().flat_map(|(_, memory)| &memory.places);
    let names = input.listings.iter().map(|listing| listing.section.as_str());
    let house = House::of(names.chain(remembered().map(|place| place.section.as_str())));
    let mut others = input.others.clone();
    for place in others.iter_mut().flat_map(|(_, memory)| &mut memory.places) {
        if let Some(spot) = house.spot(&place.section) {
            (place.zone, place.section) = (spot.zone, spot.section);
        }
    }
    let spots: Vec<(Spot, String, &Listing)> = input
        .listings
        .iter()
        .filter_map(|listing| Some((house.spot(&listing.section)?, house::row(&listing.row), listing)))
        .collect();
    let offers: Vec<SeatOffer<'_>> = spots
        .iter()
        .map(|(spot, row, listing)| SeatOffer {
            seats: Seats {
                event: &input.event,
                zone: &spot.zone,
                section: &spot.section,
                row,
                quantity: listing.quantity,
            },
            price: Money::new(listing.minor, Currency::USD),
            fees_estimated: false,
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a statistic of prices is no money")]
    let asked: Vec<Asked<'_>> = offers
        .iter()
        .map(|offer| Asked {
            seats: offer.seats.clone(),
            price: offer.price.amount_minor as f64,
            weight: 1.0,
        })
        .collect();
    let Some(prices) = SeatPrices::learn_event(&input.event, &asked, None, &others, input.now) else {
        return Vec::new();
    };
    let context = SeatContext { listings: offers.len(), markets: 1, events: others.len(), all_in: true };
    let assessment = Assessment::of(&prices, &offers, context);
    let mut ranked: Vec<(usize, f64)> = assessment.values().into_iter().enumerate().collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    ranked.into_iter().take(SHOWN).filter_map(|(at, _)| Some((at, assessment.score(at)?))).collect()
}
