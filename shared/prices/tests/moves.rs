//! Moves are real: seen twice, said once, and never made of nothing.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use chrono::{DateTime, TimeDelta, Utc};
use prices::moves::Sight;
use prices::{
    AbsentReason, Currency, Direction, FeeBasis, Level, Money, Move, MoveDetector, Observation, Price,
};
use proptest::prelude::*;

fn at(poll: usize) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
    begin + TimeDelta::minutes(i64::try_from(poll).unwrap())
}

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

/// Feeds prices one poll after another, none marked as confirming.
fn watch(prices: &[Price]) -> Vec<Move> {
    let mut detector = MoveDetector::default();
    let feed =
        |(poll, price): (usize, &Price)| detector.observe(&Observation::of_price(at(poll), *price), false);
    prices.iter().enumerate().filter_map(feed).collect()
}

fn levels(moves: &[Move]) -> Vec<(i64, i64)> {
    moves.iter().map(|moved| (moved.old.amount_minor, moved.new.amount_minor)).collect()
}

#[test]
fn a_fall_seen_twice_is_one_move_with_its_evidence() {
    let moves = watch(&[usd(10_000), usd(10_000), usd(8_500), usd(8_500), usd(8_500), usd(8_500)]);
    assert_eq!(levels(&moves), [(10_000, 8_500)]);
    let fall = moves[0];
    assert_eq!(fall.percent_hundredths, -1_500);
    assert_eq!(fall.direction, Direction::Down);
    assert!(fall.lowest_ever && !fall.within_band);
    assert_eq!((fall.first_seen_at, fall.confirmed_at), (at(2), at(3)));
}

#[test]
fn one_poll_alone_is_no_move_unless_it_confirms_the_poll_before() {
    let mut detector = MoveDetector::default();
    let seen = |poll, minor| Observation::of_price(at(poll), usd(minor));
    assert_eq!(detector.observe(&seen(0, 10_000), true), None, "the first level is where moves begin");
    assert_eq!(detector.observe(&seen(1, 500), false), None);
    assert_eq!(detector.observe(&seen(2, 10_000), false), None, "an outlier");
    assert_eq!(detector.observe(&seen(3, 9_000), true).map(|fall| fall.new.amount_minor), Some(9_000));
}

#[test]
fn flapping_inside_the_band_is_one_move() {
    let flapping: Vec<Price> = [5_050, 5_050, 5_000, 5_000].repeat(10).into_iter().map(usd).collect();
    let moves = watch(&flapping);
    assert_eq!(levels(&moves), [(5_050, 5_000)]);
    assert!(moves[0].within_band, "a new low is answered, so that a target between the two is met");
    let upwards: Vec<Price> = [5_000, 5_000, 5_050, 5_050].repeat(10).into_iter().map(usd).collect();
    assert_eq!(watch(&upwards), []);
}

