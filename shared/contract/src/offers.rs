//! What is on sale for an event in single listings: section, row, how many seats together, as quoted and all-in.

use chrono::{DateTime, Utc};
use prices::{AllIn, Market, NoAllIn, Price};
use serde::{Deserialize, Serialize};

use crate::ids::EventId;

/// Most seats that can be asked for together.
pub const MAX_SEATS: u32 = 20;

/// Some seats that are sold together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatOffer {
    /// The market.
    pub market: Market,
    /// The market's id of the listing.
    pub listing: String,
    /// Section, in the market's words.
    pub section: Option<String>,
    /// Row, in the market's words.
    pub row: Option<String>,
    /// Seats in it.
    pub quantity: u32,
    /// How many may be bought together; empty means any number up to `quantity`.
    pub splits: Vec<u32>,
    /// The price of one seat, as quoted.
    pub price: Price,
    /// What one seat comes to with fees.
    pub all_in: Option<AllIn>,
    /// Why there is no all-in price.
    pub no_all_in: Option<NoAllIn>,
}

/// A quote that was seen but is not believed yet: it is far from everything known, or the price disappeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnconfirmedQuote {
    /// What the last poll said.
    pub price: Price,
    /// When it said so.
    pub seen_at: DateTime<Utc>,
}

/// `GET /v1/events/{event_id}/listings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListingPage {
    /// The event.
    pub event_id: EventId,
    /// Cheapest first by what a seat comes to all-in; those without an all-in price last.
    pub listings: Vec<SeatOffer>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}
