//! Gaussian process regression with heavy-tailed noise, solved exactly.

use super::affinity::Seating;

/// Spread of the noise, as the standard deviation of a log price: what people ask for like seats differs by a fifth.
const NOISE: f64 = 0.2 * 0.2;
/// Degrees of freedom of the noise: a listing three deviations off counts half.
const FREEDOM: f64 = 8.0;
/// Rounds of weighing: after two the weights hardly move.
const ROUNDS: usize = 2;

/// A fitted regression.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    points: Vec<Seating>,
    /// What each point adds for a unit of covariance.
    pulls: Vec<f64>,
    mean: f64,
    spread: f64,
}

impl Regression {
    /// Fits `values` at `points`; `None` without any.
    pub(super) fn fit(points: Vec<Seating>, values: &[f64]) -> Option<Self> {
        if points.is_empty() || points.len() != values.len() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count(values);
        let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let covariance: Vec<Vec<f64>> = points
            .iter()
            .zip(1..)
            .map(|(point, upto)| points.iter().take(upto).map(|other| point.covariance(other)).collect())
            .collect();
        let mut weights = vec![1.0; values.len()];
        let mut pulls = solve(&covariance, &weights, &centred);
        for _ in 0..ROUNDS {
            for (weight, pull) in weights.iter_mut().zip(&pulls) {
                let residual = pull * NOISE / *weight;
                *weight = (FREEDOM + 1.0) / (FREEDOM + residual * residual / NOISE);
            }
            pulls = solve(&covariance, &weights, &centred);
        }
        let residuals = pulls.iter().zip(&weights).map(|(pull, weight)| pull * NOISE / weight);
        let squares: f64 =
            residuals.zip(&weights).map(|(residual, weight)| residual * residual * weight).sum();
        // A fit of few points has hardly any residuals: the spread never falls below the noise assumed.
        let spread = (squares / count(values)).sqrt().max(NOISE.sqrt());
        Some(Self { points, pulls, mean, spread })
    }

    /// The expected value at `point`.
    pub(super) fn expect(&self, point: &Seating) -> f64 {
        let pulled = self.points.iter().zip(&self.pulls);
        self.mean + pulled.map(|(known, pull)| known.covariance(point) * pull).sum::<f64>()
    }

    /// Standard deviation of the noise.
    pub(super) const fn spread(&self) -> f64 {
        self.spread
    }
}

#[expect(clippy::cast_precision_loss, reason = "never near 2^52 listings")]
const fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

/// Solves (covariance + noise / weight) x = `right` by Cholesky's decomposition. `covariance` holds the lower half.
fn solve(covariance: &[Vec<f64>], weights: &[f64], right: &[f64]) -> Vec<f64> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(covariance.len());
    for (row, weight) in covariance.iter().zip(weights) {
        let mut factor: Vec<f64> = Vec::with_capacity(row.len());
        for (value, earlier) in row.iter().zip(&lower) {
            let rest = value - dot(&factor, earlier);
            factor.push(rest / earlier.last().copied().unwrap_or(1.0));
        }
        let own = row.last().copied().unwrap_or_default() + NOISE / weight;
        // Positive by construction: the noise is added to a covariance.
        factor.push((own - dot(&factor, &factor)).max(f64::EPSILON).sqrt());
        lower.push(factor);
    }
    let mut solution: Vec<f64> = Vec::with_capacity(right.len());
    for (factor, value) in lower.iter().zip(right) {
        let rest = value - dot(&solution, factor);
        solution.push(rest / factor.last().copied().unwrap_or(1.0));
    }
    for (at, factor) in lower.iter().enumerate().rev() {
        let (earlier, own) = solution.split_at_mut(at);
        let Some(own) = own.first_mut() else { continue };
        *own /= factor.last().copied().unwrap_or(1.0);
        for (value, weight) in earlier.iter_mut().zip(factor) {
            *value -= weight * *own;
        }
    }
    solution
}

/// The sum of products over the shorter of the two, in eight lanes that the compiler can run side by side.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let length = one.len().min(other.len());
    let (one, other) = (one.get(..length).unwrap_or_default(), other.get(..length).unwrap_or_default());
    let (one, other) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest: f64 = one.remainder().iter().zip(other.remainder()).map(|(a, b)| a * b).sum();
    let mut lanes = [0.0; 8];
    for (a, b) in one.zip(other) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    rest + lanes.iter().sum::<f64>()
}
