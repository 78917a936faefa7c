//! What a quoted price comes to with fees, and how sure that is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BuyerFee, FeeModel, WHOLE, scaled};
use crate::money::{Currency, Money};
use crate::price::{FeeBasis, Price};

/// The most a fee is taken to be where a market does not say whether its quotes include it and nothing was learned:
/// resale markets add 20 to 40 %.
const MOST_ASSUMED: u32 = 14_000;

/// How an all-in price came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AllInKind {
    /// The market states it.
    Exact,
    /// Estimated from a price before fees and what the market's fees were before.
    Converted,
    /// The market does not say what its price includes; we take it to be all-in.
    Assumed,
}

/// What the buyer pays in the end, with how sure that is. `low` and `high` are equal to the amount when it is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllIn {
    /// Minor units: the stated amount or the best estimate.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
    /// Lower end of the error bar, minor units.
    pub low_minor: i64,
    /// Upper end of the error bar, minor units.
    pub high_minor: i64,
    /// Stated, estimated or assumed.
    pub kind: AllInKind,
    /// Day of the fee model it was estimated with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_as_of: Option<NaiveDate>,
    /// Tickets that model was learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_count: Option<u32>,
}

impl AllIn {
    /// The amount with its currency.
    pub const fn money(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

/// Why there is no all-in price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoAllIn {
    /// There is no price at all.
    NoPrice,
    /// The price is before fees, and too few tickets were seen to know what they come to.
    FeesNotLearned,
    /// The market does not say what its price includes, and nothing was learned about it.
    BasisUnknown,
}

/// What `price` comes to with fees.
///
/// # Errors
/// Why it cannot be told.
pub fn convert(price: &Price, fee: BuyerFee, model: Option<&FeeModel>) -> Result<AllIn, NoAllIn> {
    let Price::Quoted { money, basis } = *price else { return Err(NoAllIn::NoPrice) };
    let with = |low: u32, ratio: u32, high: u32, kind: AllInKind| {
        // A sum beyond i64 is no price; the amount as it stands is then the only honest number.
        let times = |ratio: u32| {
            scaled(money.amount_minor, i64::from(ratio), i64::from(WHOLE)).unwrap_or(money.amount_minor)
        };
        let learned = model.filter(|_| kind != AllInKind::Exact);
        AllIn {
            amount_minor: times(ratio),
            currency: money.currency,
            low_minor: times(low),
            high_minor: times(high),
            kind,
            model_as_of: learned.map(|model| model.as_of),
            model_count: learned.map(|model| model.count),
        }
    };
    match (basis, fee, model) {
        (FeeBasis::AllIn, _, _) | (_, BuyerFee::None, _) => Ok(with(WHOLE, WHOLE, WHOLE, AllInKind::Exact)),
        (FeeBasis::BeforeFees, _, Some(model)) => {
            Ok(with(model.low, model.ratio, model.high, AllInKind::Converted))
        }
        (FeeBasis::BeforeFees, _, None) => Err(NoAllIn::FeesNotLearned),
        (FeeBasis::Unknown, BuyerFee::AssumedIncluded, model) => {
            Ok(with(WHOLE, WHOLE, model.map_or(MOST_ASSUMED, |model| model.high), AllInKind::Assumed))
        }
        // It may include the fee already: the lower end is the price as it stands.
        (FeeBasis::Unknown, BuyerFee::Learned, Some(model)) => {
            Ok(with(WHOLE, model.ratio, model.high, AllInKind::Converted))
        }
        (FeeBasis::Unknown, BuyerFee::Learned, None) => Err(NoAllIn::BasisUnknown),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::price::AbsentReason;

    const MODEL: FeeModel =
        FeeModel { ratio: 13_400, low: 13_000, high: 14_000, count: 79, as_of: NaiveDate::MIN };

    fn usd(minor: i64, basis: FeeBasis) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), basis)
    }

    fn amounts(all_in: AllIn) -> (i64, i64, i64, AllInKind) {
        (all_in.low_minor, all_in.amount_minor, all_in.high_minor, all_in.kind)
    }

    #[test]
    fn what_the_market_states_is_exact() {
        let stated = convert(&usd(5_000, FeeBasis::AllIn), BuyerFee::Learned, Some(&MODEL)).unwrap();
        assert_eq!(amounts(stated), (5_000, 5_000, 5_000, AllInKind::Exact));
        assert_eq!(stated.model_count, None);
        for basis in [FeeBasis::BeforeFees, FeeBasis::Unknown] {
            let free_of_fees = convert(&usd(5_000, basis), BuyerFee::None, None).unwrap();
            assert_eq!(free_of_fees.kind, AllInKind::Exact);
        }
    }

    #[test]
    fn a_price_before_fees_is_estimated_and_says_from_what() {
        let estimate = convert(&usd(4_555, FeeBasis::BeforeFees), BuyerFee::Learned, Some(&MODEL)).unwrap();
        // 4 555 x 1.34 = 6 103.7
        assert_eq!(amounts(estimate), (5_922, 6_104, 6_377, AllInKind::Converted));
        assert_eq!((estimate.model_count, estimate.model_as_of), (Some(79), Some(NaiveDate::MIN)));
    }

    #[test]
    fn an_unknown_basis_is_shown_as_uncertain() {
        let assumed = |model| convert(&usd(10_000, FeeBasis::Unknown), BuyerFee::AssumedIncluded, model);
        assert_eq!(amounts(assumed(None).unwrap()), (10_000, 10_000, 14_000, AllInKind::Assumed));
        let wide = FeeModel { high: 12_500, ..MODEL };
        assert_eq!(amounts(assumed(Some(&wide)).unwrap()), (10_000, 10_000, 12_500, AllInKind::Assumed));
        let learned = convert(&usd(10_000, FeeBasis::Unknown), BuyerFee::Learned, Some(&MODEL)).unwrap();
        assert_eq!(amounts(learned), (10_000, 13_400, 14_000, AllInKind::Converted));
    }

    #[test]
    fn what_cannot_be_told_says_why() {
        let absent = Price::absent(AbsentReason::SoldOut);
        assert_eq!(convert(&absent, BuyerFee::None, Some(&MODEL)), Err(NoAllIn::NoPrice));
        let before = usd(5_000, FeeBasis::BeforeFees);
        assert_eq!(convert(&before, BuyerFee::Learned, None), Err(NoAllIn::FeesNotLearned));
        let unknown = usd(5_000, FeeBasis::Unknown);
        assert_eq!(convert(&unknown, BuyerFee::Learned, None), Err(NoAllIn::BasisUnknown));
    }

    #[test]
    fn the_json_form_is_pinned() {
        let exact = convert(&usd(5_000, FeeBasis::AllIn), BuyerFee::Learned, None).unwrap();
        let json =
            r#"{"amount_minor":5000,"currency":"USD","low_minor":5000,"high_minor":5000,"kind":"exact"}"#;
        assert_eq!(serde_json::to_string(&exact).unwrap(), json);
        assert_eq!(serde_json::from_str::<AllIn>(json).unwrap(), exact);
    }

    proptest! {
        #[test]
        fn a_dearer_price_is_never_cheaper_all_in(a in 1_i64..10_000_000, b in 1_i64..10_000_000) {
            let all_in = |minor| {
                convert(&usd(minor, FeeBasis::BeforeFees), BuyerFee::Learned, Some(&MODEL)).unwrap()
            };
            let (low, high) = (all_in(a.min(b)), all_in(a.max(b)));
            prop_assert!(low.amount_minor <= high.amount_minor);
            prop_assert!(low.low_minor <= low.amount_minor && low.amount_minor <= low.high_minor);
            prop_assert!(low.low_minor >= a.min(b));
        }
    }
}
