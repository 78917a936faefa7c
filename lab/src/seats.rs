//! `lab fair` and `lab score`: what listed seats are worth, and how good their prices are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use prices::seats::{Asked, SeatPrices, Seats};
use serde::Deserialize;

use crate::arguments::Arguments;
use crate::failure::Failure;

/// One line of a listings file; without a price it is a question.
#[derive(Debug, Deserialize)]
struct Line {
    event_id: String,
    listing_id: String,
    price: String,
    section_id: String,
    section: String,
    zone: String,
    row: String,
    quantity: String,
    #[serde(default)]
    anchor_median: String,
}

impl Line {
    fn seats(&self) -> Seats<'_> {
        Seats {
            event: &self.event_id,
            zone: if self.zone == "NA" { "" } else { &self.zone },
            section: if self.section_id.is_empty() { &self.section } else { &self.section_id },
            row: &self.row,
            quantity: self.quantity.parse().unwrap_or(1),
        }
    }

    fn price(&self) -> Option<f64> {
        positive(&self.price)
    }
}

fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// Answers what the listings without a price are worth, from those of the file that have one.
pub fn fair(arguments: &Arguments) -> Result<(), Failure> {
    let rows = read(&arguments.path("listings")?)?;
    let mut model = learn(&rows)?;
    let questions: Vec<&Line> = rows.iter().filter(|row| row.price().is_none()).collect();
    anchor(&mut model, &rows, &questions);
    let seats: Vec<Seats<'_>> = questions.iter().map(|row| row.seats()).collect();
    let answers = questions.iter().zip(model.fair(&seats)).map(|(row, fair)| (*row, fair.price));
    write(&arguments.path("out")?, "fair_price", answers)?;
    let learned = rows.len().saturating_sub(questions.len());
    println!("{}", serde_json::json!({ "learned_from": learned, "answered": questions.len() }));
    Ok(())
}

/// Scores every listing that has a price and a zone: parking and the like are no seats.
pub fn score(arguments: &Arguments) -> Result<(), Failure> {
    let mut rows = read(&arguments.path("listings")?)?;
    let all = rows.len();
    rows.retain(|row| row.price().is_some() && !row.seats().zone.is_empty());
    let model = learn(&rows)?;
    let seats: Vec<Seats<'_>> = rows.iter().map(Line::seats).collect();
    let scores = rows
        .iter()
        .zip(model.fair_in_order(&seats))
        .filter_map(|(row, fair)| row.price().map(|price| (row, fair.score(price))));
    write(&arguments.path("out")?, "score", scores)?;
    println!("{}", serde_json::json!({ "scored": rows.len(), "left_out": all.saturating_sub(rows.len()) }));
    Ok(())
}

fn learn(rows: &[Line]) -> Result<SeatPrices, Failure> {
    let asked: Vec<Asked<'_>> =
        rows.iter().filter_map(|row| row.price().map(|price| Asked { seats: row.seats(), price })).collect();
    SeatPrices::learn(&asked).ok_or_else(|| Failure::work("listings", "none has a price to learn from"))
}

/// Events without any price are set to the median the file tells of them.
fn anchor(model: &mut SeatPrices, rows: &[Line], questions: &[&Line]) {
    let priced: BTreeSet<&str> =
        rows.iter().filter(|row| row.price().is_some()).map(|row| row.event_id.as_str()).collect();
    let mut blank: BTreeMap<&str, (f64, Vec<Seats<'_>>)> = BTreeMap::new();
    for row in questions.iter().filter(|row| !priced.contains(row.event_id.as_str())) {
        if let Some(median) = positive(&row.anchor_median) {
            blank.entry(&row.event_id).or_insert((median, Vec::new())).1.push(row.seats());
        }
    }
    for (event, (median, seats)) in blank {
        model.anchor(event, median, &seats);
    }
}

fn read(file: &Path) -> Result<Vec<Line>, Failure> {
    let mut reader = csv::Reader::from_path(file).map_err(|why| Failure::work(file.display(), why))?;
    reader.deserialize().collect::<Result<_, _>>().map_err(|why| Failure::work(file.display(), why))
}

fn write<'a>(
    file: &Path,
    column: &str,
    answers: impl Iterator<Item = (&'a Line, f64)>,
) -> Result<(), Failure> {
    let failed = |why: csv::Error| Failure::work(file.display(), why);
    let mut writer = csv::Writer::from_path(file).map_err(failed)?;
    writer.write_record(["event_id", "listing_id", column]).map_err(failed)?;
    for (row, answer) in answers {
        writer
            .write_record([row.event_id.as_str(), row.listing_id.as_str(), &format!("{answer:.4}")])
            .map_err(failed)?;
    }
    writer.flush().map_err(|why| Failure::work(file.display(), why))
}
