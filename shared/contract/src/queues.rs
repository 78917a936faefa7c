//! Queue messages. Pinned by tests: an old message must still be read by new code and the other way round.

use chrono::{DateTime, Utc};
use prices::{FeeModel, Market, Money, Price};
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::deals::MoveEvidence;
use crate::ids::{ChangeId, EventId, RequestId};

/// What one poll saw, many events to a message. Queue `observations`: aggregator to pricing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObservationBatch {
    /// The poll that saw it.
    pub request_id: RequestId,
    /// Wall clock when the provider's answer arrived, epoch milliseconds: latency is measured from here.
    pub seen_at_ms: i64,
    /// The market.
    pub market: Market,
    /// What was seen; idempotent by (event, market, source event, seq).
    pub items: Vec<ObservedOffer>,
    /// Decoded again from kept answers: fills and corrects the history, announces nothing, and its numbers mean nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backfilled: bool,
}

/// One market's quote for one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObservedOffer {
    /// The event, with what a message to a person needs.
    pub event: EventCard,
    /// The market's id of it.
    pub source_event_id: String,
    /// Number of this change of this market's listing of this event: 1, 2, 3…; one already seen is skipped.
    pub seq: u64,
    /// Market time it was seen.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub observed_at: DateTime<Utc>,
    /// The quote.
    pub price: Price,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    pub tickets: Option<u32>,
    /// The same quote was seen by the poll before: a second, independent sight.
    pub confirms: bool,
    /// Where to buy.
    pub url: Option<String>,
    /// What the market's fees come to at this venue, where the price does not include them and that was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fees: Option<FeeModel>,
}

/// A confirmed move of a price. Queue `price-changes`: pricing to notifications. Idempotent by `id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceChange {
    /// Made from event, market and sequence number: a repeat has the same id.
    pub id: ChangeId,
    /// The poll that confirmed it.
    pub request_id: RequestId,
    /// Wall clock when the confirming answer arrived, epoch milliseconds.
    pub seen_at_ms: i64,
    /// The event.
    pub event: EventCard,
    /// The market.
    pub market: Market,
    /// The price before.
    pub old: Money,
    /// The price now.
    pub new: Price,
    /// Change in hundredths of a percent; negative is a fall.
    pub percent_hundredths: i32,
    /// Lower than any confirmed price before it, on any market.
    pub lowest_ever: bool,
    /// The cheapest price on any market now (this one included): what the quote that deals rank first states.
    pub best: Option<Money>,
    /// Market time of the confirmation.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub confirmed_at: DateTime<Utc>,
    /// The deal score now.
    pub score: Option<u8>,
    /// Where to buy.
    pub url: Option<String>,
    /// Too small to be told for its own sake: told only because it is a new low.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub within_band: bool,
    /// What bears it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<MoveEvidence>,
}

impl PriceChange {
    /// The event's id.
    pub fn event_id(&self) -> &EventId {
        &self.event.id
    }
}

/// Events that are read as another from now on. Queues `catalog-history` (to pricing) and `catalog-alerts` (to
/// notifications), both from the aggregator. Idempotent by (event, version): the higher version stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogChange {
    /// The merge or split it came from.
    pub request_id: RequestId,
    /// Version of the catalogue.
    pub version: i64,
    /// What each event is read as.
    pub redirects: Vec<Redirect>,
}

/// What one event is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The event.
    pub event_id: EventId,
    /// The event it is part of; itself once a merge was undone.
    pub canonical_id: EventId,
}
