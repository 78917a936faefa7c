//! What a score means, on a made-up market whose fair prices are known: the fair price is nearer to the truth than the
//! price and than any single reference, the span holds it about as often as it says, and a better band is a better buy.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a made-up market is made of floats, and a test may fail by panicking"
)]

use chrono::{DateTime, TimeDelta, Utc};
use prices::score::{Comparable, FeeModels, Likeness, peers};
use prices::{
    AllInKind, Band, Courses, Currency, CurrentQuote, FeeBasis, FeeModel, Market, Money, Observation, Price,
    Score, ScoreInput, score,
};

/// Numbers that look random and are the same in every run (Steele, Lea and Flood 2014: `SplitMix64`).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve.
    fn normal(&mut self, deviation: f64) -> f64 {
        ((0..12).map(|_| self.unit()).sum::<f64>() - 6.0) * deviation
    }

    fn around(&mut self, fair: f64, deviation: f64) -> i64 {
        (fair * self.normal(deviation).exp()).max(1.0) as i64
    }
}

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

/// One event of the made-up market: its true fair price, its price now, its score.
fn event(dice: &mut Dice) -> (f64, i64, Score) {
    let (fair, paid, score) = event_with_fees(dice, None);
    (fair, paid as i64, score)
}

/// What a market states before fees of 25 %, give or take 8 % of which the model's error bar holds four cases in five.
const FEES: (f64, f64) = (1.25, 0.08);

fn fees() -> FeeModels {
    let bar = FEES.0 * FEES.1 * 1.2816;
    let [low, ratio, high] =
        [FEES.0 - bar, FEES.0, FEES.0 + bar].map(|ratio| (ratio * 10_000.0).round() as u32);
    let as_of = "2026-11-20".parse().unwrap();
    [(Market::SeatGeek, FeeModel { ratio, low, high, count: 200, as_of })].into()
}

/// The same, with what the buyer pays in the end; where fees are learned, the first market states prices before them.
fn event_with_fees(dice: &mut Dice, fees: Option<&FeeModels>) -> (f64, f64, Score) {
    let ratio = fees.map_or(1.0, |_| FEES.0 * (1.0 + dice.normal(FEES.1)));
    let stated = |all_in: i64| match fees {
        Some(_) => {
            let minor = (all_in as f64 / ratio).max(1.0) as i64;
            Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees)
        }
        None => usd(all_in),
    };
    let now: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
    let fair = 2_000.0 * (3.0 * dice.unit()).exp();
    // The market has the event wrong as a whole, too: its course is off by as much.
    let level = fair * dice.normal(0.08).exp();
    let days = (dice.unit() * 40.0) as i64;
    let mut course: Vec<Observation> = Vec::new();
    for day in (1..=days).rev() {
        let price = stated(dice.around(level, 0.08));
        for hour in [0, 1] {
            course.push(Observation::of_price(now - TimeDelta::days(day) + TimeDelta::hours(hour), price));
        }
    }
    let history: Courses = [(Market::SeatGeek, course)].into();
    let price = dice.around(fair, 0.25);
    let others = (dice.unit() * 3.0) as usize;
    let mut current = vec![CurrentQuote { market: Market::SeatGeek, price: stated(price), seen_at: now }];
    for market in [Market::StubHub, Market::Feed].into_iter().take(others) {
        current.push(CurrentQuote { market, price: usd(dice.around(fair, 0.12)), seen_at: now });
    }
    let like = fair * dice.normal(0.2).exp();
    let levels: Vec<i64> = (0..(dice.unit() * 12.0) as usize).map(|_| dice.around(like, 0.2)).collect();
    let comparable = Comparable {
        currency: Currency::USD,
        peers: peers(Likeness::SameVenue, levels).into_iter().collect(),
    };
    let scored = score(&ScoreInput {
        now,
        starts_at: Some(now + TimeDelta::days(40)),
        current: &current,
        history: &history,
        fees: fees.unwrap_or(&FeeModels::new()),
        comparable: Some(&comparable),
    })
    .unwrap();
    // The score ranks the cheapest market, which need not be the first.
    let first = if scored.market == Market::SeatGeek { Some(price as f64) } else { None };
    let paid = first.unwrap_or(scored.price.amount_minor as f64);
    (fair, paid, scored)
}

