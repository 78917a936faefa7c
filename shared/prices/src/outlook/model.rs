//! What answers: for each horizon a forest, the past rates to fall back to, and the correction of the day.

use super::boosted::{Boosted, Boosts, below};
use super::calibrate::{Calibration, log_odds, logistic};
use super::features::COUNT;
use super::forest::Forest;
use super::grow::{Example, Growth, grow};
use super::moments::Moment;
use super::sample::Sample;
use super::waiting::Waiting;
use super::{HORIZONS, HOUR};

/// What changes are thought to be while none was seen: none as a rule, and now and then a large one.
const GUESSES: [f32; 9] = [-0.3, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.3];

/// What answers one horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizon {
    /// Empty while there was too little to learn from.
    pub forest: Forest,
    /// The past rate of falls.
    pub rate: f64,
    /// The past changes.
    pub changes: Sample,
    /// What earlier answers teach.
    pub correction: Calibration,
}

/// All that is needed to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// Learned from what was complete by then (seconds since 1970).
    pub fitted_at: i64,
    /// One for each of [`HORIZONS`].
    pub horizons: [Horizon; 3],
    /// What boosted trees tell beside the forests.
    pub boosts: Boosts,
    /// When to buy, over the leaves of the first horizon's forest.
    pub waiting: Waiting,
}

/// What is told of a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// For each horizon the probability of a fall by 5 %.
    pub falls: [f64; 3],
    /// For each horizon the quantiles of the price over the price now.
    pub quantiles: [[f64; 5]; 3],
    /// What one who waits and then buys when it is best is expected to pay, over the price now.
    pub waiting: f64,
}

impl Answer {
    /// Whether waiting is expected to pay.
    pub fn wait(&self) -> bool {
        self.waiting < 1.0
    }
}

/// A probability and a distribution, not yet corrected.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// The probability of a fall.
    pub fall: f64,
    /// The change.
    pub changes: Sample,
    /// Whether it was a forest's answer.
    pub grown: bool,
}

impl Horizon {
    /// Learned from what came of the moments whose horizon was over by `now`.
    pub(super) fn fit(moments: &[Moment], horizon: usize, now: i64, least: usize, growth: Growth) -> Self {
        let reach = HORIZONS.get(horizon).copied().unwrap_or(0).saturating_mul(HOUR);
        let examples: Vec<Example<'_>> = moments
            .iter()
            .take_while(|moment| moment.origin.saturating_add(reach) <= now)
            .filter(|moment| moment.daily)
            .filter_map(|moment| {
                let outcome = moment.outcomes.get(horizon).copied().flatten()?;
                let (change, fell) = (outcome.change, outcome.fell);
                Some(Example { numbers: &moment.numbers, event: moment.course, change, fell })
            })
            .collect();
        let mut falls = (0.5, 5.0);
        for example in &examples {
            falls.0 += if example.fell { 1.0 } else { 0.0 };
            falls.1 += 1.0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "single precision is plenty for a change of price"
        )]
        let seen = examples.iter().map(|example| example.change as f32);
        let changes = Sample::of(GUESSES.into_iter().chain(seen).collect());
        let forest = if examples.len() < least {
            Forest::default()
        } else {
            grow(&examples, growth, now.unsigned_abs() ^ reach.unsigned_abs())
        };
        Self { forest, rate: falls.0 / falls.1, changes, correction: Calibration::default() }
    }

    /// The answer of the forest, before correction.
    fn raw(&self, numbers: &[f32; COUNT]) -> Raw {
        if self.forest.trees.is_empty() {
            return Raw { fall: self.rate, changes: self.changes.clone(), grown: false };
        }
        let (fall, changes) = self.forest.answer(numbers);
        Raw { fall, changes, grown: true }
    }
}

impl Outlook {
    /// The answer about a moment of these numbers.
    pub fn answer(&self, numbers: &[f32; COUNT]) -> Answer {
        let raw = self.raw(numbers).map(Some);
        self.correct(numbers, &raw)
    }

    /// The answers before correction. Where there are boosted trees, a probability is in the middle between theirs and the
    /// forest's log odds, and the forest's distribution is weighed so that its shares below the cuts are.
    pub(super) fn raw(&self, numbers: &[f32; COUNT]) -> [Raw; 3] {
        let mut place = 0_usize;
        self.horizons.each_ref().map(|horizon| {
            let mut raw = horizon.raw(numbers);
            if raw.grown && !self.boosts.falls.trees.is_empty() {
                let both = |own: f64, boosted: &Boosted| {
                    let odds = boosted.odds(numbers, place).unwrap_or_else(|| log_odds(own));
                    logistic(f64::midpoint(log_odds(own), odds))
                };
                raw.fall = both(raw.fall, &self.boosts.falls);
                let mut cut = 0;
                let shares = self.boosts.cuts.each_ref().map(|boosted| {
                    let own = raw.changes.share(|change| below(cut, f64::from(change)));
                    cut = cut.saturating_add(1);
                    both(own, boosted)
                });
                raw.changes = raw.changes.weighed(&shares, |cut, change| below(cut, f64::from(change)));
            }
            place = place.saturating_add(1);
            raw
        })
    }

    pub(super) fn correct(&self, numbers: &[f32; COUNT], raw: &[Option<Raw>; 3]) -> Answer {
        let (mut falls, mut quantiles, mut least) = ([0.0; 3], [[1.0; 5]; 3], 0.0_f64);
        for (((fall, quantiles), raw), horizon) in
            falls.iter_mut().zip(&mut quantiles).zip(raw).zip(&self.horizons)
        {
            let Some(raw) = raw else { continue };
            // A longer time cannot make a fall less likely.
            least = least.max(horizon.correction.probability(raw.fall));
            *fall = least;
            *quantiles = horizon.correction.quantiles(&raw.changes).map(f64::exp);
        }
        let [first, ..] = &self.horizons;
        Answer { falls, quantiles, waiting: self.waiting.cost(&first.forest, numbers) }
    }
}
