//! References and their weights into a fair price, a value, reasons that add up, and how far all of it may be off.

use super::{Reason, ReasonCode, Uncertainty};
use crate::money::Money;

/// One reference the price is compared with.
pub(super) struct Evidence {
    pub code: ReasonCode,
    pub text: String,
    /// Weight times (reference - price), hundredths of minor units.
    pub pull: i128,
    /// Hundredths.
    pub weight: i128,
    /// The weight its gap is multiplied by: `weight`, or for what shifts another reference that reference's; hundredths.
    pub counts: i128,
    /// The reference, minor units; `None` for what shifts another reference.
    pub reference: Option<i64>,
    /// The reference comes from other markets or events, so that an error in our fees shifts the price against it.
    pub is_foreign: bool,
    pub rests_on: Option<u32>,
}

/// Weight of "the price is right as it is", which keeps thin evidence from shouting; hundredths.
const PRIOR_WEIGHT: i128 = 2_000;
/// Points for a price 1 % (of the fair price) below fair, in hundredths: 40 % below is 100 points.
const POINTS_PER_WHOLE: i128 = 125;
/// Variance of a reference of weight 1 (100 hundredths), hundredths of a percent squared: a weight of 100 is a standard
/// deviation of 10 %.
pub(super) const UNIT_VARIANCE: i128 = 100_000_000;
/// A normal error is inside 1.2816 standard deviations in four cases of five; ten-thousandths.
const FOUR_IN_FIVE: i128 = 12_816;
/// One, in hundredths of a percent.
const WHOLE: i128 = 10_000;

impl Evidence {
    /// A reference the price is compared with.
    pub fn new(code: ReasonCode, weight: i128, reference: Money, price: Money, text: String) -> Self {
        let gap = i128::from(reference.amount_minor).saturating_sub(i128::from(price.amount_minor));
        Self {
            code,
            text,
            pull: weight.saturating_mul(gap),
            weight,
            counts: weight,
            reference: Some(reference.amount_minor),
            is_foreign: false,
            rests_on: None,
        }
    }

    /// One that comes from `count` other markets or events.
    pub fn foreign(self, count: u32) -> Self {
        Self { is_foreign: true, rests_on: Some(count), ..self }
    }
}

/// The weight (hundredths) of a reference with this variance.
pub(super) fn weight_of(variance: i128) -> i128 {
    UNIT_VARIANCE.saturating_mul(100).checked_div(variance.max(1)).unwrap_or(0)
}

/// The variance of a reference with this weight (hundredths).
pub(super) fn variance_of(weight: i128) -> i128 {
    UNIT_VARIANCE.saturating_mul(100).checked_div(weight.max(1)).unwrap_or(UNIT_VARIANCE)
}

/// What evidence comes to.
pub(super) struct Weighed {
    pub value: u8,
    pub fair_price: Money,
    pub reasons: Vec<Reason>,
    pub uncertainty: Uncertainty,
    /// Half of the fair price's span, hundredths of a percent.
    pub half_span: i128,
}

/// Turns evidence into value, fair price and reasons that add up. `fee_deviation` is one standard deviation of the
/// price's own fees, hundredths of a percent.
pub(super) fn weigh(evidence: &[Evidence], price: Money, fee_deviation: i128) -> Weighed {
    let now = i128::from(price.amount_minor);
    let weights = evidence.iter().fold(PRIOR_WEIGHT, |sum, item| sum.saturating_add(item.weight));
    let pull = evidence.iter().fold(0_i128, |sum, item| sum.saturating_add(item.pull));
    // The fair price times the weights; above zero, because every reference and the price are.
    let fair = now.saturating_mul(weights).saturating_add(pull).max(1);
    let unclamped = rounded(POINTS_PER_WHOLE.saturating_mul(pull), fair);
    let points = unclamped.clamp(-50, 50);

    let mut so_far = 0_i128;
    let mut points_so_far = 0_i128;
    let mut fair_price = price.amount_minor;
    let mut reasons = Vec::with_capacity(evidence.len());
    for item in evidence {
        so_far = so_far.saturating_add(item.pull);
        // Rounding the running sum, not each part, makes the parts add up exactly.
        let upto = if unclamped == points {
            rounded(POINTS_PER_WHOLE.saturating_mul(so_far), fair)
        } else {
            rounded(points.saturating_mul(so_far), pull)
        };
        let amount = i64::try_from(rounded(item.pull, weights)).unwrap_or(0);
        fair_price = fair_price.saturating_add(amount);
        reasons.push(Reason {
            code: item.code,
            text: item.text.clone(),
            amount: Money::new(amount, price.currency),
            points: i16::try_from(upto.saturating_sub(points_so_far)).unwrap_or(0),
            rests_on: item.rests_on,
            share_permille: u16::try_from(rounded(item.counts.saturating_mul(1_000), weights)).ok(),
        });
        points_so_far = upto;
    }
    let value = value_of(points);
    let half_span = half_span(evidence, weights, i128::from(fair_price), fee_deviation);
    let (fair_low, fair_high) = span(fair_price, half_span);
    let uncertainty = Uncertainty {
        // The price against the ends; the rounded fair price must not turn the order of the three.
        value_low: value_at(price.amount_minor, fair_low).min(value),
        value_high: value_at(price.amount_minor, fair_high).max(value),
        fair_low: Money::new(fair_low, price.currency),
        fair_high: Money::new(fair_high, price.currency),
    };
    Weighed { value, fair_price: Money::new(fair_price, price.currency), reasons, uncertainty, half_span }
}

