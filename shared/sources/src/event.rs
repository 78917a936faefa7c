//! One event as one market describes it.

use chrono::{DateTime, NaiveDateTime, Utc};
use prices::{Market, Money, Price};
use serde::{Deserialize, Serialize};

/// One event as one market describes it, with that market's cheapest ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceEvent {
    /// The market that says so.
    pub market: Market,
    /// The market's own id, as text, case kept.
    pub id: String,
    /// Ids this event had before the market merged it into `id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_ids: Vec<String>,
    /// The name, trimmed, never empty.
    pub name: String,
    /// Who plays, in the market's order; may be empty.
    #[serde(default)]
    pub performers: Vec<SourcePerformer>,
    /// Where.
    pub venue: SourceVenue,
    /// When.
    pub start: Start,
    /// What the market says of its state.
    pub status: EventStatus,
    /// The event itself, or something sold beside it.
    pub kind: EventKind,
    /// A coarse genre in the market's words ("sports", "music"), lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Where to buy, on the market's own site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Ids other markets have for it, according to this one: used, but not believed blindly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_ids: Vec<ForeignId>,
    /// The cheapest ticket now.
    pub quote: Quote,
    /// Every listing on sale, where the market tells them with the event; `None` where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listings: Option<Vec<Listing>>,
}

/// A performer in a market's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePerformer {
    /// The market's id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name, trimmed.
    pub name: String,
    /// Whether the market marks it as the home side.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub home: bool,
}

/// A venue in a market's words. What the market does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceVenue {
    /// The market's id.
    pub id: Option<String>,
    /// The name, trimmed; empty when the market does not say.
    pub name: String,
    /// City, trimmed.
    pub city: Option<String>,
    /// State or region code.
    pub region: Option<String>,
    /// ISO 3166 alpha-2 where the market sends it, else its own word.
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

/// When an event begins, with what is still open about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// The instant, where the market states one that is no placeholder.
    pub utc: Option<DateTime<Utc>>,
    /// The venue's wall clock; the time of day means nothing when `time_tbd`.
    pub local: Option<NaiveDateTime>,
    /// The date itself is still open.
    pub date_tbd: bool,
    /// The time of day is still open: only the date may be compared.
    pub time_tbd: bool,
}

/// Where an event stands. A word we do not know is `Unknown`, never an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Announced; sales not begun.
    Scheduled,
    /// On sale.
    Onsale,
    /// Sales closed.
    Offsale,
    /// Moved to a date not yet known.
    Postponed,
    /// Moved to another date.
    Rescheduled,
    /// Will not happen.
    Cancelled,
    /// Happens only if needed ("if necessary" games).
    Contingent,
    /// Moved to another venue.
    Relocated,
    /// Over.
    Ended,
    /// Not public yet.
    Draft,
    /// The market's word is new to us.
    #[default]
    Unknown,
}

/// What is sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Admission to the event.
    #[default]
    Main,
    /// Parking, suites, passes, hospitality: kept apart from the event.
    AddOn,
}

/// An id that another platform has for the same event, as this market claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignId {
    /// The market it belongs to.
    pub market: Market,
    /// Its id there.
    pub id: String,
}

/// The market's summary of what is on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The cheapest ticket.
    pub price: Price,
    /// Listings on sale, where the market says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listings: Option<u32>,
    /// Tickets on sale, where the market says (0 beside a price means unknown and is `None`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<u32>,
    /// The same ticket before fees, where the market states both: a pair that teaches what its fees are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_fees: Option<Money>,
}

impl Quote {
    /// A price and nothing else.
    pub const fn of(price: Price) -> Self {
        Self { price, listings: None, tickets: None, before_fees: None }
    }
}

/// Some seats that are sold together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The market's id of it.
    pub id: String,
    /// Section, in the market's words, trimmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Row, in the market's words, trimmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Seats in it, at least 1.
    pub quantity: u32,
    /// How many may be bought together, ascending; empty means any number up to `quantity`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<u32>,
    /// The price of one seat.
    pub price: Price,
}

/// What is on sale for an event that is known already: an answer that says nothing of the event itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offers {
    /// The market's id of the event.
    pub id: String,
    /// The cheapest ticket now.
    pub quote: Quote,
    /// Every listing on sale, where the market tells them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listings: Option<Vec<Listing>>,
    /// How much is left, where the market says so in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
}

/// How much is left, in a market's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Enough.
    Available,
    /// Few tickets.
    Few,
    /// None.
    None,
}
