//! What a person likes, by what they watch and have alerts on, and why a deal is one for them.

use std::collections::BTreeMap;

use contract::account::Watchlist;
use contract::catalog::EventCard;
use contract::deals::{Deal, TasteCode, TasteReason};
use contract::ids::EventId;

use crate::deals::keys;

/// Reasons shown of a deal: more convince nobody.
const SHOWN: usize = 3;

/// An event somebody cares for.
pub struct Liked {
    /// The event.
    pub card: EventCard,
    /// It is watched; else there is an alert on it.
    pub is_watched: bool,
}

/// What a person likes.
pub struct Taste {
    /// What they watch.
    pub watchlist: Watchlist,
    /// Events they have alerts on.
    pub alerts: Vec<EventId>,
    /// Those of both that are known, each once.
    pub liked: Vec<Liked>,
}

/// What a key adds to the score of a deal that has it, in the order of deals for a person.
pub const fn bonus(code: TasteCode) -> u8 {
    match code {
        TasteCode::WatchedEvent | TasteCode::AlertOnEvent => 30,
        TasteCode::WatchedPerformer | TasteCode::SamePerformer => 15,
        TasteCode::WatchedVenue | TasteCode::SameVenue => 8,
        TasteCode::SameGenreNearby => 0,
    }
}

impl Taste {
    /// The events themselves.
    pub fn events(&self) -> Vec<&EventId> {
        self.watchlist.events.iter().map(|watched| &watched.event_id).chain(&self.alerts).collect()
    }

    /// What deals are looked for by beside the events, as keys of [`keys`], each with what it adds.
    pub fn sought(&self) -> BTreeMap<String, u8> {
        let mut sought: BTreeMap<String, u8> = BTreeMap::new();
        let mut seek = |key: String, code| {
            let known = sought.entry(key).or_default();
            *known = (*known).max(bonus(code));
        };
        for performer in &self.watchlist.performers {
            seek(keys::performer_named(&performer.name), TasteCode::WatchedPerformer);
        }
        for liked in &self.liked {
            for performer in keys::sides(&liked.card) {
                seek(keys::by_performer(&performer), TasteCode::SamePerformer);
            }
            if let Some(key) = keys::by_genre_and_city(&liked.card) {
                seek(key, TasteCode::SameGenreNearby);
            }
        }
        sought
    }

    /// The venues deals are looked for at.
    pub fn venues(&self) -> Vec<String> {
        let watched = self.watchlist.venues.iter().map(|venue| venue.venue_id.as_str().to_owned());
        let liked =
            self.liked.iter().filter_map(|liked| Some(liked.card.venue_id.as_ref()?.as_str().to_owned()));
        let mut venues: Vec<String> = watched.chain(liked).collect();
        venues.sort_unstable();
        venues.dedup();
        venues
    }

    /// Why `deal` is one for this person, the strongest reason first; none if it is not.
    pub fn why(&self, deal: &Deal) -> Vec<TasteReason> {
        let event = &deal.event;
        let mut why: Vec<TasteReason> = Vec::new();
        if self.watchlist.events.iter().any(|watched| watched.event_id == event.id) {
            why.push(reason(TasteCode::WatchedEvent, "You watch this event".to_owned(), None));
        }
        if self.alerts.contains(&event.id) {
            why.push(reason(TasteCode::AlertOnEvent, "You have an alert on this event".to_owned(), None));
        }
        let playing = keys::performers(event);
        for watched in &self.watchlist.performers {
            if playing.iter().any(|name| keys::by_performer(name) == keys::performer_named(&watched.name)) {
                why.push(reason(TasteCode::WatchedPerformer, format!("You watch {}", watched.name), None));
            }
        }
        if self.watchlist.venues.iter().any(|venue| Some(&venue.venue_id) == event.venue_id.as_ref()) {
            why.push(reason(TasteCode::WatchedVenue, format!("You watch {}", event.venue), None));
        }
        for liked in self.liked.iter().filter(|liked| liked.card.id != event.id) {
            why.extend(likeness(event, &playing, liked));
        }
        // One reason of a kind: the first, which is of what was watched last.
        why.sort_by_key(|reason| reason.code);
        why.dedup_by_key(|reason| reason.code);
        why.truncate(SHOWN);
        why
    }
}

