//! Commands to Durable Objects and their answers. Each object's paths are beside its types.

use chrono::{DateTime, Utc};
use prices::score::{Comparable, FeeModels};
use prices::{Currency, Market, Price};
use serde::{Deserialize, Serialize};
use sources::Listing;

use crate::catalog::EventCard;
use crate::ids::{EventId, RequestId};
use crate::offers::UnconfirmedQuote;
use crate::queues::ObservedOffer;

/// `EventInventory` (named by event id) `POST /apply`: what one poll of one market says now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApplyPoll {
    /// The market.
    pub market: Market,
    /// Market time of the poll.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub observed_at: DateTime<Utc>,
    /// The event as it is called now, for the messages that follow.
    pub event: EventCard,
    /// The market's listings of this event (usually one).
    pub offers: Vec<PolledOffer>,
}

/// One market listing of the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolledOffer {
    /// The market's id.
    pub source_event_id: String,
    /// The quote.
    pub price: Price,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    pub tickets: Option<u32>,
    /// Where to buy.
    pub url: Option<String>,
    /// How sure the match is, thousandths.
    pub match_confidence_permille: u16,
    /// The last change of this listing the planner has passed on; earlier ones are not answered again.
    pub acknowledged_seq: u64,
    /// Every listing on sale, where the poll told them; `None` says nothing about listings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<Listing>>,
    /// Several polls bear it out already (a walk missed the listing three times): it is believed at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub borne_out: bool,
}

/// The answer: changes not yet acknowledged, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// Changes to pass on.
    pub changes: Vec<ObservedOffer>,
    /// Listings whose quote was seen twice, so that an unchanged one need not be sent again.
    pub settled: Vec<String>,
    /// What is believed of each listing now: what lists may show.
    #[serde(default)]
    pub believed: Vec<BelievedQuote>,
}

/// The believed price of one market listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BelievedQuote {
    /// The market's id.
    pub source_event_id: String,
    /// The price.
    pub price: Price,
    /// When it was last seen.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub checked_at: DateTime<Utc>,
}

/// `PriceHistory` (named by event id) `POST /append`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppendObservations {
    /// The event.
    pub event_id: EventId,
    /// The poll, for logs and for the announcement.
    pub request_id: RequestId,
    /// Wall clock when the provider's answer arrived, epoch milliseconds.
    pub seen_at_ms: i64,
    /// The market.
    pub market: Market,
    /// Observations of this event, any order, repeats allowed.
    pub items: Vec<ObservedOffer>,
    /// What comparable events cost; `None` where that was not asked or is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparable: Option<Comparable>,
}

/// `RateLimiter` (named by what is limited) `POST /take`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakePermit {
    /// Permits per window.
    pub limit: u32,
    /// The window, seconds.
    pub window_seconds: u32,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Permits left in the window.
    pub remaining: u32,
    /// Seconds until one more is free, when refused.
    pub retry_after_seconds: u32,
    /// Seconds until all are free again.
    #[serde(default)]
    pub reset_seconds: u32,
}

/// `EventInventory` `POST /read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadInventory {
    /// Only listings that sell so many seats together; 0 is any.
    #[serde(default)]
    pub seats: u32,
    /// At most so many listings of each market, cheapest first; `None` is all of them.
    #[serde(default)]
    pub listings: Option<u32>,
    /// Only this market.
    #[serde(default)]
    pub market: Option<Market>,
}

/// The answer: what every market offers now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// One a market listing.
    pub offers: Vec<HeldOffer>,
}

/// One market listing as last seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOffer {
    /// The market.
    pub market: Market,
    /// The market's id.
    pub source_event_id: String,
    /// The quote that is believed.
    pub price: Price,
    /// Listings on sale, where known.
    pub listings: Option<u32>,
    /// Tickets on sale, where known.
    pub tickets: Option<u32>,
    /// Where to buy.
    pub url: Option<String>,
    /// When this price was first seen.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub since: DateTime<Utc>,
    /// When it was last seen.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub checked_at: DateTime<Utc>,
    /// How sure the match is, thousandths.
    pub match_confidence_permille: u16,
    /// What the last poll said, while it is not believed.
    #[serde(default)]
    pub unconfirmed: Option<UnconfirmedQuote>,
    /// The single listings, where the market tells them.
    #[serde(default)]
    pub stock: Option<HeldStock>,
}

/// The single listings of one market listing of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldStock {
    /// Listings that are believed to be on sale, of any number of seats.
    pub known: u32,
    /// When they were last told.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub checked_at: DateTime<Utc>,
    /// Those that were asked for, cheapest first.
    pub listings: Vec<Listing>,
}

/// `Dispatcher` (named by shard) `POST /kick`: rows of the shard are in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kick {
    /// The shard (`email-0`…): an alarm does not tell an object its name.
    pub shard: String,
}

/// The answer: it is awake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kicked {
    /// Wall clock at which it begins, epoch milliseconds; later than now while the provider asked for a pause.
    pub begins_at_ms: i64,
}

/// `PriceHistory`'s answer to `/append`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Appended {
    /// The event as a deal now; absent when there is nothing to rank.
    pub deal: Option<crate::pricing::Deal>,
    /// Observations that were new.
    pub new: u32,
    /// The deal is the one told before, but for a little freshness: it need not be written again.
    #[serde(default)]
    pub unchanged: bool,
    /// What the event cost lately, where it was scored anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<EventLevel>,
    /// The answer's number, higher with each: of two that overtook each other the higher one is the newer word.
    #[serde(default)]
    pub revision: u64,
}

/// What an event cost lately, all-in: what others like it are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLevel {
    /// Minor units.
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
    /// How near it was to its start: [`prices::score::stage`].
    pub stage: u8,
}

/// `PriceHistory` `POST /moves`: answers the newest [`crate::deals::PriceMove`]s, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMoves {
    /// At most so many.
    pub limit: u32,
}

/// `PriceHistory` `POST /read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadHistory {
    /// The version the reader holds already, if any: where it still stands, the answer leaves out what he has.
    #[serde(default)]
    pub known: Option<u64>,
}

/// The answer: the whole course, as far as the object holds it itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldHistory {
    /// Observations by market, in `rows` of an object that answers those.
    #[serde(default)]
    pub courses: prices::Courses,
    /// Observations as they are stored: each text is JSON of `[[market, observation], …]`. The object does not read
    /// them, because reading and writing them again would be most of its work.
    #[serde(default)]
    pub rows: Vec<String>,
    /// Nothing has changed since the version the reader holds: courses, rows and segments are left out.
    #[serde(default)]
    pub unchanged: bool,
    /// Keys of the stored segments that hold what the object has let go of, oldest first.
    pub segments: Vec<String>,
    /// Grows with every change of the history: two answers of one version tell the same.
    #[serde(default)]
    pub version: u64,
    /// Each market's quote now.
    pub current: Vec<CurrentOffer>,
    /// When the event starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// What is known of the markets' fees at this event.
    #[serde(default)]
    pub fees: FeeModels,
    /// What comparable events cost, as last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparable: Option<Comparable>,
    /// The event as last told; absent where its history was only imported.
    #[serde(default)]
    pub card: Option<EventCard>,
}

/// `PriceHistory` `POST /version`: which version of the history the object holds, without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryVersion {
    /// As in [`HeldHistory`].
    pub version: u64,
}

/// One market's standing quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurrentOffer {
    /// The market.
    pub market: Market,
    /// The quote that two sights bear out, or why there is none.
    pub price: Price,
    /// When the market was last seen (market time).
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub seen_at: DateTime<Utc>,
}
