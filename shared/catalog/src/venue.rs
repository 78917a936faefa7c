//! Whether two venues are one building: sponsors come and go, suburbs and cities share names.

use crate::facts::EventFacts;
use crate::normalise::{city_key, region_key, words};

/// How two venues compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Building {
    /// The same name in the same place.
    Same,
    /// One name holds the other, or an earlier name, or the same spot on the map.
    Likely,
    /// The same city, nothing in common by name: perhaps renamed.
    SameCity,
    /// One side does not say.
    Unknown,
    /// Another building.
    Other,
}

/// Words that half of all venues have.
const GENERIC: [&str; 36] = [
    "the",
    "at",
    "of",
    "and",
    "in",
    "a",
    "stadium",
    "arena",
    "center",
    "centre",
    "park",
    "field",
    "fieldhouse",
    "ballpark",
    "coliseum",
    "complex",
    "dome",
    "place",
    "garden",
    "gardens",
    "grounds",
    "pavilion",
    "amphitheater",
    "amphitheatre",
    "auditorium",
    "theater",
    "theatre",
    "hall",
    "house",
    "club",
    "events",
    "event",
    "memorial",
    "civic",
    "municipal",
    "veterans",
];

/// Words that name a room or a place beside the building, and what they name: if only one side has one, it is elsewhere.
const ROOMS: [(&str, &str); 17] = [
    ("theater", "theater"),
    ("theatre", "theater"),
    ("hall", "hall"),
    ("lounge", "lounge"),
    ("room", "room"),
    ("club", "club"),
    ("parking", "parking"),
    ("lot", "parking"),
    ("lots", "parking"),
    ("garage", "parking"),
    ("plaza", "plaza"),
    ("lawn", "lawn"),
    ("ballroom", "ballroom"),
    ("annex", "annex"),
    ("studio", "studio"),
    ("rooftop", "rooftop"),
    ("tailgate", "tailgate"),
];

/// Two points nearer than this are one building, metres: a stadium is about 250 m across.
const ONE_BUILDING_METRES: f64 = 300.0;
/// Two points farther apart than this are never one venue, metres: markets put pins on city centres.
const ANOTHER_CITY_METRES: f64 = 60_000.0;

/// A venue, read.
#[derive(Clone, Debug)]
pub(crate) struct Venue {
    /// The name and the names it had before, as words; none is empty.
    names: Vec<Vec<String>>,
    city: Option<String>,
    region: Option<String>,
    point: Option<(f64, f64)>,
}

impl Venue {
    /// Reads an event's venue.
    pub(crate) fn read(event: &EventFacts) -> Self {
        let key = |text: &Option<String>| text.as_deref().map(city_key).filter(|key| !key.is_empty());
        Self {
            names: names(&event.venue),
            city: key(&event.city),
            region: event.region.as_deref().map(region_key).filter(|key| !key.is_empty()),
            point: event.latitude.zip(event.longitude),
        }
    }

    /// The same without its place on the map.
    pub(crate) fn by_name(&self) -> Self {
        Self { point: None, ..self.clone() }
    }

    /// Compares two venues.
    pub(crate) fn compare(&self, other: &Self) -> Building {
        let metres = self.point.zip(other.point).map(|(here, there)| distance(here, there));
        if metres.is_some_and(|metres| metres > ANOTHER_CITY_METRES) {
            return Building::Other;
        }
        let cities = match (&self.city, &other.city) {
            (Some(left), Some(right)) => {
                Some(left == right || holds_word(left, right) || holds_word(right, left))
            }
            _ => None,
        };
        let regions_differ =
            matches!((&self.region, &other.region), (Some(left), Some(right)) if left != right);
        if self.names.is_empty() || other.names.is_empty() {
            return if cities == Some(false) || regions_differ { Building::Other } else { Building::Unknown };
        }
        let pairs = || self.names.iter().flat_map(|left| other.names.iter().map(move |right| (left, right)));
        let near = metres.is_some_and(|metres| metres <= ONE_BUILDING_METRES);
        let equal = pairs().any(|(left, right)| left.concat() == right.concat());
        let distinctive =
            pairs().any(|(left, right)| left.concat() == right.concat() && !core(left).is_empty());
        match cities {
            _ if regions_differ && !near => Building::Other,
            Some(true) | None if equal => Building::Same,
            // "Canadian Tire Centre" is in Ottawa for one market, in Kanata for another.
            Some(false) if distinctive => Building::Likely,
            Some(false) if !near => Building::Other,
            _ if pairs().any(|(left, right)| holds(left, right) || holds(right, left)) => Building::Likely,
            _ if near && !pairs().all(|(left, right)| other_room(left, right)) => Building::Likely,
            Some(true) if !pairs().all(|(left, right)| other_room(left, right)) => Building::SameCity,
            None => Building::Unknown,
            _ => Building::Other,
        }
    }
}

/// "Kia Center (Formerly Amway Center)" and "Estadio Azteca (Estadio Banorte)" have two names; " - Complex" and " - NY"
/// are no part of one, nor is "(Parking)".
pub(crate) fn names(venue: &str) -> Vec<Vec<String>> {
    let (now, bracket) = venue.split_once('(').unwrap_or((venue, ""));
    let now = now.split(" - ").next().unwrap_or(now);
    let bracket = bracket.trim_end_matches([')', ' ']);
    let mut other = words(bracket);
    let before = ["formerly", "previously", "fka", "aka", "known", "as"];
    let said = other.first().is_some_and(|first| before.contains(&first.as_str()));
    while other.first().is_some_and(|first| before.contains(&first.as_str())) {
        other.remove(0);
    }
    let names_a_house = other.iter().any(|word| HOUSES.contains(&word.as_str())) && !core(&other).is_empty();
    let other = Some(other).filter(|_| said || names_a_house);
    [Some(words(now)), other].into_iter().flatten().filter(|words| !words.is_empty()).collect()
}

