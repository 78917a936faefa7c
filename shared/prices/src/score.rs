//! The deal score: how good a price is, with reasons in money. Formulas and their meaning: docs/PRICING.md, stage 4.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

mod all_in;
mod comparable;
mod evidence;
mod weigh;

use crate::fees::{AllIn, AllInKind};
use crate::market::Market;
use crate::money::Money;
use crate::price::{FeeBasis, Price};
use crate::summary::{Courses, Unit};

pub use all_in::{FeeModels, all_in, all_in_courses, is_estimated};
pub use comparable::{Comparable, Likeness, Peers, level, peers, stage};

pub(crate) use evidence::versus;

use all_in::deviation;
use evidence::{History, Other};
use weigh::{PriceBar, Support, weigh};

/// A quote not confirmed for this long is stale and never ranked.
pub const STALE_AFTER_HOURS: i64 = 24;

/// One market's quote now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentQuote {
    /// The market.
    pub market: Market,
    /// Its cheapest ticket.
    pub price: Price,
    /// When the market last confirmed it.
    pub seen_at: DateTime<Utc>,
}

/// What a score is made from. Same input, same score.
#[derive(Clone, Copy, Debug)]
pub struct ScoreInput<'a> {
    /// Market time.
    pub now: DateTime<Utc>,
    /// When the event starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// Every market's quote now; absent and stale ones are left out of the ranking by us.
    pub current: &'a [CurrentQuote],
    /// The event's course so far, by market, as the markets stated it.
    pub history: &'a Courses,
    /// What is known of the markets' fees.
    pub fees: &'a FeeModels,
    /// What comparable events cost, where that is known.
    pub comparable: Option<&'a Comparable>,
}

/// The score in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// 0-41: dearer than what is known of its worth.
    Poor,
    /// 42-57: about what it is worth.
    Fair,
    /// 58-69: somewhat cheaper.
    Good,
    /// 70-84: clearly cheaper.
    Great,
    /// 85-100: far cheaper.
    Amazing,
}

impl Band {
    /// The lowest score of the band.
    pub const fn least(self) -> u8 {
        match self {
            Self::Poor => 0,
            Self::Fair => 42,
            Self::Good => 58,
            Self::Great => 70,
            Self::Amazing => 85,
        }
    }

    /// The band of a score.
    pub const fn of(value: u8) -> Self {
        match value {
            0..=41 => Self::Poor,
            42..=57 => Self::Fair,
            58..=69 => Self::Good,
            70..=84 => Self::Great,
            _ => Self::Amazing,
        }
    }
}

/// What a reason compares the price with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// This event's own course over the last 30 days.
    OwnCourse,
    /// The event is near: its latest days count instead of its month.
    DaysLeft,
    /// What events like it cost, or had cost, as near to their start.
    ComparableEvents,
    /// The other markets now.
    OtherMarkets,
    /// The lowest price it ever had.
    LowestEver,
}

/// One part of the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// What is compared.
    pub code: ReasonCode,
    /// The comparison in a sentence.
    pub text: String,
    /// Its part of `fair_price - price`: positive speaks for buying.
    pub amount: Money,
    /// Its part of `value - 50`.
    pub points: i16,
    /// How many events or markets it rests on, where they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on: Option<u32>,
    /// How much it counts, thousandths of all that counts: `amount` is this share of the way from the price to what it is
    /// compared with (`days_left`: from the month's median to that of the latest days). Absent in scores made before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_permille: Option<u16>,
}

/// How much the score rests on: what it is compared with, and what the price comes to in the end. That prices are mostly
/// about right (`Score::prior_permille`) is no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Not even that: what it is compared with is little or disagrees, or what the price comes to is not known.
    Low,
    /// How far the price is from fair is known to within 22 %.
    Medium,
    /// How far the price is from fair is known to within 13 %: what it is compared with is plenty and agrees, and so is
    /// what it comes to.
    High,
}

/// What the score did not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Less than a week of history.
    ShortHistory,
    /// No other market quotes a comparable price now.
    NoOtherMarket,
    /// Other markets quote, but on another fee basis or in another currency.
    OtherMarketsNotComparable,
    /// The price does not say what fees come on top.
    FeesNotIncluded,
    /// The fees of the price are estimated from what the market's fees were before.
    FeesEstimated,
    /// The market does not say what its price includes; it is taken to be all-in.
    FeesAssumed,
    /// No event like it is known at this distance from its start.
    NoComparableEvents,
    /// When the event starts.
    StartTime,
}

