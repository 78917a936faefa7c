//! What an outlook must hold whatever the prices do.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use prices::outlook::artefact::{ArtefactError, decode, encode};
use prices::outlook::boost::{Boosting, Question, boost};
use prices::outlook::calibrate::{Answered, Calibration, Caution};
use prices::outlook::course::{Course, Sight};
use prices::outlook::features::{BELOW_WEEK_HIGH, COUNT, features};
use prices::outlook::grow::Growth;
use prices::outlook::hazard::{self, Falls, hazard, within};
use prices::outlook::market::Market;
use prices::outlook::model::Outlook;
use prices::outlook::rules::{Asked, Rules, votes};
use prices::outlook::sample::Sample;
use prices::outlook::walk::{Forecast, Settings, walk};
use prices::outlook::{DAY, HORIZONS, HOUR};
use proptest::prelude::*;

fn sights(prices: &[u32]) -> Vec<Sight> {
    let mut at = 20_000 * DAY;
    prices
        .iter()
        .map(|price| {
            at = i64::saturating_add(at, 11 * HOUR);
            Sight { at, price: *price, listings: Some(price % 50) }
        })
        .collect()
}

fn courses(events: &[Vec<u32>]) -> Vec<Course> {
    events
        .iter()
        .enumerate()
        .map(|(number, prices)| Course::new(Some(20_025 * DAY), number % 3, sights(prices)))
        .collect()
}

fn settings() -> Settings {
    Settings {
        growth: Growth { trees: 8, leaf: 3, depth: 4, tries: 6, lean: 30.0 },
        boosting: Boosting { trees: 5, depth: 2, ..Boosting::default() },
        least: 20,
        ..Settings::default()
    }
}

fn ask_all(courses: &[Course], until: i64) -> Vec<(usize, i64)> {
    courses
        .iter()
        .enumerate()
        .flat_map(|(number, course)| course.daily_origins().into_iter().map(move |at| (number, at)))
        .filter(|(_, at)| *at <= until)
        .collect()
}

fn forecasts(events: &[Vec<u32>]) -> Vec<Forecast> {
    let courses = courses(events);
    walk(&courses, &ask_all(&courses, i64::MAX), &settings()).forecasts
}

fn events() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(prop_oneof![100..20_000_u32, Just(5_000)], 4..45), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn probabilities_and_quantiles_are_in_order(events in events()) {
        for forecast in forecasts(&events) {
            let mut least = 0.0;
            for fall in forecast.answer.falls {
                prop_assert!((0.0..=1.0).contains(&fall) && fall >= least);
                least = fall;
            }
            for quantiles in forecast.answer.quantiles {
                prop_assert!(quantiles.is_sorted() && quantiles.iter().all(|price| price.is_finite() && *price > 0.0));
            }
            prop_assert!(forecast.answer.waiting.is_finite() && forecast.answer.waiting > 0.0);
        }
    }

    #[test]
    fn the_future_changes_no_answer(events in events(), days in 2_i64..22, gap in any::<prop::sample::Index>()) {
        let now = (20_000 * DAY).saturating_add(days.saturating_mul(DAY)).saturating_add(i64::try_from(gap.index(86_400)).unwrap());
        let whole = courses(&events);
        let asked = ask_all(&whole, now);
        let cut: Vec<Course> = whole
            .iter()
            .map(|course| {
                let seen = course.sights().iter().copied().filter(|sight| sight.at <= now).collect();
                Course::new(course.start, course.group, seen)
            })
            .collect();
        let full = walk(&whole, &ask_all(&whole, i64::MAX), &settings()).forecasts;
        for forecast in walk(&cut, &asked, &settings()).forecasts {
            let same = full.iter().find(|other| (other.course, other.origin) == (forecast.course, forecast.origin));
            prop_assert_eq!(same, Some(&forecast));
        }
    }
}

#[test]
fn the_same_course_gives_the_same_answers() {
    let events: Vec<Vec<u32>> =
        (1..6).map(|event| (0..45).map(|step| 5_000 + (step * event * 7919) % 900).collect()).collect();
    assert_eq!(forecasts(&events), forecasts(&events));
}

#[test]
fn little_history_answers_with_the_past_rates() {
    let answers = forecasts(&[vec![5_000, 5_000, 5_000, 5_000, 5_000, 5_100]]);
    let last = answers.last().unwrap();
    assert!(last.answer.falls.iter().all(|fall| *fall > 0.0 && *fall < 0.2), "{:?}", last.answer.falls);
    assert!(!answers.is_empty());
}

