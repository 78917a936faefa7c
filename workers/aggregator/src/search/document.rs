//! An event as search knows it: its place in the order, the words it is found by, the names it counts for.

use std::collections::BTreeSet;

use catalog::genre::family;
use catalog::normalise::{city_key, region_key, region_name, words};
use chrono::{NaiveDateTime, TimeDelta};
use contract::ids::{EventId, VenueId};
use edge::clock::from_ms;
use edge::failure::Result;
use edge::json::decode;
use serde::{Deserialize, Serialize};

/// Bits of a document's number below its minute. 26 bits of minutes reach to 2097, and 26 and 27 are the 53 that a
/// number keeps on its way through JavaScript.
const BELOW_THE_MINUTE: u32 = 27;
const MINUTES: i64 = (1 << 26) - 1;

/// The least document number of an instant: what a search from then on begins at.
pub fn first_doc(sort_at_ms: i64) -> i64 {
    let minute = sort_at_ms.div_euclid(60_000).clamp(0, MINUTES);
    minute.saturating_mul(1 << BELOW_THE_MINUTE)
}

/// An event with its venue, as the catalogue has it.
#[derive(Deserialize)]
pub struct Source {
    event_id: EventId,
    venue_id: VenueId,
    name: String,
    performers: String,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: i64,
    genre: Option<String>,
    addon: i64,
    merged_into: Option<EventId>,
    sort_at_ms: i64,
    venue: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
}

impl Source {
    /// Parking and the like is not what people search for; what was merged is found as the event it is.
    pub const fn is_searched(&self) -> bool {
        self.addon == 0 && self.merged_into.is_none()
    }

    fn month(&self) -> Option<String> {
        // Where the venue's calendar is not known, six hours before UTC decides the evening of the 31st for most of America.
        let utc = || from_ms(self.starts_at_ms?).naive_utc().checked_sub_signed(TimeDelta::hours(6));
        let day = self.local_start.or_else(utc).filter(|_| self.date_tbd == 0)?;
        Some(day.format("%Y-%m").to_string())
    }
}

/// A name that can be suggested.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name {
    /// `performer`, `venue` or `city`.
    pub kind: String,
    /// What tells it from others of its kind.
    pub key: String,
    #[serde(rename = "name")]
    text: String,
    folded: String,
    detail: Option<String>,
}

impl Name {
    /// One whose text is not known, to take an event off its count.
    pub const fn counted(kind: String, key: String) -> Self {
        Self { kind, key, text: String::new(), folded: String::new(), detail: None }
    }

    fn new(kind: &str, key: String, name: &str, detail: Option<String>) -> Self {
        Self { kind: kind.to_owned(), key, text: name.to_owned(), folded: words(name).join(" "), detail }
    }
}

/// What the index holds of an event.
#[derive(Serialize)]
pub struct Document {
    /// Its place in the order.
    pub doc: i64,
    /// The event.
    pub event_id: EventId,
    /// The names it counts for.
    #[serde(skip)]
    pub names: Vec<Name>,
    venue_id: VenueId,
    place_key: String,
    genre: Option<String>,
    month: Option<String>,
    sort_at_ms: i64,
    counted: Vec<(String, String)>,
    performer_keys: Vec<String>,
    name: String,
    performers: String,
    place: String,
}

impl Document {
    /// The document of an event.
    pub fn of(source: Source) -> Result<Self> {
        let performers: Vec<String> = decode(&source.performers)?;
        let place_key = place_key(source.city.as_deref(), source.region.as_deref());
        let month = source.month();
        let city_and_region = joined(source.city.as_deref(), source.region.as_deref());
        let mut names = vec![Name::new(
            "venue",
            source.venue_id.as_str().to_owned(),
            &source.venue,
            city_and_region.clone(),
        )];
        if let Some(city) = source.city.as_deref().filter(|_| !place_key.is_empty()) {
            let region = source.region.as_deref().map(region_name).or(source.country);
            names.push(Name::new("city", place_key.clone(), city, region));
        }
        let mut performer_keys = BTreeSet::new();
        for performer in &performers {
            let key = performer_key(performer);
            if !key.is_empty() && performer_keys.insert(key.clone()) {
                names.push(Name::new("performer", key, performer, None));
            }
        }
        let folded = |texts: &[&str]| texts.iter().flat_map(|text| words(text)).collect::<Vec<_>>().join(" ");
        Ok(Self {
            doc: first_doc(source.sort_at_ms).saturating_add(low_bits(&source.event_id)),
            counted: names.iter().map(|name| (name.kind.clone(), name.key.clone())).collect(),
            performer_keys: performer_keys.into_iter().collect(),
            name: folded(&[&source.name]),
            performers: folded(&performers.iter().map(String::as_str).collect::<Vec<_>>()),
            place: folded(&[&source.venue, city_and_region.as_deref().unwrap_or_default()]),
            event_id: source.event_id,
            venue_id: source.venue_id,
            place_key,
            genre: source.genre.as_deref().map(family).filter(|family| !family.is_empty()),
            month,
            sort_at_ms: source.sort_at_ms,
            names,
        })
    }

