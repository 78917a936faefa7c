//! References and their weights into a fair price, a value, reasons that add up, and how far all of it may be off.

use super::{Reason, ReasonCode, Uncertainty};
use crate::fees::AllIn;
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
    /// The reference comes from other markets or events, so that an error in the price's fees is not in it.
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
    /// What the price itself counts, thousandths.
    pub prior_permille: u16,
    pub uncertainty: Uncertainty,
    /// How far the evidence, without the price itself, and what the price comes to may be off: half of the span that
    /// holds four cases in five, hundredths of a percent.
    pub doubt: i128,
    pub support: Support,
}

/// How much there is to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    /// Nothing at all.
    Nothing,
    /// Less than the weight of the price itself.
    Hardly,
    /// More than that.
    Enough,
}

/// How far the price may be from what the buyer pays in the end, in four cases of five.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriceBar {
    /// One standard deviation, hundredths of a percent.
    deviation: i128,
    low_minor: i64,
    high_minor: i64,
}

impl PriceBar {
    /// None for a price that is taken as it stands.
    pub fn of(price: Money, all_in: Option<&AllIn>) -> Self {
        let exact = Self { deviation: 0, low_minor: price.amount_minor, high_minor: price.amount_minor };
        all_in.map_or(exact, |known| Self {
            deviation: super::all_in::deviation(known),
            low_minor: known.low_minor.clamp(1, price.amount_minor.max(1)),
            high_minor: known.high_minor.max(price.amount_minor),
        })
    }
}

/// The evidence summed up against one price.
#[derive(Clone, Copy)]
struct Sums {
    price: i128,
    /// With the price's own.
    weights: i128,
    pull: i128,
}

impl Sums {
    /// The fair price times the weights; above zero, because every reference and the price are.
    fn fair(self) -> i128 {
        self.price.saturating_mul(self.weights).saturating_add(self.pull).max(1)
    }

    /// Points, before they are held between -50 and 50.
    fn points(self) -> i128 {
        rounded(POINTS_PER_WHOLE.saturating_mul(self.pull), self.fair())
    }

    /// The value if the price came to `paid`, all else equal.
    fn value_if(self, paid: i64) -> u8 {
        let paid = i128::from(paid);
        let of_evidence = self.weights.saturating_sub(PRIOR_WEIGHT);
        let shift = self.price.saturating_sub(paid).saturating_mul(of_evidence);
        let sums = Self { price: paid, pull: self.pull.saturating_add(shift), ..self };
        value_of(sums.points().clamp(-50, 50))
    }
}

/// Turns evidence into value, fair price and reasons that add up. `bar` is how far the price itself may be off.
pub(super) fn weigh(evidence: &[Evidence], price: Money, bar: &PriceBar) -> Weighed {
    let sums = Sums {
        price: i128::from(price.amount_minor),
        weights: evidence.iter().fold(PRIOR_WEIGHT, |sum, item| sum.saturating_add(item.weight)),
        pull: evidence.iter().fold(0_i128, |sum, item| sum.saturating_add(item.pull)),
    };
    let unclamped = sums.points();
    let points = unclamped.clamp(-50, 50);

    let (mut so_far, mut points_so_far) = (0_i128, 0_i128);
    let mut fair_price = price.amount_minor;
    let mut reasons = Vec::with_capacity(evidence.len());
    for item in evidence {
        so_far = so_far.saturating_add(item.pull);
        // Rounding the running sum, not each part, makes the parts add up exactly.
        let upto = if unclamped == points {
            rounded(POINTS_PER_WHOLE.saturating_mul(so_far), sums.fair())
        } else {
            rounded(points.saturating_mul(so_far), sums.pull)
        };
        let amount = i64::try_from(rounded(item.pull, sums.weights)).unwrap_or(0);
        fair_price = fair_price.saturating_add(amount);
        reasons.push(Reason {
            code: item.code,
            text: item.text.clone(),
            amount: Money::new(amount, price.currency),
            points: i16::try_from(upto.saturating_sub(points_so_far)).unwrap_or(0),
            rests_on: item.rests_on,
            share_permille: u16::try_from(rounded(item.counts.saturating_mul(1_000), sums.weights)).ok(),
        });
        points_so_far = upto;
    }
    let value = value_of(points);
    let (uncertainty, doubt) = uncertainty(evidence, sums, Money::new(fair_price, price.currency), bar);
    Weighed {
        value,
        fair_price: Money::new(fair_price, price.currency),
        reasons,
        prior_permille: u16::try_from(rounded(PRIOR_WEIGHT.saturating_mul(1_000), sums.weights))
            .unwrap_or(1_000),
        uncertainty,
        doubt,
        support: match sums.weights.saturating_sub(PRIOR_WEIGHT) {
            ..=0 => Support::Nothing,
            weight if weight < PRIOR_WEIGHT => Support::Hardly,
            _ => Support::Enough,
        },
    }
}

