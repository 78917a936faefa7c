//! Public bodies of the outlook: the comprehensive analysis of an event, the public record of what was said and what came
//! of it, and the register of models. What the numbers mean: docs/PRICING.md, stage 6.

use chrono::{DateTime, Utc};
use prices::accuracy::{DataOrigin, GroupAccuracy, MoneyRecord, TrainingReport, Verdict};
use prices::{Confidence, FeeBasis, Market, Money, Price, Score};
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::ids::EventId;
use crate::pricing::HistorySummary;

/// How much a part rests on, and how old what it rests on is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// The newest observation it is made from (market time).
    pub fresh_at: Option<DateTime<Utc>>,
    /// How much it rests on.
    pub confidence: Confidence,
    /// Why so much, in a sentence.
    pub why: String,
}

/// Who made the outlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// The trained model that is in service.
    Trained,
    /// One that was in service before: the present one could not be used.
    Previous,
    /// Past rates of our own history: no trained model could be used.
    PastRates,
    /// Nothing: there is no model and too little history.
    None,
}

/// The model that spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Speaker {
    /// What kind.
    pub kind: ModelKind,
    /// Its version, for a trained one.
    pub version: Option<String>,
    /// The first 12 digits of the artefact's SHA-256.
    pub digest: Option<String>,
    /// What it was learned up to (market time).
    pub fitted_at: Option<DateTime<Utc>>,
    /// Where the prices it learned from come from.
    pub data: Option<DataOrigin>,
    /// In a sentence, why not the model that should have spoken.
    pub note: Option<String>,
}

/// What is told about one horizon. Amounts are in the currency and on the basis of the price they are about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HorizonOutlook {
    /// Hours ahead: 24, 72 or 168.
    pub hours: u16,
    /// When that is (market time).
    pub until: DateTime<Utc>,
    /// Probability that the price falls by 5 % at some moment until then, thousandths; the spans are of the price then.
    pub fall_permille: u16,
    /// The price the fall is counted from: at or below it, it fell.
    pub fall_to: Money,
    /// One in twenty prices is below this.
    pub q05: Money,
    /// One in four.
    pub q25: Money,
    /// The middle: as a rule it is the price now.
    pub q50: Money,
    /// Three in four are below this.
    pub q75: Money,
    /// Nineteen in twenty.
    pub q95: Money,
}

/// Why a horizon is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoHorizonReason {
    /// The event begins before.
    AfterStart,
    /// The event has begun.
    Begun,
    /// No market asks a price that is fresh enough.
    NoPrice,
    /// Fewer than three earlier sights.
    ShortHistory,
    /// There is neither a model nor enough history for past rates.
    NoModel,
}

/// A horizon without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoHorizon {
    /// Hours ahead.
    pub hours: u16,
    /// Why not.
    pub reason: NoHorizonReason,
    /// The same in a sentence.
    pub text: String,
}

/// What moved the probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriverCode {
    /// What this price did so far.
    OwnCourse,
    /// How much is on sale.
    Supply,
    /// What other events did.
    OtherEvents,
    /// How near the event is.
    TimeLeft,
}

/// One thing that moved the probability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Driver {
    /// What.
    pub code: DriverCode,
    /// In a sentence.
    pub text: String,
    /// Thousandths it adds to the probability of a fall, compared with the same question without it.
    pub permille: i16,
}

/// The outlook itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutlookPart {
    /// The price it is about, all-in where that is known or estimated.
    pub price: Option<Money>,
    /// What that includes.
    pub basis: Option<FeeBasis>,
    /// The market that asks it.
    pub market: Option<Market>,
    /// What is told, shortest horizon first. A longer one is never less likely to bring a fall.
    pub horizons: Vec<HorizonOutlook>,
    /// What is not told, and why.
    pub absent: Vec<NoHorizon>,
    /// What moved the probability of the middle horizon told, the strongest first.
    pub drivers: Vec<Driver>,
    /// What it means, in sentences.
    pub meaning: Vec<String>,
    /// What it does not mean, in sentences.
    pub not_meant: Vec<String>,
    /// Who speaks.
    pub model: Speaker,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Waiting is not expected to pay.
    Buy,
    /// Waiting is expected to pay.
    Wait,
}

/// An advice, with what it is expected to bring and what it may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advice {
    /// What to do now.
    pub action: Action,
    /// What waiting saved on average those who were told to wait, as the same part of this price; 0 where nothing. It is a
    /// mean over events, nearly the same part for each: it does not tell this event from others.
    pub expected_saving: Money,
    /// What may be paid more: one price in twenty is higher by this or more at the end of the longest horizon told.
    pub risk: Option<Money>,
    /// Where it says wait: buy at the latest then, a day before the start or seven days from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buy_by: Option<DateTime<Utc>>,
    /// Ask again by then: a day on, or a day before the start, which is the last day to buy.
    pub ask_again_at: DateTime<Utc>,
    /// In a sentence.
    pub text: String,
}

