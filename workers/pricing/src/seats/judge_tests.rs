//! The rules of seat scores as the edge applies them.

#![allow(clippy::arithmetic_side_effects, reason = "a test may fail loudly")]

use contract::seats::{EventListings, MarketListings, NotScored, ScoredSeats, SeatScores};
use prices::fees::{BuyerFee, convert};
use prices::{Currency, FeeBasis, Market, Price};
use proptest::prelude::*;

use super::*;

fn offer(name: usize, section: &str, row: &str, minor: i64, quantity: u32, basis: FeeBasis) -> SeatOffer {
    let price = Price::quoted(Money::new(minor, Currency::USD), basis);
    let all_in = convert(&price, BuyerFee::Learned, None);
    SeatOffer {
        market: Market::Feed,
        listing: format!("{name:05}"),
        section: (!section.is_empty()).then(|| section.to_owned()),
        row: (!row.is_empty()).then(|| row.to_owned()),
        quantity,
        splits: Vec::new(),
        price,
        all_in: all_in.ok(),
        no_all_in: all_in.err(),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn told(listings: Vec<SeatOffer>) -> EventListings {
    EventListings {
        event_id: format!("evt_{}", "1".repeat(12) + "4" + "111" + "8" + &"1".repeat(15)).parse().unwrap(),
        venue_id: format!("ven_{}", "1".repeat(12) + "4" + "111" + "8" + &"1".repeat(15)).parse().unwrap(),
        starts_at: None,
        markets: vec![MarketListings { market: Market::Feed, checked_at: now(), url: None, listings }],
    }
}

fn answer(told: &EventListings, question: &Question) -> SeatScores {
    answered(&Known::of(told, Remembered::default(), now()), question)
}

fn answered(known: &Known<'_>, question: &Question) -> SeatScores {
    known.answer(known.prices().as_ref(), question)
}

fn all() -> Question {
    Question { limit: usize::MAX, ..Question::default() }
}

fn by_name(answer: &SeatScores, name: usize) -> &ScoredSeats {
    answer.listings.iter().find(|one| one.seats.listing == format!("{name:05}")).unwrap()
}

fn house() -> Vec<SeatOffer> {
    let rows = (1..=10).flat_map(|row| ["Lower 101", "Lower 102", "Upper 201"].map(|section| (row, section)));
    rows.enumerate()
        .map(|(n, (row, section))| {
            let level = if section.starts_with("Lower") { 10_000 } else { 5_000 };
            offer(n, section, &row.to_string(), level - row * 100, 2, FeeBasis::AllIn)
        })
        .collect()
}

#[test]
fn without_prices_there_is_no_unit_and_no_score() {
    let mut free = offer(0, "101", "1", 1, 2, FeeBasis::AllIn);
    (free.price, free.all_in) = (Price::absent(prices::AbsentReason::Unknown), None);
    let answer = answer(&told(vec![free]), &all());
    assert_eq!((answer.unit, answer.listings[0].not_scored), (None, Some(NotScored::NoPrice)));
}

#[test]
fn two_listings_of_an_unknown_house_are_nothing_to_compare() {
    let two = vec![
        offer(0, "101", "1", 5_000, 2, FeeBasis::AllIn),
        offer(1, "102", "1", 9_000, 2, FeeBasis::AllIn),
    ];
    let answer = answer(&told(two), &all());
    assert!(answer.listings.iter().all(|one| one.not_scored == Some(NotScored::NothingToCompare)));
}

#[test]
fn what_is_stale_or_has_begun_is_never_scored() {
    let mut stale = told(house());
    stale.markets[0].checked_at = now() - TimeDelta::hours(25);
    let mut begun = told(house());
    begun.starts_at = Some(now());
    for (told, why) in [(stale, NotScored::Stale), (begun, NotScored::Begun)] {
        let answer = answer(&told, &all());
        assert!(answer.listings.iter().all(|one| one.score.is_none() && one.not_scored == Some(why)));
        assert!(Known::of(&told, Remembered::default(), now()).learned().places.is_empty());
    }
}

#[test]
fn amounts_of_another_basis_are_not_compared() {
    let mut listings = house();
    listings.push(offer(99, "Lower 101", "5", 4_000, 2, FeeBasis::BeforeFees));
    let answer = answer(&told(listings), &all());
    assert_eq!(by_name(&answer, 99).not_scored, Some(NotScored::NotComparable));
    assert_eq!(answer.unit.unwrap().basis, FeeBasis::AllIn);
}

#[test]
fn what_was_listed_before_is_remembered_and_fades() {
    let full = told(house());
    let first = Known::of(&full, Remembered::default(), now()).learned();
    let again = Remembered { own: Some(first.clone()), others: Vec::new() };
    assert_eq!(Known::of(&full, again, now()).learned(), first);

    let mut left = full.clone();
    left.markets[0].listings.truncate(3);
    let later = |days| now() + TimeDelta::days(days);
    let known = |days: i64| {
        let mut told = left.clone();
        told.markets[0].checked_at = later(days);
        let remembered = Remembered { own: Some(first.clone()), others: Vec::new() };
        answered(&Known::of(&told, remembered, later(days)), &all()).learned_from
    };
    assert_eq!((known(1).listings, known(1).remembered), (3, 27));
    assert_eq!(known(30).remembered, 0);
}

#[test]
fn ten_thousand_listings_are_answered_and_their_memory_is_small() {
    let listings = (0..10_000)
        .map(|n| {
            let section = format!("Level {} Section {}", n % 7, 100 + n % 500);
            let price = 1 + i64::try_from(n * 7_919 % 90_000).unwrap();
            offer(
                n,
                &section,
                &(n % 70).to_string(),
                price,
                1 + u32::try_from(n % 9).unwrap(),
                FeeBasis::AllIn,
            )
        })
        .collect();
    let told = told(listings);
    let known = Known::of(&told, Remembered::default(), now());
    assert!(known.learned().places.len() <= prices::seats::memory::KEPT_PLACES);
    let answer = answered(&known, &Question { limit: 50, ..Question::default() });
    assert_eq!((answer.matching, answer.listings.len()), (10_000, 50));
}

type Made = (usize, u32, i64, u32);

fn made() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec((0..5_usize, 1..25_u32, 100..80_000_i64, 1..5_u32), 3..50)
}

const SECTIONS: [&str; 5] = ["Lower 101", "102", "Floor A", "Upper 301", "Ложа 🎭"];

fn offers(made: &[Made]) -> Vec<SeatOffer> {
    let offers = made.iter().enumerate().map(|(n, (section, row, minor, quantity))| {
        offer(n, SECTIONS[*section], &row.to_string(), *minor, *quantity, FeeBasis::AllIn)
    });
    offers.collect()
}

fn hostile() -> impl Strategy<Value = SeatOffer> {
    let minor = prop_oneof![Just(1), Just(i64::MAX), Just(i64::MAX / 3), 1..1_000_i64];
    ("\\PC{0,40}", "\\PC{0,12}", minor, any::<u32>(), any::<bool>()).prop_map(
        |(section, row, minor, quantity, all_in)| {
            let basis = if all_in { FeeBasis::AllIn } else { FeeBasis::Unknown };
            offer(0, &section, &row, minor, quantity, basis)
        },
    )
}

fn adds_up(one: &ScoredSeats) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.score.is_some(), one.not_scored.is_none());
    let Some(score) = &one.score else { return Ok(()) };
    let amounts: i128 = score.reasons.iter().map(|reason| i128::from(reason.amount.amount_minor)).sum();
    let gap = i128::from(score.fair_price.amount_minor) - i128::from(score.price.amount_minor);
    prop_assert_eq!(amounts, gap);
    let points: i16 = score.reasons.iter().map(|reason| reason.points).sum();
    prop_assert_eq!(points, i16::from(score.value) - 50);
    prop_assert!(score.value <= 100 && score.fair_price.amount_minor > 0);
    prop_assert!(score.fair_low.amount_minor <= score.fair_price.amount_minor);
    prop_assert!(score.fair_price.amount_minor <= score.fair_high.amount_minor);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_cheaper_and_nearer_never_scores_lower(made in made(), quantity in prop::option::of(1..4_u32)) {
        let told = told(offers(&made));
        let answer = answer(&told, &Question { quantity, ..all() });
        for one in &answer.listings {
            adds_up(one)?;
            for other in &answer.listings {
                let (Some(score), Some(other_score)) = (&one.score, &other.score) else { continue };
                let row = |one: &ScoredSeats| one.seats.row.as_ref().unwrap().parse::<u32>().unwrap();
                let alike = one.seats.section == other.seats.section
                    && (quantity.is_some() || one.seats.quantity == other.seats.quantity);
                if alike && row(one) <= row(other) && score.price.amount_minor <= other_score.price.amount_minor {
                    prop_assert!(score.value >= other_score.value, "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_listing_that_asks_more_never_scores_higher_for_it(made in made(), which in any::<prop::sample::Index>(), times in 2..400_i64) {
        let mut dearer = made.clone();
        let at = which.index(made.len());
        dearer[at].2 = made[at].2 * (100 + times) / 100;
        let [before, after] = [made, dearer].map(|made| {
            let told = told(offers(&made));
            let answer = answer(&told, &all());
            by_name(&answer, at).score.clone().unwrap().value
        });
        prop_assert!(after <= before, "{before} became {after}");
    }

    #[test]
    fn whatever_is_listed_an_answer_comes_and_adds_up(offers in prop::collection::vec(hostile(), 0..30), quantity in prop::option::of(1..20_u32)) {
        let told = told(offers);
        let known = Known::of(&told, Remembered::default(), now());
        let answer = answered(&known, &Question { quantity, ..all() });
        for one in &answer.listings {
            adds_up(one)?;
        }
        let memory = known.learned();
        let remembered = Remembered { own: Some(memory.clone()), others: vec![("e".to_owned(), memory)] };
        let again = answered(&Known::of(&told, remembered, now()), &all());
        for one in &again.listings {
            adds_up(one)?;
        }
    }
}

#[test]
fn prices_rest_on_the_listings_and_on_what_is_remembered() {
    let basis = |listings: Vec<SeatOffer>, remembered| Known::of(&told(listings), remembered, now()).basis();
    let before = basis(house(), Remembered::default());
    assert_eq!(before, basis(house(), Remembered::default()));
    let mut dearer = house();
    dearer[0] = offer(0, "Lower 101", "1", 9_901, 2, FeeBasis::AllIn);
    assert_ne!(before, basis(dearer, Remembered::default()));
    let memory = Known::of(&told(house()), Remembered::default(), now()).learned();
    let own = Remembered { own: Some(memory.clone()), others: Vec::new() };
    let others = Remembered { own: None, others: vec![("evt_other".to_owned(), memory)] };
    let after = [basis(house(), own), basis(house(), others)];
    assert!(!after.contains(&before) && after[0] != after[1]);
}
