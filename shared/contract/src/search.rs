//! Public bodies of search: hits with facets, suggestions while typing, venues.

use chrono::{DateTime, NaiveDateTime, Utc};
use prices::Currency;
use serde::{Deserialize, Serialize};

use crate::catalog::{EventSummary, Venue};

/// An event that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// The event.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Metres from the point that was searched near, where one was.
    pub distance_m: Option<u32>,
}

/// A value to narrow a search by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetCount {
    /// What to pass as the parameter of this facet.
    pub value: String,
    /// What to show.
    pub label: String,
    /// Hits that have it.
    pub count: u32,
}

/// Hits whose cheapest price is in a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceBand {
    /// From this, minor units; `min_price`.
    pub from_minor: i64,
    /// To this included, minor units; `max_price`. Absent: no upper end.
    pub to_minor: Option<i64>,
    /// The currency; prices in others are in no band.
    pub currency: Currency,
    /// Hits in it.
    pub count: u32,
}

/// How the hits divide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facets {
    /// How many hits were counted.
    pub facets_of: u32,
    /// Whether these are all there are; otherwise they are the first in the order asked for.
    pub complete: bool,
    /// `city`, the 20 most frequent.
    pub cities: Vec<FacetCount>,
    /// `markets`.
    pub markets: Vec<FacetCount>,
    /// `genre`, the 20 most frequent.
    pub genres: Vec<FacetCount>,
    /// `month`, in order; events with an open date are in none.
    pub months: Vec<FacetCount>,
    /// `min_price` and `max_price`, in order.
    pub prices: Vec<PriceBand>,
}

/// `GET /v1/search`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchResults {
    /// What was found, in the order asked for.
    pub events: Vec<SearchHit>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
    /// Nothing was found for the words as they were; these were searched instead.
    pub corrected: Option<String>,
    /// How the hits divide; with the first page only.
    pub facets: Option<Facets>,
}

/// What a suggestion leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// Somebody who plays: search by `performer`.
    Performer,
    /// A venue: search by `venue`.
    Venue,
    /// A city: search by `city`.
    City,
    /// An event: go there.
    Event,
}

/// One line under a search box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// What to show.
    pub text: String,
    /// What tells it from others of that name: a venue's city, a city's region, an event's venue.
    pub detail: Option<String>,
    /// What to pass as the parameter of its kind; of an event, its id.
    pub value: String,
    /// How many events it has.
    pub events: Option<u32>,
    /// When an event starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// The venue's wall clock then, where known; nothing while the date is open.
    #[serde(default)]
    pub local_start: Option<NaiveDateTime>,
}

/// `GET /v1/search/suggest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestions {
    /// Names first, those with most events before others; then events, soonest first.
    pub suggestions: Vec<Suggestion>,
    /// Nothing begins with the words as they were; these were looked for instead.
    pub corrected: Option<String>,
}

/// A venue with its place on the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VenueInfo {
    /// The venue.
    #[serde(flatten)]
    pub venue: Venue,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Events that have not begun.
    pub events: u32,
    /// Metres from the point that was asked about, where one was.
    pub distance_m: Option<u32>,
}

/// `GET /v1/venues`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VenueList {
    /// Venues, nearest first.
    pub venues: Vec<VenueInfo>,
}