/// Words by which a bracket is known to hold a building's other name.
const HOUSES: [&str; 14] = [
    "amphitheater",
    "amphitheatre",
    "arena",
    "ballpark",
    "center",
    "centre",
    "coliseum",
    "dome",
    "estadio",
    "field",
    "garden",
    "park",
    "stade",
    "stadium",
];

/// The words that tell a venue from others.
pub(crate) fn core(words: &[String]) -> Vec<&String> {
    words.iter().filter(|word| !GENERIC.contains(&word.as_str())).collect()
}

/// Whether every telling word of `few` is in `many`, and neither names a room that the other does not.
fn holds(many: &[String], few: &[String]) -> bool {
    let few_core = core(few);
    !few_core.is_empty() && few_core.iter().all(|word| many.contains(word)) && !other_room(many, few)
}

fn other_room(left: &[String], right: &[String]) -> bool {
    let rooms = |words: &[String]| -> Vec<&str> {
        ROOMS
            .iter()
            .filter(|(word, _)| words.iter().any(|spoken| spoken == word))
            .map(|(_, room)| *room)
            .collect()
    };
    rooms(left) != rooms(right)
}

/// Whether one city's name is a word of the other's: "Sacramento" and "West Sacramento".
fn holds_word(long: &str, short: &str) -> bool {
    let side = ["west ", "east ", "north ", "south "];
    side.iter().any(|side| long.strip_prefix(side).is_some_and(|rest| rest == short))
}

/// Metres between two points given in degrees (haversine on a sphere of 6,371 km).
fn distance((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let (lat_a, lon_a, lat_b, lon_b) =
        (lat_a.to_radians(), lon_a.to_radians(), lat_b.to_radians(), lon_b.to_radians());
    let half = |from: f64, to: f64| ((to - from) / 2.0).sin().powi(2);
    let square = half(lat_a, lat_b) + lat_a.cos() * lat_b.cos() * half(lon_a, lon_b);
    2.0 * 6_371_000.0 * square.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(venue: &str, city: &str) -> Venue {
        Venue::read(&EventFacts {
            venue: venue.to_owned(),
            city: Some(city.to_owned()).filter(|city| !city.is_empty()),
            ..EventFacts::default()
        })
    }

    fn both_ways(left: &Venue, right: &Venue) -> Building {
        assert_eq!(left.compare(right), right.compare(left));
        left.compare(right)
    }

    #[test]
    fn sponsors_spellings_and_suburbs_do_not_part_a_venue() {
        for (left, left_city, right, right_city) in [
            ("Petco Park", "San Diego", "Petco Park - Complex", "San Diego"),
            ("Arrowhead Stadium", "Kansas City", "GEHA Field at Arrowhead Stadium", "Kansas City"),
            ("SAP Center at San Jose", "San Jose", "SAP Center", "San Jose"),
            ("Amway Center", "Orlando", "Kia Center (Formerly Amway Center)", "Orlando"),
            ("Canadian Tire Centre", "Kanata", "Canadian Tire Centre", "Ottawa"),
            ("Sutter Health Park", "West Sacramento", "Sutter Health Park", "Sacramento"),
            ("Tropicana Field", "Saint Petersburg", "Tropicana Field", "St. Petersburg"),
            ("U.S. Bank Stadium", "Minneapolis", "US Bank Stadium", "Minneapolis"),
        ] {
            let building = both_ways(&at(left, left_city), &at(right, right_city));
            assert!(matches!(building, Building::Same | Building::Likely), "{left} / {right}: {building:?}");
        }
    }

    #[test]
    fn rooms_and_namesakes_are_other_places() {
        let compare =
            |left: (&str, &str), right: (&str, &str)| both_ways(&at(left.0, left.1), &at(right.0, right.1));
        assert_eq!(
            compare(
                ("Madison Square Garden", "New York"),
                ("The Theater at Madison Square Garden", "New York")
            ),
            Building::Other
        );
        assert_eq!(
            compare(("Memorial Stadium", "Lincoln"), ("Memorial Stadium", "Champaign")),
            Building::Other
        );
        assert_eq!(compare(("Citi Field", "Flushing"), ("Coors Field", "Denver")), Building::Other);
        assert_eq!(
            compare(("Wells Fargo Center", "Philadelphia"), ("Xfinity Mobile Arena", "Philadelphia")),
            Building::SameCity
        );
        assert_eq!(compare(("", "Denver"), ("Coors Field", "Denver")), Building::Unknown);
    }

    #[test]
    fn the_map_decides_where_names_do_not() {
        let pin = |venue: &str, latitude: f64| {
            Venue::read(&EventFacts {
                venue: venue.to_owned(),
                latitude: Some(latitude),
                longitude: Some(-75.172),
                ..EventFacts::default()
            })
        };
        assert_eq!(
            both_ways(&pin("Wells Fargo Center", 39.9012), &pin("Xfinity Mobile Arena", 39.9013)),
            Building::Likely
        );
        assert_eq!(
            both_ways(&pin("Memorial Stadium", 39.9), &pin("Memorial Stadium", 41.9)),
            Building::Other
        );
    }
}