/// What a deal's event has in common with one that is liked: the nearest of it.
fn likeness(event: &EventCard, playing: &[String], liked: &Liked) -> Option<TasteReason> {
    let by = if liked.is_watched { "which you watch" } else { "which you have an alert on" };
    let name = &liked.card.name;
    let (code, text) = if keys::sides(&liked.card).iter().any(|side| playing.contains(side)) {
        (TasteCode::SamePerformer, format!("Same performer as {name}, {by}"))
    } else if event.venue_id.is_some() && event.venue_id == liked.card.venue_id {
        (TasteCode::SameVenue, format!("At {}, like {name}, {by}", event.venue))
    } else if keys::by_genre_and_city(event)
        .is_some_and(|key| keys::by_genre_and_city(&liked.card) == Some(key))
    {
        let genre = liked.card.genre.as_deref().unwrap_or_default();
        let city = event.city.as_deref().unwrap_or_default();
        (TasteCode::SameGenreNearby, format!("{genre} in {city}, like {name}, {by}"))
    } else {
        return None;
    };
    Some(reason(code, text, Some(liked.card.id.clone())))
}

const fn reason(code: TasteCode, text: String, event_id: Option<EventId>) -> TasteReason {
    TasteReason { code, text, event_id }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contract::account::{WatchedEvent, WatchedPerformer, WatchedVenue};
    use contract::ids::VenueId;
    use prices::score::FeeModels;
    use prices::{Courses, Currency, CurrentQuote, FeeBasis, Market, Money, Price, ScoreInput};

    use super::*;
    use crate::deals::keys::tests::game;

    fn deal(event: EventCard) -> Deal {
        let price = Price::quoted(Money::new(5_000, Currency::USD), FeeBasis::AllIn);
        let now = DateTime::UNIX_EPOCH;
        let current = [CurrentQuote { market: Market::Feed, price, seen_at: now }];
        let input = ScoreInput {
            now,
            starts_at: None,
            current: &current,
            history: &Courses::new(),
            fees: &FeeModels::new(),
            comparable: None,
        };
        let score = prices::score(&input).unwrap();
        Deal { event, market: Market::Feed, price, score, observed_at: now, url: None }
    }

    fn taste() -> Taste {
        let liked = Liked { card: game(), is_watched: true };
        let added_at = DateTime::UNIX_EPOCH;
        Taste {
            watchlist: Watchlist {
                events: vec![WatchedEvent { event_id: game().id, added_at }],
                performers: vec![WatchedPerformer { name: "The Comets".to_owned(), added_at }],
                venues: vec![WatchedVenue { venue_id: VenueId::from_bytes([7; 16]), added_at }],
            },
            alerts: Vec::new(),
            liked: vec![liked],
        }
    }

    fn codes(event: EventCard) -> Vec<TasteCode> {
        taste().why(&deal(event)).into_iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn every_deal_says_why_it_is_one_for_this_person() {
        let other = EventCard { id: EventId::from_bytes([9; 16]), name: "Another".to_owned(), ..game() };
        let elsewhere = Some(VenueId::from_bytes([3; 16]));
        let far = Some("Boise".to_owned());
        assert_eq!(codes(game()), [TasteCode::WatchedEvent]);
        assert_eq!(
            codes(EventCard { venue_id: elsewhere.clone(), ..other.clone() }),
            [TasteCode::SamePerformer]
        );
        let guests = vec!["Guests".to_owned()];
        assert_eq!(codes(EventCard { line_up: guests.clone(), ..other.clone() }), [TasteCode::SameVenue]);
        let nearby = EventCard { line_up: guests.clone(), venue_id: elsewhere.clone(), ..other.clone() };
        assert_eq!(codes(nearby.clone()), [TasteCode::SameGenreNearby]);
        assert_eq!(codes(EventCard { city: far.clone(), ..nearby.clone() }), []);
        let comets = EventCard { line_up: vec!["COMETS".to_owned()], city: far, ..nearby.clone() };
        assert_eq!(codes(comets), [TasteCode::WatchedPerformer]);
        let watched = EventCard { venue_id: Some(VenueId::from_bytes([7; 16])), ..nearby };
        assert_eq!(codes(watched), [TasteCode::WatchedVenue, TasteCode::SameGenreNearby]);
    }

    #[test]
    fn what_is_sought_is_what_reasons_are_made_of() {
        let sought = taste().sought();
        assert_eq!(sought.get("performer:comets"), Some(&15));
        assert_eq!(sought.get("performer:portland trail blazers"), Some(&15));
        assert_eq!(sought.get("genre:sports@portland|or"), Some(&0));
        assert_eq!(taste().venues().len(), 2);
    }
}
