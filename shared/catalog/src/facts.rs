//! What is known of an event, from a market or from our own rows, in the form in which events are compared.

use chrono::NaiveDate;
use sources::{EventKind, ForeignId, SourceEvent, Start};

use crate::title::{Kind, Title};

/// An event as it was told: by a market, or by our own row of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFacts {
    /// The name.
    pub name: String,
    /// Who plays; may be empty.
    pub performers: Vec<String>,
    /// The venue's name; empty where unknown.
    pub venue: String,
    /// Its city.
    pub city: Option<String>,
    /// Its state or region.
    pub region: Option<String>,
    /// Its country.
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// When it starts, with what is still open.
    pub start: Start,
    /// Parking, suites, passes: something sold beside an event.
    pub add_on: bool,
    /// This event's own ids at markets: of a source event its one id (and former ids), of our row all that are linked.
    pub own_ids: Vec<ForeignId>,
    /// Ids that a market claims other markets have for it.
    pub foreign_ids: Vec<ForeignId>,
}

impl From<&SourceEvent> for EventFacts {
    fn from(event: &SourceEvent) -> Self {
        let own = std::iter::once(&event.id).chain(&event.former_ids);
        Self {
            name: event.name.clone(),
            performers: event.performers.iter().map(|performer| performer.name.clone()).collect(),
            venue: event.venue.name.clone(),
            city: event.venue.city.clone(),
            region: event.venue.region.clone(),
            country: event.venue.country.clone(),
            latitude: event.venue.latitude,
            longitude: event.venue.longitude,
            start: event.start,
            add_on: event.kind == EventKind::AddOn,
            own_ids: own.map(|id| ForeignId { market: event.market, id: id.clone() }).collect(),
            foreign_ids: event.foreign_ids.clone(),
        }
    }
}

impl EventFacts {
    /// The day it takes place: at the venue where known, else by UTC.
    pub fn day(&self) -> Option<NaiveDate> {
        self.start.local.map(|local| local.date()).or_else(|| self.start.utc.map(|utc| utc.date_naive()))
    }

    /// Whether the stated date says little: a play-off game that may be a placeholder, season tickets, passes.
    pub(crate) fn is_loosely_dated(&self) -> bool {
        let title = Title::read(&self.name);
        matches!(title.kind, Kind::Season | Kind::Pass) || title.series.is_said()
    }
}
