//! Walks through time as the product does: fits on calendar days on what was known by then, answers, and learns from
//! how its answers turn out. An answer depends on nothing after its origin.

use std::collections::BTreeMap;

use super::calibrate::{Answered, Calibration, Caution};
use super::course::{Course, Outcome};
use super::features::{COUNT, features};
use super::forest::Forest;
use super::grow::{Example, Growth, grow};
use super::market::Market;
use super::sample::Sample;
use super::waiting::{Step, Waiting};
use super::{DAY, HORIZONS, HOUR};

/// How the walk is made.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How trees grow.
    pub growth: Growth,
    /// Days between fits.
    pub every: i64,
    /// Fewer examples than this and the past rates are answered.
    pub least: usize,
    /// After so many days an earlier answer counts half in corrections.
    pub half_life: f64,
    /// How corrections are held back.
    pub caution: Caution,
    /// Days that waiting is worked out back.
    pub patience: usize,
    /// Waiting must be expected to save this part of the price.
    pub margin: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            growth: Growth::default(),
            every: 3,
            least: 200,
            half_life: 30.0,
            caution: Caution::default(),
            patience: 14,
            margin: 0.0,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Which course.
    pub course: usize,
    /// Asked when.
    pub origin: i64,
    /// Price then, in minor units.
    pub price: u32,
    /// For each horizon the probability of a fall by 5 %.
    pub falls: [f64; 3],
    /// For each horizon the quantiles of the price, in minor units.
    pub quantiles: [[f64; 5]; 3],
    /// What one who waits is expected to pay, over the price now.
    pub waiting: f64,
    /// Whether to wait.
    pub wait: bool,
}

/// A moment of a course.
struct Row {
    course: usize,
    origin: i64,
    price: u32,
    numbers: [f32; COUNT],
    outcomes: [Option<Outcome>; 3],
    /// One of the daily moments that are learned from.
    daily: bool,
    /// The row of the next day.
    next: Option<usize>,
    /// What the models answered, and whether it was a forest's.
    raw: [Option<(f64, Sample, bool)>; 3],
}

/// Answers `asked` (course and moment) in the order of time.
pub fn walk(courses: &[Course], asked: &[(usize, i64)], settings: &Settings) -> Vec<Forecast> {
    let mut rows = rows(courses, asked);
    let mut forecasts = Vec::with_capacity(asked.len());
    let Some((first, last)) = rows.first().zip(rows.last()).map(|(first, last)| (first.origin, last.origin))
    else {
        return forecasts;
    };
    let span = settings.every.max(1).saturating_mul(DAY);
    let asked: std::collections::BTreeSet<(usize, i64)> = asked.iter().copied().collect();
    for block in first.div_euclid(span)..=last.div_euclid(span) {
        let now = block.saturating_mul(span);
        let from = rows.partition_point(|row| row.origin < now);
        let to = rows.partition_point(|row| row.origin < now.saturating_add(span));
        if from == to {
            continue;
        }
        let models: Vec<Model> =
            (0..HORIZONS.len()).map(|horizon| Model::fit(&rows, horizon, now, settings)).collect();
        let waiting = models.first().map(|model| learn_waiting(&rows, courses, &model.forest, now, settings));
        for row in rows.get_mut(from..to).unwrap_or_default() {
            for (raw, model) in row.raw.iter_mut().zip(&models) {
                *raw = Some(model.answer(&row.numbers));
            }
        }
        let mut corrections: BTreeMap<i64, [Calibration; 3]> = BTreeMap::new();
        for index in from..to {
            let Some(row) = rows.get(index).filter(|row| asked.contains(&(row.course, row.origin))) else {
                continue;
            };
            let day = row.origin.div_euclid(DAY);
            let corrections = corrections.entry(day).or_insert_with(|| {
                std::array::from_fn(|horizon| {
                    correct(
                        &rows,
                        horizon,
                        day.saturating_mul(DAY),
                        models.get(horizon).map_or(0.1, |model| model.climate.0),
                        settings,
                    )
                })
            });
            let waiting = models
                .first()
                .zip(waiting.as_ref())
                .map_or(1.0, |(model, waiting)| waiting.cost(&model.forest, &row.numbers));
            forecasts.push(forecast(row, corrections, waiting, settings));
        }
    }
    forecasts
}

fn rows(courses: &[Course], asked: &[(usize, i64)]) -> Vec<Row> {
    let mut moments: BTreeMap<(i64, usize), bool> =
        asked.iter().map(|(course, at)| ((*at, *course), false)).collect();
    for (index, course) in courses.iter().enumerate() {
        for at in course.daily_origins() {
            moments.insert((at, index), true);
        }
    }
    let mut rows: Vec<Row> = Vec::with_capacity(moments.len());
    let mut market: Option<(i64, Market)> = None;
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    for ((origin, index), daily) in moments {
        let Some(course) = courses.get(index) else { continue };
        let hour = origin.div_euclid(HOUR).saturating_mul(HOUR);
        if market.as_ref().is_none_or(|(at, _)| *at != hour) {
            market = Some((hour, Market::at(courses, hour)));
        }
        let Some(numbers) = market.as_ref().and_then(|(_, market)| features(course, index, origin, market))
        else {
            continue;
        };
        let Some(last) = course.until(origin).last() else { continue };
        if daily {
            let earlier = before.insert(index, rows.len());
            let here = rows.len();
            if let Some(earlier) = earlier.and_then(|earlier| rows.get_mut(earlier)) {
                earlier.next = Some(here);
            }
        }
        let outcomes = HORIZONS.map(|hours| course.outcome(origin, hours));
        rows.push(Row {
            course: index,
            origin,
            price: last.price,
            numbers,
            outcomes,
            daily,
            next: None,
            raw: [None, None, None],
        });
    }
    rows
}

