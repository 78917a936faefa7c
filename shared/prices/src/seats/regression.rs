//! Gaussian process regression with heavy-tailed noise, solved by conjugate gradients.

use super::affinity::{Part, Seating};
use super::effects::{Learned, Shared};
use super::uncertainty::{self, Known};

/// Spread of the noise, as the standard deviation of a log price: what people ask for like seats differs by a fifth.
pub(super) const NOISE: f64 = 0.2 * 0.2;
/// Degrees of freedom of the noise: a listing three deviations off counts half.
const FREEDOM: f64 = 8.0;
/// Rounds of weighing: after two the weights hardly move.
const ROUNDS: usize = 2;
/// A solution is good enough when what is left over is this part of the right side, and is left as it is after so many
/// steps: time stays bounded whatever is listed.
const LEFT_OVER: f64 = 1e-5;
const MOST_STEPS: usize = 300;

/// How much a listing so many deviations off counts, as a part of an ordinary one.
pub(super) fn credence(deviations: f64) -> f64 {
    (FREEDOM + 1.0) / (FREEDOM + deviations * deviations)
}

/// A listing to learn from: where, its log price, and how many listings it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) seating: Seating,
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// A fitted regression.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    /// What was learned from.
    known: Vec<Known>,
    learned: Learned,
    mean: f64,
    spread: f64,
}

impl Regression {
    /// Fits `points`; `None` without any.
    pub(super) fn fit(points: &[Point]) -> Option<Self> {
        if points.is_empty() {
            return None;
        }
        let total: f64 = points.iter().map(|point| point.weight).sum();
        let mean = points.iter().map(|point| point.weight * point.value).sum::<f64>() / total;
        let centred: Vec<f64> = points.iter().map(|point| point.value - mean).collect();
        let seatings: Vec<Seating> = points.iter().map(|point| point.seating).collect();
        let shared = Shared::of(&seatings);
        let mut noise: Vec<f64> = points.iter().map(|point| NOISE / point.weight).collect();
        let mut pulls = vec![0.0; points.len()];
        solve(&shared, &noise, &centred, &mut pulls);
        for _ in 0..ROUNDS {
            for ((noise, pull), point) in noise.iter_mut().zip(&pulls).zip(points) {
                let deviations = pull * *noise / (NOISE / point.weight).sqrt();
                *noise = NOISE / (point.weight * credence(deviations));
            }
            solve(&shared, &noise, &centred, &mut pulls);
        }
        // pull x noise is the residual: its square over its own noise, in units of the noise assumed.
        let squares: f64 = pulls.iter().zip(&noise).map(|(pull, noise)| pull * pull * noise * NOISE).sum();
        // A fit of few points has hardly any residuals: the spread never falls below the noise assumed.
        let spread = (squares / count(points)).sqrt().max(NOISE.sqrt());
        let known = points.iter().zip(centred).zip(noise);
        let known = known.map(|((point, value), noise)| Known { seating: point.seating, value, noise });
        Some(Self { known: known.collect(), learned: shared.learned(&pulls), mean, spread })
    }

    /// What each effect adds to the log price of `seating`; the mean of all is part of the first.
    pub(super) fn parts(&self, seating: Seating) -> impl Iterator<Item = (Part, f64)> {
        [(Part::Event, self.mean)].into_iter().chain(self.learned.parts(seating))
    }

    /// Standard deviation of the expected value at `seating`, never too small.
    pub(super) fn uncertainty(&self, seating: &Seating) -> f64 {
        uncertainty::told_by_alike(seating, &self.known, None).1.sqrt()
    }

    /// How many standard deviations on either side of what is expected hold nine in ten of the first `listings`.
    pub(super) fn nine_in_ten(&self, listings: usize) -> f64 {
        uncertainty::nine_in_ten(&self.known, listings)
    }

    /// How many listings stand in the section of `seating`.
    pub(super) fn weight_in_section(&self, seating: &Seating) -> f64 {
        let there = self.known.iter().filter(|known| known.seating.is_in_section_of(seating));
        there.map(|known| NOISE / known.noise).sum()
    }

    /// Standard deviation of the noise.
    pub(super) const fn spread(&self) -> f64 {
        self.spread
    }
}

#[expect(clippy::cast_precision_loss, reason = "never near 2^52 listings")]
const fn count(points: &[Point]) -> f64 {
    points.len() as f64
}

/// Improves `solution` of (covariance + noise) x = `right` by conjugate gradients (Hestenes and Stiefel 1952), scaled by
/// the noise so that a point that stands for many does not slow the others down.
fn solve(shared: &Shared, noise: &[f64], right: &[f64], solution: &mut [f64]) -> usize {
    let times = |values: &[f64]| {
        let mut out = shared.times(values);
        for ((out, value), noise) in out.iter_mut().zip(values).zip(noise) {
            *out += value * noise;
        }
        out
    };
    let scaled =
        |rest: &[f64]| -> Vec<f64> { rest.iter().zip(noise).map(|(rest, noise)| rest / noise).collect() };
    let mut rest: Vec<f64> = right.iter().zip(times(solution)).map(|(right, out)| right - out).collect();
    let enough = dot(right, right) * LEFT_OVER * LEFT_OVER;
    let mut steer = scaled(&rest);
    let mut direction = steer.clone();
    let mut size = dot(&rest, &steer);
    for step in 0..MOST_STEPS {
        if dot(&rest, &rest) <= enough || size <= 0.0 {
            return step;
        }
        let ahead = times(&direction);
        let length = size / dot(&direction, &ahead);
        for ((solution, rest), (direction, ahead)) in
            solution.iter_mut().zip(&mut rest).zip(direction.iter().zip(&ahead))
        {
            *solution += length * direction;
            *rest -= length * ahead;
        }
        steer = scaled(&rest);
        let next = dot(&rest, &steer);
        for (direction, steer) in direction.iter_mut().zip(&steer) {
            *direction = steer + *direction * next / size;
        }
        size = next;
    }
    MOST_STEPS
}

/// The sum of products over the shorter of the two.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