/// Why an advice is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WithheldReason {
    /// There is nothing to advise on: see why the horizons are absent.
    NoOutlook,
    /// No trained model spoke: past rates give no advice.
    PastRatesOnly,
    /// The event is within a day, so there is no time to wait, or has begun.
    TooLate,
    /// Following the advice has not been tried on enough events of this kind.
    NotProven,
    /// Following it cost money, or earned no more than chance may.
    DidNotEarn,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withheld {
    /// Why.
    pub reason: WithheldReason,
    /// The same in a sentence, with the numbers.
    pub text: String,
}

/// Whose record decides whether advice is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RecordSource {
    /// What was said in public, settled by what came.
    #[default]
    Live,
    /// The model tried on the past, walking forward.
    Backtest,
}

/// The record behind an advice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdviceRecord {
    /// Live or backtest.
    pub source: RecordSource,
    /// League or genre; absent: all events.
    pub genre: Option<String>,
    /// What it came to.
    pub money: MoneyRecord,
}

/// Buy or wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdvicePart {
    /// The advice; absent where it is withheld.
    pub advice: Option<Advice>,
    /// Why it is withheld.
    pub withheld: Option<Withheld>,
    /// The record that decided.
    pub record: Option<AdviceRecord>,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// The deal score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScorePart {
    /// The score; absent when there is nothing to rank.
    pub score: Option<Score>,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// The history in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryPart {
    /// What it amounts to.
    pub summary: HistorySummary,
    /// The first observation.
    pub since: Option<DateTime<Utc>>,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// What one market asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketQuote {
    /// The market.
    pub market: Market,
    /// Its cheapest ticket, as the market states it.
    pub price: Price,
    /// What that comes to with all fees, where it is known.
    #[serde(default)]
    pub all_in: Option<prices::AllIn>,
    /// When it last confirmed it.
    pub seen_at: DateTime<Utc>,
    /// Older than a day: not counted.
    pub stale: bool,
}

/// How far the markets are apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpreadPart {
    /// Every market's quote, the cheapest comparable one first.
    pub quotes: Vec<MarketQuote>,
    /// The cheapest fresh quote, all-in where that is known of any.
    pub lowest: Option<Money>,
    /// The dearest that is comparable with it (same currency, same basis).
    pub highest: Option<Money>,
    /// Their difference over the cheapest, hundredths of a percent; absent with fewer than two.
    pub spread_percent_hundredths: Option<i32>,
    /// Quotes left out because currency or basis differ.
    pub not_comparable: u16,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// Where supply is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SupplyTrend {
    /// A tenth or more fewer listings than a week ago.
    Falling,
    /// Within a tenth.
    Steady,
    /// A tenth or more more.
    Rising,
    /// No market tells, or not for long enough.
    Unknown,
}

/// How much is on sale. Only markets that tell at both moments are compared, and only while they count the same way: a
/// count that is all at once three times the one before, or a third of it, is of another kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplyPart {
    /// Listings now, over all markets that tell.
    pub listings: Option<u32>,
    /// Tickets now, over all markets that tell.
    pub tickets: Option<u32>,
    /// Listings a day ago and a week ago, of the same markets as `listings_compared`.
    pub listings_1d_ago: Option<u32>,
    /// A week ago, or when the first of them was seen, if that is at least two days ago.
    pub listings_7d_ago: Option<u32>,
    /// Listings now of the markets that told a week ago too.
    pub listings_compared: Option<u32>,
    /// Change over that week, hundredths of a percent.
    pub change_7d_percent_hundredths: Option<i32>,
    /// Where it is going.
    pub trend: SupplyTrend,
    /// Few are left and ever fewer: less than 20 listings over all markets, at least a quarter fewer than a week ago, and
    /// no market that sells keeps its count to itself.
    pub few_left: bool,
    /// In a sentence.
    pub text: String,
    /// Markets that tell.
    pub markets: u16,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// How much the price may move, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    /// Less than 5 % up at the 95th percentile.
    Low,
    /// Less than 20 %.
    Medium,
    /// More.
    High,
    /// Not known.
    Unknown,
}

/// What may happen to the price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiskPart {
    /// In one word, by how much it may rise within the longest horizon told.
    pub level: RiskLevel,
    /// One price in twenty rises by this or more.
    pub may_rise_by: Option<Money>,
    /// One price in twenty falls by this or more.
    pub may_fall_by: Option<Money>,
    /// Days of the last fourteen on which the best price moved by more than 1 %.
    pub restless_days: Option<u16>,
    /// Of so many days seen.
    pub days_seen: u16,
    /// In sentences.
    pub notes: Vec<String>,
    /// Freshness and confidence.
    pub evidence: Evidence,
}

