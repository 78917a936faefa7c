//! `GET /v1/sources/{source}/fees`: what a source's fees come to, and how that is known.

use chrono::{DateTime, Utc};
use prices::{FeeModel, Market};
use serde::{Deserialize, Serialize};

use crate::ids::VenueId;

/// What is known of a source's fees without learning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BuyerFee {
    /// The buyer pays what is quoted: exact.
    None,
    /// It adds a fee that is learned from tickets stated with and without it.
    Learned,
    /// It does not say whether its quotes include the fee; we assume they do and show what it would be if not.
    AssumedIncluded,
}

/// The fees of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceFees {
    /// The market.
    pub market: Market,
    /// What is known without learning.
    pub buyer_fee: BuyerFee,
    /// The model of the whole source; absent while too few tickets were seen.
    pub model: Option<FeeModel>,
    /// Venues with a model of their own, most tickets first, at most 200.
    pub venues: Vec<VenueFees>,
    /// Tickets stated both ways that we have seen lately, enough for a model or not.
    pub pairs: u32,
    /// When the models were computed (market time).
    pub computed_at: Option<DateTime<Utc>>,
}

/// The fees of one source at one venue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VenueFees {
    /// The venue.
    pub venue_id: VenueId,
    /// Its name.
    pub name: String,
    /// Its model, drawn towards the source's the fewer tickets it has.
    pub model: FeeModel,
}
