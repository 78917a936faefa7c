//! The plan of a source, reading one event at once, and decoding kept answers again.

use chrono::{DateTime, Utc};
use prices::Market;
use serde::{Deserialize, Serialize};

use crate::health::{BreakerState, BudgetWindow};
use crate::ids::{EventId, RequestId};
use crate::queues::ObservedOffer;

/// `GET /v1/sources/{source}/plan`: what the source will be asked within the next hour, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourcePlan {
    /// The source.
    pub market: Market,
    /// Market time of this answer: where the plan begins.
    pub from: DateTime<Utc>,
    /// Calls the budget allows within the hour (real time).
    pub calls_allowed: u32,
    /// Calls planned, the share kept for live reads included; never more than allowed.
    pub calls_planned: u32,
    /// What the calls are for.
    pub shares: Vec<PlanShare>,
    /// The tasks: the walk and updates first, then single events, the most often asked first.
    pub tasks: Vec<PlannedTask>,
    /// Events that would be worth a poll of their own and get none: the walk is all they have.
    pub left_to_the_walk: u32,
    /// The budget as it stands.
    pub budget: Vec<BudgetWindow>,
    /// Whether the source is being asked at all.
    pub breaker: BreakerState,
}

/// What calls are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanPurpose {
    /// Walking through the whole catalogue.
    Walk,
    /// Asking what changed.
    Updates,
    /// Reading valuable events anew.
    Events,
    /// Kept for people who wait for an answer.
    Live,
}

/// The calls of one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanShare {
    /// The purpose.
    pub purpose: PlanPurpose,
    /// Calls within the hour.
    pub calls: u32,
    /// Of all calls allowed, percent.
    pub percent: u32,
}

/// One task of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedTask {
    /// What it is for.
    pub purpose: PlanPurpose,
    /// The event, where it is about one.
    pub event_id: Option<EventId>,
    /// Its name.
    pub name: Option<String>,
    /// The market's id of it.
    pub source_event_id: Option<String>,
    /// Why, as stable words: `catalogue`, `cheaper_than_events`, `changes`, `soon`, `watched`, `moving`, `viewed`, `hint`, `deleted`.
    pub reasons: Vec<String>,
    /// Seconds between two times (real time); 0 for once.
    pub every_seconds: u32,
    /// Calls within the hour.
    pub calls: u32,
    /// When it is done next (market time).
    pub next_at: DateTime<Utc>,
}

/// `SourcePlanner` `POST /read-now`: read one event anew; and one entry of `/hint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNow {
    /// The market's id.
    pub source_event_id: String,
}

/// What came of reading one event at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReadOutcome {
    /// The market answered.
    Answered,
    /// It answered somebody else a moment ago; that answer stands.
    Shared,
    /// It has not answered yet; the reading goes on behind.
    Pending,
    /// It was not asked: `reason` says why.
    NotAsked,
    /// It was asked and gave no usable answer.
    Failed,
}

/// The planner's answer to `/read-now`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadResult {
    /// What came of it.
    pub outcome: ReadOutcome,
    /// A short stable word, where it came to nothing.
    pub reason: Option<String>,
}

/// How one market took a live read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketRead {
    /// The market.
    pub market: Market,
    /// Its id of the event.
    pub source_event_id: String,
    /// What came of it.
    pub outcome: ReadOutcome,
    /// Why, where it came to nothing: `spacing`, `window_spent`, `breaker_open`, `not_by_id`, …
    pub reason: Option<String>,
    /// Milliseconds until it was known.
    pub ms: u32,
}

/// The `fresh` section of `GET /v1/events/{event_id}?fresh=true`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshRead {
    /// One a market listing.
    pub markets: Vec<MarketRead>,
    /// Milliseconds it all took; never much above a second.
    pub ms: u32,
}

/// `GET notifications/internal/watched`, `GET auth/internal/watched`: events that people wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The most watched first, at most [`MAX_WATCHED`].
    pub events: Vec<WatchCount>,
}

/// Most events a [`Watched`] names: polling more of them than this singly is beyond any budget.
pub const MAX_WATCHED: usize = 2_000;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchCount {
    /// The event.
    pub event_id: EventId,
    /// Alerts that are armed, or people who watch it.
    pub count: u32,
}

/// `POST notifications/internal/operator-messages`: tell the operator. The same key is told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorMail {
    /// Idempotency key.
    pub key: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// `POST /v1/sources/{source}/backfill` (operator): decode kept answers again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Backfill {
    /// First day, `2026-11-21` (market time, UTC).
    pub from: String,
    /// Last day; the first one unless said.
    #[serde(default)]
    pub to: Option<String>,
    /// `cursor` of the answer before; absent at first.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What one call of it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Backfilled {
    /// Pass it on; absent at the end.
    pub cursor: Option<String>,
    /// Kept answers read.
    pub pages: u32,
    /// Events and offers in them.
    pub events: u32,
    /// Observations handed to the price history, which takes only what it lacks or has otherwise.
    pub observations: u32,
    /// Events nobody knows (any more), and answers that could not be read.
    pub skipped: u32,
}

/// `PriceHistory` `POST /backfill`: observations decoded again from kept answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackfillObservations {
    /// The event.
    pub event_id: EventId,
    /// The call it came from.
    pub request_id: RequestId,
    /// The market.
    pub market: Market,
    /// What the kept answers said; their numbers mean nothing.
    pub items: Vec<ObservedOffer>,
}

/// The answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryBackfilled {
    /// Observations that were missing.
    pub inserted: u32,
    /// Observations that stood otherwise.
    pub corrected: u32,
}
