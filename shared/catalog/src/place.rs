//! Venues and performers as things of their own, each under all its names.

use crate::facts::EventFacts;
use crate::normalise::{city_key, words};
use crate::venue::{Building, Venue, core, names};

/// Squares of the map are this large, degrees: half a kilometre and more, so that a building's neighbours by place are
/// in its own square or one beside it.
const SQUARE_DEGREES: f64 = 0.01;

/// The name a venue is found by: its words and its city, so that "The Forum" of two cities stays two venues.
pub fn venue_key(event: &EventFacts) -> String {
    format!("{}|{}", words(&event.venue).join(" "), city(event))
}

/// The name a performer is found by.
pub fn performer_key(name: &str) -> String {
    words(name).into_iter().filter(|word| word != "the").collect::<Vec<_>>().join(" ")
}

/// Where a venue is filed so that it is found under another name: every telling word of its names in its city, and the
/// square of the map it lies in.
pub fn venue_filing_blocks(event: &EventFacts) -> Vec<String> {
    let mut blocks = word_blocks(event);
    blocks.extend(square(event).map(|(row, column)| square_block(row, column)));
    blocks
}

/// Where a venue that goes by another name may be filed.
pub fn venue_lookup_blocks(event: &EventFacts) -> Vec<String> {
    let mut blocks = word_blocks(event);
    if let Some((row, column)) = square(event) {
        for row in [row.saturating_sub(1), row, row.saturating_add(1)] {
            for column in [column.saturating_sub(1), column, column.saturating_add(1)] {
                blocks.push(square_block(row, column));
            }
        }
    }
    blocks
}

/// Whether the venues of two events are surely one building: the same or a former name, and not far apart. The same spot
/// alone says nothing: houses stand side by side, and markets give the middle of the city where they know no better.
pub fn is_one_building(left: &EventFacts, right: &EventFacts) -> bool {
    let one = |building| matches!(building, Building::Same | Building::Likely);
    let (left, right) = (Venue::read(left), Venue::read(right));
    one(left.compare(&right)) && one(left.by_name().compare(&right.by_name()))
}

fn city(event: &EventFacts) -> String {
    event.city.as_deref().map(city_key).unwrap_or_default()
}

fn word_blocks(event: &EventFacts) -> Vec<String> {
    let city = city(event);
    let mut blocks: Vec<String> = names(&event.venue)
        .iter()
        .flat_map(|name| core(name).into_iter().map(|word| format!("{city}|{word}")).collect::<Vec<_>>())
        .collect();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

fn square(event: &EventFacts) -> Option<(i32, i32)> {
    let at = |degrees: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "36,000 squares go around the world")]
        let square = (degrees / SQUARE_DEGREES).floor() as i32;
        square
    };
    Some((at(event.latitude?), at(event.longitude?)))
}

fn square_block(row: i32, column: i32) -> String {
    format!("@{row},{column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn venue(name: &str, city: &str, point: Option<(f64, f64)>) -> EventFacts {
        EventFacts {
            venue: name.to_owned(),
            city: Some(city.to_owned()),
            latitude: point.map(|(latitude, _)| latitude),
            longitude: point.map(|(_, longitude)| longitude),
            ..EventFacts::default()
        }
    }

    fn finds(one: &EventFacts, other: &EventFacts) -> bool {
        let filed = venue_filing_blocks(other);
        venue_lookup_blocks(one).iter().any(|block| filed.contains(block)) && is_one_building(one, other)
    }

    #[test]
    fn a_known_place_is_found_under_a_new_name() {
        let former = venue("Kia Center (Formerly Amway Center)", "Orlando", None);
        assert!(finds(&venue("Amway Center", "Orlando", None), &former));
        // At the edge of a square.
        assert!(finds(
            &venue("Climate Pledge Arena at Seattle Center", "Seattle", Some((47.6200, -122.3500))),
            &venue("Climate Pledge Arena", "Seattle", Some((47.6199, -122.3501)))
        ));
    }

    #[test]
    fn rooms_and_neighbours_are_venues_of_their_own() {
        let garden = venue("Madison Square Garden", "New York", Some((40.7505, -73.9934)));
        let theater = venue("The Theater at Madison Square Garden", "New York", Some((40.7505, -73.9934)));
        assert!(!finds(&garden, &theater));
        let coliseum = venue("Veterans Memorial Coliseum", "Portland", Some((45.5323, -122.6691)));
        let moda = venue("Moda Center", "Portland", Some((45.5316, -122.6668)));
        assert!(!finds(&coliseum, &moda));
        let far = venue("Rockwood Music Hall", "New York", Some((40.7223, -73.9885)));
        assert!(!finds(&garden, &far));
    }

    #[test]
    fn performers_are_one_under_every_spelling() {
        assert_eq!(performer_key("The Beyonc\u{e9}"), performer_key("BEYONCE"));
        assert_eq!(performer_key("Florence + The Machine"), performer_key("Florence and the Machine"));
    }
}
