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
    Band, Courses, Currency, CurrentQuote, FeeBasis, Market, Money, Observation, Price, Score, ScoreInput,
    score,
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
    let now: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
    let fair = 2_000.0 * (3.0 * dice.unit()).exp();
    // The market has the event wrong as a whole, too: its course is off by as much.
    let level = fair * dice.normal(0.08).exp();
    let days = (dice.unit() * 40.0) as i64;
    let mut course: Vec<Observation> = Vec::new();
    for day in (1..=days).rev() {
        let price = usd(dice.around(level, 0.08));
        for hour in [0, 1] {
            course.push(Observation::of_price(now - TimeDelta::days(day) + TimeDelta::hours(hour), price));
        }
    }
    let history: Courses = [(Market::SeatGeek, course)].into();
    let price = dice.around(fair, 0.25);
    let others = (dice.unit() * 3.0) as usize;
    let mut current = vec![CurrentQuote { market: Market::SeatGeek, price: usd(price), seen_at: now }];
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
        fees: &FeeModels::new(),
        comparable: Some(&comparable),
    })
    .unwrap();
    // The score ranks the cheapest market, which need not be the first.
    let price = scored.price.amount_minor;
    (fair, price, scored)
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