/// How far the score may be off: in four cases of five the truth is inside.
///
/// The values are further apart than the fair prices alone would make them: what the price comes to may be off as well
/// (`Score::all_in`). `value_low` is never above the score that the upper end of its error bar would have, all else
/// equal, and `value_high` never below that of the lower end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Uncertainty {
    /// The value if the fair price and what the price comes to are off to the buyer's harm.
    pub value_low: u8,
    /// The value if they are off to the buyer's good.
    pub value_high: u8,
    /// Lower end of the fair price.
    pub fair_low: Money,
    /// Upper end of the fair price.
    pub fair_high: Money,
}

/// How good the cheapest price is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Score {
    /// 0 to 100; 50 is a fair price.
    pub value: u8,
    /// The same in one word.
    pub band: Band,
    /// The market whose price is scored.
    pub market: Market,
    /// The price that is scored: what the buyer pays in the end, where that is known or estimated.
    pub price: Money,
    /// What it and the fair price include.
    pub basis: FeeBasis,
    /// What the evidence says it is worth; `price` plus the amounts of all reasons.
    pub fair_price: Money,
    /// Why; amounts add up to `fair_price - price`, points to `value - 50`.
    pub reasons: Vec<Reason>,
    /// How much it rests on.
    pub confidence: Confidence,
    /// What "the price is right as it is" counts beside the reasons (`share_permille`), thousandths: it keeps thin evidence
    /// from shouting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_permille: Option<u16>,
    /// Set where the score rests on nothing or hardly anything: a sentence that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// What was not known.
    pub unknown: Vec<Unknown>,
    /// How far it may be off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
    /// Where `price` is all-in: how that is known, with its error bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_in: Option<AllIn>,
}

impl Score {
    /// The lower end of its span: the score is no lower in nine cases of ten.
    pub fn at_least(&self) -> u8 {
        self.uncertainty.map_or(self.value, |span| span.value_low)
    }
}

/// Half a span up to which confidence is high: 13 %, hundredths of a percent.
const HIGH_CONFIDENCE: i128 = 1_300;
/// The same for medium confidence: 22 %.
const MEDIUM_CONFIDENCE: i128 = 2_200;

/// A score with the quote it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// The score.
    pub score: Score,
    /// The place of the quote in [`ScoreInput::current`].
    pub place: usize,
}

/// A quote that may be ranked.
#[derive(Clone, Copy)]
struct Ranked {
    place: usize,
    market: Market,
    money: Money,
    basis: FeeBasis,
    all_in: Option<AllIn>,
}

impl Ranked {
    /// What is compared: the all-in amount, else the stated one.
    fn compared(&self) -> (Money, FeeBasis) {
        self.all_in.map_or((self.money, self.basis), |known| (known.money(), FeeBasis::AllIn))
    }
}

/// The place of the cheapest fresh quote in `current`; `None` when there is none.
pub fn cheapest(now: DateTime<Utc>, current: &[CurrentQuote], fees: &FeeModels) -> Option<usize> {
    first(&fresh(now, current, fees)).map(|ranked| ranked.place)
}

/// Scores the quote that is [`cheapest`]; `None` when there is none, or when the event has begun.
pub fn score(input: &ScoreInput<'_>) -> Option<Score> {
    scored(input).map(|scored| scored.score)
}

