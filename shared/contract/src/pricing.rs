//! Public bodies of pricing: history. Deals are in [`crate::deals`].

use chrono::{DateTime, Utc};
use prices::score::{FeeModels, all_in_courses, is_estimated};
use prices::{Courses, Currency, FeeBasis, Market, Money, Price, Score};
use serde::{Deserialize, Serialize};

use crate::ids::EventId;

pub use crate::deals::{Deal, DealList};

/// How points are laid out in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// Every observation.
    #[default]
    Raw,
    /// Open, low, high and close per hour.
    Hour,
    /// Open, low, high and close per day (UTC).
    Day,
}

/// One observation of one market.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricePoint {
    /// When it was seen.
    #[serde(serialize_with = "crate::time::serialize")]
    pub at: DateTime<Utc>,
    /// What was seen.
    pub price: Price,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<u32>,
}

/// Open, low, high, close of one hour or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candle {
    /// When the hour or day begins (UTC).
    #[serde(serialize_with = "crate::time::serialize")]
    pub start: DateTime<Utc>,
    /// First price, minor units.
    pub open_minor: i64,
    /// Lowest price, minor units.
    pub low_minor: i64,
    /// Highest price, minor units.
    pub high_minor: i64,
    /// Last price, minor units.
    pub close_minor: i64,
}

/// The course of one market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketSeries {
    /// The market.
    pub market: Market,
    /// The currency of its latest price and of all candles; absent where it never had a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What its prices include.
    pub basis: FeeBasis,
    /// Observations, oldest first; empty unless the resolution is raw.
    pub points: Vec<PricePoint>,
    /// Candles, oldest first; empty if the resolution is raw.
    pub candles: Vec<Candle>,
    /// Prices in another currency or on another basis than the latest: not comparable, so in no candle.
    #[serde(default)]
    pub left_out: u64,
}

/// What the history amounts to, in the unit of the price that is scored: all-in where that is known or estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistorySummary {
    /// The cheapest quote now: the scored one, where there is one.
    pub now: Option<Money>,
    /// The market that has it.
    pub now_market: Option<Market>,
    /// The lowest confirmed price ever seen.
    pub lowest: Option<Money>,
    /// When.
    pub lowest_at: Option<DateTime<Utc>>,
    /// The highest confirmed price ever seen.
    pub highest: Option<Money>,
    /// Median of the best price over the last seven days, by time.
    pub median_7d: Option<Money>,
    /// Change of the best price over the last seven days, hundredths of a percent.
    pub change_7d_percent_hundredths: Option<i32>,
    /// What all amounts include.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<FeeBasis>,
    /// Whether some of them are worked out from what a market stated without all fees.
    #[serde(default)]
    pub estimated: bool,
    /// Observations kept.
    pub observations: u64,
}

impl HistorySummary {
    /// What courses, as the markets stated them, amount to at `now`.
    pub fn of(courses: &Courses, fees: &FeeModels, score: Option<&Score>, now: DateTime<Utc>) -> Self {
        let compared = all_in_courses(courses, fees);
        let summary = prices::summarise(&compared, score, now);
        Self {
            now: summary.map(|summary| summary.now),
            now_market: summary.map(|summary| summary.now_market),
            lowest: summary.and_then(|summary| summary.lowest),
            lowest_at: summary.and_then(|summary| summary.lowest_at),
            highest: summary.and_then(|summary| summary.highest),
            median_7d: summary.and_then(|summary| summary.median_7d),
            change_7d_percent_hundredths: summary.and_then(|summary| summary.change_7d_percent_hundredths),
            basis: summary.map(|summary| summary.unit.basis),
            estimated: is_estimated(courses, &compared),
            observations: courses.values().map(|course| u64::try_from(course.len()).unwrap_or(0)).sum(),
        }
    }
}

/// `GET /v1/prices/{event_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceHistory {
    /// The event.
    pub event_id: EventId,
    /// The layout of this answer.
    pub resolution: Resolution,
    /// One course per market; empty where the best of all was asked for.
    pub series: Vec<MarketSeries>,
    /// The best price over all markets, where it was asked for and any market quoted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<crate::history::BestSeries>,
    /// What it amounts to.
    pub summary: HistorySummary,
    /// The deal score now; absent when there is nothing to rank.
    pub score: Option<prices::Score>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}
