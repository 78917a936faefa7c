//! What one poll of one market saw.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::price::Price;

/// What one poll of one market saw of one event: the cheapest ticket, and how much is on sale.
///
/// Stored to the second ([`crate::series`]); a sub-second part does not survive storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// When it was seen (market time).
    pub at: DateTime<Utc>,
    /// The cheapest ticket, or why there is no price.
    pub price: Price,
    /// Listings on sale, where the market says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listings: Option<u32>,
    /// Tickets on sale, where the market says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<u32>,
}

impl Observation {
    /// An observation of a price alone.
    pub const fn of_price(at: DateTime<Utc>, price: Price) -> Self {
        Self { at, price, listings: None, tickets: None }
    }
}
