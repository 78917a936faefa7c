//! What makes events comparable, as keys they can be found by.

use catalog::genre::family;
use catalog::normalise::{city_key, region_key};
use catalog::place::performer_key;
use contract::catalog::EventCard;
use prices::score::Likeness;

/// Who plays counts so far down the bill: both sides of a game, a headliner and its guest.
const SIDES: usize = 2;

/// A key, and what those who share it have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// How alike two events of this key are.
    pub likeness: Likeness,
    /// The key.
    pub text: String,
}

/// The keys an event is compared by.
pub fn of(card: &EventCard) -> Vec<Key> {
    let mut keys = Vec::new();
    for performer in &sides(card) {
        if let Some(venue) = &card.venue_id {
            let text = format!("{}@{venue}", by_performer(performer));
            keys.push(Key { likeness: Likeness::SameVenue, text });
        }
        keys.push(Key { likeness: Likeness::Elsewhere, text: by_performer(performer) });
    }
    keys.extend(by_genre_and_city(card).map(|text| Key { likeness: Likeness::SameCity, text }));
    keys
}

/// The key of what an event is in its city, where both are known.
pub fn by_genre_and_city(card: &EventCard) -> Option<String> {
    Some(format!("genre:{}@{}|{}", genre(card)?, city(card)?, region(card)))
}

/// Who counts of those that play, folded.
pub fn sides(card: &EventCard) -> Vec<String> {
    let mut sides = performers(card);
    sides.truncate(SIDES);
    sides
}

/// The key of a performer by any spelling of the name.
pub fn performer_named(name: &str) -> String {
    by_performer(&performer_key(name))
}

/// The keys an event is found by: those it is compared by, and everybody named.
pub fn filed_under(card: &EventCard) -> Vec<String> {
    let mut keys: Vec<String> = of(card).into_iter().map(|key| key.text).collect();
    keys.extend(performers(card).iter().skip(SIDES).map(|performer| by_performer(performer)));
    keys
}

/// The key of a performer, whose folded name is given.
pub fn by_performer(performer: &str) -> String {
    format!("performer:{performer}")
}

/// The folded names of who plays, each once, in billing order.
pub fn performers(card: &EventCard) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in card.line_up.iter().map(|name| performer_key(name)) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The folded name of the city.
pub fn city(card: &EventCard) -> Option<String> {
    card.city.as_deref().map(city_key).filter(|city| !city.is_empty())
}

/// The folded name of the region; empty where it is not known.
pub fn region(card: &EventCard) -> String {
    card.region.as_deref().map(region_key).unwrap_or_default()
}

/// The family of its genre.
pub fn genre(card: &EventCard) -> Option<String> {
    card.genre.as_deref().map(family).filter(|genre| !genre.is_empty())
}

#[cfg(test)]
pub mod tests {
    use contract::ids::{EventId, VenueId};

    use super::*;

    /// A game of two sides.
    pub fn game() -> EventCard {
        EventCard {
            id: EventId::from_bytes([1; 16]),
            name: "Lakers at Trail Blazers".to_owned(),
            venue: "Moda Center".to_owned(),
            city: Some("Portland".to_owned()),
            starts_at: None,
            local_start: None,
            date_tbd: false,
            time_tbd: false,
            genre: Some("Sports".to_owned()),
            venue_id: Some(VenueId::from_bytes([2; 16])),
            region: Some("Oregon".to_owned()),
            line_up: vec!["Portland Trail Blazers".to_owned(), "Los Angeles Lakers".to_owned()],
        }
    }

    #[test]
    fn an_event_is_compared_by_its_sides_here_and_elsewhere_and_by_genre_and_city() {
        let keys: Vec<String> = of(&game()).into_iter().map(|key| key.text).collect();
        let venue = VenueId::from_bytes([2; 16]);
        assert_eq!(
            keys,
            [
                format!("performer:portland trail blazers@{venue}"),
                "performer:portland trail blazers".to_owned(),
                format!("performer:los angeles lakers@{venue}"),
                "performer:los angeles lakers".to_owned(),
                "genre:sports@portland|or".to_owned(),
            ]
        );
    }

    #[test]
    fn an_event_of_which_little_is_known_has_few_keys() {
        let card = EventCard { line_up: Vec::new(), genre: None, ..game() };
        assert_eq!(of(&card), []);
        let nameless = EventCard { line_up: vec!["!".to_owned()], venue_id: None, ..game() };
        assert_eq!(of(&nameless).len(), 1);
    }
}
