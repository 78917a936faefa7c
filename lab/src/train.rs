//! `lab train`: fits an outlook on everything there is, and writes it down with how it fared on the past.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use prices::accuracy::{
    BacktestAdvice, DataOrigin, GenreCount, GroupAccuracy, MoneyTally, Said, SaidLater, Settled, Tally,
    TrainingReport, follow, settle,
};
use prices::outlook::artefact::{VERSION, encode};
use prices::outlook::course::Course;
use prices::outlook::walk::{Forecast, Settings, walk};
use prices::outlook::{DAY, HORIZONS, HOUR};
use prices::{Currency, Money};
use sha2::{Digest, Sha256};

use crate::arguments::Arguments;
use crate::courses::{Lesson, from_evaluation, from_history};
use crate::failure::Failure;

/// Advice kept in a report; of more an even selection.
const ADVICE_KEPT: usize = 400;

/// Reads, fits, tries on the past, writes `model.bin` and `report.json`.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let material = match arguments.get("history") {
        Some(_) => from_history(&arguments.path("history")?, &arguments.path("events")?)?,
        None => from_evaluation(&arguments.path("observations")?, &arguments.path("events")?)?,
    };
    let data = match arguments.get("data") {
        None | Some("observed") => DataOrigin::Observed,
        Some("invented") => DataOrigin::Invented,
        Some(_) => return Err(Failure::usage("--data is observed or invented")),
    };
    let mut settings = Settings::default();
    if let Some(days) = arguments.get("every") {
        settings.every = days.parse().map_err(|_| Failure::usage("--every is a number of days"))?;
    }
    let out = arguments.path("out")?;
    std::fs::create_dir_all(&out).map_err(|why| Failure::work(out.display(), why))?;

    let tried = Trial::run(&material.lessons, &settings)?;
    let artefact = tried.artefact.clone();
    let mut report = tried.report(&material.lessons, material.observations);
    report.data = data;
    report.sha256 = hexadecimal(&Sha256::digest(&artefact));
    report.bytes = artefact.len() as u64;
    let text = serde_json::to_string(&report).map_err(|why| Failure::work("report", why))?;
    for (name, bytes) in [("model.bin", artefact.as_slice()), ("report.json", text.as_bytes())] {
        let file = out.join(name);
        std::fs::write(&file, bytes).map_err(|why| Failure::work(file.display(), why))?;
    }
    println!(
        "{}",
        serde_json::json!({
            "events": report.events, "sights": report.sights, "labels": report.labels, "bytes": report.bytes,
            "sha256": report.sha256, "fitted_at": report.fitted_at,
            "brier_skill": report.whole.horizons.iter().map(|one| one.brier_skill).collect::<Vec<_>>(),
            "money": report.whole.money,
        })
    );
    Ok(())
}

/// The walk through the past, and what it leaves.
struct Trial {
    artefact: Vec<u8>,
    fitted_at: i64,
    /// By lesson, in the order of time.
    forecasts: BTreeMap<usize, Vec<Forecast>>,
    /// Answers before this are not counted: there was too little to learn from.
    counted_from: i64,
    until: i64,
}

impl Trial {
    fn run(lessons: &[Lesson], settings: &Settings) -> Result<Self, Failure> {
        let courses: Vec<Course> = lessons.iter().map(|lesson| lesson.course.clone()).collect();
        let sights = || courses.iter().flat_map(Course::sights).map(|sight| sight.at);
        let (Some(first), Some(until)) = (sights().min(), sights().max()) else {
            return Err(Failure::work("train", "there is not one usable price"));
        };
        let counted_from = first.saturating_add(until.saturating_sub(first) / 3);
        let asked: Vec<(usize, i64)> = courses
            .iter()
            .enumerate()
            .flat_map(|(index, course)| course.daily_origins().into_iter().map(move |at| (index, at)))
            .collect();
        let walked = walk(&courses, &asked, settings);
        let outlook =
            walked.outlook.ok_or_else(|| Failure::work("train", "there is nothing to learn from"))?;
        let mut forecasts: BTreeMap<usize, Vec<Forecast>> = BTreeMap::new();
        for forecast in walked.forecasts.into_iter().filter(|forecast| forecast.origin >= counted_from) {
            forecasts.entry(forecast.course).or_default().push(forecast);
        }
        Ok(Self { artefact: encode(&outlook), fitted_at: outlook.fitted_at, forecasts, counted_from, until })
    }