/// Half of the span that holds the fair price in four cases of five, hundredths of a percent of it: what the weights
/// say, more where references contradict each other, and the error of our fees as far as foreign references count.
fn half_span(evidence: &[Evidence], weights: i128, fair: i128, fee_deviation: i128) -> i128 {
    let (mut contradiction, mut references, mut foreign) = (0_i128, 0_i128, 0_i128);
    for item in evidence {
        let Some(reference) = item.reference else { continue };
        let gap = relative(i128::from(reference), fair);
        let surprise = gap.saturating_mul(gap).saturating_mul(item.weight);
        contradiction = contradiction.saturating_add(surprise.checked_div(100).unwrap_or(0));
        references = references.saturating_add(1);
        foreign = foreign.saturating_add(if item.is_foreign { item.weight } else { 0 });
    }
    let variance = variance_of(weights);
    // After R. T. Birge (1932): errors told too small show in references lying further apart than they say.
    let expected = references.saturating_mul(UNIT_VARIANCE).max(UNIT_VARIANCE);
    let variance = variance
        .saturating_mul(contradiction.clamp(expected, expected.saturating_mul(25)))
        .checked_div(expected)
        .unwrap_or(variance);
    let fees = rounded(fee_deviation.saturating_mul(foreign), weights);
    let deviation = variance.saturating_add(fees.saturating_mul(fees)).max(0).isqrt();
    rounded(deviation.saturating_mul(FOUR_IN_FIVE), WHOLE)
}

/// `fair` divided and multiplied by one and the half span: a price is as easily half as double.
fn span(fair: i64, half_span: i128) -> (i64, i64) {
    let factor = WHOLE.saturating_add(half_span);
    let low = rounded(i128::from(fair).saturating_mul(WHOLE), factor).max(1);
    let high = rounded(i128::from(fair).saturating_mul(factor), WHOLE);
    (i64::try_from(low).unwrap_or(fair), i64::try_from(high).unwrap_or(i64::MAX))
}

/// How far `amount` is from `of`, hundredths of a percent of `of`; at most a hundredfold, so that it can be squared.
pub(super) fn relative(amount: i128, of: i128) -> i128 {
    rounded(amount.saturating_sub(of).saturating_mul(WHOLE), of).clamp(-1_000_000, 1_000_000)
}

fn value_at(price: i64, fair: i64) -> u8 {
    let gap = i128::from(fair).saturating_sub(i128::from(price));
    value_of(rounded(POINTS_PER_WHOLE.saturating_mul(gap), i128::from(fair)).clamp(-50, 50))
}

fn value_of(points: i128) -> u8 {
    u8::try_from(points.saturating_add(50)).unwrap_or(50)
}

/// `numerator / denominator`, rounded to the nearest whole, halves up; 0 for a zero denominator.
pub(super) fn rounded(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = if denominator < 0 {
        (numerator.saturating_neg(), denominator.saturating_neg())
    } else {
        (numerator, denominator)
    };
    let doubled = denominator.saturating_mul(2);
    numerator.saturating_mul(2).saturating_add(denominator).checked_div_euclid(doubled).unwrap_or(0)
}
