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
    /// The median change that the model told, and the change that came.
    pub median: (f64, f64),
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
    /// Of the median: as if so many answers had shown that prices stay as they are.
    pub median: f64,
}

impl Default for Caution {
    fn default() -> Self {
        Self { spans: 30.0, level: 30.0, slope: 30.0, median: 30.0 }
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
    /// The part of the median change that is told.
    pub trust: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { ranks: LEVELS, level: 0.0, slope: 1.0, base: 0.0, trust: 0.0 }
    }
}

impl Calibration {
    /// What these answers teach, where the past rate of falls is `rate`, for a span
    /// that leaves `outside` outside.
    pub fn learn(answered: &[Answered], rate: f64, outside: f64, caution: Caution) -> Self {
        let [_, lower, middle, upper, _] = LEVELS;
        let mut ranks = [outside / 2.0, lower, middle, upper, 1.0 - outside / 2.0]
            .map(|level| rank(answered, level, caution.spans));
        // The median stays what it is: its loss is least where it is, and corrections of the spans must not cross it.
        let [first, second, third, fourth, fifth] = &mut ranks;
        *third = 0.5;
        *second = second.min(*third);
        *first = first.min(*second);
        *fourth = fourth.max(*third);
        *fifth = fifth.max(*fourth);
        let base = log_odds(rate);
        let (level, slope) = platt(answered, base, caution);
        Self { ranks, level, slope, base, trust: trust(answered, caution.median) }
    }

    /// The probability, corrected.
    pub fn probability(&self, told: f64) -> f64 {
        logistic(self.base + self.level + self.slope * (log_odds(told) - self.base))
    }

    /// The quantiles at [`LEVELS`], corrected.
    pub fn quantiles(&self, sample: &Sample) -> [f64; 5] {
        let [first, second, third, fourth, fifth] = self.ranks.map(|rank| f64::from(sample.quantile(rank)));
        [first, second, (third * self.trust).clamp(second, fourth), fourth, fifth]
    }
}

/// What part of its distribution the outer span leaves outside so that a tenth of what comes is outside, followed from day
/// to day: narrower after days on which more than enough held, wider after others. In the long run the part that is
/// outside is right whatever prices do (Gibbs and Candès, *Adaptive conformal inference under distribution shift*, 2021).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outside(f64);

/// What should be outside.
const WANTED: f64 = 0.1;

impl Default for Outside {
    fn default() -> Self {
        Self(WANTED)
    }
}

impl Outside {
    /// The part to leave outside now.
    pub fn part(self) -> f64 {
        self.0
    }

    /// On one more day this part of what came was outside.
    pub fn follow(&mut self, missed: f64, pace: f64) {
        self.0 = (self.0 + pace * (WANTED - missed)).clamp(0.002, 0.5);
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

/// The part of the told medians whose absolute error was least, less the fewer answers there were.
fn trust(answered: &[Answered], none: f64) -> f64 {
    const PARTS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
    let error = |part: f64| {
        answered
            .iter()
            .map(|answer| answer.weight * (answer.median.1 - part * answer.median.0).abs())
            .sum::<f64>()
    };
    let best = PARTS.into_iter().min_by(|one, other| error(*one).total_cmp(&error(*other))).unwrap_or(0.0);
    let total: f64 = answered.iter().map(|answer| answer.weight).sum();
    best * total / (total + none).max(f64::MIN_POSITIVE)
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

pub(super) fn log_odds(probability: f64) -> f64 {
    let bounded = probability.clamp(SURE, 1.0 - SURE);
    (bounded / (1.0 - bounded)).ln()
}

pub(super) fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
