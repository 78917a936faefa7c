//! What a market's fees come to: learned from tickets stated with and without them, applied to prices stated without.
//!
//! A ratio is "all-in divided by before fees" in ten-thousandths: 13 400 is 34 % on top. Money stays integer minor
//! units; a converted amount is rounded to the nearest minor unit, halves up. Rules and measured errors:
//! docs/PRICING.md, "Fees".

mod convert;
mod learn;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::market::Market;
use crate::money::Money;

pub use convert::{AllIn, AllInKind, NoAllIn, convert};
pub use learn::{Histogram, MIN_SOURCE_PAIRS, MIN_VENUE_PAIRS, learn, learn_venue};

/// One: no fee at all.
pub const WHOLE: u32 = 10_000;
/// Ratios are counted in steps of this many ten-thousandths: a quarter of a percent, finer than any error bar seen.
const STEP: u32 = 25;
/// A ratio above this is no fee but a mistake (two different tickets): three times the price before fees.
const MAX_RATIO: u32 = 30_000;

/// What is known of a market's fees without learning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuyerFee {
    /// The buyer pays what is quoted, whatever the basis says: exact.
    None,
    /// The market adds a fee we have to learn.
    Learned,
    /// The market does not say whether its quotes include the fee; we take them to be all-in and show, as the upper
    /// end, what it would be if they were not.
    AssumedIncluded,
}

/// What we know of each market; argued in docs/PRICING.md, "Fees".
pub const fn buyer_fee(market: Market) -> BuyerFee {
    match market {
        Market::StubHub => BuyerFee::AssumedIncluded,
        _ => BuyerFee::Learned,
    }
}

/// The ratio of one ticket stated both ways; `None` when the two cannot be a price and the same price with fees.
pub fn ratio_of(before_fees: Money, all_in: Money) -> Option<u32> {
    if before_fees.currency != all_in.currency || before_fees.amount_minor <= 0 {
        return None;
    }
    let ratio = scaled(all_in.amount_minor, i64::from(WHOLE), before_fees.amount_minor)?;
    let stepped = scaled(ratio, 1, i64::from(STEP))?.checked_mul(i64::from(STEP))?;
    u32::try_from(stepped).ok().filter(|ratio| (WHOLE..=MAX_RATIO).contains(ratio))
}

/// What a source's fees come to, there or at one venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeeModel {
    /// All-in divided by before fees, ten-thousandths: the middle of what was seen.
    pub ratio: u32,
    /// Nine in ten pairs were above this.
    pub low: u32,
    /// Nine in ten pairs were below this.
    pub high: u32,
    /// Tickets it was learned from.
    pub count: u32,
    /// The day of the newest of them (market time).
    pub as_of: NaiveDate,
}

/// `amount * by / of`, rounded to the nearest whole, halves up.
fn scaled(amount: i64, by: i64, of: i64) -> Option<i64> {
    let (amount, by, of) = (i128::from(amount), i128::from(by), i128::from(of));
    let doubled = amount.checked_mul(by)?.checked_mul(2)?.checked_add(of)?;
    i64::try_from(doubled.checked_div_euclid(of.checked_mul(2)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    #[test]
    fn a_ratio_is_all_in_over_before_fees_in_steps_of_a_quarter_percent() {
        assert_eq!(ratio_of(usd(10_000), usd(13_400)), Some(13_400));
        assert_eq!(ratio_of(usd(4_499), usd(5_649)), Some(12_550));
        assert_eq!(ratio_of(usd(1_000), usd(1_000)), Some(WHOLE));
    }

    #[test]
    fn two_amounts_that_are_no_pair_teach_nothing() {
        let euro = Money::new(1_200, "EUR".parse().unwrap());
        for (before, all_in) in [
            (usd(0), usd(100)),
            (usd(-5), usd(100)),
            (usd(1_000), usd(900)),
            (usd(1_000), usd(9_000)),
            (usd(1_000), euro),
            (usd(1), usd(i64::MAX)),
        ] {
            assert_eq!(ratio_of(before, all_in), None, "{before} {all_in}");
        }
    }
}
