//! The deal score: how good a price is, with reasons in money. Formulas and their meaning: docs/PRICING.md, stage 4.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::fees::AllIn;
use crate::market::Market;
use crate::money::Money;
use crate::price::{FeeBasis, Price};
use crate::summary::{BestPoint, Courses, Unit, best_of, extremes, median_over};

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
    /// The event's course so far, by market.
    pub history: &'a Courses,
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
}

/// How much the score rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Hardly anything to compare with.
    Low,
    /// Some history, or other markets.
    Medium,
    /// Weeks of history and other markets.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Uncertainty {
    /// The value if the fair price were `fair_low`.
    pub value_low: u8,
    /// The value if the fair price were `fair_high`.
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
    /// What was not known.
    pub unknown: Vec<Unknown>,
    /// How far it may be off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
    /// Where `price` is all-in: how that is known, with its error bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_in: Option<AllIn>,
}

/// One thing the price is compared with.
struct Evidence {
    code: ReasonCode,
    text: String,
    /// Weight times (reference - price), minor units.
    pull: i128,
    weight: i128,
}

/// Weight of "the price is right as it is", which keeps thin evidence from shouting.
const PRIOR_WEIGHT: i128 = 20;
/// Points for a price 1 % (of the fair price) below fair, in hundredths: 40 % below is 100 points.
const POINTS_PER_WHOLE: i128 = 125;

/// Scores the cheapest fresh quote; `None` when there is none, or when the event has begun.
pub fn score(input: &ScoreInput<'_>) -> Option<Score> {
    if input.starts_at.is_some_and(|start| start <= input.now) {
        return None;
    }
    let fresh: Vec<(CurrentQuote, Money, FeeBasis)> = input
        .current
        .iter()
        .filter(|quote| input.now.signed_duration_since(quote.seen_at) <= TimeDelta::hours(STALE_AFTER_HOURS))
        .filter_map(|quote| Some((*quote, quote.price.money()?, quote.price.basis()?)))
        .filter(|(_, money, _)| money.amount_minor > 0)
        .collect();
    let (ranked, price, basis) = *fresh
        .iter()
        .min_by_key(|(quote, money, basis)| (money.amount_minor, *basis != FeeBasis::AllIn, quote.market))?;
    let unit = Unit { currency: price.currency, basis };
    let history = History::read(input, unit);

    let mut evidence = own_course(&history, price, input);
    let mut others: Vec<i64> = fresh
        .iter()
        .filter(|(quote, money, other)| {
            quote.market != ranked.market && *other == basis && money.currency == price.currency
        })
        .map(|(_, money, _)| money.amount_minor)
        .collect();
    others.sort_unstable();
    evidence.extend(other_markets(&others, price));
    evidence.extend(lowest_ever(&history, price));

    let mut unknown = Vec::new();
    if history.hours < 7 * 24 {
        unknown.push(Unknown::ShortHistory);
    }
    if others.is_empty() {
        let quoted_elsewhere = fresh.iter().any(|(quote, _, _)| quote.market != ranked.market);
        unknown.push(if quoted_elsewhere {
            Unknown::OtherMarketsNotComparable
        } else {
            Unknown::NoOtherMarket
        });
    }
    if basis != FeeBasis::AllIn {
        unknown.push(Unknown::FeesNotIncluded);
    }
    if input.starts_at.is_none() {
        unknown.push(Unknown::StartTime);
    }
    let confidence = match (history.hours, others.len()) {
        (hours, 1..) if hours >= 14 * 24 => Confidence::High,
        (hours, others) if hours >= 3 * 24 || others > 0 => Confidence::Medium,
        _ => Confidence::Low,
    };
    let (value, fair_price, reasons) = weigh(&evidence, price);
    Some(Score {
        value,
        band: Band::of(value),
        market: ranked.market,
        price,
        basis,
        fair_price,
        reasons,
        confidence,
        unknown,
        uncertainty: None,
        all_in: None,
    })
}

/// The event's own course in the unit of the scored price.
struct History {
    steps: Vec<BestPoint>,
    /// Whole hours since the first price, at most 30 days.
    hours: i64,
    lowest: Option<i64>,
    month_ago: DateTime<Utc>,
}

impl History {
    fn read(input: &ScoreInput<'_>, unit: Unit) -> Self {
        let month_ago = input.now.checked_sub_signed(TimeDelta::days(30)).unwrap_or(input.now);
        let steps = best_of(input.history, unit);
        let hours = steps
            .first()
            .map_or(0, |first| input.now.signed_duration_since(first.at.max(month_ago)).num_hours().max(0));
        let lowest = extremes(input.history, unit, input.now).map(|(lowest, _)| lowest.minor);
        Self { steps, hours, lowest, month_ago }
    }
}

