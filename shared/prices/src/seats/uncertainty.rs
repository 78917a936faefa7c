//! How sure a fair price is: what the listings most like it tell of it, and how far such tellings have been off.
//!
//! Variance left by a few listings is never below that left by all; how wide a span must be to hold nine in ten is
//! then not assumed but counted, each of some listings left out in turn (conformal prediction: Vovk, Gammerman and
//! Shafer, *Algorithmic Learning in a Random World*, 2005).

use super::affinity::Seating;
use super::regression::NOISE;

/// The most alike that are looked at: their likenesses to each other cost the cube of it.
const ALIKE: usize = 24;
/// Listings that are left out in turn.
const LEFT_OUT: usize = 60;
/// With fewer no share of nine in ten can be counted, and the normal distribution's is taken.
const FEWEST: usize = 20;
/// Standard deviations on either side that hold nine in ten of a normal distribution.
pub(super) const NINE_IN_TEN: f64 = 1.645;

/// A listing that was learned from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) seating: Seating,
    /// Its log price, the mean of all taken off.
    pub(super) value: f64,
    /// Its noise, variance.
    pub(super) noise: f64,
}

/// What the listings most like `seating` tell of its log price: its mean and the variance left. `except` is left out.
pub(super) fn told_by_alike(seating: &Seating, known: &[Known], except: Option<usize>) -> (f64, f64) {
    let own = seating.covariance(seating);
    let others = || known.iter().enumerate().filter(|(at, _)| Some(*at) != except);
    let near = others().filter(|(_, known)| known.seating.is_in_zone_of(seating)).count() >= ALIKE;
    let mut alike: Vec<(f64, (usize, &Known))> = others()
        .filter(|(_, known)| !near || known.seating.is_in_zone_of(seating))
        .map(|(at, known)| (known.seating.covariance(seating), (at, known)))
        .collect();
    if let Some(last) = ALIKE.checked_sub(1).filter(|_| alike.len() > ALIKE) {
        // By what each alone would tell: likeness against its noise. Of equals the first, so that an answer is one.
        let tells = |(shared, (_, known)): &(f64, (usize, &Known))| shared * shared / (own + known.noise);
        alike.select_nth_unstable_by(last, |one, other| {
            tells(other).total_cmp(&tells(one)).then_with(|| one.1.0.cmp(&other.1.0))
        });
        alike.truncate(ALIKE);
    }
    // Cholesky's decomposition of their covariance, one row a listing, and with it what they tell.
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(alike.len());
    let mut told: Vec<f64> = Vec::with_capacity(alike.len());
    let mut values: Vec<f64> = Vec::with_capacity(alike.len());
    for (at, (shared, (_, known))) in alike.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(alike.len());
        for ((_, (_, other)), earlier) in alike.iter().take(at).zip(&lower) {
            let rest = known.seating.covariance(&other.seating) - dot(&row, earlier);
            row.push(rest / earlier.last().copied().unwrap_or(1.0));
        }
        let pivot = known.seating.covariance(&known.seating) + known.noise - dot(&row, &row);
        let pivot = pivot.max(f64::EPSILON).sqrt();
        told.push((shared - dot(&row, &told)) / pivot);
        values.push((known.value - dot(&row, &values)) / pivot);
        row.push(pivot);
        lower.push(row);
    }
    (dot(&told, &values), (own - dot(&told, &told)).max(0.0))
}

/// How many standard deviations on either side hold nine in ten of the first `listings` of `known`.
pub(super) fn nine_in_ten(known: &[Known], listings: usize) -> f64 {
    let step = listings.div_ceil(LEFT_OUT).max(1);
    let mut off: Vec<f64> = known
        .iter()
        .enumerate()
        .take(listings)
        .step_by(step)
        .map(|(at, left_out)| {
            let (mean, variance) = told_by_alike(&left_out.seating, known, Some(at));
            (left_out.value - mean).abs() / (variance + NOISE).sqrt()
        })
        .collect();
    if off.len() < FEWEST {
        return NINE_IN_TEN;
    }
    off.sort_by(f64::total_cmp);
    // The rank that holds nine in ten of what comes next, not of what was.
    let rank = off.len().saturating_add(1).saturating_mul(9).div_ceil(10).saturating_sub(1);
    off.get(rank).or(off.last()).copied().unwrap_or(NINE_IN_TEN)
}

/// The sum of products over the shorter of the two.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
