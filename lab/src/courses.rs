//! Courses to learn from: the evaluation's files, and histories as the product exports them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use prices::outlook::best::{sights, unit_of};
use prices::outlook::course::{Course, Sight};
use prices::outlook::side::home;
use prices::{Courses, Currency, table};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// An event as it stands in `--events`.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// Its id.
    #[serde(rename = "event_id")]
    pub id: String,
    /// Its name.
    pub name: String,
    #[serde(default)]
    start_utc: String,
    #[serde(default)]
    start_date: String,
    #[serde(default)]
    genre: String,
}

#[derive(Debug, Deserialize)]
struct Seen {
    #[serde(rename = "event_id")]
    event: String,
    #[serde(rename = "observed_at")]
    at: String,
    price: String,
    #[serde(default)]
    listing_count: String,
}

/// One event to learn from.
pub struct Lesson {
    /// Its name.
    pub name: String,
    /// League or genre.
    pub genre: Option<String>,
    /// Of its prices.
    pub currency: Currency,
    /// Its best price.
    pub course: Course,
}

/// What there is to learn from.
pub struct Material {
    /// One an event.
    pub lessons: Vec<Lesson>,
    /// Observations they were made from.
    pub observations: u64,
}

/// Reads the evaluation's files: best prices in dollars, as often as they were seen.
pub fn from_evaluation(observations: &Path, events: &Path) -> Result<Material, Failure> {
    let events: Vec<Event> = read(events)?;
    let (mut sights, observations) = evaluation_sights(observations)?;
    let lessons = lessons(events, |id| Some((Currency::USD, sights.remove(id)?)))?;
    Ok(Material { lessons, observations })
}

/// Reads a history as `/v1/prices/import` takes it, with the events it is of.
pub fn from_history(history: &Path, events: &Path) -> Result<Material, Failure> {
    let text = std::fs::read_to_string(history).map_err(|why| Failure::work(history.display(), why))?;
    let mut courses: BTreeMap<String, Courses> = BTreeMap::new();
    let mut observations = 0_u64;
    for row in table::rows(&text) {
        let row = row.map_err(|why| Failure::work(history.display(), why))?;
        let of = courses.entry(row.event_id.to_owned()).or_default();
        of.entry(row.market).or_default().push(row.observation);
        observations = observations.saturating_add(1);
    }
    let until = courses.values().flat_map(BTreeMap::values).flatten().map(|seen| seen.at.timestamp()).max();
    let events: Vec<Event> = read(events)?;
    let lessons = lessons(events, |id| {
        let mut courses = courses.remove(id)?;
        for course in courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        let unit = unit_of(&courses)?;
        Some((unit.currency, sights(&courses, unit, until?)))
    })?;
    Ok(Material { lessons, observations })
}

fn lessons(
    events: Vec<Event>,
    mut seen: impl FnMut(&str) -> Option<(Currency, Vec<Sight>)>,
) -> Result<Vec<Lesson>, Failure> {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut known = BTreeSet::new();
    let mut lessons = Vec::with_capacity(events.len());
    for event in events {
        if !known.insert(event.id.clone()) {
            return Err(Failure::work("events", format!("{} stands there twice", event.id)));
        }
        let next = groups.len();
        let group = *groups.entry(home(&event.name).to_owned()).or_insert(next);
        let start = event.start()?;
        let Some((currency, sights)) = seen(&event.id) else { continue };
        let genre = Some(event.genre.trim().to_lowercase()).filter(|genre| !genre.is_empty());
        lessons.push(Lesson { name: event.name, genre, currency, course: Course::new(start, group, sights) });
    }
    Ok(lessons)
}

/// Sights of the evaluation's observations by event, and how many observations there were.
pub fn evaluation_sights(file: &Path) -> Result<(BTreeMap<String, Vec<Sight>>, u64), Failure> {
    let mut sights: BTreeMap<String, Vec<Sight>> = BTreeMap::new();
    let mut observations = 0_u64;
    for seen in read::<Seen>(file)? {
        observations = observations.saturating_add(1);
        let Some(price) = minor_units(&seen.price) else { continue };
        let at = seconds(&seen.at)?;
        let listings = seen.listing_count.parse().ok().filter(|count| *count > 0);
        sights.entry(seen.event).or_default().push(Sight { at, price, listings });
    }
    Ok((sights, observations))
}

impl Event {
    /// The start; where only the day is known, before any usual hour of that day.
    pub fn start(&self) -> Result<Option<i64>, Failure> {
        if !self.start_utc.is_empty() {
            return seconds(&self.start_utc).map(Some);
        }
        if self.start_date.is_empty() {
            return Ok(None);
        }
        let day: NaiveDate = self.start_date.parse().map_err(|why| Failure::work(&self.start_date, why))?;
        Ok(day.and_hms_opt(16, 0, 0).map(|at| at.and_utc().timestamp()))
    }
}

/// A usable price in minor units: nothing below 1.00 or above 50,000.00 is one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 100 and 5,000,000")]
fn minor_units(text: &str) -> Option<u32> {
    let price: f64 = text.trim().parse().ok()?;
    (1.0..=50_000.0).contains(&price).then(|| (price * 100.0).round() as u32)
}

/// Seconds since 1970.
pub fn seconds(text: &str) -> Result<i64, Failure> {
    DateTime::parse_from_rfc3339(text).map(|at| at.timestamp()).map_err(|why| Failure::work(text, why))
}

/// The rows of a table.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, Failure> {
    let mut reader = csv::Reader::from_path(file).map_err(|why| Failure::work(file.display(), why))?;
    reader.deserialize().collect::<Result<_, _>>().map_err(|why| Failure::work(file.display(), why))
}
