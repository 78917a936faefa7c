//! Walks through time as the product does: fits on calendar days on what was known by then, answers, and learns from
//! how its answers turn out. An answer depends on nothing after its origin.

use std::collections::{BTreeMap, BTreeSet};

use super::boost::{self, Boosting};
use super::calibrate::{Answered, Calibration, Caution, Outside};
use super::course::Course;
use super::forest::Forest;
use super::grow::Growth;
use super::hazard::{Falls, hazard, within};
use super::model::{Answer, Horizon, Outlook};
use super::moments::{Moment, moments};
use super::rules::{Asked, RULES, Rules, votes};
use super::waiting::{Step, Waiting};
use super::{DAY, HORIZONS, HOUR};

/// How the walk is made.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How trees grow.
    pub growth: Growth,
    /// How trees are boosted.
    pub boosting: Boosting,
    /// Days between fits.
    pub every: i64,
    /// Fewer examples than this and the past rates are answered.
    pub least: usize,
    /// After so many days an earlier answer counts half in corrections.
    pub half_life: f64,
    /// How fast the outer span follows what comes.
    pub pace: f64,
    /// How corrections are held back.
    pub caution: Caution,
    /// Days that waiting is worked out back.
    pub patience: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            growth: Growth::default(),
            boosting: Boosting::default(),
            every: 3,
            least: 200,
            half_life: 30.0,
            pace: 0.05,
            caution: Caution::default(),
            patience: 14,
        }
    }
}

/// An answer about a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Which course.
    pub course: usize,
    /// Asked when.
    pub origin: i64,
    /// Price then, in minor units.
    pub price: u32,
    /// What was answered.
    pub answer: Answer,
}

/// What a walk leaves.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// The answers.
    pub forecasts: Vec<Forecast>,
    /// What would answer now.
    pub outlook: Option<Outlook>,
}

/// Answers `asked` (course and moment) in the order of time.
pub fn walk(courses: &[Course], asked: &[(usize, i64)], settings: &Settings) -> Walked {
    let mut walked = Walked::default();
    let mut moments = moments(courses, asked);
    let asked: BTreeSet<(usize, i64)> = asked.iter().copied().collect();
    let span = settings.every.max(1).saturating_mul(DAY);
    let mut outside = [Outside::default(); 3];
    let mut falls: [Falls; 3] = Default::default();
    let (mut here, mut followed) = (0, i64::MIN);
    while let Some(day) = moments.get(here).map(|moment| moment.origin.div_euclid(DAY)) {
        let midnight = day.saturating_mul(DAY);
        let fit_at = midnight.div_euclid(span).saturating_mul(span);
        let mut outlook = match walked.outlook.take() {
            Some(outlook) if outlook.fitted_at == fit_at => outlook,
            _ => fit(&moments, courses, fit_at, settings),
        };
        watch(&mut falls, &moments, courses, (followed, midnight));
        for (number, (((horizon, outside), falls), hours)) in
            outlook.horizons.iter_mut().zip(&mut outside).zip(&falls).zip(HORIZONS).enumerate()
        {
            follow(outside, &moments, number, (followed, midnight), settings.pace);
            let (falls, outside) = (falls.times(day, hours), outside.part());
            horizon.correction = correct(&moments, number, midnight, falls, outside, settings);
        }
        followed = midnight;
        outlook.waiting.rules = learn_rules(&moments, courses, midnight, settings.half_life);
        let [first, ..] = &outlook.horizons;
        while let Some(moment) = moments.get_mut(here).filter(|moment| moment.origin.div_euclid(DAY) == day) {
            here = here.saturating_add(1);
            let answers = outlook.raw(&moment.numbers);
            for (((raw, told), horizon), answer) in
                moment.raw.iter_mut().zip(&mut moment.told).zip(&outlook.horizons).zip(answers)
            {
                let [low, .., high] = horizon.correction.quantiles(&answer.changes);
                *told = answer.grown.then_some((low, high));
                *raw = Some(answer);
            }
            let cost = outlook.waiting.worked_out(&first.forest, &moment.numbers);
            moment.votes = Some(votes(&moment.numbers, cost));
            if asked.contains(&(moment.course, moment.origin)) {
                let answer = outlook.correct(&moment.numbers, &moment.raw);
                let (course, origin, price) = (moment.course, moment.origin, moment.price);
                walked.forecasts.push(Forecast { course, origin, price, answer });
            }
        }
        walked.outlook = Some(outlook);
    }
    walked
}

fn fit(moments: &[Moment], courses: &[Course], now: i64, settings: &Settings) -> Outlook {
    let horizons: [Horizon; 3] =
        std::array::from_fn(|horizon| Horizon::fit(moments, horizon, now, settings.least, settings.growth));
    let [first, ..] = &horizons;
    let waiting = learn_waiting(moments, courses, &first.forest, now, settings.patience);
    let boosts = boost::fit(moments, &horizons, now, settings.boosting);
    Outlook { fitted_at: now, horizons, boosts, waiting }
}