#[test]
fn a_fall_in_small_steps_is_seen_as_soon_as_two_sights_bear_it_out() {
    let moves = watch(&[usd(10_000), usd(10_000), usd(9_020), usd(9_000), usd(8_980)]);
    assert_eq!(levels(&moves), [(10_000, 9_020), (9_020, 9_000)]);
    assert_eq!(moves.iter().map(|moved| moved.within_band).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_slow_drift_is_told_once_its_steps_add_up() {
    for step in [-40_i64, 40] {
        let drift: Vec<Price> = (0..40_i64).flat_map(|i| [usd(10_000 + i * step); 2]).collect();
        let mut moves = watch(&drift);
        moves.retain(|moved| !moved.within_band);
        assert_eq!(moves.len(), 13, "every third step is beyond the band of 100: {moves:?}");
        assert!(moves.iter().all(|moved| moved.old.amount_minor.abs_diff(moved.new.amount_minor) == 120));
    }
}

#[test]
fn a_move_carries_the_sights_that_bear_it_out() {
    let moves = watch(&[usd(10_000), usd(10_000), usd(300), usd(8_500), usd(8_450)]);
    let evidence = moves[0].evidence;
    let sight = |poll, minor| Sight { at: at(poll), price: Money::new(minor, Currency::USD) };
    assert_eq!(evidence.before, Some(sight(1, 10_000)));
    assert_eq!((evidence.first, evidence.second), (Some(sight(3, 8_500)), sight(4, 8_450)));
    assert_eq!((evidence.polls, evidence.band_minor), (3, 100), "one odd poll came between");
}

#[test]
fn what_the_price_is_follows_flapping_that_is_not_told() {
    let mut detector = MoveDetector::default();
    for (poll, minor) in [5_000, 5_000, 5_050, 5_050].into_iter().enumerate() {
        assert_eq!(detector.observe(&Observation::of_price(at(poll), usd(minor)), false), None);
    }
    let usd = |minor| Some(Level { money: Money::new(minor, Currency::USD), basis: FeeBasis::AllIn });
    assert_eq!((detector.told(), detector.stands(), detector.lowest()), (usd(5_000), usd(5_050), usd(5_000)));
}

#[test]
fn a_state_from_before_sights_were_remembered_goes_on() {
    let stored = r#"{"told":{"money":{"amount_minor":10000,"currency":"USD"},"basis":"all_in"},
        "lowest":{"money":{"amount_minor":9000,"currency":"USD"},"basis":"all_in"},"candidate":null,
        "seen_until":"2026-11-21T08:00:00Z"}"#;
    let mut detector: MoveDetector = serde_json::from_str(stored).unwrap();
    assert_eq!(detector.stands(), detector.told());
    let fall = detector.observe(&Observation::of_price(at(1), usd(8_000)), true).unwrap();
    assert_eq!((fall.old.amount_minor, fall.new.amount_minor, fall.lowest_ever), (10_000, 8_000, true));
    assert_eq!((fall.evidence.before, fall.evidence.first), (None, None));
}

#[test]
fn a_rise_is_a_move_and_a_second_fall_to_the_same_level_is_no_new_low() {
    let moves = watch(&[8_000, 8_000, 9_000, 9_000, 8_000, 8_000].map(usd));
    assert_eq!(levels(&moves), [(8_000, 9_000), (9_000, 8_000)]);
    assert_eq!(moves[0].direction, Direction::Up);
    assert!(!moves[1].lowest_ever, "8000 had been seen before");
}

#[test]
fn another_currency_or_fee_basis_begins_anew() {
    let euro = Price::quoted(Money::new(5_000, "EUR".parse().unwrap()), FeeBasis::AllIn);
    let before_fees = Price::quoted(Money::new(5_000, Currency::USD), FeeBasis::BeforeFees);
    for other in [euro, before_fees] {
        assert_eq!(watch(&[usd(10_000), usd(10_000), other, other, usd(10_000), usd(10_000)]), []);
    }
}

#[test]
fn the_state_survives_storage() {
    let mut detector = MoveDetector::default();
    detector.observe(&Observation::of_price(at(0), usd(10_000)), true);
    detector.observe(&Observation::of_price(at(1), usd(9_000)), false);
    let stored = serde_json::to_string(&detector).unwrap();
    let mut restored: MoveDetector = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored, detector);
    assert!(restored.observe(&Observation::of_price(at(2), usd(9_000)), false).is_some());
}

#[test]
fn what_stands_is_an_amount_with_its_own_basis() {
    let mut detector = MoveDetector::default();
    let before_fees = |minor| Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees);
    for (poll, price) in [usd(9_000), usd(9_000), before_fees(3_000)].into_iter().enumerate() {
        detector.observe(&Observation::of_price(at(poll), price), false);
    }
    assert_eq!(detector.stands().map(Level::price), Some(usd(9_000)), "one poll on another basis");
    detector.observe(&Observation::of_price(at(3), before_fees(3_000)), false);
    assert_eq!(detector.stands().map(Level::price), Some(before_fees(3_000)));
}

#[test]
fn what_was_sold_out_does_not_stand_again_at_the_first_sight_of_another_price() {
    let mut detector = MoveDetector::default();
    let gone = Price::absent(AbsentReason::SoldOut);
    for (poll, price) in [usd(3_000), usd(3_000), gone, usd(20_000)].into_iter().enumerate() {
        detector.observe(&Observation::of_price(at(poll), price), false);
    }
    assert_eq!(detector.stands(), None);
    let rise = detector.observe(&Observation::of_price(at(4), usd(20_000)), false).unwrap();
    assert_eq!(
        (rise.old.amount_minor, rise.new.amount_minor),
        (3_000, 20_000),
        "moves begin where they began before"
    );
    assert_eq!(detector.stands().map(Level::price), Some(usd(20_000)));
}

/// A poll's answer on any basis and in two currencies, or none.
fn any_quote() -> impl Strategy<Value = Price> {
    let units = prop::sample::select(vec![
        (Currency::USD, FeeBasis::AllIn),
        (Currency::USD, FeeBasis::BeforeFees),
        ("EUR".parse().unwrap(), FeeBasis::AllIn),
    ]);
    prop_oneof![
        4 => (prop::sample::select(vec![3_000_i64, 3_020, 3_040, 9_000]), units)
            .prop_map(|(minor, (currency, basis))| Price::quoted(Money::new(minor, currency), basis)),
        1 => Just(Price::absent(AbsentReason::SoldOut)),
    ]
}