    fn report(self, lessons: &[Lesson], observations: u64) -> TrainingReport {
        let mut groups: BTreeMap<Option<String>, Group> = BTreeMap::new();
        let mut advice = Vec::new();
        for (index, forecasts) in &self.forecasts {
            let Some(lesson) = lessons.get(*index) else { continue };
            let mut own = Group::default();
            self.judge(lesson, forecasts, &mut own, &mut advice);
            let genre = lesson.genre.clone();
            if genre.is_some() {
                groups.entry(genre).or_default().merge(&own);
            }
            groups.entry(None).or_default().merge(&own);
        }
        let given = advice.len();
        let advice = selection(advice);
        let (mut all, some): (Vec<GroupAccuracy>, Vec<GroupAccuracy>) = groups
            .into_iter()
            .map(|(genre, group)| group.told(genre))
            .partition(|group| group.genre.is_none());
        let sights = || lessons.iter().flat_map(|lesson| lesson.course.sights());
        TrainingReport {
            format: VERSION,
            sha256: String::new(),
            bytes: 0,
            trained_at: wall_clock(),
            fitted_at: time(self.fitted_at),
            data_from: sights().map(|sight| sight.at).min().map(time),
            data_until: Some(time(self.until)),
            data: DataOrigin::Observed,
            events: count(lessons.len()),
            sights: count(sights().count()),
            observations,
            labels: labels(lessons),
            genres: genres(lessons),
            whole: all.pop().unwrap_or_default(),
            groups: some,
            advice,
            advice_given: count(given),
            code_version: option_env!("RIP_CITY_COMMIT").unwrap_or(env!("CARGO_PKG_VERSION")).to_owned(),
            limits: limits(self.counted_from),
        }
    }

    /// What came of the answers about one event.
    fn judge(
        &self,
        lesson: &Lesson,
        forecasts: &[Forecast],
        own: &mut Group,
        advice: &mut Vec<BacktestAdvice>,
    ) {
        let start = lesson.course.start;
        // On the last day one buys: it is no question.
        let asked: Vec<&Forecast> = forecasts
            .iter()
            .filter(|forecast| start.is_none_or(|start| start.saturating_sub(forecast.origin) >= DAY))
            .collect();
        let days: Vec<SaidLater> = asked
            .iter()
            .map(|forecast| (time(forecast.origin), i64::from(forecast.price), Some(forecast.answer.wait())))
            .collect();
        let mut told = BTreeSet::new();
        for forecast in &asked {
            let said = said(forecast, start);
            for came in settle(&said, &lesson.course, &days, time(self.until)) {
                let horizon = HORIZONS.iter().position(|hours| *hours == i64::from(came.hours));
                if let (Some(at), Some(fell), Some(price)) = (horizon, came.fell, came.price) {
                    let tally = own.horizons.entry(came.hours).or_default();
                    tally.events = u32::from(told.insert(came.hours)).saturating_add(tally.events);
                    tally.add(&settled(forecast, at, fell, price));
                }
                if let (Some(lowest), Some(paid), Some(verdict)) = (came.lowest, came.paid, came.verdict) {
                    let money = |minor| Money::new(minor, lesson.currency);
                    advice.push(BacktestAdvice {
                        event: lesson.name.clone(),
                        genre: lesson.genre.clone(),
                        said_at: said.at,
                        price: money(said.price),
                        wait: forecast.answer.wait(),
                        fall_72h_permille: permille(forecast.answer.falls.get(1).copied().unwrap_or(0.0)),
                        lowest_after: money(lowest),
                        paid: money(paid),
                        verdict,
                    });
                }
            }
        }
        let over = start.is_some_and(|start| start.saturating_sub(DAY) <= self.until);
        let bought: Vec<(i64, bool)> =
            days.iter().map(|(_, price, wait)| (*price, *wait == Some(true))).collect();
        if let Some(followed) = follow(&bought).filter(|_| over) {
            own.money.entry(lesson.currency).or_default().add(&followed);
        }
    }
}

/// Sums of one league or genre.
#[derive(Default)]
struct Group {
    horizons: BTreeMap<u16, Tally>,
    money: BTreeMap<Currency, MoneyTally>,
}

impl Group {
    fn merge(&mut self, other: &Self) {
        for (hours, tally) in &other.horizons {
            self.horizons.entry(*hours).or_default().merge(tally);
        }
        for (currency, tally) in &other.money {
            self.money.entry(*currency).or_default().merge(tally);
        }
    }

    fn told(self, genre: Option<String>) -> GroupAccuracy {
        GroupAccuracy {
            genre,
            horizons: self.horizons.iter().filter_map(|(hours, tally)| tally.summary(*hours)).collect(),
            money: self.money.iter().filter_map(|(currency, tally)| tally.summary(*currency)).collect(),
        }
    }
}