/// The same, with which quote it is.
pub fn scored(input: &ScoreInput<'_>) -> Option<Scored> {
    if input.starts_at.is_some_and(|start| start <= input.now) {
        return None;
    }
    let fresh = fresh(input.now, input.current, input.fees);
    let ranked = first(&fresh)?;
    let (price, basis) = ranked.compared();
    let courses = all_in_courses(input.history, input.fees);
    // What is compared by its stated amount is compared with stated amounts.
    let courses = if ranked.all_in.is_some() { courses.as_ref() } else { input.history };
    let history = History::read(input, courses, Unit { currency: price.currency, basis });
    let others: Vec<Other> = fresh
        .iter()
        .filter(|quote| quote.market != ranked.market)
        .filter(|quote| quote.compared().1 == basis && quote.compared().0.currency == price.currency)
        .map(|quote| Other {
            minor: quote.compared().0.amount_minor,
            deviation: quote.all_in.as_ref().map_or(0, deviation),
        })
        .collect();
    // Their amounts are all-in.
    let comparable = input
        .comparable
        .filter(|known| basis == FeeBasis::AllIn && known.currency == price.currency)
        .and_then(Comparable::reference);

    let mut reasons = evidence::own_course(&history, price, input);
    reasons.extend(evidence::comparable(comparable.as_ref(), &history, price));
    reasons.extend(evidence::other_markets(&others, price));
    reasons.extend(evidence::lowest_ever(&history, price));
    let weighed = weigh(&reasons, price, &PriceBar::of(price, ranked.all_in.as_ref()));

    let mut unknown = Vec::new();
    if history.hours < 7 * 24 {
        unknown.push(Unknown::ShortHistory);
    }
    if comparable.is_none() {
        unknown.push(Unknown::NoComparableEvents);
    }
    if others.is_empty() {
        let quoted_elsewhere = fresh.iter().any(|quote| quote.market != ranked.market);
        unknown.push(if quoted_elsewhere {
            Unknown::OtherMarketsNotComparable
        } else {
            Unknown::NoOtherMarket
        });
    }
    match ranked.all_in.map(|known| known.kind) {
        Some(AllInKind::Exact) => {}
        Some(AllInKind::Converted) => unknown.push(Unknown::FeesEstimated),
        Some(AllInKind::Assumed) => unknown.push(Unknown::FeesAssumed),
        None => unknown.push(Unknown::FeesNotIncluded),
    }
    if input.starts_at.is_none() {
        unknown.push(Unknown::StartTime);
    }
    let score = Score {
        value: weighed.value,
        band: Band::of(weighed.value),
        market: ranked.market,
        price,
        basis,
        fair_price: weighed.fair_price,
        reasons: weighed.reasons,
        confidence: confidence(weighed.doubt),
        prior_permille: Some(weighed.prior_permille),
        caution: caution(weighed.support).map(str::to_owned),
        unknown,
        uncertainty: Some(weighed.uncertainty),
        all_in: ranked.all_in,
    };
    Some(Scored { score, place: ranked.place })
}

/// What to say of a score that rests on nothing or hardly anything.
const fn caution(support: Support) -> Option<&'static str> {
    match support {
        Support::Nothing => Some(
            "There is nothing yet to compare this price with: 50 is where a score begins, not a judgement.",
        ),
        Support::Hardly => {
            Some("There is hardly anything yet to compare this price with, so the score stays near 50.")
        }
        Support::Enough => None,
    }
}

const fn confidence(doubt: i128) -> Confidence {
    if doubt <= HIGH_CONFIDENCE {
        Confidence::High
    } else if doubt <= MEDIUM_CONFIDENCE {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

/// The quotes that may be ranked: stated, above zero, confirmed lately.
fn fresh(now: DateTime<Utc>, current: &[CurrentQuote], fees: &FeeModels) -> Vec<Ranked> {
    let ranked = |(place, quote): (usize, &CurrentQuote)| {
        let is_fresh = now.signed_duration_since(quote.seen_at) <= TimeDelta::hours(STALE_AFTER_HOURS);
        let money = quote.price.money().filter(|money| is_fresh && money.amount_minor > 0)?;
        let all_in = all_in(quote.market, &quote.price, fees).filter(|known| known.amount_minor > 0);
        Some(Ranked { place, market: quote.market, money, basis: quote.price.basis()?, all_in })
    };
    current.iter().enumerate().filter_map(ranked).collect()
}

/// The one that stands first: amounts of different currencies are no amounts of one order, so the currency is chosen first, the one
/// most quotes have. In it quotes whose all-in amount is known or estimated are compared by it and stand before those of which
/// it is not.
fn first(fresh: &[Ranked]) -> Option<Ranked> {
    let units = fresh.iter().map(|quote| Unit { currency: quote.money.currency, basis: FeeBasis::AllIn });
    let currency = Unit::of_most(units)?.currency;
    let of_currency = fresh.iter().filter(|quote| quote.money.currency == currency);
    of_currency.copied().min_by_key(|quote| {
        let (money, basis) = quote.compared();
        let is_estimate = quote.all_in.is_none_or(|known| known.kind != AllInKind::Exact);
        (quote.all_in.is_none(), money.amount_minor, is_estimate, basis != FeeBasis::AllIn, quote.market)
    })
}
