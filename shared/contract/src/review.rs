//! Doubtful pairs, merges and splits: what the operator sees and decides.

use chrono::{DateTime, Utc};
use prices::Market;
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::ids::{EventId, MergeId, ReviewId};

/// Where a doubtful pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ReviewState {
    /// Nobody has decided.
    Open,
    /// Decided: one event.
    Same,
    /// Decided: two events, for good.
    Different,
    /// What the markets said later made it clear, or the events were merged otherwise.
    Closed,
}

/// Two events that may be one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Where it stands.
    pub state: ReviewState,
    /// How sure matching is that they are one, thousandths.
    pub confidence_permille: u16,
    /// What spoke for and against, in the order it was looked at.
    pub reasons: Vec<ReviewReason>,
    /// The event that was there before.
    pub left: ReviewSide,
    /// The event whose listing raised the doubt.
    pub right: ReviewSide,
    /// When the doubt arose.
    pub raised_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom: `operator`, or `matching`.
    pub decided_by: Option<String>,
    /// What they noted.
    pub note: Option<String>,
    /// The merge that followed.
    pub merge_id: Option<MergeId>,
}

/// One fact that spoke for or against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewReason {
    /// A stable code, like `other_time_same_day`.
    pub code: String,
    /// The same as a sentence.
    pub text: String,
}

/// One of the two events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewSide {
    /// The event as it is called now.
    pub event: EventCard,
    /// Its listings, with what each market calls it.
    pub listings: Vec<ReviewListing>,
}

/// What one market calls an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewListing {
    /// The market.
    pub market: Market,
    /// Its id of it.
    pub source_event_id: String,
    /// The name it gives.
    pub name: String,
    /// Where to look at it.
    pub url: Option<String>,
}

/// `GET /v1/events/reviews`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewList {
    /// The oldest doubt first.
    pub reviews: Vec<Review>,
    /// How many are open in all.
    pub open: u32,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
}

/// What the operator can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ReviewDecision {
    /// One event: they are merged.
    Same,
    /// Two events, for good.
    Different,
}

/// `POST /v1/events/reviews/{review_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideReview {
    /// The decision.
    pub decision: ReviewDecision,
    /// Why, for whoever looks later; at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// `POST /v1/events/{event_id}/merge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeInto {
    /// The event it becomes part of.
    pub into: EventId,
    /// Why; at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// `POST /v1/events/{event_id}/split`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SplitOff {
    /// The market.
    pub market: Market,
    /// Its id of the listing that is another event.
    pub source_event_id: String,
    /// Why; at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// Whether events were put together or taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MergeKind {
    /// One event became part of another.
    Merge,
    /// A listing got an event of its own.
    Split,
}

/// One merge or split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// Which of the two.
    pub kind: MergeKind,
    /// The event the listings were taken from.
    pub from: EventCard,
    /// The event they belong to since.
    pub into: EventCard,
    /// The listings that were moved.
    pub listings: Vec<MovedListing>,
    /// Why.
    pub note: Option<String>,
    /// By whom: `operator`, or `matching`.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
}

/// A listing that was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovedListing {
    /// The market.
    pub market: Market,
    /// Its id.
    pub source_event_id: String,
}

/// `GET /v1/events/merges`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeList {
    /// The newest first.
    pub merges: Vec<Merge>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
}
