//! What is written down when a model is trained, and shipped beside it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GroupAccuracy, Verdict};
use crate::money::Money;

/// Where the prices come from that a model learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DataOrigin {
    /// Seen on real markets.
    #[default]
    Observed,
    /// Made up by the sandbox: says nothing of real markets.
    Invented,
}

/// How much of a league or genre was learned from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GenreCount {
    /// League or genre; absent where none is known.
    pub genre: Option<String>,
    /// Events.
    pub events: u32,
    /// Sights of their best price.
    pub sights: u32,
}

/// One advice of the backtest, as it would have been given then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BacktestAdvice {
    /// The event's name.
    pub event: String,
    /// League or genre.
    pub genre: Option<String>,
    /// When it would have been said (market time).
    pub said_at: DateTime<Utc>,
    /// The price then.
    pub price: Money,
    /// Whether it was to wait.
    pub wait: bool,
    /// Probability of a fall by 5 % within 72 hours, thousandths.
    pub fall_72h_permille: u16,
    /// The lowest price of the seven days after, or until a day before the start.
    pub lowest_after: Money,
    /// What one paid who followed the advice of these days.
    pub paid: Money,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a model was made of and how it fared on the past, walking forward: every answer was made from what was known by then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrainingReport {
    /// Version of the artefact's layout and of the features.
    pub format: u8,
    /// SHA-256 of the artefact, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// When it was trained (real time).
    pub trained_at: DateTime<Utc>,
    /// The last moment it knows (market time).
    pub fitted_at: DateTime<Utc>,
    /// The first sight learned from.
    pub data_from: Option<DateTime<Utc>>,
    /// The last.
    pub data_until: Option<DateTime<Utc>>,
    /// Where the prices come from.
    #[serde(default)]
    pub data: DataOrigin,
    /// Events.
    pub events: u32,
    /// Sights of their best price.
    pub sights: u32,
    /// Observations these were made from.
    pub observations: u64,
    /// Complete labels, one count for each horizon.
    pub labels: [u32; 3],
    /// The same by league or genre.
    pub genres: Vec<GenreCount>,
    /// The backtest over all events.
    pub whole: GroupAccuracy,
    /// The backtest by league or genre.
    pub groups: Vec<GroupAccuracy>,
    /// Advice of the backtest that can be judged; of very many an even selection.
    #[serde(default)]
    pub advice: Vec<BacktestAdvice>,
    /// How many there were before the selection.
    #[serde(default)]
    pub advice_given: u32,
    /// The code it was trained by.
    pub code_version: String,
    /// What it does not know, in sentences.
    pub limits: Vec<String>,
}
