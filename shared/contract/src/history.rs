//! Bodies of price history beside the history itself: import, best price over all markets, export.

use chrono::{DateTime, Utc};
use prices::{Courses, Currency, FeeBasis, Market};
use serde::{Deserialize, Serialize};

use crate::ids::{EventId, RequestId};
use crate::pricing::Candle;

/// Which course of an event's prices is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SeriesKind {
    /// One a market.
    #[default]
    Market,
    /// The cheapest standing quote over all markets.
    Best,
}

/// `POST /v1/prices/import` done: what became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Imported {
    /// Events the rows spoke of.
    pub events: u32,
    /// Observations that were missing and are there now.
    pub inserted: u64,
    /// Observations that were there already.
    pub held: u64,
    /// Observations left out: at that second something else is known of that market.
    pub differing: u64,
}

/// `POST /v1/prices/{event_id}/mend` done: every stored piece of the event's history was read, those that could not be
/// read belong to it no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mended {
    /// Pieces that could be read, and stay.
    pub readable: u32,
    /// What was given up.
    pub given_up: Vec<LostPiece>,
}

/// A piece of a history that could not be read. What the bucket has of it stays there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostPiece {
    /// Its key in the bucket.
    pub key: String,
    /// Observations that were in it; of one that was never compacted, about so many.
    pub observations: u64,
    /// The newest of them.
    #[serde(serialize_with = "crate::time::serialize")]
    pub until: DateTime<Utc>,
}

/// The cheapest standing quote over all markets, in one currency and on one basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BestSeries {
    /// Currency of all amounts.
    pub currency: Currency,
    /// What they include.
    pub basis: FeeBasis,
    /// Whether some amounts are worked out from what a market stated without all fees.
    #[serde(default)]
    pub estimated: bool,
    /// Markets that quoted so within the span asked for.
    pub markets: Vec<Market>,
    /// Markets that quoted only otherwise (another currency or basis): not comparable, so left out.
    pub left_out: Vec<Market>,
    /// Its changes, oldest first; empty unless the resolution is raw.
    pub points: Vec<BestPricePoint>,
    /// Candles, oldest first; empty if the resolution is raw.
    pub candles: Vec<Candle>,
}

/// From `at` until the next point the best price was this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BestPricePoint {
    /// Since when.
    #[serde(serialize_with = "crate::time::serialize")]
    pub at: DateTime<Utc>,
    /// Minor units; absent while no market quotes a price.
    pub amount_minor: Option<i64>,
    /// The market that has it.
    pub market: Option<Market>,
}

/// `GET /v1/prices/{event_id}/export?format=json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceExport {
    /// The event.
    pub event_id: EventId,
    /// Every observation, market by market, oldest first.
    pub observations: Vec<ExportedObservation>,
}

/// One row of an export. A price has `currency`, `basis` and `price_minor`; where there is none, `absent` says why.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedObservation {
    /// The market.
    pub market: Market,
    /// When it was seen, to the second.
    #[serde(serialize_with = "crate::time::serialize")]
    pub observed_at: DateTime<Utc>,
    /// Currency of the price.
    pub currency: Option<Currency>,
    /// What the price includes.
    pub basis: Option<FeeBasis>,
    /// The price, minor units.
    pub price_minor: Option<i64>,
    /// Why there is no price.
    pub absent: Option<prices::AbsentReason>,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    pub tickets: Option<u32>,
}

/// `PriceHistory` `POST /import`: past observations of one event. Idempotent by market and second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportObservations {
    /// The event.
    pub event_id: EventId,
    /// The call it came from.
    pub request_id: RequestId,
    /// What was seen, by market, oldest first.
    pub courses: Courses,
}