#[test]
fn a_price_that_always_falls_is_waited_for() {
    let events: Vec<Vec<u32>> =
        (0..8).map(|event| (0..45).map(|step| 40_000 - step * (600 + event * 10)).collect()).collect();
    let answers = forecasts(&events);
    let late: Vec<&Forecast> = answers.iter().filter(|answer| answer.origin > 20_012 * DAY).collect();
    assert!(late.iter().filter(|answer| answer.answer.wait()).count() * 10 > late.len() * 9);
}

#[test]
fn a_price_that_always_rises_is_bought() {
    let events: Vec<Vec<u32>> =
        (0..8).map(|event| (0..45).map(|step| 10_000 + step * (600 + event * 10)).collect()).collect();
    let answers = forecasts(&events);
    assert!(answers.iter().filter(|answer| answer.origin > 20_012 * DAY).all(|answer| !answer.answer.wait()));
}

/// One event a day of these prices, all rules asked on each.
fn asked(prices: &[u32], below_high: impl Fn(usize) -> f32) -> Vec<Asked> {
    let of = |(place, price): (usize, &u32)| {
        let mut numbers = [0.0; COUNT];
        numbers[BELOW_WEEK_HIGH] = below_high(place);
        let next = (place + 1 < prices.len()).then_some(place + 1);
        Asked {
            age: i64::try_from(prices.len() - place).unwrap(),
            price: *price,
            votes: votes(&numbers, 1.1),
            next,
        }
    };
    prices.iter().enumerate().map(of).collect()
}