fn off(amount: i64, fair: f64) -> f64 {
    (amount as f64 / fair).ln().abs()
}

#[test]
fn the_fair_price_is_near_the_truth_and_the_span_holds_it() {
    let mut dice = Dice(7);
    let events: Vec<_> = (0..4_000).map(|_| event(&mut dice)).collect();
    let mean = |error: &dyn Fn(&(f64, i64, Score)) -> f64| {
        events.iter().map(error).sum::<f64>() / events.len() as f64
    };
    let of_price = mean(&|(fair, price, _)| off(*price, *fair));
    let of_fair = mean(&|(fair, _, score)| off(score.fair_price.amount_minor, *fair));
    println!("mean log error of the price {of_price:.3}, of the fair price {of_fair:.3}");
    assert!(of_fair < 0.7 * of_price, "{of_fair} {of_price}");
    let inside = mean(&|(fair, _, score)| {
        let span = score.uncertainty.unwrap();
        let (low, high) = (span.fair_low.amount_minor as f64, span.fair_high.amount_minor as f64);
        f64::from(u8::from((low..=high).contains(fair)))
    });
    println!("inside the span {inside:.3}");
    assert!((0.74..0.90).contains(&inside), "told 0.80, was {inside}");
}

/// How often the value by the true fair price and what is paid in the end is inside its span, and how wide that is.
fn inside(events: &[(f64, f64, Score)]) -> (f64, f64) {
    let span = |score: &Score| {
        let span = score.uncertainty.unwrap();
        (f64::from(span.value_low), f64::from(span.value_high))
    };
    let held = events.iter().filter(|(fair, paid, score)| {
        let (low, high) = span(score);
        let value = (50.0 + 125.0 * (fair - paid) / fair).clamp(0.0, 100.0).round();
        low <= value && value <= high
    });
    let wide: f64 = events.iter().map(|(.., score)| span(score).1 - span(score).0).sum();
    (held.count() as f64 / events.len() as f64, wide / events.len() as f64)
}

#[test]
fn the_span_of_the_score_holds_what_fees_make_of_it() {
    let (mut dice, fees) = (Dice(13), fees());
    let stated: Vec<_> = (0..4_000).map(|_| event_with_fees(&mut dice, None)).collect();
    let all: Vec<_> = (0..4_000).map(|_| event_with_fees(&mut dice, Some(&fees))).collect();
    let (held, wide) = inside(&stated);
    println!("price stated: value inside its span {held:.3}, {wide:.1} points wide");
    assert!((0.74..0.90).contains(&held), "told 0.80, was {held}");
    let is_converted = |score: &Score| score.all_in.unwrap().kind == AllInKind::Converted;
    let converted: Vec<_> = all.into_iter().filter(|(.., score)| is_converted(score)).collect();
    let (held, wide) = inside(&converted);
    println!("fees estimated ({}): value inside its span {held:.3}, {wide:.1} points wide", converted.len());
    // More than told: the score holds either end of the error bar, also against a course in which the error cancels.
    assert!((0.80..0.98).contains(&held), "told at least 0.80, was {held}");
}

#[test]
fn a_better_band_is_a_better_buy() {
    let mut dice = Dice(11);
    let events: Vec<_> = (0..4_000).map(|_| event(&mut dice)).collect();
    let paid: Vec<f64> = [Band::Poor, Band::Fair, Band::Good, Band::Great, Band::Amazing]
        .into_iter()
        .map(|band| {
            let of_band: Vec<f64> = events
                .iter()
                .filter(|(.., score)| score.band == band)
                .map(|(fair, price, _)| *price as f64 / fair)
                .collect();
            println!(
                "{band:?}: {} events at {:.2} of their worth",
                of_band.len(),
                of_band.iter().sum::<f64>() / of_band.len() as f64
            );
            assert!(of_band.len() > 20, "{band:?}");
            of_band.iter().sum::<f64>() / of_band.len() as f64
        })
        .collect();
    assert!(paid.windows(2).all(|pair| pair[1] < pair[0]), "{paid:?}");
    assert!(paid[0] > 1.0 && paid[3] < 0.85, "{paid:?}");
}
