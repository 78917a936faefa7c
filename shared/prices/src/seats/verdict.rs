//! What is said of one listing: its fair price, its score, and why.

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::score::{Band, Confidence};

/// What a part of a seat's fair price comes from, in the order in which the parts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatReasonCode {
    /// An ordinary seat of this event against the price: everything else starts from there.
    Event,
    /// The part of the house.
    Zone,
    /// The section within it.
    Section,
    /// The row.
    Row,
    /// How many seats are sold together.
    Quantity,
    /// What is different at this event from what the venue's seats were worth at others.
    ThisEvent,
    /// A row is held to be worth no more than the rows in front of it.
    Order,
}

/// One part of the way from the price to the fair price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatReason {
    /// What it comes from.
    pub code: SeatReasonCode,
    /// The part in a sentence.
    pub text: String,
    /// Its part of `fair_price - price`: positive speaks for buying.
    pub amount: Money,
    /// Its part of `value - 50`.
    pub points: i16,
}

/// What the score of a listing did not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatUnknown {
    /// The market does not name the section.
    NoSection,
    /// The market does not name the row.
    NoRow,
    /// Hardly anything else is, or was, listed in this section.
    ThinSection,
    /// Hardly anything is listed for this event.
    FewListings,
    /// Only one market tells its listings.
    OneMarket,
    /// Nothing was learned at this venue before.
    NoVenueExperience,
    /// The amount with fees is an estimate.
    FeesEstimated,
    /// The compared amounts do not include fees.
    FeesNotIncluded,
}

/// Why a listing's price is hardly a price for its seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatDoubtCode {
    /// Far above what such seats ask: nobody is meant to pay it, or the seller does not have them yet.
    Speculative,
    /// Far below: probably a mistake, or the view or the ticket is restricted.
    TooCheap,
}

/// A listing that stands so far out that it counts less than half in what is learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatDoubt {
    /// Which way.
    pub code: SeatDoubtCode,
    /// How far, in a sentence.
    pub text: String,
}

/// How good one listing's price is for its seats, and why. All amounts are of one seat, in the unit of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatScore {
    /// 0 to 100: of a hundred such listings, how many ask more; 50 is a fair price.
    pub value: u8,
    /// The same in one word.
    pub band: Band,
    /// The price that is compared.
    pub price: Money,
    /// What such seats are worth; `price` plus the amounts of all reasons.
    pub fair_price: Money,
    /// Lower end: nine in ten such listings ask between the two ends. Wide where little is known.
    pub fair_low: Money,
    /// Upper end.
    pub fair_high: Money,
    /// How far what people ask for such seats is from it, as a rule, thousandths (standard deviation).
    pub spread_permille: u16,
    /// Why; amounts add up to `fair_price - price`, points to `value - 50`.
    pub reasons: Vec<SeatReason>,
    /// How much it rests on.
    pub confidence: Confidence,
    /// What was not known.
    pub unknown: Vec<SeatUnknown>,
    /// Set when the price is hardly one.
    #[serde(default)]
    pub doubt: Option<SeatDoubt>,
}
