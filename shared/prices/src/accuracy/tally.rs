//! Sums from which proper scores are made; sums of parts add up to those of the whole.

use serde::{Deserialize, Serialize};

use super::{NINE_IN_TEN, rounded};
use crate::outlook::LEVELS;

/// Bars of the reliability diagram.
const BINS: usize = 10;

/// A told answer about one horizon, and what came. Prices are over the price when it was told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settled {
    /// The told probability of a fall.
    pub probability: f64,
    /// Whether it fell.
    pub fell: bool,
    /// The told quantiles, at [`LEVELS`].
    pub quantiles: [f64; 5],
    /// The price at the horizon.
    pub came: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Bin {
    answers: u32,
    told: f64,
    fell: u32,
}

/// Sums over settled answers of one horizon.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Events they are about, distinct.
    pub events: u32,
    answers: u32,
    fell: u32,
    brier: f64,
    pinball: f64,
    pinball_last: f64,
    inside: u32,
    bins: [Bin; BINS],
}

/// One bar of the reliability diagram: of answers told between `from` and `to`, how many came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliabilityBin {
    /// Told from here, thousandths.
    pub from_permille: u16,
    /// Up to here.
    pub to_permille: u16,
    /// Answers.
    pub answers: u32,
    /// What was told on average.
    pub told: f64,
    /// The share that came.
    pub came: f64,
    /// Lower end of that share's 90 % interval (Wilson, as if the days of one event counted once).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// How the answers about one horizon fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HorizonAccuracy {
    /// Hours ahead.
    pub hours: u16,
    /// Settled answers.
    pub answers: u32,
    /// Events they are about.
    pub events: u32,
    /// How many prices fell by 5 %.
    pub fell: u32,
    /// Mean squared error of the probability; less is better.
    pub brier: f64,
    /// Brier score's gain over always telling the share that came, known only afterwards; above 0 is better than that.
    pub brier_skill: Option<f64>,
    /// Mean distance of what was told from what came, over the bars of the reliability diagram.
    pub calibration_error: f64,
    /// Share of prices inside the told 90 % span.
    pub inside_span: f64,
    /// 90 % interval of that share (Wilson, as if the days of one event counted once).
    pub inside_span_interval: [f64; 2],
    /// Gain of the quantiles' pinball loss over the price then; above 0 is better.
    pub pinball_skill: Option<f64>,
    /// The reliability diagram; bars without answers are left out.
    pub reliability: Vec<ReliabilityBin>,
}

impl Tally {
    /// Adds one.
    pub fn add(&mut self, settled: &Settled) {
        let fell = f64::from(u8::from(settled.fell));
        self.answers = self.answers.saturating_add(1);
        self.fell = self.fell.saturating_add(u32::from(settled.fell));
        self.brier += (settled.probability - fell).powi(2);
        for (level, quantile) in LEVELS.into_iter().zip(settled.quantiles) {
            self.pinball += pinball(level, quantile, settled.came);
            self.pinball_last += pinball(level, 1.0, settled.came);
        }
        let [low, .., high] = settled.quantiles;
        // Money is rounded to minor units: an end that is met is inside.
        self.inside =
            self.inside.saturating_add(u32::from(settled.came >= low - 1e-4 && settled.came <= high + 1e-4));
        if let Some(bin) = self.bins.get_mut(bin_of(settled.probability)) {
            bin.answers = bin.answers.saturating_add(1);
            bin.told += settled.probability;
            bin.fell = bin.fell.saturating_add(u32::from(settled.fell));
        }
    }

