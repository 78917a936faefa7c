//! What can be said of a source's health beyond whether it works, and what the operator is told when it does not.

use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};
use serde::{Deserialize, Serialize};

/// One window of a source's budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetWindow {
    /// Its length; it slides.
    pub seconds: u32,
    /// Calls it allows.
    pub calls: u32,
    /// Calls made in it.
    pub made: u32,
    /// Calls left in it; the provider's own count where that is lower.
    pub left: u32,
}

/// Whether a source that failed is being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// It is.
    #[default]
    Closed,
    /// It is not: it is left alone for a while.
    Open,
    /// One call tries whether it is well again.
    HalfOpen,
}

/// What a source can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its name")]
pub struct SourceAbilities {
    /// Its catalogue can be searched by place and date.
    pub search: bool,
    /// One event can be read anew.
    pub by_id: bool,
    /// It tells, when asked, what changed since an instant.
    pub updates: bool,
    /// Single listings (section, row) can be read.
    pub listings: bool,
    /// Whether prices come with an ordinary key: `stated`, `sometimes`, `restricted`.
    pub prices: String,
    /// Whether it tells of changes by itself: `none`, `hints` (read back before they count), `signed`.
    pub push: String,
    /// The fee bases its prices come in, best known first.
    pub fee_basis: Vec<FeeBasis>,
    /// Calls it allows, in its own terms.
    pub limits: String,
    /// What must stand beside its data, where its terms ask for it.
    pub attribution: Option<String>,
    /// How long its data may be kept, where its terms say.
    pub retention: Option<String>,
}

/// What an operator message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperatorTopic {
    /// Tracking of a source is broken.
    TrackingBroken,
    /// It works again.
    WorksAgain,
}

/// One message to the operator. It is a row before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorMessage {
    /// Names it: the same trouble and the same number is the same message.
    pub key: String,
    /// The source.
    pub market: Market,
    /// What it is about.
    pub topic: OperatorTopic,
    /// One line.
    pub subject: String,
    /// The message.
    pub text: String,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When notifications took it; absent while it has not.
    pub handed_over_at: Option<DateTime<Utc>>,
}

/// `GET /v1/sources/messages` (operator).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorMessages {
    /// The newest first, at most 100.
    pub messages: Vec<OperatorMessage>,
}