/// What was said of an event on one day, and what came of it. Never edited after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastAdvice {
    /// The event; absent in a backtest of events that are not in the catalogue.
    pub event_id: Option<EventId>,
    /// Its name.
    pub event: String,
    /// League or genre.
    pub genre: Option<String>,
    /// When it was said (market time).
    pub said_at: DateTime<Utc>,
    /// What was said.
    pub action: Action,
    /// Whether people were shown it; what was withheld is recorded all the same.
    pub shown: bool,
    /// The price then.
    pub price: Money,
    /// Told probability of a fall by 5 % within 24, 72 and 168 hours, thousandths; absent after the start.
    pub fall_permille: [Option<u16>; 3],
    /// What waiting was expected to save.
    pub expected_saving: Option<Money>,
    /// The lowest price of the seven days after, or until the start; absent while it is open.
    pub lowest_after: Option<Money>,
    /// What one paid who followed the advice of these days, a day before the start at the latest; absent while it is open.
    pub paid: Option<Money>,
    /// What it came to.
    pub verdict: Verdict,
    /// The record as a sentence: "Said wait on 12 May at USD 80.00; lowest after USD 71.00; who followed paid USD 74.00."
    pub text: String,
    /// Version of the model that said it.
    pub model: Option<String>,
}

/// `GET /v1/outlook/{event_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventOutlook {
    /// The event.
    pub event: EventCard,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
    /// The deal score.
    pub score: ScorePart,
    /// Where the price may go.
    pub outlook: OutlookPart,
    /// Buy or wait.
    pub advice: AdvicePart,
    /// The history in short.
    pub history: HistoryPart,
    /// How far the markets are apart.
    pub spread: SpreadPart,
    /// How much is on sale.
    pub supply: SupplyPart,
    /// What may happen.
    pub risk: RiskPart,
    /// What was said of this event before, the newest first, at most 30.
    pub past_advice: Vec<PastAdvice>,
}

/// `GET /v1/accuracy`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accuracy {
    /// Live record or backtest.
    pub source: RecordSource,
    /// The model in service (live), or the one tried (backtest).
    pub model: Speaker,
    /// The record over everything asked for.
    pub whole: GroupAccuracy,
    /// The same by league or genre, the largest first.
    pub groups: Vec<GroupAccuracy>,
    /// Forecasts on record, whatever was asked for.
    pub said: u64,
    /// Of these not yet settled.
    pub open: u64,
    /// The first forecast on record (market time).
    pub since: Option<DateTime<Utc>>,
    /// When the record was last summed up (market time).
    pub summed_at: Option<DateTime<Utc>>,
    /// Past advice, the newest first, or failures first if asked.
    pub advice: Vec<PastAdvice>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
    /// What the numbers do not say, in sentences.
    pub limits: Vec<String>,
    /// Market time of this answer.
    pub as_of: DateTime<Utc>,
}

/// Where a registered model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Registered, not in service.
    Registered,
    /// In service.
    Active,
    /// Was in service: what speaks when the present one cannot be used.
    Retired,
    /// Taken out of service: it does not speak again unless activated anew.
    RolledBack,
}

/// A registered model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelInfo {
    /// Its version, given at upload.
    pub version: String,
    /// SHA-256 of the artefact, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Where it stands.
    pub state: ModelState,
    /// When it was registered (real time).
    pub registered_at: DateTime<Utc>,
    /// When it was last put into service (real time).
    pub activated_at: Option<DateTime<Utc>>,
    /// Its training report, without the list of advice.
    pub report: TrainingReport,
}

/// `GET /v1/outlook/models`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelList {
    /// The newest first.
    pub models: Vec<ModelInfo>,
    /// What was done to them, the newest first, at most 100.
    pub actions: Vec<ModelAction>,
}

/// What an operator did to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelAction {
    /// When (real time).
    pub at: DateTime<Utc>,
    /// Which.
    pub version: String,
    /// `registered`, `activated` or `rolled_back`.
    pub action: String,
    /// What was in service before.
    pub before: Option<String>,
    /// What is in service since.
    pub after: Option<String>,
    /// The request that did it.
    pub request_id: String,
}

/// `GET /v1/outlook/events`: every event an outlook can be learned from, those that are over included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutlookEvents {
    /// By id.
    pub events: Vec<EventCard>,
    /// Pass as `cursor` to go on; absent at the end.
    pub next_cursor: Option<String>,
}

/// `POST /v1/outlook/nightly`: what one run did. Running it again does nothing twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NightlyDone {
    /// Events looked at.
    pub events: u32,
    /// Events left for the next run.
    pub left: u32,
    /// Forecasts written down.
    pub said: u32,
    /// Forecasts settled.
    pub settled: u32,
    /// Whether the record was summed up anew.
    pub summed: bool,
}
