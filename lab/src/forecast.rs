//! `lab forecast`: answers questions about past moments as the product would have answered them then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat};
use prices::outlook::HORIZONS;
use prices::outlook::artefact::encode;
use prices::outlook::course::{Course, Sight};
use prices::outlook::side::home;
use prices::outlook::walk::{Forecast, Settings, walk};
use serde::Deserialize;

use crate::arguments::Arguments;
use crate::courses::{Event, evaluation_sights, read, seconds};
use crate::failure::Failure;

#[derive(Debug, Deserialize)]
struct Question {
    #[serde(rename = "event_id")]
    event: String,
    origin: String,
    horizon_hours: i64,
}

/// Answers the questions of `--origins` that are at or after `--cut`.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let summary = answer(arguments, &Settings::default())?;
    println!("{summary}");
    Ok(())
}

/// The same with other settings.
pub fn answer(arguments: &Arguments, settings: &Settings) -> Result<serde_json::Value, Failure> {
    let cut = seconds(arguments.need("cut")?)?;
    let events: Vec<Event> = read(&arguments.path("events")?)?;
    let courses = courses(&events, evaluation_sights(&arguments.path("observations")?)?.0)?;
    let numbers: BTreeMap<&str, usize> =
        events.iter().enumerate().map(|(number, event)| (event.id.as_str(), number)).collect();
    let mut questions = Vec::new();
    for question in read::<Question>(&arguments.path("origins")?)? {
        let origin = seconds(&question.origin)?;
        let number = numbers
            .get(question.event.as_str())
            .ok_or_else(|| Failure::work("origins", format!("no event {}", question.event)))?;
        if origin >= cut {
            questions.push((*number, origin, question));
        }
    }
    let asked: Vec<(usize, i64)> = questions
        .iter()
        .map(|(number, origin, _)| (*number, *origin))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let walked = walk(&courses, &asked, settings);
    let artefact = walked.outlook.as_ref().map(encode).unwrap_or_default();
    if let Some(file) = arguments.get("artefact") {
        std::fs::write(file, &artefact).map_err(|why| Failure::work(file, why))?;
    }
    let forecasts: BTreeMap<(usize, i64), Forecast> =
        walked.forecasts.into_iter().map(|forecast| ((forecast.course, forecast.origin), forecast)).collect();
    let out = arguments.path("out")?;
    let failed = |why: csv::Error| Failure::work(out.display(), why);
    let mut writer = csv::Writer::from_path(&out).map_err(failed)?;
    writer
        .write_record([
            "event_id",
            "origin",
            "horizon_hours",
            "p_drop",
            "q05",
            "q25",
            "q50",
            "q75",
            "q95",
            "advice",
        ])
        .map_err(failed)?;
    let mut answered = 0_usize;
    for (number, origin, question) in &questions {
        let Some(forecast) = forecasts.get(&(*number, *origin)) else { continue };
        writer.write_record(line(question, *origin, forecast)).map_err(failed)?;
        answered = answered.saturating_add(1);
    }
    writer.flush().map_err(|why| Failure::work(out.display(), why))?;
    Ok(
        serde_json::json!({ "events": events.len(), "questions": questions.len(), "answered": answered, "artefact_bytes": artefact.len() }),
    )
}

fn line(question: &Question, origin: i64, forecast: &Forecast) -> Vec<String> {
    let at = DateTime::from_timestamp(origin, 0)
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default();
    let mut line = vec![question.event.clone(), at, question.horizon_hours.to_string()];
    let horizon = HORIZONS.iter().position(|hours| *hours == question.horizon_hours);
    let told = horizon.and_then(|at| forecast.answer.falls.get(at).zip(forecast.answer.quantiles.get(at)));
    match told {
        Some((fall, quantiles)) => {
            line.push(format!("{fall:.5}"));
            let price = f64::from(forecast.price) / 100.0;
            line.extend(quantiles.iter().map(|part| format!("{:.4}", price * part)));
        }
        None => line.extend(std::iter::repeat_n(String::new(), 6)),
    }
    line.push(if forecast.answer.wait() { "wait" } else { "buy" }.to_owned());
    line
}

fn courses(events: &[Event], mut sights: BTreeMap<String, Vec<Sight>>) -> Result<Vec<Course>, Failure> {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    let mut courses = Vec::with_capacity(events.len());
    for event in events {
        let next = groups.len();
        let group = *groups.entry(home(&event.name)).or_insert(next);
        let seen = sights.remove(&event.id).unwrap_or_default();
        courses.push(Course::new(event.start()?, group, seen));
    }
    Ok(courses)
}
