//! Public bodies of the aggregator: events, their markets side by side, and the health of the sources.

use chrono::{DateTime, NaiveDateTime, Utc};
use prices::{AllIn, Market, NoAllIn, Price};
use serde::{Deserialize, Serialize};
use sources::EventStatus;

use crate::health::{BreakerState, BudgetWindow, SourceAbilities};
use crate::ids::{EventId, VenueId};
use crate::offers::{SeatOffer, UnconfirmedQuote};
use crate::planner::FreshRead;

/// Where an event takes place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Venue {
    /// Its id.
    pub id: VenueId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: Option<String>,
    /// State or region.
    pub region: Option<String>,
    /// Country code.
    pub country: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

/// The least that names an event to a person; travels with prices, deals, alerts and messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventCard {
    /// Its id.
    pub id: EventId,
    /// Its name.
    pub name: String,
    /// Venue name.
    pub venue: String,
    /// City.
    pub city: Option<String>,
    /// The instant it starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// The venue's wall clock at the start, where known.
    pub local_start: Option<NaiveDateTime>,
    /// The date is still open.
    #[serde(default)]
    pub date_tbd: bool,
    /// The time of day is still open.
    #[serde(default)]
    pub time_tbd: bool,
    /// A coarse genre, the same for all markets: sports, music, arts, comedy, family, film, or else what a market calls it,
    /// folded.
    #[serde(default)]
    pub genre: Option<String>,
    /// The venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue_id: Option<VenueId>,
    /// State or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who plays, the first four in billing order; told where prices are, empty elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_up: Vec<String>,
}

/// Names of who plays that travel with an event.
pub const MAX_LINE_UP: usize = 4;

/// An event in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventSummary {
    /// The event.
    #[serde(flatten)]
    pub card: EventCard,
    /// Where it stands.
    pub status: EventStatus,
    /// How many markets list it.
    pub markets: u32,
    /// The cheapest price now, as quoted: cheapest by what it comes to all-in, where that is known.
    pub from_price: Option<Price>,
    /// What that comes to with fees.
    #[serde(default)]
    pub from_all_in: Option<AllIn>,
    /// The market that has it.
    pub from_market: Option<Market>,
}

/// `GET /v1/events`, `GET /v1/search`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventList {
    /// Events, soonest first.
    pub events: Vec<EventSummary>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
}

/// How a source is being read right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SourceMode {
    /// The real provider.
    Live,
    /// The simulated market: events and prices are invented.
    Sandbox,
    /// Recorded answers, dates shifted.
    Replay,
    /// Not configured.
    Off,
}

/// What one market offers for an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketOffer {
    /// The market.
    pub market: Market,
    /// The market's id of the event.
    pub source_event_id: String,
    /// The cheapest ticket, or why there is no price.
    pub price: Price,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    pub tickets: Option<u32>,
    /// Where to buy.
    pub url: Option<String>,
    /// When this price was first seen.
    pub since: DateTime<Utc>,
    /// When the market last confirmed it.
    pub checked_at: DateTime<Utc>,
    /// Seconds since then.
    pub age_seconds: i64,
    /// Too old to rely on.
    pub stale: bool,
    /// A live read of this market is still under way: what stands here is from before.
    #[serde(default)]
    pub pending: bool,
    /// How sure we are that this listing is this event, in thousandths.
    pub match_confidence_permille: u16,
    /// How the source is being read.
    pub mode: SourceMode,
    /// What the price comes to with fees, with its error bar.
    #[serde(default)]
    pub all_in: Option<AllIn>,
    /// Why there is no all-in price.
    #[serde(default)]
    pub no_all_in: Option<NoAllIn>,
    /// What the last poll said, while it is too odd to be believed; `price` is then the last believed one.
    #[serde(default)]
    pub unconfirmed: Option<UnconfirmedQuote>,
    /// Single listings that are known, of any number of seats; absent where the market does not tell them.
    #[serde(default)]
    pub listings_known: Option<u32>,
    /// When the market last told its listings.
    #[serde(default)]
    pub listings_checked_at: Option<DateTime<Utc>>,
    /// The cheapest listing that sells the asked number of seats together (one, if none was asked).
    #[serde(default)]
    pub best_for_seats: Option<SeatOffer>,
    /// The cheapest listings that do, at most 50; more by `/v1/events/{event_id}/listings`.
    #[serde(default)]
    pub cheapest_listings: Vec<SeatOffer>,
}

/// `GET /v1/events/{event_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventDetail {
    /// The event.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Where.
    pub location: Venue,
    /// Who plays.
    pub performers: Vec<String>,
    /// The markets side by side, cheapest first by what a ticket comes to all-in; those that cannot be compared after
    /// them, absent prices last.
    pub offers: Vec<MarketOffer>,
    /// Seats together that were asked for.
    #[serde(default)]
    pub seats: Option<u32>,
    /// How each market took the live read, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<FreshRead>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}

/// Whether a source does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Polls succeed.
    Ok,
    /// The last poll failed.
    Degraded,
    /// Several polls in a row failed.
    Failing,
    /// Nothing has been polled yet.
    Waiting,
    /// Not configured.
    Off,
}

/// The health of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceHealth {
    /// The market.
    pub market: Market,
    /// Its name for people.
    pub name: String,
    /// How it is being read.
    pub mode: SourceMode,
    /// Whether it works.
    pub state: SourceState,
    /// Events it lists now.
    pub events: u32,
    /// When it last answered well (market time).
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it was last asked (market time).
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When it is asked next (market time).
    pub next_poll_at: Option<DateTime<Utc>>,
    /// Failures since the last success.
    pub consecutive_failures: u32,
    /// Short code of the last failure; gone after a success.
    pub last_failure: Option<String>,
    /// Requests made in the current budget window.
    pub calls_made: u32,
    /// Requests the budget still allows in this window.
    pub calls_left: u32,
    /// Entries of the last walk that could not be read.
    pub rejected: u32,
    /// Observations passed on to the price history since the beginning.
    pub observations_passed_on: u64,
    /// What it may be used for.
    pub terms: String,
    /// Seconds since it last answered well (market time).
    #[serde(default)]
    pub staleness_seconds: Option<i64>,
    /// Its budget, window by window.
    #[serde(default)]
    pub budget: Vec<BudgetWindow>,
    /// Whether it is being asked after failures.
    #[serde(default)]
    pub breaker: BreakerState,
    /// Answers within the last hour.
    #[serde(default)]
    pub answers: u32,
    /// Of a thousand of them, how many were no use.
    #[serde(default)]
    pub failed_permille: u32,
    /// Of a thousand of them, how many could be read but were not as they should be.
    #[serde(default)]
    pub odd_permille: u32,
    /// Its listings of events that no other market lists, counted once an hour.
    #[serde(default)]
    pub unmatched: u32,
    /// Its listings in doubtful pairs that nobody has decided, counted once an hour.
    #[serde(default)]
    pub doubtful: u32,
    /// What it can do.
    #[serde(default)]
    pub capabilities: SourceAbilities,
}

/// `GET /v1/sources`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceList {
    /// Every source we know, configured or not.
    pub sources: Vec<SourceHealth>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}

/// `POST /v1/sources/wake` (operator): which planners were woken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Woken {
    /// The planners that took the call.
    pub woken: Vec<Market>,
}
