//! `lab pack` and `lab unpack`: price histories into the stored form and back.

use std::path::Path;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use prices::series::{self, Archive};
use prices::{AbsentReason, Currency, FeeBasis, Money, Observation, Price};
use serde::{Deserialize, Serialize};

use crate::arguments::Arguments;
use crate::failure::Failure;

/// One line of an observations file.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    event_id: String,
    observed_at: String,
    price: String,
    listing_count: String,
}

/// One event's observations, in the file's order.
type Course = (String, Vec<Observation>);

/// The files say neither currency nor fee basis.
const CURRENCY: Currency = Currency::USD;
const BASIS: FeeBasis = FeeBasis::Unknown;
/// What packed files of one event are called.
const SUFFIX: &str = "series";
/// What the packed file of all events is called in a folder.
const SINGLE: &str = "all.archive";

/// Packs an observations file.
pub fn pack(arguments: &Arguments) -> Result<(), Failure> {
    let courses = read_csv(&arguments.path("observations")?)?;
    let observations: usize = courses.iter().map(|(_, course)| course.len()).sum();
    let events = courses.len();
    let bytes = match (arguments.get("out"), arguments.get("single")) {
        (Some(folder), None) => pack_folder(Path::new(folder), &courses)?,
        (Some(folder), Some("")) => {
            make(Path::new(folder))?;
            pack_single(&Path::new(folder).join(SINGLE), courses)?
        }
        (None, Some(file)) if !file.is_empty() => pack_single(Path::new(file), courses)?,
        _ => return Err(Failure::usage("pack needs --out DIR, --out DIR --single or --single FILE")),
    };
    let summary = serde_json::json!({ "events": events, "observations": observations, "bytes": bytes });
    println!("{summary}");
    Ok(())
}

fn pack_single(file: &Path, courses: Vec<Course>) -> Result<usize, Failure> {
    let packed = Archive { courses }.encode().map_err(|why| Failure::work("pack", why))?;
    write(file, &packed)?;
    Ok(packed.len())
}

fn pack_folder(folder: &Path, courses: &[Course]) -> Result<usize, Failure> {
    make(folder)?;
    let mut bytes = 0_usize;
    for (event, course) in courses {
        let packed = series::encode(course).map_err(|why| Failure::work(event, why))?;
        write(&folder.join(format!("{}.{SUFFIX}", file_name(event))), &packed)?;
        bytes = bytes.saturating_add(packed.len());
    }
    Ok(bytes)
}

/// Unpacks what `pack` wrote.
pub fn unpack(arguments: &Arguments) -> Result<(), Failure> {
    let [packed] = arguments.plain.as_slice() else {
        return Err(Failure::usage("unpack needs one packed folder or file"));
    };
    let packed = Path::new(packed);
    let single = packed.join(SINGLE);
    let courses = if single.is_file() {
        unpack_single(&single)?
    } else if packed.is_dir() {
        unpack_folder(packed)?
    } else {
        unpack_single(packed)?
    };
    let out = arguments.path("out")?;
    let mut writer = csv::Writer::from_path(&out).map_err(|why| Failure::work(out.display(), why))?;
    for (event, course) in &courses {
        for seen in course {
            writer.serialize(row(event, seen)).map_err(|why| Failure::work(out.display(), why))?;
        }
    }
    writer.flush().map_err(|why| Failure::work(out.display(), why))?;
    let observations: usize = courses.iter().map(|(_, course)| course.len()).sum();
    let summary = serde_json::json!({ "events": courses.len(), "observations": observations });
    println!("{summary}");
    Ok(())
}

fn unpack_single(file: &Path) -> Result<Vec<Course>, Failure> {
    Ok(Archive::decode(&read(file)?).map_err(|why| Failure::work(file.display(), why))?.courses)
}

fn unpack_folder(folder: &Path) -> Result<Vec<Course>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|why| Failure::work(folder.display(), why))?;
    let mut courses = Vec::new();
    for entry in entries {
        let path = entry.map_err(|why| Failure::work(folder.display(), why))?.path();
        if path.extension().is_none_or(|suffix| suffix != SUFFIX) {
            continue;
        }
        let event = path.file_stem().and_then(|stem| stem.to_str()).and_then(event_of);
        let event = event.ok_or_else(|| Failure::work(path.display(), "not a packed event's file name"))?;
        let course = series::decode(&read(&path)?).map_err(|why| Failure::work(path.display(), why))?;
        courses.push((event, course));
    }
    courses.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(courses)
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|why| Failure::work(folder.display(), why))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|why| Failure::work(path.display(), why))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|why| Failure::work(path.display(), why))
}

/// Events in the order of their first row.
fn read_csv(path: &Path) -> Result<Vec<Course>, Failure> {
    let mut reader = csv::Reader::from_path(path).map_err(|why| Failure::work(path.display(), why))?;
    let mut courses: Vec<Course> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (line, row) in reader.deserialize::<Row>().enumerate() {
        let row = row.map_err(|why| Failure::work(path.display(), why))?;
        let seen = observation(&row).ok_or_else(|| {
            Failure::work(format!("{} row {}", path.display(), line.saturating_add(1)), format!("{row:?}"))
        })?;
        let place = *places.entry(row.event_id.clone()).or_insert_with(|| {
            courses.push((row.event_id, Vec::new()));
            courses.len().saturating_sub(1)
        });
        if let Some((_, course)) = courses.get_mut(place) {
            course.push(seen);
        }
    }
    Ok(courses)
}

/// An empty price is one nobody stated; 0 is free entry: two different things, and neither is a price.
fn observation(row: &Row) -> Option<Observation> {
    let price = match row.price.trim() {
        "" => Price::absent(AbsentReason::Unknown),
        text => match Money::from_decimal(text, CURRENCY)? {
            money if money.amount_minor == 0 => Price::absent(AbsentReason::Free),
            money => Price::quoted(money, BASIS),
        },
    };
    let listings = match row.listing_count.trim() {
        "" => None,
        text => Some(text.parse().ok()?),
    };
    Some(Observation { listings, ..Observation::of_price(time(&row.observed_at)?, price) })
}

/// RFC 3339; without an offset it is UTC.
fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .or_else(|_| text.replace(' ', "T").parse::<NaiveDateTime>().map(|at| at.and_utc()))
        .ok()
}

fn row(event: &str, seen: &Observation) -> Row {
    let price = match seen.price {
        Price::Quoted { money, .. } => decimal(money.amount_minor),
        Price::Absent { reason: AbsentReason::Free } => decimal(0),
        Price::Absent { .. } => String::new(),
    };
    Row {
        event_id: event.to_owned(),
        observed_at: seen.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        price,
        listing_count: seen.listings.map(|count| count.to_string()).unwrap_or_default(),
    }
}

fn decimal(minor: i64) -> String {
    let (major, rest) = (minor.checked_div(100).unwrap_or(0), minor.checked_rem(100).unwrap_or(0));
    format!("{major}.{rest:02}")
}

/// An event id as a file name: letters, digits, `-` and `_` as they are, other bytes as `%xx`.
fn file_name(event: &str) -> String {
    event
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect()
}

/// The event id that a file name stands for.
fn event_of(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name;
    while let Some((plain, escaped)) = rest.split_once('%') {
        bytes.extend(plain.bytes());
        let (code, after) = escaped.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = after;
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).ok()
}