fn said(forecast: &Forecast, start: Option<i64>) -> Said {
    let hours = HORIZONS
        .iter()
        .filter(|hours| {
            let end = forecast.origin.saturating_add(hours.saturating_mul(HOUR));
            start.is_none_or(|start| end <= start)
        })
        .filter_map(|hours| u16::try_from(*hours).ok())
        .collect();
    Said {
        at: time(forecast.origin),
        starts_at: start.map(time),
        price: i64::from(forecast.price),
        waits: Some(forecast.answer.wait()),
        hours,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a relative price is a statistic")]
fn settled(forecast: &Forecast, at: usize, fell: bool, price: i64) -> Settled {
    Settled {
        probability: forecast.answer.falls.get(at).copied().unwrap_or(0.0),
        fell,
        quantiles: forecast.answer.quantiles.get(at).copied().unwrap_or([1.0; 5]),
        came: price as f64 / f64::from(forecast.price.max(1)),
    }
}

/// An even selection over time.
fn selection(mut advice: Vec<BacktestAdvice>) -> Vec<BacktestAdvice> {
    advice.sort_by_key(|one| one.said_at);
    let step = advice.len().div_ceil(ADVICE_KEPT).max(1);
    advice.into_iter().step_by(step).collect()
}

fn labels(lessons: &[Lesson]) -> [u32; 3] {
    HORIZONS.map(|hours| {
        let of = |lesson: &Lesson| {
            let origins = lesson.course.daily_origins();
            origins.into_iter().filter(|origin| lesson.course.outcome(*origin, hours).is_some()).count()
        };
        count(lessons.iter().map(of).sum())
    })
}

fn genres(lessons: &[Lesson]) -> Vec<GenreCount> {
    let mut genres: BTreeMap<&Option<String>, (usize, usize)> = BTreeMap::new();
    for lesson in lessons {
        let (events, sights) = genres.entry(&lesson.genre).or_default();
        *events = events.saturating_add(1);
        *sights = sights.saturating_add(lesson.course.sights().len());
    }
    genres
        .into_iter()
        .map(|(genre, (events, sights))| GenreCount {
            genre: genre.clone(),
            events: count(events),
            sights: count(sights),
        })
        .collect()
}

fn limits(counted_from: i64) -> Vec<String> {
    vec![
        format!(
            "The first third of the past was only learned from: answers count from {} on.",
            time(counted_from).format("%-d %B %Y")
        ),
        "The settings were not chosen on these prices, but the events of one season or market are alike: expect less elsewhere.".to_owned(),
        "It is about the cheapest ticket of an event, whatever its seat.".to_owned(),
        "Skill is over always telling the share that came, which is known only afterwards.".to_owned(),
        "The days of one event share its luck: intervals count events, not days.".to_owned(),
    ]
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Real time: nothing that is learned depends on it.
#[expect(clippy::disallowed_methods, reason = "a native command, never the edge")]
fn wall_clock() -> DateTime<Utc> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    time(i64::try_from(since.as_secs()).unwrap_or(0))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 999 by the clamp")]
fn permille(probability: f64) -> u16 {
    (probability * 1000.0).round().clamp(1.0, 999.0) as u16
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::outlook::artefact::decode;
    use prices::outlook::course::Sight;
    use prices::outlook::grow::Growth;

    use super::*;

    /// Prices that stand for days and then fall, of two genres; a third of the events begin within the time seen.
    fn lessons() -> Vec<Lesson> {
        (0_u32..24)
            .map(|event| {
                let price = |step: i64| {
                    let falls = u32::try_from((step + i64::from(event) * 5) / 40).unwrap_or(0);
                    6_000 + event * 100 - falls * 450
                };
                let sights = (0_i64..280).map(|step| Sight {
                    at: step * 3 * HOUR,
                    price: price(step),
                    listings: None,
                });
                let start = if event % 3 == 0 { 30 * DAY } else { 60 * DAY };
                Lesson {
                    name: format!("Guests at Home {}", event % 4),
                    genre: Some(if event % 2 == 0 { "sports" } else { "music" }.to_owned()),
                    currency: Currency::USD,
                    course: Course::new(Some(start), event as usize % 4, sights.collect()),
                }
            })
            .collect()
    }

    #[test]
    fn a_report_adds_up_and_its_artefact_can_be_read() {
        let growth = Growth { trees: 6, ..Growth::default() };
        let settings = Settings { growth, every: 7, ..Settings::default() };
        let lessons = lessons();
        let tried = Trial::run(&lessons, &settings).unwrap();
        let outlook = decode(&tried.artefact).unwrap();
        assert_eq!(outlook.fitted_at, tried.fitted_at);
        let counted_from = time(tried.counted_from);
        let report = tried.report(&lessons, 7);
        assert_eq!((report.events, report.observations, report.groups.len()), (24, 7, 2));
        assert_eq!(report.whole.horizons.iter().map(|one| one.hours).collect::<Vec<_>>(), [24, 72, 168]);
        let (whole, parts) = (&report.whole, &report.groups);
        let answers = |group: &GroupAccuracy| group.horizons.iter().map(|one| one.answers).sum::<u32>();
        assert_eq!(answers(whole), parts.iter().map(answers).sum::<u32>());
        let events = |group: &GroupAccuracy| group.money.iter().map(|one| one.events).sum::<u32>();
        assert_eq!((events(whole), parts.iter().map(events).sum::<u32>()), (8, 8));
        assert!(!report.advice.is_empty() && report.advice.len() <= ADVICE_KEPT);
        assert!(report.advice.iter().all(|one| one.said_at >= counted_from));
        assert_eq!(report.labels.map(|count| count > 0), [true; 3]);
    }

    #[test]
    fn nothing_to_learn_from_is_said() {
        assert!(Trial::run(&[], &Settings::default()).is_err());
    }
}