proptest! {
    #[test]
    fn beliefs_add_up_whatever_prices_do(prices in proptest::collection::vec(1_u32..5_000_000, 1..40), cost in 0.0..2.0_f64) {
        let below = |place: usize| -0.05 * f32::from(u8::try_from(place).unwrap());
        let rules = Rules::learn(&asked(&prices, below), 30.0);
        prop_assert!((rules.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(rules.weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
        let told = rules.cost(&[0.0; COUNT], cost);
        prop_assert!(told.is_finite() && told >= 0.0);
    }
}

#[test]
fn rules_are_believed_by_what_they_saved() {
    let calm = [0.0; COUNT];
    let falling: Vec<u32> = (0..30).map(|day| 30_000 - day * 900).collect();
    let rules = Rules::learn(&asked(&falling, |_| 0.0), 30.0);
    assert!((rules.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(rules.weights[0] < 0.01 && rules.cost(&calm, 1.1) < 0.9, "{rules:?}");
    let rising: Vec<u32> = (0..30).map(|day| 10_000 + day * 900).collect();
    let rules = Rules::learn(&asked(&rising, |_| 0.0), 30.0);
    assert!(rules.weights[0] > 0.3 && rules.cost(&calm, 1.1) >= 1.0, "{rules:?}");
    assert!(Rules::learn(&[], 30.0).cost(&calm, 0.5) >= 1.0, "nothing seen, no reason to wait");
}

#[test]
fn belief_changes_sides_within_days_of_a_turn() {
    let calm = [0.0; COUNT];
    // Two months of falls, then as much up a day.
    let turned = |rises: u32| {
        let prices: Vec<u32> = (0..=60 + rises).map(|day| 15_000 + 250 * day.abs_diff(60)).collect();
        let days = |copy: usize| {
            let next = |next: usize| next + copy * prices.len();
            let of = asked(&prices, |_| 0.0);
            of.into_iter().map(|day| Asked { next: day.next.map(next), ..day }).collect::<Vec<_>>()
        };
        Rules::learn(&(0..30).flat_map(days).collect::<Vec<_>>(), 30.0).cost(&calm, 1.1)
    };
    assert!(turned(0) < 1.0 && turned(1) < 1.0);
    assert!(turned(5) >= 1.0, "{}", turned(5));
}

#[test]
fn where_dips_recover_they_are_taken() {
    // Every fifth day a quarter off, never for long.
    let prices: Vec<u32> = (0..40).map(|day| if day % 5 == 4 { 7_500 } else { 10_000 }).collect();
    let below = |day: usize| if day % 5 == 4 { 0.75_f32.ln() } else { 0.0 };
    let rules = Rules::learn(&asked(&prices, below), 30.0);
    let mut dip = [0.0; COUNT];
    assert!(rules.cost(&dip, 1.1) < 0.9, "{rules:?}");
    dip[BELOW_WEEK_HIGH] = 0.75_f32.ln();
    assert!(rules.cost(&dip, 1.1) >= 1.0, "{rules:?}");
}

#[test]
fn right_answers_teach_no_correction_and_narrow_ones_widen() {
    let answered = |below: f64, up_to: f64| Answered { weight: 1.0, below, up_to, median: (0.1, 0.0) };
    let right: Vec<Answered> =
        (0..1000).map(|at| answered(f64::from(at) / 1000.0, f64::from(at + 1) / 1000.0)).collect();
    let kept = Calibration::learn(&right, 1.0, 0.1, Caution::default());
    assert!(kept.ranks.iter().zip(prices::outlook::LEVELS).all(|(rank, level)| (rank - level).abs() < 0.002));
    assert!((kept.probability(0.3) - 0.3).abs() < 1e-9);
    let narrow: Vec<Answered> = (0..1000)
        .map(|at| {
            let at = f64::from(u8::from(at % 2 == 0));
            answered(at, at)
        })
        .collect();
    let wide = Calibration::learn(&narrow, 0.2, 0.1, Caution::default());
    assert!(wide.ranks[0] < 0.01 && wide.ranks[4] > 0.99 && wide.probability(0.3) < 0.1);
}

/// Falls of `events` prices a day that fall with this hazard, where 0.1 is told, of which some are seen only for half a day.
fn falls(days: std::ops::Range<i64>, hazard: f64, into: &mut Falls) {
    // Low-discrepancy luck: the same each time, and even.
    let mut luck = 0.5;
    for day in days {
        for event in 0..60 {
            luck = (luck + 0.618_033_988_749_895_f64).fract();
            let seen = if event % 3 == 0 { 0.5 } else { 1.0 };
            into.add(day, 0.1 * seen, luck < 1.0 - (-hazard * seen).exp());
        }
    }
}

#[test]
fn falls_are_told_as_often_as_they_come_and_followed_within_days() {
    let mut watched = Falls::default();
    assert!((watched.times(0, 24) - 1.0).abs() < 1e-9, "nothing seen, nothing corrected");
    falls(0..60, 0.1, &mut watched);
    let right = watched.times(60, 24);
    assert!((0.9..1.1).contains(&right), "{right}");
    falls(60..74, 0.02, &mut watched);
    let fewer = watched.times(74, 24);
    assert!((0.2..0.65).contains(&fewer), "{fewer}");
    falls(74..88, 0.25, &mut watched);
    assert!(watched.times(88, 24) > 1.3, "{}", watched.times(88, 24));
}

#[test]
fn what_is_watched_ends_with_the_first_fall() {
    let seen = |prices: &[u32], until: usize| {
        let course = Course::new(None, 0, sights(prices));
        let at = |index: usize| course.sights()[index].at;
        course.watched(at(0), at(until)).map(|(_, fell)| fell).collect::<Vec<_>>()
    };
    assert_eq!(seen(&[100, 96, 95, 90], 3), [false, true]);
    assert_eq!(seen(&[100, 96, 95, 90], 1), [false]);
    // A third of the price before it may be a mistake; if it stays there, it fell.
    assert_eq!(seen(&[100, 20, 100, 99], 3), [false, false, false]);
    assert_eq!(seen(&[100, 20, 20, 20], 3), [false, true]);
}

proptest! {
    #[test]
    fn a_hazard_is_told_little_by_little(told in prop::array::uniform3(0.0..1.0_f64), times in 0.01..20.0_f64, one in 0..169_i64, other in 0..169_i64) {
        let hazards = told.map(hazard);
        for (horizon, (hours, whole)) in HORIZONS.into_iter().zip(hazards).enumerate() {
            let (early, late) = (one.min(other) * HOUR, one.max(other) * HOUR);
            let (early, late) = (within(&hazards, horizon, early), within(&hazards, horizon, late));
            prop_assert!(0.0 <= early && early <= late + 1e-12 && late <= whole + 1e-12);
            prop_assert!((within(&hazards, horizon, hours * HOUR) - whole).abs() < 1e-9);
        }
        let corrected = told.map(|told| hazard::times(told, times));
        prop_assert!(corrected.iter().all(|probability| (0.0..=1.0).contains(probability)));
        prop_assert!(told[0] > told[1] || corrected[0] <= corrected[1]);
    }
}

#[test]
fn a_sample_knows_its_ranks() {
    let sample = Sample::of(vec![0.0, 0.0, 0.1, -0.1]);
    assert_eq!(sample.ranks(0.0), (0.25, 0.75));
    assert!((sample.quantile(0.5) - 0.0).abs() < 1e-9 && (sample.quantile(1.0) - 0.1).abs() < 1e-6);
    assert_eq!(Sample::of(vec![f32::NAN]).points(), [0.0]);
}

#[test]
fn a_sample_is_weighed_to_the_shares_below_its_cuts() {
    let sample = Sample::of((-100..100_i16).map(f32::from).collect());
    let below = |cut: usize, number: f32| number < [-50.0, 0.0][cut];
    let weighed = sample.weighed(&[0.5, 0.6], below);
    assert!((weighed.share(|number| number < -50.0) - 0.5).abs() < 0.01);
    assert!((weighed.share(|number| number < 0.0) - 0.6).abs() < 0.01);
    assert!(weighed.points().is_sorted());
    // Shares out of order are put in order, and a share where there are no points is given to the others.
    let weighed = sample.weighed(&[0.6, 0.5], below);
    assert!((weighed.share(|number| number < 0.0) - 0.6).abs() < 0.01);
    assert_eq!(Sample::of(vec![1.0, 2.0]).weighed(&[0.9, 1.0], below).points().len(), 2);
}

#[test]
fn boosted_trees_tell_what_a_number_tells() {
    let numbers: Vec<[f32; COUNT]> = (0..400_u16)
        .map(|row| {
            std::array::from_fn(|number| if number == 7 { f32::from(row % 2) } else { f32::from(row % 13) })
        })
        .collect();
    let questions: Vec<Question> = numbers
        .iter()
        .enumerate()
        .map(|(row, numbers)| Question { numbers, event: row % 20, horizon: row % 3, fell: row % 2 == 1 })
        .collect();
    let boosted = boost(&questions, Boosting { part: 1, ..Boosting::default() }, 1);
    assert_eq!(boosted, boost(&questions, Boosting { part: 1, ..Boosting::default() }, 1));
    for horizon in 0..3 {
        assert!(boosted.odds(&numbers[1], horizon).unwrap() > 1.0);
        assert!(boosted.odds(&numbers[2], horizon).unwrap() < -1.0);
    }
    assert_eq!(boost(&[], Boosting::default(), 1).odds(&numbers[0], 0), None);
}

#[test]
fn spikes_are_left_out_once_their_successor_is_seen() {
    let course = Course::new(None, 0, sights(&[100, 1_000, 100, 100]));
    let at = |index: usize| course.sights()[index].at;
    assert_eq!(course.until(at(1)).last().unwrap().price, 1_000);
    assert_eq!(course.until(at(2)).standing(at(1)).unwrap().price, 100);
    let numbers = features(&course, 0, at(3), &Market::at(&[], at(3))).unwrap();
    assert!(numbers[BELOW_WEEK_HIGH].abs() < 1e-6);
    let halved = Course::new(None, 0, sights(&[100, 200, 100]));
    let numbers = features(&halved, 0, at(2), &Market::at(&[], at(2))).unwrap();
    assert!((numbers[BELOW_WEEK_HIGH] - 0.5_f32.ln()).abs() < 1e-6);
}

fn fitted() -> (Vec<Course>, Outlook) {
    let events: Vec<Vec<u32>> =
        (1..6).map(|event| (0..45).map(|step| 5_000 + (step * event * 7919) % 900).collect()).collect();
    let courses = courses(&events);
    let outlook = walk(&courses, &[], &settings()).outlook.unwrap();
    (courses, outlook)
}

#[test]
fn a_stored_outlook_answers_as_before() {
    let (courses, outlook) = fitted();
    let read = decode(&encode(&outlook)).unwrap();
    let at = 20_014 * DAY;
    let numbers = features(&courses[0], 0, at, &Market::at(&courses, at)).unwrap();
    let (one, other) = (outlook.answer(&numbers), read.answer(&numbers));
    assert!(outlook.horizons.iter().all(|horizon| !horizon.forest.trees.is_empty()));
    let pairs = one
        .falls
        .into_iter()
        .zip(other.falls)
        .chain(one.quantiles.into_iter().flatten().zip(other.quantiles.into_iter().flatten()));
    assert!(pairs.chain([(one.waiting, other.waiting)]).all(|(one, other)| (one - other).abs() < 2e-4));
    // What was read is written as it was.
    assert_eq!(encode(&decode(&encode(&read)).unwrap()), encode(&read));
}

#[test]
fn damage_to_a_stored_outlook_is_noticed() {
    let (_, outlook) = fitted();
    let bytes = encode(&outlook);
    assert_eq!(decode(b"RG"), Err(ArtefactError::Foreign));
    assert_eq!(decode(b"RO\x09....."), Err(ArtefactError::Version(9)));
    for cut in [2, 3, 6, 40, bytes.len() / 2, bytes.len() - 1] {
        assert!(decode(&bytes[..cut]).is_err());
    }
    for at in (0..bytes.len()).step_by(bytes.len() / 97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(decode(&damaged).is_err(), "a bit at {at}");
    }
}
