//! Corrects answers by how earlier answers of the same horizon turned out, so that what is said to happen one time in
//! ten does, whatever the model behind it believes.
//!
//! Spans: conformal in ranks (Chernozhukov, Wüthrich and Zhu, *Distributional conformal prediction*, 2021), with
//! recent answers counting more (Barber et al., *Conformal prediction beyond exchangeability*, 2023).
//! Probabilities: `hazard.rs`.

use super::LEVELS;
use super::hazard::times;
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
    /// The median change that the model told, and the change that came.
    pub median: (f64, f64),
}

/// How strongly corrections are held back: as if so many earlier answers had been right.
#[derive(Clone, Copy, Debug)]
pub struct Caution {
    /// Of spans.
    pub spans: f64,
    /// Of the median: as if so many answers had shown that prices stay as they are.
    pub median: f64,
}

impl Default for Caution {
    fn default() -> Self {
        Self { spans: 30.0, median: 30.0 }
    }
}

/// The corrections of one horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The ranks at which [`LEVELS`] are read.
    pub ranks: [f64; 5],
    /// How many times the told hazard of a fall is to be expected.
    pub falls: f64,
    /// The part of the median change that is told.
    pub trust: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { ranks: LEVELS, falls: 1.0, trust: 0.0 }
    }
}

impl Calibration {
    /// What these answers teach, for a span that leaves `outside` outside, where `falls` times the told hazard of a fall is
    /// to be expected.
    pub fn learn(answered: &[Answered], falls: f64, outside: f64, caution: Caution) -> Self {
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
        Self { ranks, falls, trust: trust(answered, caution.median) }
    }

    /// The probability, corrected.
    pub fn probability(&self, told: f64) -> f64 {
        times(told, self.falls)
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

/// Probabilities are never told nearer to certainty.
pub(super) const SURE: f64 = 0.001;

pub(super) fn log_odds(probability: f64) -> f64 {
    let bounded = probability.clamp(SURE, 1.0 - SURE);
    (bounded / (1.0 - bounded)).ln()
}

pub(super) fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