    /// Its words, each once.
    pub fn terms(&self) -> BTreeSet<&str> {
        [&self.name, &self.performers, &self.place]
            .into_iter()
            .flat_map(|text| text.split(' '))
            .filter(|term| !term.is_empty())
            .collect()
    }
}

/// What tells a performer from others: the words of the name but for "the", as `performer_names` has them. "The The" keeps
/// its own.
pub fn performer_key(name: &str) -> String {
    let words = words(name);
    let telling: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "the").collect();
    if telling.is_empty() { words.join(" ") } else { telling.join(" ") }
}

/// What tells a city from others: its words, and its region, by name or by code.
pub fn place_key(city: Option<&str>, region: Option<&str>) -> String {
    let city = city.map(city_key).filter(|city| !city.is_empty());
    city.map_or_else(String::new, |city| format!("{city}|{}", region.map(region_key).unwrap_or_default()))
}

fn joined(city: Option<&str>, region: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [city, region].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Of events of one minute, which comes first: by the random part of the id.
fn low_bits(id: &EventId) -> i64 {
    let digits = id.as_str().get(4..12).unwrap_or_default();
    i64::from_str_radix(digits, 16).unwrap_or(0) >> 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        Source {
            event_id: EventId::from_bytes([0xff; 16]),
            venue_id: VenueId::from_bytes([2; 16]),
            name: "Trail Blazers vs. Lakers".to_owned(),
            performers: r#"["Portland Trail Blazers","Los Angeles Lakers"]"#.to_owned(),
            starts_at_ms: Some(1_796_094_000_000),
            local_start: "2026-11-30T19:00:00".parse().ok(),
            date_tbd: 0,
            genre: Some("sports".to_owned()),
            addon: 0,
            merged_into: None,
            sort_at_ms: 1_796_094_000_000,
            venue: "Moda Center".to_owned(),
            city: Some("Portland".to_owned()),
            region: Some("OR".to_owned()),
            country: Some("US".to_owned()),
        }
    }

    #[test]
    fn documents_stand_in_the_order_of_the_calendar() {
        let document = Document::of(source()).unwrap();
        assert!(document.doc >= first_doc(document.sort_at_ms));
        assert!(document.doc < first_doc(document.sort_at_ms + 60_000));
        assert!(document.doc < 1 << 53);
        assert!(first_doc(i64::MAX) < 1 << 53);
        assert_eq!(first_doc(-1), 0);
    }

    #[test]
    fn an_event_is_found_by_name_performers_and_place_and_counts_for_each_once() {
        let document = Document::of(source()).unwrap();
        assert_eq!(document.place, "moda center portland or");
        assert_eq!(document.performer_keys, ["los angeles lakers", "portland trail blazers"]);
        assert_eq!(document.place_key, "portland|or");
        assert_eq!(document.month.as_deref(), Some("2026-11"));
        let kinds: Vec<_> = document.names.iter().map(|name| name.kind.as_str()).collect();
        assert_eq!(kinds, ["venue", "city", "performer", "performer"]);
        assert_eq!(document.terms().into_iter().filter(|term| *term == "portland").count(), 1);
    }

    #[test]
    fn an_open_date_is_in_no_month() {
        let document = Document::of(Source { date_tbd: 1, ..source() }).unwrap();
        assert_eq!(document.month, None);
    }
}
