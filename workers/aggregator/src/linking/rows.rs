//! The catalogue's rows: an event as stored, and what linking writes beside it.

use catalog::EventFacts;
use catalog::genre::family;
use chrono::{DateTime, NaiveDateTime, Utc};
use contract::catalog::{EventCard, MAX_LINE_UP};
use contract::ids::{EventId, PerformerId, VenueId};
use edge::clock::from_ms;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::Market;
use serde::{Deserialize, Serialize};
use sources::{EventStatus, ForeignId, SourceEvent, SourceVenue, Start};

use crate::linking::linker::{is_add_on, sort_at};

/// An event as stored, with its venue's place.
#[derive(Clone, Debug, Serialize)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    venue_id: VenueId,
    name: String,
    performers: Vec<String>,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: bool,
    time_tbd: bool,
    status: EventStatus,
    genre: Option<String>,
    addon: bool,
    /// The market whose word on name and time is followed.
    pub lead_market: Market,
    sort_at_ms: i64,
    created_at_ms: i64,
    venue: SourceVenue,
    #[serde(skip)]
    own_ids: Vec<ForeignId>,
}

impl EventRow {
    /// A new event as its first market lists it.
    pub fn new(id: EventId, venue_id: VenueId, event: &SourceEvent, at: DateTime<Utc>) -> Self {
        let mut row = Self {
            id,
            venue_id,
            name: String::new(),
            performers: Vec::new(),
            starts_at_ms: None,
            local_start: None,
            date_tbd: false,
            time_tbd: false,
            status: EventStatus::Unknown,
            genre: event.genre.as_deref().map(family).filter(|family| !family.is_empty()),
            addon: is_add_on(event),
            lead_market: event.market,
            sort_at_ms: 0,
            created_at_ms: at.timestamp_millis(),
            venue: event.venue.clone(),
            own_ids: vec![ForeignId { market: event.market, id: event.id.clone() }],
        };
        row.update_from(event, at);
        row
    }

    /// Takes over what the lead market says now; answers whether anything changed.
    pub fn update_from(&mut self, event: &SourceEvent, at: DateTime<Utc>) -> bool {
        let before = (self.name.clone(), self.start(), self.status, self.performers.clone());
        self.name.clone_from(&event.name);
        self.performers = event.performers.iter().map(|performer| performer.name.clone()).collect();
        self.starts_at_ms = event.start.utc.map(|utc| utc.timestamp_millis());
        self.local_start = event.start.local;
        (self.date_tbd, self.time_tbd) = (event.start.date_tbd, event.start.time_tbd);
        self.status = event.status;
        let changed = before != (self.name.clone(), self.start(), self.status, self.performers.clone());
        if changed {
            self.sort_at_ms = sort_at(event, at).timestamp_millis();
        }
        changed
    }

    fn start(&self) -> Start {
        Start {
            utc: self.starts_at_ms.map(from_ms),
            local: self.local_start,
            date_tbd: self.date_tbd,
            time_tbd: self.time_tbd,
        }
    }

    /// The event as matching sees it.
    pub fn facts(&self) -> EventFacts {
        EventFacts {
            name: self.name.clone(),
            performers: self.performers.clone(),
            venue: self.venue.name.clone(),
            city: self.venue.city.clone(),
            region: self.venue.region.clone(),
            country: self.venue.country.clone(),
            latitude: self.venue.latitude,
            longitude: self.venue.longitude,
            start: self.start(),
            add_on: self.addon,
            own_ids: self.own_ids.clone(),
            foreign_ids: Vec::new(),
        }
    }

    /// Who plays, as the market it follows writes them.
    pub fn performers(&self) -> &[String] {
        &self.performers
    }

    /// Whether `market` has a listing of it already.
    pub fn is_listed_by(&self, market: Market) -> bool {
        self.own_ids.iter().any(|id| id.market == market)
    }