/// How far value and fair price may be off, and half of the span by which confidence goes.
fn uncertainty(evidence: &[Evidence], sums: Sums, fair: Money, bar: &PriceBar) -> (Uncertainty, i128) {
    let minor = fair.amount_minor;
    let (birge, foreign) = agreement(evidence, i128::from(minor));
    let deviation_of = |weights: i128| deviation(variance_of(weights), birge);
    let deviation = deviation_of(sums.weights);
    // What is told of this market's own prices is off with its fees; what comes from elsewhere is not.
    let own_share = sums.weights.saturating_sub(foreign);
    let fees = rounded(bar.deviation.saturating_mul(own_share), sums.weights);
    let (fair_low, fair_high) = span(minor, four_in_five(together(deviation, fees)));
    // The price may come to more or less than it is taken for, by what the ends of its error bar are from it: as far
    // as that goes the value is off, whatever the fair price.
    let price = sums.price;
    let dearer = relative(i128::from(bar.high_minor), price);
    let cheaper = relative(price, i128::from(bar.low_minor));
    let half = four_in_five(deviation);
    let (if_dearer, _) = span(minor, together(half, dearer));
    let (_, if_cheaper) = span(minor, together(half, cheaper));
    let value = value_of(sums.points().clamp(-50, 50));
    let uncertainty = Uncertainty {
        // The least and the most of both errors together and of the price's own alone; the rounded fair price must not
        // turn the order of the three.
        value_low: value_at(price, if_dearer).min(sums.value_if(bar.high_minor)).min(value),
        value_high: value_at(price, if_cheaper).max(sums.value_if(bar.low_minor)).max(value),
        fair_low: Money::new(fair_low, fair.currency),
        fair_high: Money::new(fair_high, fair.currency),
    };
    // The prior is no evidence.
    let known = four_in_five(deviation_of(sums.weights.saturating_sub(PRIOR_WEIGHT)));
    (uncertainty, together(known, dearer.max(cheaper)))
}

/// By what the variance of the references must be multiplied, in hundredths of a percent, because they contradict each
/// other, and how much of the weight comes from elsewhere.
fn agreement(evidence: &[Evidence], fair: i128) -> (i128, i128) {
    let (mut contradiction, mut references, mut foreign) = (0_i128, 0_i128, 0_i128);
    for item in evidence {
        let Some(reference) = item.reference else { continue };
        let gap = relative(i128::from(reference), fair);
        let surprise = gap.saturating_mul(gap).saturating_mul(item.weight);
        contradiction = contradiction.saturating_add(surprise.checked_div(100).unwrap_or(0));
        references = references.saturating_add(1);
        foreign = foreign.saturating_add(if item.is_foreign { item.weight } else { 0 });
    }
    // After R. T. Birge (1932): errors told too small show in references lying further apart than they say.
    let expected = references.saturating_mul(UNIT_VARIANCE).max(UNIT_VARIANCE);
    let contradiction = contradiction.clamp(expected, expected.saturating_mul(25));
    (rounded(contradiction.saturating_mul(WHOLE), expected), foreign)
}

/// One standard deviation, hundredths of a percent.
fn deviation(variance: i128, birge: i128) -> i128 {
    variance.saturating_mul(birge).checked_div(WHOLE).unwrap_or(variance).max(0).isqrt()
}

/// Half of the span that holds four cases in five.
fn four_in_five(deviation: i128) -> i128 {
    rounded(deviation.saturating_mul(FOUR_IN_FIVE), WHOLE)
}

/// Two independent errors.
fn together(one: i128, other: i128) -> i128 {
    let squares = one.saturating_mul(one).saturating_add(other.saturating_mul(other));
    let root = squares.max(0).isqrt();
    // Never less than either.
    if root.saturating_mul(root) < squares { root.saturating_add(1) } else { root }
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

fn value_at(price: i128, fair: i64) -> u8 {
    let gap = i128::from(fair).saturating_sub(price);
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
