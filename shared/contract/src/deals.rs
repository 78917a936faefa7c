//! Public bodies of deals: what is a good price now, what is one for me, and how a price has moved.

use chrono::{DateTime, Utc};
use prices::{Direction, FeeBasis, Market, Money, Price};
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::ids::{ChangeId, EventId};

/// One event worth looking at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deal {
    /// The event.
    pub event: EventCard,
    /// The market with the cheapest quote.
    pub market: Market,
    /// That quote, as the market states it. What it comes to with fees is `score.all_in`.
    pub price: Price,
    /// How good it is, and why.
    pub score: prices::Score,
    /// When the price was last confirmed (market time).
    pub observed_at: DateTime<Utc>,
    /// Where to buy.
    pub url: Option<String>,
}

/// `GET /v1/deals`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealList {
    /// In the order asked for; the best first unless said.
    pub deals: Vec<Deal>,
    /// Pass as `cursor` to go on; absent at the end.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// Market time of this answer; it may be up to a minute old.
    pub as_of: DateTime<Utc>,
}

/// The order of deals. Of two that are equal in it, the one with the smaller event id comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DealSort {
    /// The best score a deal has at least first (`score.uncertainty.value_low`): what rests on little does not lead.
    #[default]
    Sure,
    /// The best score first.
    Score,
    /// The most money below the fair price first; one currency only.
    Saving,
    /// The cheapest first; one currency only.
    Price,
    /// The soonest first; events whose start is not known are left out.
    Date,
}

/// Why a deal is one for this person. In the order of how much it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TasteCode {
    /// The person watches this event.
    WatchedEvent,
    /// The person has an alert on this event.
    AlertOnEvent,
    /// The person watches who plays.
    WatchedPerformer,
    /// Who plays also plays in an event the person watches or has an alert on.
    SamePerformer,
    /// The person watches the venue.
    WatchedVenue,
    /// An event the person watches or has an alert on is at the same venue.
    SameVenue,
    /// An event of the same genre in the same city is watched or has an alert.
    SameGenreNearby,
}

/// One reason why a deal is one for this person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TasteReason {
    /// What kind of reason.
    pub code: TasteCode,
    /// The reason in a sentence: "Same performer as Hawks at Blazers, which you watch".
    pub text: String,
    /// The event it comes from, where it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
}

/// A deal with the reasons why it is one for this person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealForMe {
    /// The deal.
    #[serde(flatten)]
    pub deal: Deal,
    /// Why this person; the strongest reason first, at least one, at most three.
    pub why: Vec<TasteReason>,
}

/// How much taste there was to go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taste {
    /// Events watched.
    pub watched_events: u32,
    /// Performers watched.
    pub watched_performers: u32,
    /// Venues watched.
    pub watched_venues: u32,
    /// Events with an alert; `None` while alerts could not be asked for.
    pub alert_events: Option<u32>,
}

/// `GET /v1/deals/me`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealsForMe {
    /// The nearest to the person's taste and the best first; empty where there is no taste to go by.
    pub deals: Vec<DealForMe>,
    /// What they were chosen by.
    pub taste: Taste,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}

/// One sight that bears a move out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sight {
    /// When it was seen (market time).
    pub at: DateTime<Utc>,
    /// What was seen then, as the market stated it.
    pub price: Money,
}

/// What bears a move out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveEvidence {
    /// The last sight of the level before, where it is remembered.
    pub before: Option<Sight>,
    /// The sights of the new level in the order they were made: two, or one that confirms the poll before it.
    pub sights: Vec<Sight>,
    /// Prices within this of each other are one level, minor units.
    pub band_minor: i64,
    /// Observations since the last sight of the level before, the confirming one included. More than two: something odd
    /// was seen between.
    pub polls: u32,
}

/// A confirmed move of one market's price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceMove {
    /// Its id; the same in every telling of it.
    pub id: ChangeId,
    /// The market.
    pub market: Market,
    /// The level before.
    pub old: Money,
    /// The level now.
    pub new: Money,
    /// What both amounts include.
    pub basis: FeeBasis,
    /// Change in hundredths of a percent of `old`; negative is a fall.
    pub percent_hundredths: i32,
    /// Which way.
    pub direction: Direction,
    /// Lower than any confirmed price of this event before it, on any market.
    pub lowest_ever: bool,
    /// Too small to be told for its own sake: told only because it is a new low.
    pub within_band: bool,
    /// What bears it out.
    pub evidence: MoveEvidence,
    /// When the second sight confirmed it (market time).
    pub confirmed_at: DateTime<Utc>,
}

/// `GET /v1/prices/{event_id}/moves`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveList {
    /// The event.
    pub event_id: EventId,
    /// Newest first; the newest 200 of an event are kept.
    pub moves: Vec<PriceMove>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}