    /// Adds the sums of others; `events` too, so they must be about other events.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.answers = self.answers.saturating_add(other.answers);
        self.fell = self.fell.saturating_add(other.fell);
        self.brier += other.brier;
        self.pinball += other.pinball;
        self.pinball_last += other.pinball_last;
        self.inside = self.inside.saturating_add(other.inside);
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.answers = bin.answers.saturating_add(more.answers);
            bin.told += more.told;
            bin.fell = bin.fell.saturating_add(more.fell);
        }
    }

    /// What they come to; `None` without any.
    pub fn summary(&self, hours: u16) -> Option<HorizonAccuracy> {
        if self.answers == 0 {
            return None;
        }
        let answers = f64::from(self.answers);
        let rate = f64::from(self.fell) / answers;
        let brier = self.brier / answers;
        let reference = rate * (1.0 - rate);
        // The days of one event share its luck: intervals are as wide as its events are few.
        let thinned = f64::from(self.events.clamp(1, self.answers)) / answers;
        let mut calibration_error = 0.0;
        let mut reliability = Vec::new();
        for (number, bin) in self.bins.iter().enumerate().filter(|(_, bin)| bin.answers > 0) {
            let count = f64::from(bin.answers);
            let (told, came) = (bin.told / count, f64::from(bin.fell) / count);
            calibration_error += (told - came).abs() * count / answers;
            let [low, high] = wilson(came, count * thinned);
            let from_permille = u16::try_from(number.saturating_mul(100)).unwrap_or(u16::MAX);
            reliability.push(ReliabilityBin {
                from_permille,
                to_permille: from_permille.saturating_add(100),
                answers: bin.answers,
                told: rounded(told),
                came: rounded(came),
                low: rounded(low),
                high: rounded(high),
            });
        }
        let inside = f64::from(self.inside) / answers;
        Some(HorizonAccuracy {
            hours,
            answers: self.answers,
            events: self.events,
            fell: self.fell,
            brier: rounded(brier),
            brier_skill: (reference > 0.0).then(|| rounded(1.0 - brier / reference)),
            calibration_error: rounded(calibration_error),
            inside_span: rounded(inside),
            inside_span_interval: wilson(inside, answers * thinned).map(rounded),
            pinball_skill: (self.pinball_last > 0.0).then(|| rounded(1.0 - self.pinball / self.pinball_last)),
            reliability,
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10 by the clamp")]
fn bin_of(probability: f64) -> usize {
    ((probability.clamp(0.0, 1.0) * 10.0) as usize).min(BINS.saturating_sub(1))
}

/// Koenker and Bassett, *Regression quantiles*, 1978.
fn pinball(level: f64, quantile: f64, came: f64) -> f64 {
    let over = came - quantile;
    if over >= 0.0 { level * over } else { (level - 1.0) * over }
}

/// The 90 % interval of a share seen in `count` trials (Wilson, *Probable inference*, 1927).
fn wilson(share: f64, count: f64) -> [f64; 2] {
    let z2 = NINE_IN_TEN * NINE_IN_TEN;
    let middle = share + z2 / (2.0 * count);
    let half = NINE_IN_TEN * (share * (1.0 - share) / count + z2 / (4.0 * count * count)).sqrt();
    let scale = 1.0 + z2 / count;
    [((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(probability: f64, fell: bool, came: f64) -> Settled {
        Settled { probability, fell, quantiles: [0.8, 0.95, 1.0, 1.05, 1.2], came }
    }

    #[test]
    fn scores_are_those_of_the_definitions() {
        let mut tally = Tally { events: 2, ..Tally::default() };
        tally.add(&settled(0.2, false, 1.0));
        tally.add(&settled(0.8, true, 0.7));
        let told = tally.summary(24).unwrap();
        assert_eq!((told.answers, told.fell, told.brier), (2, 1, 0.04));
        // Always saying a half would have cost a quarter.
        assert_eq!(told.brier_skill, Some(0.84));
        assert!((told.calibration_error - 0.2).abs() < 1e-9);
        assert!((told.inside_span - 0.5).abs() < 1e-9);
        assert_eq!(told.reliability.len(), 2);
        assert_eq!((told.reliability[0].from_permille, told.reliability[1].to_permille), (200, 900));
        assert!(told.reliability.iter().all(|bin| bin.low <= bin.came && bin.came <= bin.high));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (mut one, mut other, mut whole) = (Tally::default(), Tally::default(), Tally::default());
        for (index, part) in [0.05, 0.15, 0.35, 0.55, 0.75, 0.95].into_iter().enumerate() {
            let settled = settled(part, index % 2 == 0, 0.9 + part / 5.0);
            (if index < 3 { &mut one } else { &mut other }).add(&settled);
            whole.add(&settled);
        }
        one.merge(&other);
        assert_eq!(one.summary(72), whole.summary(72));
        assert_eq!(Tally::default().summary(24), None);
    }
}
