//! `lab match`: the pairs of two catalogues that are one event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog::{Decision, EventFacts, assign, filing_keys, lookup_keys};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use sources::Start;

use crate::arguments::Arguments;
use crate::failure::Failure;

/// One line of a catalogue file; empty means that the market does not say.
#[derive(Debug, Deserialize)]
struct Row {
    source_event_id: String,
    name: String,
    performers: String,
    start_utc: String,
    start_local: String,
    date_tbd: String,
    time_tbd: String,
    venue_name: String,
    city: String,
    region: String,
    country: String,
    lat: String,
    lon: String,
}

impl Row {
    fn facts(&self) -> EventFacts {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let time_tbd = self.time_tbd == "true";
        EventFacts {
            name: self.name.trim().to_owned(),
            performers: self.performers.split('|').filter_map(said).collect(),
            venue: self.venue_name.trim().to_owned(),
            city: said(&self.city),
            region: said(&self.region),
            country: said(&self.country),
            latitude: self.lat.parse().ok(),
            longitude: self.lon.parse().ok(),
            start: Start {
                utc: DateTime::parse_from_rfc3339(&self.start_utc)
                    .ok()
                    .map(|start| start.with_timezone(&Utc)),
                local: self.start_local.parse::<NaiveDateTime>().ok(),
                date_tbd: self.date_tbd == "true",
                time_tbd,
            },
            ..EventFacts::default()
        }
    }
}

/// Reads both catalogues, judges what shares a key, writes the pairs that are one event.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let left = read(&arguments.path("left")?)?;
    let right = read(&arguments.path("right")?)?;
    let out = arguments.path("out")?;

    let mut filed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (_, facts)) in right.iter().enumerate() {
        for key in filing_keys(facts) {
            filed.entry(key).or_default().push(index);
        }
    }
    let candidates: Vec<(usize, usize)> = left
        .iter()
        .enumerate()
        .flat_map(|(index, (_, facts))| {
            let keys = lookup_keys(facts);
            let partners: BTreeSet<usize> =
                keys.iter().filter_map(|key| filed.get(key)).flatten().copied().collect();
            partners.into_iter().map(move |partner| (index, partner))
        })
        .collect();
    let (left_ids, left): (Vec<String>, Vec<EventFacts>) = left.into_iter().unzip();
    let (right_ids, right): (Vec<String>, Vec<EventFacts>) = right.into_iter().unzip();
    let pairings = assign(&left, &right, &candidates);

    let mut writer = csv::Writer::from_path(&out).map_err(|why| Failure::work(out.display(), why))?;
    let write = |writer: &mut csv::Writer<std::fs::File>, fields: [&str; 4]| {
        writer.write_record(fields).map_err(|why| Failure::work(out.display(), why))
    };
    write(&mut writer, ["left_id", "right_id", "confidence_permille", "reasons"])?;
    let (mut same, mut doubtful) = (0_u64, 0_u64);
    for pairing in &pairings {
        if pairing.verdict.decision != Decision::Same {
            doubtful = doubtful.saturating_add(1);
            continue;
        }
        same = same.saturating_add(1);
        let (Some(left), Some(right)) = (left_ids.get(pairing.left), right_ids.get(pairing.right)) else {
            continue;
        };
        let confidence = pairing.verdict.confidence_permille.to_string();
        let reasons: Vec<String> =
            pairing.verdict.reasons.iter().map(|reason| format!("{reason:?}")).collect();
        write(&mut writer, [left, right, &confidence, &reasons.join(" ")])?;
    }
    writer.flush().map_err(|why| Failure::work(out.display(), why))?;
    let summary = serde_json::json!({
        "left": left.len(), "right": right.len(), "judged": candidates.len(), "same": same, "doubtful": doubtful,
    });
    println!("{summary}");
    Ok(())
}

fn read(path: &Path) -> Result<Vec<(String, EventFacts)>, Failure> {
    let mut reader = csv::Reader::from_path(path).map_err(|why| Failure::work(path.display(), why))?;
    reader
        .deserialize::<Row>()
        .map(|row| {
            let row = row.map_err(|why| Failure::work(path.display(), why))?;
            Ok((row.source_event_id.clone(), row.facts()))
        })
        .collect()
}