    /// The event as people see it.
    pub fn card(&self) -> EventCard {
        EventCard {
            id: self.id.clone(),
            name: self.name.clone(),
            venue: self.venue.name.clone(),
            city: self.venue.city.clone(),
            starts_at: self.starts_at_ms.map(from_ms),
            local_start: self.local_start,
            date_tbd: self.date_tbd,
            time_tbd: self.time_tbd,
            genre: self.genre.clone(),
            venue_id: Some(self.venue_id.clone()),
            region: self.venue.region.clone(),
            line_up: self.performers.iter().take(MAX_LINE_UP).cloned().collect(),
        }
    }
}

/// A venue to be created.
#[derive(Clone, Debug, Serialize)]
pub struct VenueRow {
    id: VenueId,
    name_key: String,
    #[serde(flatten)]
    venue: SourceVenue,
    venue_id: VenueId,
    created_at_ms: i64,
}

impl VenueRow {
    /// A venue as the first market names it.
    pub fn new(id: VenueId, name_key: String, venue: &SourceVenue, at: DateTime<Utc>) -> Self {
        Self {
            venue_id: id.clone(),
            id,
            name_key,
            venue: venue.clone(),
            created_at_ms: at.timestamp_millis(),
        }
    }
}

/// A further name of a venue we know.
#[derive(Clone, Debug, Serialize)]
pub struct VenueName {
    /// What it is found by.
    pub name_key: String,
    /// The venue.
    pub venue_id: VenueId,
}

/// Another place in the index a venue is found by.
#[derive(Clone, Debug, Serialize)]
pub struct VenueBlock {
    /// The place.
    pub block: String,
    /// The venue.
    pub venue_id: VenueId,
}

/// A performer to be created, under its first name.
#[derive(Clone, Debug, Serialize)]
pub struct PerformerRow {
    /// Its id.
    pub id: PerformerId,
    /// What it is found by.
    pub name_key: String,
    /// As the market writes it.
    pub name: String,
    /// Market time, epoch milliseconds.
    pub created_at_ms: i64,
}

/// Who plays at an event.
#[derive(Clone, Debug, Serialize)]
pub struct BillingRow {
    /// The event.
    pub event_id: EventId,
    /// The performer.
    pub performer_id: PerformerId,
    /// 0 is named first.
    pub billing: usize,
}

/// A market listing's link.
#[derive(Clone, Debug, Serialize)]
pub struct LinkRow {
    /// The market.
    pub market: Market,
    /// Its id.
    pub source_event_id: String,
    /// The event.
    pub event_id: EventId,
    /// How sure, thousandths.
    pub confidence_permille: u16,
    /// Why: JSON array of words.
    pub reasons: String,
    /// What the market said.
    pub facts: String,
    /// Market time, epoch milliseconds.
    pub checked_at_ms: i64,
}

/// An event as a statement answers it: columns of `events`, its venue's place, its listings' ids.
#[derive(Deserialize)]
pub struct StoredEvent {
    id: EventId,
    venue_id: VenueId,
    name: String,
    performers: String,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: i64,
    time_tbd: i64,
    status: String,
    genre: Option<String>,
    addon: i64,
    lead_market: String,
    sort_at_ms: i64,
    created_at_ms: i64,
    venue_name: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    timezone: Option<String>,
    own_ids: String,
}

impl StoredEvent {
    /// The event.
    pub fn into_row(self) -> Result<EventRow> {
        Ok(EventRow {
            id: self.id,
            venue_id: self.venue_id,
            name: self.name,
            performers: decode(&self.performers)?,
            starts_at_ms: self.starts_at_ms,
            local_start: self.local_start,
            date_tbd: self.date_tbd != 0,
            time_tbd: self.time_tbd != 0,
            status: word(&self.status)?,
            genre: self.genre,
            addon: self.addon != 0,
            lead_market: word(&self.lead_market)?,
            sort_at_ms: self.sort_at_ms,
            created_at_ms: self.created_at_ms,
            venue: SourceVenue {
                id: None,
                name: self.venue_name,
                city: self.city,
                region: self.region,
                country: self.country,
                latitude: self.latitude,
                longitude: self.longitude,
                timezone: self.timezone,
            },
            own_ids: decode(&self.own_ids)?,
        })
    }
}

/// A stored word as its enum.
pub fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    decode(&encode(&text)?)
}