/// The median of the last 30 days; near the event, the median of as many days as are left (at least three).
fn own_course(history: &History, price: Money, input: &ScoreInput<'_>) -> Vec<Evidence> {
    let weight = i128::from(history.hours.checked_div(6).unwrap_or(0).min(60));
    let Some(month) = median_over(&history.steps, history.month_ago, input.now).filter(|_| weight > 0) else {
        return Vec::new();
    };
    let mut evidence = vec![Evidence::new(ReasonCode::OwnCourse, weight, month, price, |reference| {
        format!("{} its median price over the last 30 days ({reference})", versus(price, reference))
    })];
    let left = input.starts_at.map(|start| start.signed_duration_since(input.now));
    if let Some(left) = left.filter(|left| *left < TimeDelta::days(30)) {
        let from = input.now.checked_sub_signed(left.max(TimeDelta::days(3))).unwrap_or(input.now);
        if let Some(recent) = median_over(&history.steps, from, input.now).filter(|recent| *recent != month) {
            let reference = Money::new(recent, price.currency);
            evidence.push(Evidence {
                code: ReasonCode::DaysLeft,
                text: format!("the event is near: its latest days ({reference}) say more than its month"),
                pull: weight.saturating_mul(i128::from(recent).saturating_sub(i128::from(month))),
                weight: 0,
            });
        }
    }
    evidence
}

/// The (lower) median of the other comparable markets now.
fn other_markets(others: &[i64], price: Money) -> Option<Evidence> {
    let weight = if others.len() > 1 { 40 } else { 25 };
    let middle = others.len().saturating_sub(1).checked_div(2).unwrap_or(0);
    let reference = *others.get(middle)?;
    Some(Evidence::new(ReasonCode::OtherMarkets, weight, reference, price, |reference| {
        format!("{} what other markets ask now ({reference})", versus(price, reference))
    }))
}

/// The lowest price two sights in a row bear out.
fn lowest_ever(history: &History, price: Money) -> Option<Evidence> {
    let weight = i128::from(history.hours.checked_div(12).unwrap_or(0).min(15));
    let lowest = history.lowest.filter(|_| weight > 0)?;
    Some(Evidence::new(ReasonCode::LowestEver, weight, lowest, price, |reference| {
        if price.amount_minor < lowest {
            format!("lower than ever before (lowest so far {reference})")
        } else {
            format!("{} its lowest price so far ({reference})", versus(price, reference))
        }
    }))
}

impl Evidence {
    fn new(
        code: ReasonCode,
        weight: i128,
        reference: i64,
        price: Money,
        text: impl Fn(Money) -> String,
    ) -> Self {
        let gap = i128::from(reference).saturating_sub(i128::from(price.amount_minor));
        let text = text(Money::new(reference, price.currency));
        Self { code, text, pull: weight.saturating_mul(gap), weight }
    }
}

/// "18 % under", "at", "6 % over": the price against a reference, whole percent of the reference.
fn versus(price: Money, reference: Money) -> String {
    let hundredths = crate::moves::percent_hundredths(reference.amount_minor, price.amount_minor);
    let percent = hundredths.unsigned_abs().saturating_add(50).checked_div(100).unwrap_or(0);
    match (percent, hundredths < 0) {
        (0, _) => "at".to_owned(),
        (percent, true) => format!("{percent} % under"),
        (percent, false) => format!("{percent} % over"),
    }
}

/// Turns evidence into value, fair price and reasons that add up.
fn weigh(evidence: &[Evidence], price: Money) -> (u8, Money, Vec<Reason>) {
    let now = i128::from(price.amount_minor);
    let weights = evidence.iter().fold(PRIOR_WEIGHT, |sum, item| sum.saturating_add(item.weight));
    let pull = evidence.iter().fold(0_i128, |sum, item| sum.saturating_add(item.pull));
    // The fair price times the weights; above zero, because every reference and the price are.
    let fair = now.saturating_mul(weights).saturating_add(pull).max(1);
    let points = rounded(POINTS_PER_WHOLE.saturating_mul(pull), fair).clamp(-50, 50);
    let clamped = rounded(POINTS_PER_WHOLE.saturating_mul(pull), fair) != points;

    let mut so_far = 0_i128;
    let mut points_so_far = 0_i128;
    let mut fair_price = price.amount_minor;
    let mut reasons = Vec::with_capacity(evidence.len());
    for item in evidence {
        so_far = so_far.saturating_add(item.pull);
        // Rounding the running sum, not each part, makes the parts add up exactly.
        let upto = if clamped {
            rounded(points.saturating_mul(so_far), pull)
        } else {
            rounded(POINTS_PER_WHOLE.saturating_mul(so_far), fair)
        };
        let amount = i64::try_from(rounded(item.pull, weights)).unwrap_or(0);
        fair_price = fair_price.saturating_add(amount);
        reasons.push(Reason {
            code: item.code,
            text: item.text.clone(),
            amount: Money::new(amount, price.currency),
            points: i16::try_from(upto.saturating_sub(points_so_far)).unwrap_or(0),
            rests_on: None,
        });
        points_so_far = upto;
    }
    let value = u8::try_from(points.saturating_add(50)).unwrap_or(50);
    (value, Money::new(fair_price, price.currency), reasons)
}

/// `numerator / denominator`, rounded to the nearest whole, halves up; 0 for a zero denominator.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = if denominator < 0 {
        (numerator.saturating_neg(), denominator.saturating_neg())
    } else {
        (numerator, denominator)
    };
    let doubled = denominator.saturating_mul(2);
    numerator.saturating_mul(2).saturating_add(denominator).checked_div_euclid(doubled).unwrap_or(0)
}
