//! What single listings are worth: `/v1/prices/{event_id}/seats`, and what pricing asks the aggregator for it.

use chrono::{DateTime, Utc};
use prices::seats::SeatScore;
use prices::{Currency, FeeBasis, Market};
use serde::{Deserialize, Serialize};

use crate::ids::{EventId, VenueId};
use crate::offers::SeatOffer;

/// `GET /v1/prices/{event_id}/seats`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatScores {
    /// The event.
    pub event_id: EventId,
    /// What the compared amounts, fair prices and reasons are in; absent when no listing has a price.
    pub unit: Option<SeatUnit>,
    /// What was asked for: seats sold together. Absent: each listing as a whole.
    pub quantity: Option<u32>,
    /// The listings, in the order that was asked for; those without a score last.
    pub listings: Vec<ScoredSeats>,
    /// Listings that were asked for, shown or not.
    pub matching: u32,
    /// What the fair prices were learned from.
    pub learned_from: SeatEvidence,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}

/// What amounts of an answer are in. Amounts of another currency or basis are never compared with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatUnit {
    /// Currency.
    pub currency: Currency,
    /// What they include: all-in wherever most listings can be told all-in.
    pub basis: FeeBasis,
}

/// What fair prices were learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatEvidence {
    /// Listings of this event that are on sale now.
    pub listings: u32,
    /// Places of this event that were listed before and are not any more; they count less every day.
    pub remembered: u32,
    /// Other events of the venue.
    pub events: u32,
    /// Places listed at those.
    pub places: u32,
    /// Markets whose listings are told.
    pub markets: u32,
}

/// One listing with what is thought of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoredSeats {
    /// The listing as its market tells it, with its all-in price where known.
    #[serde(flatten)]
    pub seats: SeatOffer,
    /// The part of the house it is taken to be in, by the section's name.
    pub zone: Option<String>,
    /// When its market last told it (market time).
    pub checked_at: DateTime<Utc>,
    /// Where to buy.
    pub url: Option<String>,
    /// The score; absent with a reason.
    pub score: Option<SeatScore>,
    /// Why there is no score.
    pub not_scored: Option<NotScored>,
}

/// Why a listing has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotScored {
    /// It has no price.
    NoPrice,
    /// Nobody has confirmed it for a day.
    Stale,
    /// Its price is in another currency, or on another fee basis, than most.
    NotComparable,
    /// It is no seat: parking and the like.
    NotASeat,
    /// The event has begun.
    Begun,
    /// Nothing else is known to compare it with.
    NothingToCompare,
}

/// `GET aggregator/internal/listings/{event_id}`: every listing that is believed to be on sale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventListings {
    /// The event, as it is read now: what was asked for may be part of it.
    pub event_id: EventId,
    /// Its venue.
    pub venue_id: VenueId,
    /// When it starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// One a market listing that tells single listings.
    pub markets: Vec<MarketListings>,
}

/// The single listings of one market listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarketListings {
    /// The market.
    pub market: Market,
    /// When they were last told.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub checked_at: DateTime<Utc>,
    /// Where to buy.
    pub url: Option<String>,
    /// The listings, cheapest first.
    pub listings: Vec<SeatOffer>,
}