/// What answers one horizon.
struct Model {
    forest: Forest,
    /// Rate and distribution of the past.
    climate: (f64, Sample),
}

impl Model {
    fn fit(rows: &[Row], horizon: usize, now: i64, settings: &Settings) -> Self {
        let reach = HORIZONS.get(horizon).copied().unwrap_or(0).saturating_mul(HOUR);
        let examples: Vec<Example<'_>> = rows
            .iter()
            .take_while(|row| row.origin.saturating_add(reach) <= now)
            .filter(|row| row.daily)
            .filter_map(|row| {
                let outcome = row.outcomes.get(horizon).copied().flatten()?;
                Some(Example {
                    numbers: &row.numbers,
                    event: row.course,
                    change: outcome.change,
                    fell: outcome.fell,
                })
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
        let climate =
            (falls.0 / falls.1, Sample::of(examples.iter().map(|example| example.change as f32).collect()));
        let forest = if examples.len() < settings.least {
            Forest::default()
        } else {
            grow(&examples, settings.growth, now.unsigned_abs() ^ reach.unsigned_abs())
        };
        Self { forest, climate }
    }

    fn answer(&self, numbers: &[f32; COUNT]) -> (f64, Sample, bool) {
        let grown = !self.forest.trees.is_empty();
        let (fall, sample) = if grown { self.forest.answer(numbers) } else { self.climate.clone() };
        (fall, sample, grown)
    }
}

fn correct(rows: &[Row], horizon: usize, now: i64, climate: f64, settings: &Settings) -> Calibration {
    let reach = HORIZONS.get(horizon).copied().unwrap_or(0).saturating_mul(HOUR);
    // Answers of one day share its luck, and those of days whose horizons overlap share most of it: together the answers of a
    // day count as one, and as many days as the horizon has as one.
    let mut days: BTreeMap<i64, Vec<Answered>> = BTreeMap::new();
    for row in rows.iter().take_while(|row| row.origin.saturating_add(reach) <= now).filter(|row| row.daily) {
        let outcome = row.outcomes.get(horizon).copied().flatten();
        // What the past rates answered while there was little to learn from says nothing of the forest.
        let raw = row.raw.get(horizon).and_then(Option::as_ref).filter(|(.., grown)| *grown);
        let Some((outcome, (probability, sample, _))) = outcome.zip(raw) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "a sample is of single precision")]
        let (below, up_to) = sample.ranks(outcome.change as f32);
        let answered = Answered { weight: 1.0, below, up_to, probability: *probability, fell: outcome.fell };
        days.entry(row.origin.div_euclid(DAY)).or_default().push(answered);
    }
    #[expect(clippy::cast_precision_loss, reason = "days and answers of a day are few")]
    let answered: Vec<Answered> = days
        .iter()
        .flat_map(|(day, answers)| {
            let age = now.div_euclid(DAY).saturating_sub(*day) as f64;
            let overlap = (reach.div_euclid(DAY).max(1) as f64) * answers.len() as f64;
            let weight = 0.5_f64.powf(age / settings.half_life) / overlap;
            answers.iter().map(move |answer| Answered { weight, ..*answer })
        })
        .collect();
    Calibration::learn(&answered, climate, settings.caution)
}

fn learn_waiting(
    rows: &[Row],
    courses: &[Course],
    forest: &Forest,
    now: i64,
    settings: &Settings,
) -> Waiting {
    let steps: Vec<Step<'_>> = rows
        .iter()
        .filter_map(|row| {
            let next = rows.get(row.next?).filter(|next| next.origin <= now)?;
            let left =
                courses.get(row.course)?.start.map_or(i64::MAX, |start| start.saturating_sub(next.origin));
            let ratio = (f64::from(next.price) / f64::from(row.price)).clamp(1.0 / 3.0, 3.0);
            // Bought at the latest a day before the start.
            (left >= DAY).then_some(Step {
                numbers: &row.numbers,
                ratio,
                next: (left >= 2 * DAY).then_some(&next.numbers),
            })
        })
        .collect();
    Waiting::learn(forest, &steps, settings.patience)
}

fn forecast(row: &Row, corrections: &[Calibration; 3], waiting: f64, settings: &Settings) -> Forecast {
    let price = f64::from(row.price);
    let mut falls = [0.0; 3];
    let mut quantiles = [[price; 5]; 3];
    let mut least = 0.0_f64;
    for (((fall, quantiles), raw), correction) in
        falls.iter_mut().zip(&mut quantiles).zip(&row.raw).zip(corrections)
    {
        let Some((probability, sample, _)) = raw else { continue };
        // A longer time cannot make a fall less likely.
        least = least.max(correction.probability(*probability));
        *fall = least;
        *quantiles = correction.quantiles(sample).map(|change| price * change.exp());
    }
    let wait = waiting < 1.0 - settings.margin;
    Forecast { course: row.course, origin: row.origin, price: row.price, falls, quantiles, waiting, wait }
}