/// A poll's answer: mostly prices near a few levels, sometimes nothing.
fn any_price() -> impl Strategy<Value = Price> {
    prop_oneof![
        6 => prop::sample::select(vec![4_000_i64, 4_020, 4_500, 5_000, 5_040, 5_200, 100]).prop_map(usd),
        2 => (1_i64..20_000).prop_map(usd),
        1 => prop::sample::select(vec![
            Price::absent(AbsentReason::SoldOut),
            Price::absent(AbsentReason::Restricted),
            Price::absent(AbsentReason::Unknown),
        ]),
        1 => Just(Price::Quoted { money: Money::new(0, Currency::USD), basis: FeeBasis::AllIn }),
    ]
}

proptest! {
    #[test]
    fn failed_empty_or_zero_polls_never_make_a_move(
        minor in 1_i64..1_000_000,
        polls in prop::collection::vec(prop::option::of(0_usize..5), 1..60),
    ) {
        let nothing = [
            Price::absent(AbsentReason::SoldOut),
            Price::absent(AbsentReason::NotOnSale),
            Price::absent(AbsentReason::Restricted),
            Price::absent(AbsentReason::Free),
            Price::Quoted { money: Money::new(0, Currency::USD), basis: FeeBasis::AllIn },
        ];
        // `None` is the true price again, whatever came between.
        let prices: Vec<Price> = polls.iter().map(|poll| poll.map_or(usd(minor), |index| nothing[index])).collect();
        prop_assert_eq!(watch(&prices), []);
    }

    #[test]
    fn observations_that_come_twice_or_late_yield_no_further_moves(
        prices in prop::collection::vec((any_price(), any::<bool>()), 1..60),
        again in prop::collection::vec(0_usize..60, 0..60),
    ) {
        let mut detector = MoveDetector::default();
        for (poll, (price, confirms)) in prices.iter().enumerate() {
            detector.observe(&Observation::of_price(at(poll), *price), *confirms);
        }
        let before = detector;
        for poll in again.into_iter().filter(|poll| *poll < prices.len()) {
            let (price, confirms) = prices[poll];
            prop_assert_eq!(detector.observe(&Observation::of_price(at(poll), price), confirms), None);
        }
        prop_assert_eq!(detector, before);
    }

    #[test]
    fn every_move_is_borne_out_by_two_polls_in_a_row(prices in prop::collection::vec(any_price(), 1..80)) {
        let mut detector = MoveDetector::default();
        for (poll, price) in prices.iter().enumerate() {
            let Some(moved) = detector.observe(&Observation::of_price(at(poll), *price), false) else { continue };
            let sights = [prices[poll - 1], prices[poll]].map(|price| price.money().unwrap().amount_minor);
            let (old, new) = (moved.old.amount_minor, moved.new.amount_minor);
            prop_assert!(sights.contains(&new), "{sights:?} {moved:?}");
            match moved.direction {
                Direction::Down => prop_assert!(new < old && sights.iter().all(|seen| *seen <= new), "{sights:?} {moved:?}"),
                Direction::Up => prop_assert!(new > old && sights.iter().all(|seen| *seen >= new), "{sights:?} {moved:?}"),
            }
        }
    }

    #[test]
    fn nothing_stands_between_an_absence_and_the_next_two_sights_that_agree(
        polls in prop::collection::vec((any_quote(), any::<bool>()), 1..60),
    ) {
        let mut detector = MoveDetector::default();
        let mut since_absence: Vec<(Price, bool)> = Vec::new();
        for (poll, (price, confirms)) in polls.iter().enumerate() {
            detector.observe(&Observation::of_price(at(poll), *price), *confirms);
            match price.money() {
                Some(_) => since_absence.push((*price, *confirms)),
                None => since_absence.clear(),
            }
            let unit = |price: &Price| (price.money().map(|money| money.currency), price.basis());
            let agree = |pair: &[(Price, bool)]| {
                let [first, second] = [pair[0].0, pair[1].0].map(|price| price.money().unwrap().amount_minor);
                unit(&pair[0].0) == unit(&pair[1].0) && first.abs_diff(second) <= 100
            };
            let borne_out = since_absence.iter().any(|(_, confirms)| *confirms) || since_absence.windows(2).any(agree);
            prop_assert_eq!(detector.stands().is_some(), borne_out);
            if let Some(stands) = detector.stands() {
                // The amount and what it includes were stated together.
                prop_assert!(polls[..=poll].iter().any(|(stated, _)| *stated == stands.price()), "{:?}", stands);
            }
        }
    }

    #[test]
    fn moves_follow_one_another_without_a_gap(prices in prop::collection::vec(any_price(), 1..80)) {
        let mut moves = watch(&prices);
        moves.retain(|moved| !moved.within_band);
        for pair in moves.windows(2) {
            prop_assert_eq!(pair[0].new, pair[1].old);
        }
    }
}
