//! How often prices fall, over how often they were told to: followed from day to day.
//!
//! A probability of a fall within some days is a hazard spread over them. What came is held against it sight by sight: a
//! fall counts on the day it is seen, and a day without one as soon as it is over, so that nothing waits for the end of a
//! horizon, and what is not yet over leans neither way (an intensity and its falls differ by a martingale: Aalen,
//! *Nonparametric inference for a family of counting processes*, 1978). Falls over told hazard, with what is
//! past counting less by the day, is the estimate of a rate that wanders (Smith and Miller, *A non-Gaussian state space
//! model*, 1986).

use std::collections::BTreeMap;

use super::calibrate::SURE;
use super::{HORIZONS, HOUR};

/// A day counts half after so many.
const HALF_LIFE: f64 = 7.0;
/// As if on so many days just as many had fallen as were told to.
const CAUTION: f64 = 3.0;
/// Fewer days say nothing of how days differ.
const LEAST: usize = 5;
/// How far what came must be from what was told, in squares of its standard error, before any of it is believed.
const NOISE: f64 = 2.0;

/// Falls that came and hazards that were told, by calendar day (UTC).
#[derive(Clone, Debug, Default)]
pub struct Falls(BTreeMap<i64, (f64, f64)>);

impl Falls {
    /// On this day a hazard was told of a price that was seen, and perhaps it fell.
    pub fn add(&mut self, day: i64, told: f64, fell: bool) {
        let (falls, sum) = self.0.entry(day).or_default();
        *falls += if fell { 1.0 } else { 0.0 };
        *sum += told;
    }

    /// How many times the told hazard is to be expected from this day on for so many hours; above zero. Days differ by
    /// themselves: what does not stand out of that is not corrected, and what does is as far as it does (positive part
    /// of James and Stein, *Estimation with quadratic loss*, 1961). It fades as fast as it is forgotten: of a longer time, as
    /// it will be in the middle.
    pub fn times(&self, day: i64, hours: i64) -> f64 {
        let weighed: Vec<(f64, f64, f64)> = self
            .0
            .iter()
            .map(|(seen, (falls, told))| (faded(day.saturating_sub(*seen).saturating_mul(24)), *falls, *told))
            .collect();
        let sum =
            |of: &dyn Fn(f64, f64, f64) -> f64| weighed.iter().map(|(w, f, t)| of(*w, *f, *t)).sum::<f64>();
        let (falls, told) = (sum(&|weight, falls, _| weight * falls), sum(&|weight, _, told| weight * told));
        let held = CAUTION * told / sum(&|weight, _, _| weight);
        let times = (held + falls) / (held + told);
        let noise = sum(&|weight, falls, told| (weight * (falls - times * told)).powi(2));
        let found = (falls - told).powi(2);
        if weighed.len() < LEAST || !times.is_finite() || times <= 0.0 || found <= 0.0 {
            return 1.0;
        }
        times.powf((1.0 - NOISE * noise / found).max(0.0) * faded(hours / 2))
    }
}

/// What is left of a day's word after so many hours.
fn faded(hours: i64) -> f64 {
    0.5_f64.powf(f64::from(i32::try_from(hours).unwrap_or(i32::MAX)) / 24.0 / HALF_LIFE)
}

/// The hazard of a probability.
pub fn hazard(probability: f64) -> f64 {
    -(-probability.clamp(SURE, 1.0 - SURE)).ln_1p()
}

/// A probability whose hazard is so many times as large.
pub fn times(probability: f64, times: f64) -> f64 {
    -(-hazard(probability) * times).exp_m1()
}

/// The part of a horizon's hazard that is told for its first `elapsed` seconds, where `hazards` are those of
/// [`HORIZONS`]: what the shorter horizons say of their time, and evenly within it.
pub fn within(hazards: &[f64; 3], horizon: usize, elapsed: i64) -> f64 {
    let whole = hazards.get(horizon).copied().unwrap_or(0.0);
    let (mut sum, mut before, mut since) = (0.0, 0.0, 0);
    for (place, (hours, hazard)) in HORIZONS.iter().zip(hazards).enumerate().take(horizon.saturating_add(1)) {
        let until = hours.saturating_mul(HOUR);
        let up_to = if place == horizon { whole } else { hazard.clamp(before, whole) };
        sum += (up_to - before) * part(elapsed.saturating_sub(since), until.saturating_sub(since));
        (before, since) = (up_to, until);
    }
    sum
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a week are exact")]
fn part(of: i64, all: i64) -> f64 {
    (of as f64 / all as f64).clamp(0.0, 1.0)
}
