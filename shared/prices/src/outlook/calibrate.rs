//! Corrects answers by how earlier answers of the same horizon turned out, so that what is said to happen one time in
//! ten does, whatever the model behind it believes.
//!
//! Spans: conformal in ranks (Chernozhukov, Wüthrich and Zhu, *Distributional conformal prediction*, 2021), with
//! recent answers counting more (Barber et al., *Conformal prediction beyond exchangeability*, 2023).
//! Probabilities: Platt's logistic correction (*Probabilistic outputs for support vector machines*, 1999), drawn towards no correction.

use super::LEVELS;
use super::sample::Sample;

/// An earlier answer that can be judged now.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// How much it counts: less with age.
    pub weight: f64,
    /// The share of its distribution below what came.
    pub below: f64,
    /// The share at or below what came.
    pub up_to: f64,
    /// The probability that was told.
    pub probability: f64,
    /// Whether it fell.
    pub fell: bool,
}

/// How strongly corrections are held back: as if so many earlier answers had been right.
#[derive(Clone, Copy, Debug)]
pub struct Caution {
    /// Of spans.
    pub spans: f64,
    /// Of the level of probabilities.
    pub level: f64,
    /// Of the slope of probabilities.
    pub slope: f64,
}

impl Default for Caution {
    fn default() -> Self {
        Self { spans: 30.0, level: 30.0, slope: 30.0 }
    }
}

/// The corrections of one horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The ranks at which [`LEVELS`] are read.
    pub ranks: [f64; 5],
    /// Added to the log odds.
    pub level: f64,
    /// What the log odds are multiplied by, as far as they differ from those of the past rate.
    pub slope: f64,
    /// Log odds of the past rate.
    pub base: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { ranks: LEVELS, level: 0.0, slope: 1.0, base: 0.0 }
    }
}

impl Calibration {
    /// What these answers teach, where the past rate of falls is `rate`.
    pub fn learn(answered: &[Answered], rate: f64, caution: Caution) -> Self {
        let mut ranks = LEVELS.map(|level| rank(answered, level, caution.spans));
        // The median stays what it is: its loss is least where it is, and corrections of the spans must not cross it.
        let [first, second, third, fourth, fifth] = &mut ranks;
        *third = 0.5;
        *second = second.min(*third);
        *first = first.min(*second);
        *fourth = fourth.max(*third);
        *fifth = fifth.max(*fourth);
        let base = log_odds(rate);
        let (level, slope) = platt(answered, base, caution);
        Self { ranks, level, slope, base }
    }

    /// The probability, corrected.
    pub fn probability(&self, told: f64) -> f64 {
        logistic(self.base + self.level + self.slope * (log_odds(told) - self.base))
    }

    /// The quantiles at [`LEVELS`], corrected.
    pub fn quantiles(&self, sample: &Sample) -> [f64; 5] {
        self.ranks.map(|rank| f64::from(sample.quantile(rank)))
    }
}

/// The rank below which a part `level` of what came lay, with `right` answers spread evenly added. What came where the
/// distribution jumps (prices often stay as they are) is spread over the jump, so that a right distribution is left as it
/// is (Czado, Gneiting and Held, *Predictive model assessment for count data*, 2009).
fn rank(answered: &[Answered], level: f64, right: f64) -> f64 {
    let total: f64 = right + answered.iter().map(|answer| answer.weight).sum::<f64>();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..16 {
        let middle = f64::midpoint(low, high);
        let reached: f64 = answered
            .iter()
            .map(|answer| {
                let jump = (answer.up_to - answer.below).max(1e-9);
                answer.weight * ((middle - answer.below) / jump).clamp(0.0, 1.0)
            })
            .sum();
        if reached + right * middle < level * total { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Level and slope of the log odds that fit best, by Newton's method from no correction.
fn platt(answered: &[Answered], base: f64, caution: Caution) -> (f64, f64) {
    let (mut level, mut slope) = (0.0, 1.0);
    for _ in 0..8 {
        let (mut of_level, mut of_slope) =
            (caution.level * level * 0.25, caution.slope * (slope - 1.0) * 0.25);
        let (mut level_level, mut level_slope, mut slope_slope) =
            (caution.level * 0.25, 0.0, caution.slope * 0.25);
        for answer in answered {
            let odds = log_odds(answer.probability) - base;
            let told = logistic(base + level + slope * odds);
            let wrong = answer.weight * (told - if answer.fell { 1.0 } else { 0.0 });
            let spread = answer.weight * told * (1.0 - told);
            of_level += wrong;
            of_slope += wrong * odds;
            level_level += spread;
            level_slope += spread * odds;
            slope_slope += spread * odds * odds;
        }
        let determinant = level_level * slope_slope - level_slope * level_slope;
        if determinant <= f64::MIN_POSITIVE {
            break;
        }
        level -= (slope_slope * of_level - level_slope * of_slope) / determinant;
        slope -= (level_level * of_slope - level_slope * of_level) / determinant;
        // A correction that turns the order round, or runs away, is none.
        slope = slope.clamp(0.0, 2.0);
        level = level.clamp(-3.0, 3.0);
    }
    (level, slope)
}

/// Probabilities are never told nearer to certainty.
const SURE: f64 = 0.001;

fn log_odds(probability: f64) -> f64 {
    let bounded = probability.clamp(SURE, 1.0 - SURE);
    (bounded / (1.0 - bounded)).ln()
}

fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