/// Follows what came after the first and up to the second moment, day by day.
fn follow(outside: &mut Outside, moments: &[Moment], horizon: usize, (after, up_to): (i64, i64), pace: f64) {
    let reach = HORIZONS.get(horizon).copied().unwrap_or(0).saturating_mul(HOUR);
    let mut days: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for row in moments.iter().take_while(|row| row.origin.saturating_add(reach) <= up_to) {
        let end = row.origin.saturating_add(reach);
        let outcome = row.outcomes.get(horizon).copied().flatten();
        let told = row.told.get(horizon).copied().flatten();
        let Some((outcome, (low, high))) = outcome.zip(told).filter(|_| row.daily && end > after) else {
            continue;
        };
        let (missed, all) = days.entry(end.saturating_sub(1).div_euclid(DAY)).or_default();
        *missed += if outcome.change < low - 1e-6 || outcome.change > high + 1e-6 { 1.0 } else { 0.0 };
        *all += 1.0;
    }
    for (missed, all) in days.values() {
        outside.follow(missed / all, pace);
    }
}

/// Counts the falls seen after the first and up to the second moment, and the hazards told of that time.
fn watch(falls: &mut [Falls; 3], moments: &[Moment], courses: &[Course], (after, up_to): (i64, i64)) {
    for row in moments.iter().take_while(|row| row.origin < up_to).filter(|row| row.daily) {
        let Some(course) = courses.get(row.course) else { continue };
        let told = row.raw.each_ref().map(|raw| raw.as_ref().filter(|raw| raw.grown).map(|raw| raw.fall));
        let hazards = told.map(|fall| fall.map_or(0.0, hazard));
        for (horizon, ((hours, falls), told)) in HORIZONS.iter().zip(falls.iter_mut()).zip(told).enumerate() {
            let end = row.origin.saturating_add(hours.saturating_mul(HOUR));
            if told.is_none() || end <= after || course.start.is_some_and(|start| end > start) {
                continue;
            }
            let (mut before, mut fallen) = (0.0, false);
            for (at, fell) in course.watched(row.origin, end.min(up_to)) {
                let so_far = within(&hazards, horizon, at.saturating_sub(row.origin));
                if at > after {
                    falls.add(at.div_euclid(DAY), so_far - before, fell);
                }
                (before, fallen) = (so_far, fell);
            }
            // What was told of the time after the last sight: no fall was seen in it.
            let over = end <= up_to && row.outcomes.get(horizon).is_some_and(Option::is_some);
            if over && !fallen {
                let rest = within(&hazards, horizon, end.saturating_sub(row.origin)) - before;
                falls.add(end.div_euclid(DAY), rest, false);
            }
        }
    }
}

fn correct(
    moments: &[Moment],
    horizon: usize,
    now: i64,
    falls: f64,
    outside: f64,
    settings: &Settings,
) -> Calibration {
    let reach = HORIZONS.get(horizon).copied().unwrap_or(0).saturating_mul(HOUR);
    // Answers of one day share its luck, and those of days whose horizons overlap share most of it: together the answers of a
    // day count as one, and as many days as the horizon has as one.
    let mut days: BTreeMap<i64, Vec<Answered>> = BTreeMap::new();
    for row in
        moments.iter().take_while(|row| row.origin.saturating_add(reach) <= now).filter(|row| row.daily)
    {
        let outcome = row.outcomes.get(horizon).copied().flatten();
        // What the past rates answered while there was little to learn from says nothing of the forest.
        let raw = row.raw.get(horizon).and_then(Option::as_ref).filter(|raw| raw.grown);
        let Some((outcome, raw)) = outcome.zip(raw) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "a sample is of single precision")]
        let (below, up_to) = raw.changes.ranks(outcome.change as f32);
        let median = (f64::from(raw.changes.quantile(0.5)), outcome.change);
        let answered = Answered { weight: 1.0, below, up_to, median };
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
    Calibration::learn(&answered, falls, outside, settings.caution)
}

fn learn_rules(moments: &[Moment], courses: &[Course], now: i64, half_life: f64) -> Rules {
    let day = |at: i64| at.div_euclid(DAY);
    let last = |row: &Moment| {
        courses
            .get(row.course)
            .and_then(|course| course.start)
            .map_or(i64::MAX, |start| start.saturating_sub(DAY))
    };
    let days: Vec<Asked> = moments
        .iter()
        .take_while(|row| row.origin < now)
        .map(|row| Asked {
            age: day(now).saturating_sub(day(row.origin)),
            price: row.price,
            votes: row.votes.unwrap_or([false; RULES]),
            next: row.next.filter(|next| {
                let daily = row.daily && row.votes.is_some();
                daily && moments.get(*next).is_some_and(|next| next.origin < now && next.origin <= last(row))
            }),
        })
        .collect();
    Rules::learn(&days, half_life)
}

fn learn_waiting(
    moments: &[Moment],
    courses: &[Course],
    forest: &Forest,
    now: i64,
    patience: usize,
) -> Waiting {
    let steps: Vec<Step<'_>> = moments
        .iter()
        .filter_map(|row| {
            let next = moments.get(row.next?).filter(|next| next.origin <= now)?;
            let left =
                courses.get(row.course)?.start.map_or(i64::MAX, |start| start.saturating_sub(next.origin));
            let ratio = (f64::from(next.price) / f64::from(row.price)).clamp(1.0 / 3.0, 3.0);
            // Bought at the latest a day before the start.
            (left >= DAY).then_some(Step {
                event: row.course,
                numbers: &row.numbers,
                ratio,
                next: (left >= 2 * DAY).then_some(&next.numbers),
            })
        })
        .collect();
    Waiting::learn(forest, &steps, patience)
}
