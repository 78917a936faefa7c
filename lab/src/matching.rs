//! `lab match`: the pairs of two catalogues that are one event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog::{Decision, EventFacts, Verdict, assign, filing_keys, lookup_keys};
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

    let named = |wanted: Decision| {
        let chosen = pairings.iter().filter(move |pairing| pairing.verdict.decision == wanted);
        chosen.filter_map(|pairing| {
            Some((left_ids.get(pairing.left)?, right_ids.get(pairing.right)?, &pairing.verdict))
        })
    };
    let same = write(&out, named(Decision::Same))?;
    let doubtful = match arguments.get("doubtful") {
        Some(path) => write(Path::new(path), named(Decision::Doubtful))?,
        None => named(Decision::Doubtful).count(),
    };
    let summary = serde_json::json!({
        "left": left.len(), "right": right.len(), "judged": candidates.len(), "same": same, "doubtful": doubtful,
    });
    println!("{summary}");
    Ok(())
}

/// Writes pairs with confidence and reasons; answers how many.
fn write<'a>(
    path: &Path,
    pairs: impl Iterator<Item = (&'a String, &'a String, &'a Verdict)>,
) -> Result<usize, Failure> {
    let failed = |why: &dyn std::fmt::Display| Failure::work(path.display(), why);
    let mut writer = csv::Writer::from_path(path).map_err(|why| failed(&why))?;
    writer
        .write_record(["left_id", "right_id", "confidence_permille", "reasons"])
        .map_err(|why| failed(&why))?;
    let mut written = 0_usize;
    for (left, right, verdict) in pairs {
        let reasons = serde_json::to_string(&verdict.reasons).map_err(|why| failed(&why))?;
        let reasons = reasons.replace(['[', ']', '"'], "").replace(',', " ");
        writer
            .write_record([left, right, &verdict.confidence_permille.to_string(), &reasons])
            .map_err(|why| failed(&why))?;
        written = written.saturating_add(1);
    }
    writer.flush().map_err(|why| failed(&why))?;
    Ok(written)
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
