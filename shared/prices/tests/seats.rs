//! What a seat is worth, seen from outside.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail loudly"
)]

use prices::seats::{Asked, SeatPrices, Seats};
use proptest::prelude::*;

fn seats<'a>(event: &'a str, zone: &'a str, section: &'a str, row: &'a str) -> Seats<'a> {
    Seats { event, zone, section, row, quantity: 2 }
}

/// One event: sections of the lower bowl ask about 100, of the upper one about 50.
fn house() -> Vec<Asked<'static>> {
    const ROWS: [&str; 6] = ["1", "2", "4", "7", "9", "12"];
    let mut listings = Vec::new();
    for (zone, sections, price) in
        [("lower", ["101", "102", "103"], 100.0), ("upper", ["201", "202", "203"], 50.0)]
    {
        for section in sections {
            for (row, back) in ROWS.into_iter().zip(0_u8..) {
                let price = price * (1.0 - 0.02 * f64::from(back));
                listings.push(Asked { seats: seats("e1", zone, section, row), price, weight: 1.0 });
            }
        }
    }
    listings
}

fn fair(listings: &[Asked<'_>], asked: Seats<'_>) -> f64 {
    SeatPrices::learn(listings).unwrap().fair(&[asked])[0].price
}

#[test]
fn a_section_without_listings_leans_on_its_zone() {
    let lower = fair(&house(), seats("e1", "lower", "104", "4"));
    let upper = fair(&house(), seats("e1", "upper", "204", "4"));
    assert!((85.0..105.0).contains(&lower), "{lower}");
    assert!((42.0..53.0).contains(&upper), "{upper}");
}

#[test]
fn a_speculative_listing_does_not_pull_its_section_along() {
    let asked = seats("e1", "lower", "102", "4");
    let before = fair(&house(), asked.clone());
    let mut listings = house();
    listings.push(Asked { seats: seats("e1", "lower", "102", "5"), price: 2_000.0, weight: 1.0 });
    let after = fair(&listings, asked);
    assert!((after / before - 1.0).abs() < 0.1, "{before} became {after}");
}

#[test]
fn an_event_known_by_its_median_alone_is_priced_as_the_venue_prices_its_seats() {
    let mut model = SeatPrices::learn(&house()).unwrap();
    let listed = [
        seats("e2", "lower", "101", "4"),
        seats("e2", "lower", "102", "4"),
        seats("e2", "upper", "201", "4"),
    ];
    model.anchor("e2", 300.0, &listed);
    let prices: Vec<f64> = model.fair(&listed).iter().map(|fair| fair.price).collect();
    assert!(prices.iter().any(|price| (price / 300.0 - 1.0).abs() < 1e-9), "{prices:?}");
    assert!(prices[2] < 0.7 * prices[0], "{prices:?}");
}

#[test]
fn nothing_to_learn_from_is_no_model() {
    assert!(SeatPrices::learn(&[]).is_none());
    let free = Asked { seats: seats("e1", "lower", "101", "1"), price: 0.0, weight: 1.0 };
    let rubbish = Asked { seats: seats("e1", "lower", "101", "1"), price: f64::NAN, weight: 1.0 };
    assert!(SeatPrices::learn(&[free, rubbish]).is_none());
}

fn listing() -> impl Strategy<Value = (usize, u32, u32, u32, u32)> {
    (0..3_usize, 0..3_u32, 1..20_u32, 1..4_u32, 500..50_000_u32)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_cheaper_and_nearer_never_scores_lower(given in prop::collection::vec(listing(), 1..60)) {
        const ZONES: [&str; 3] = ["floor", "lower", "upper"];
        let words: Vec<(String, String)> =
            given.iter().map(|(zone, section, row, ..)| (format!("{zone}-{section}"), row.to_string())).collect();
        let listings: Vec<Asked<'_>> = given
            .iter()
            .zip(&words)
            .map(|((zone, _, _, quantity, cents), (section, row))| Asked {
                seats: Seats { event: "e", zone: ZONES[*zone], section, row, quantity: *quantity },
                price: f64::from(*cents) / 100.0,
                weight: 1.0,
            })
            .collect();
        let model = SeatPrices::learn(&listings).unwrap();
        let all: Vec<Seats<'_>> = listings.iter().map(|listing| listing.seats.clone()).collect();
        let fair = model.fair_in_order(&all);
        let scored: Vec<(&Asked<'_>, f64)> =
            listings.iter().zip(&fair).map(|(listing, fair)| (listing, fair.score(listing.price))).collect();
        let row = |listing: &Asked<'_>| listing.seats.row.parse::<u32>().unwrap();
        for (one, score) in &scored {
            for (other, other_score) in &scored {
                let alike = one.seats.section == other.seats.section && one.seats.quantity == other.seats.quantity;
                if alike && row(one) <= row(other) && one.price <= other.price {
                    prop_assert!(*score >= other_score - 1e-9);
                }
            }
        }
        for price in fair {
            prop_assert!(price.price.is_finite() && price.price > 0.0);
            prop_assert!((0.0..=100.0).contains(&price.score(10.0)));
        }
    }
}
