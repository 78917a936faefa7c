//! `lab fair` and `lab score`: what listed seats are worth, and how good their prices are.
//!
//! Each event is answered as the product answers it: from its own listings one by one, and from what is remembered of
//! the file's other events (at most `KEPT_PLACES` places each).

use std::collections::BTreeMap;
use std::path::Path;

use chrono::DateTime;
use prices::seats::{Asked, House, Memory, SeatPrices, Seats, house};
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
    fn price(&self) -> Option<f64> {
        positive(&self.price)
    }
}

fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// Where zones and sections are taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// The file's own columns.
    Given,
    /// The section's name alone, as the product reads it.
    Names,
    /// The number in the section's name alone, as of a market that tells no more.
    Numbers,
}

impl Naming {
    fn asked(arguments: &Arguments) -> Result<Self, Failure> {
        match arguments.get("zones") {
            None | Some("given") => Ok(Self::Given),
            Some("names") => Ok(Self::Names),
            Some("numbers") => Ok(Self::Numbers),
            Some(other) => Err(Failure::usage(format!("--zones is given, names or numbers, not {other}"))),
        }
    }

    fn name(self, line: &Line) -> &str {
        let number =
            || line.section.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        if self == Self::Numbers { number().unwrap_or(&line.section) } else { &line.section }
    }
}

/// A line with its place in the house.
struct Row {
    line: Line,
    zone: String,
    section: String,
    folded: String,
}

impl Row {
    fn seats(&self) -> Seats<'_> {
        Seats {
            event: &self.line.event_id,
            zone: &self.zone,
            section: &self.section,
            row: &self.folded,
            quantity: self.line.quantity.parse().unwrap_or(1),
        }
    }

    fn asked(&self) -> Option<Asked<'_>> {
        self.line.price().map(|price| Asked { seats: self.seats(), price, weight: 1.0 })
    }
}

/// Answers what the listings without a price are worth, from those of the file that have one.
pub fn fair(arguments: &Arguments) -> Result<(), Failure> {
    let events = read(arguments)?;
    let memories = memories(&events);
    let mut answers: Vec<(&Row, Vec<String>)> = Vec::new();
    for (event, rows) in &events {
        let questions: Vec<&Row> = rows.iter().filter(|row| row.line.price().is_none()).collect();
        if questions.is_empty() {
            continue;
        }
        let mut model = learn(event, rows, &memories)?;
        let seats: Vec<Seats<'_>> = questions.iter().map(|row| row.seats()).collect();
        if rows.iter().all(|row| row.line.price().is_none()) {
            // Nothing of this event but the median the file tells of it.
            if let Some(median) = questions.first().and_then(|row| positive(&row.line.anchor_median)) {
                model.anchor(event, median, &seats);
            }
        }
        for ((row, seats), fair) in questions.iter().zip(&seats).zip(model.fair(&seats)) {
            let span = model.span(seats);
            let told = [fair.price, fair.price / span.factor, fair.price * span.factor, span.unsure];
            answers.push((row, told.map(|number| format!("{number:.4}")).to_vec()));
        }
    }
    write(
        &arguments.path("out")?,
        &["fair_price", "nine_in_ten_above", "nine_in_ten_below", "unsure"],
        &answers,
    )?;
    println!("{}", serde_json::json!({ "answered": answers.len() }));
    Ok(())
}

/// Scores every listing that has a price and a zone: parking and the like are no seats.
pub fn score(arguments: &Arguments) -> Result<(), Failure> {
    let events = read(arguments)?;
    let memories = memories(&events);
    let mut answers: Vec<(&Row, Vec<String>)> = Vec::new();
    for (event, rows) in &events {
        let priced: Vec<(&Row, f64)> = rows.iter().filter_map(|row| Some((row, row.line.price()?))).collect();
        if priced.is_empty() {
            continue;
        }
        let seats: Vec<Seats<'_>> = priced.iter().map(|(row, _)| row.seats()).collect();
        let fair = learn(event, rows, &memories)?.fair_in_order(&seats);
        answers.extend(
            priced
                .iter()
                .zip(fair)
                .map(|((row, price), fair)| (*row, vec![format!("{:.4}", fair.score(*price))])),
        );
    }
    write(&arguments.path("out")?, &["score"], &answers)?;
    println!("{}", serde_json::json!({ "scored": answers.len() }));
    Ok(())
}

type Events = BTreeMap<String, Vec<Row>>;

fn memories(events: &Events) -> Vec<(String, Memory)> {
    let remember = |(event, rows): (&String, &Vec<Row>)| {
        let listings: Vec<Asked<'_>> = rows.iter().filter_map(Row::asked).collect();
        (event.clone(), Memory::after(None, &listings, DateTime::UNIX_EPOCH))
    };
    events.iter().map(remember).collect()
}

fn learn(event: &str, rows: &[Row], memories: &[(String, Memory)]) -> Result<SeatPrices, Failure> {
    let listings: Vec<Asked<'_>> = rows.iter().filter_map(Row::asked).collect();
    let others: Vec<(String, Memory)> =
        memories.iter().filter(|(other, _)| other != event).cloned().collect();
    SeatPrices::learn_event(event, &listings, None, &others, DateTime::UNIX_EPOCH)
        .ok_or_else(|| Failure::work("listings", "none has a price to learn from"))
}

fn read(arguments: &Arguments) -> Result<Events, Failure> {
    let (file, naming) = (arguments.path("listings")?, Naming::asked(arguments)?);
    let mut reader = csv::Reader::from_path(&file).map_err(|why| Failure::work(file.display(), why))?;
    let lines: Vec<Line> =
        reader.deserialize().collect::<Result<_, _>>().map_err(|why| Failure::work(file.display(), why))?;
    let house = House::of(lines.iter().map(|line| naming.name(line)));
    let mut events = Events::new();
    for line in lines.into_iter().filter(|line| !matches!(line.zone.as_str(), "" | "NA")) {
        let Some(spot) = house.spot(naming.name(&line)) else { continue };
        let (zone, section) = match naming {
            Naming::Given if line.section_id.is_empty() => (line.zone.clone(), line.section.clone()),
            Naming::Given => (line.zone.clone(), line.section_id.clone()),
            Naming::Names | Naming::Numbers => (spot.zone, spot.section),
        };
        let folded = house::row(&line.row);
        events.entry(line.event_id.clone()).or_default().push(Row { line, zone, section, folded });
    }
    Ok(events)
}

fn write(file: &Path, columns: &[&str], answers: &[(&Row, Vec<String>)]) -> Result<(), Failure> {
    let failed = |why: csv::Error| Failure::work(file.display(), why);
    let mut writer = csv::Writer::from_path(file).map_err(failed)?;
    writer.write_record(["event_id", "listing_id"].iter().chain(columns)).map_err(failed)?;
    for (row, answer) in answers {
        let ids = [row.line.event_id.as_str(), row.line.listing_id.as_str()];
        writer.write_record(ids.into_iter().chain(answer.iter().map(String::as_str))).map_err(failed)?;
    }
    writer.flush().map_err(|why| Failure::work(file.display(), why))
}
