//! What to answer without a trained model: how often prices fell and how far they moved in our own history, the same for
//! every event (climatology).

use prices::outlook::HORIZONS;
use prices::outlook::boosted::Boosts;
use prices::outlook::calibrate::Calibration;
use prices::outlook::course::Course;
use prices::outlook::forest::Forest;
use prices::outlook::model::{Horizon, Outlook};
use prices::outlook::sample::Sample;
use prices::outlook::waiting::Waiting;
use serde::{Deserialize, Serialize};

/// Changes are counted in steps of one part in a hundred of a logarithm, from -0.5 to 0.5.
const STEP: f64 = 0.01;
const STEPS: usize = 101;
const MIDDLE: i64 = 50;
/// Fewer events or days than this are no climate.
const LEAST_EVENTS: u32 = 5;
const LEAST_DAYS: u32 = 40;

/// What came of the days of one event, or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climate {
    /// Events.
    pub events: u32,
    /// For each of [`HORIZONS`].
    pub horizons: [Counts; 3],
}

/// What came within one horizon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    days: u32,
    fell: u32,
    /// How often each step of change came, `[step, times]`.
    changes: Vec<(u8, u32)>,
}

impl Climate {
    /// What came of the days of a course, as far as it is known by its last sight.
    pub fn of(course: &Course) -> Self {
        let mut climate = Self::default();
        for origin in course.daily_origins() {
            for (hours, counts) in HORIZONS.into_iter().zip(&mut climate.horizons) {
                // A horizon that is not over is not seen well enough: the course answers nothing for it.
                let over = course
                    .sights()
                    .last()
                    .is_some_and(|last| last.at >= origin.saturating_add(hours.saturating_mul(3600)));
                let Some(outcome) = course.outcome(origin, hours).filter(|_| over) else { continue };
                counts.days = counts.days.saturating_add(1);
                counts.fell = counts.fell.saturating_add(u32::from(outcome.fell));
                counts.add(step(outcome.change), 1);
            }
        }
        climate.events = u32::from(climate.horizons.iter().any(|counts| counts.days > 0));
        climate
    }

    /// Adds what came of other events.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        for (counts, more) in self.horizons.iter_mut().zip(&other.horizons) {
            counts.days = counts.days.saturating_add(more.days);
            counts.fell = counts.fell.saturating_add(more.fell);
            for (step, times) in &more.changes {
                counts.add(*step, *times);
            }
        }
    }

    /// Past rates in the shape of a model without trees; `None` while there is too little.
    pub fn outlook(&self, made_at: i64) -> Option<Outlook> {
        let enough =
            self.events >= LEAST_EVENTS && self.horizons.iter().all(|counts| counts.days >= LEAST_DAYS);
        enough.then(|| Outlook {
            fitted_at: made_at,
            horizons: self.horizons.each_ref().map(Counts::horizon),
            boosts: Boosts::default(),
            waiting: Waiting::default(),
        })
    }
}

impl Counts {
    fn add(&mut self, step: u8, times: u32) {
        match self.changes.binary_search_by_key(&step, |(known, _)| *known) {
            Ok(place) => {
                if let Some((_, known)) = self.changes.get_mut(place) {
                    *known = known.saturating_add(times);
                }
            }
            Err(place) => self.changes.insert(place, (step, times)),
        }
    }

    fn horizon(&self) -> Horizon {
        // Half a fall in one day more: what was never seen is not impossible.
        let rate = (f64::from(self.fell) + 0.5) / (f64::from(self.days) + 1.0);
        Horizon {
            forest: Forest::default(),
            rate,
            changes: Sample::of(self.points()),
            correction: Calibration::default(),
        }
    }

    /// A hundred numbers that are spread as the changes are.
    fn points(&self) -> Vec<f32> {
        let mut points = Vec::new();
        let mut passed = 0_u64;
        for (step, times) in &self.changes {
            passed = passed.saturating_add(u64::from(*times));
            let until = passed.saturating_mul(100).checked_div(u64::from(self.days)).unwrap_or(0);
            while u64::try_from(points.len()).unwrap_or(u64::MAX) < until {
                points.push(change(*step));
            }
        }
        points
    }
}

#[expect(clippy::cast_possible_truncation, reason = "within the steps by the clamp")]
fn step(change: f64) -> u8 {
    let steps = (change / STEP).round() as i64;
    u8::try_from(steps.saturating_add(MIDDLE).clamp(0, 100)).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "a hundredth of at most 50")]
fn change(step: u8) -> f32 {
    debug_assert!(usize::from(step) < STEPS);
    ((f64::from(step) - 50.0) * STEP) as f32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::outlook::DAY;
    use prices::outlook::course::Sight;
    use prices::outlook::features::COUNT;

    use super::*;

    fn course(days: i64, price: impl Fn(i64) -> u32) -> Course {
        let sights = (0..days * 8).map(|at| Sight { at: at * DAY / 8, price: price(at / 8), listings: None });
        Course::new(None, 0, sights.collect())
    }

    #[test]
    fn past_rates_are_what_came() {
        // Every fourth day it falls by a tenth, the next day it is back.
        let mut climate = Climate::default();
        for _ in 0..6 {
            climate.merge(&Climate::of(&course(60, |day| if day % 4 == 3 { 9_000 } else { 10_000 })));
        }
        let outlook = climate.outlook(7).unwrap();
        let answer = outlook.answer(&[0.0; COUNT]);
        let [day, three, _] = answer.falls;
        assert!((0.2..0.3).contains(&day), "{day}");
        assert!(three > 0.7, "{three}");
        let [[low, .., middle_high, _], ..] = answer.quantiles;
        assert!((low - 0.9).abs() < 0.02 && (middle_high - 1.0).abs() < 0.2, "{answer:?}");
        assert!(!answer.wait());
    }

    #[test]
    fn too_little_is_no_climate() {
        let mut climate = Climate::default();
        for _ in 0..4 {
            climate.merge(&Climate::of(&course(60, |_| 10_000)));
        }
        assert_eq!(climate.outlook(0), None);
        climate.merge(&Climate::of(&course(60, |_| 10_000)));
        assert!(climate.outlook(0).is_some());
        assert_eq!(Climate::of(&course(0, |_| 1)), Climate::default());
    }
}
