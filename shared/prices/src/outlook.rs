//! Where a price may go: the probability that it falls by 5 % within one, three and seven days, the span it will
//! probably lie in, and whether waiting is worth it.
//!
//! A random forest and boosted trees over what could be known at the time (`features`, `forest`, `boosted`), fitted anew every few days on every
//! label complete by then (`walk`), its answers corrected by how its own earlier answers turned out (`calibrate`), and a
//! rule of when to buy that is worked out backwards from the deadline (`waiting`). Formulas and measures:
//! docs/PRICING.md. Nothing here is money: these are statistics of relative prices.

pub mod artefact;
pub mod best;
pub mod boost;
pub mod boosted;
pub mod calibrate;
pub mod course;
pub mod features;
pub mod forest;
pub mod grow;
pub mod hazard;
pub mod market;
pub mod model;
mod moments;
pub mod rules;
pub mod sample;
pub mod side;
pub mod waiting;
pub mod walk;

/// How far ahead, in hours.
pub const HORIZONS: [i64; 3] = [24, 72, 168];
/// The quantiles of the price at the horizon that are told.
pub const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Seconds of an hour.
pub const HOUR: i64 = 3600;
/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// A fall counts from here: 5 % below the price at the origin.
pub const FALL: f64 = 0.95;
