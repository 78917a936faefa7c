//! A price as a market states it: money on a fee basis, or the reason why there is none.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// What the stated number includes. Markets differ by 20-40 %, so prices of different basis are never compared
/// without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeeBasis {
    /// What the buyer pays in the end.
    AllIn,
    /// Before the market's fees.
    BeforeFees,
    /// The market does not say.
    Unknown,
}

/// Why a market states no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbsentReason {
    /// The market shows prices to its own customers only.
    Restricted,
    /// Sales have not begun, or have ended.
    NotOnSale,
    /// Nothing is left.
    SoldOut,
    /// Entry is free or by donation.
    Free,
    /// No price was sent, or one that cannot be true (zero, negative, no number).
    Unknown,
}

/// The cheapest ticket as a market states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatPrice")]
pub enum Price {
    /// A stated amount, always above zero.
    Quoted {
        /// The amount.
        #[serde(flatten)]
        money: Money,
        /// What it includes.
        basis: FeeBasis,
    },
    /// No amount, and why.
    Absent {
        /// Why.
        reason: AbsentReason,
    },
}

/// A price as it is read: all members side by side. A tagged enum would buffer every member before it knows which one
/// it has, which is slower and makes the largest decoder of a Worker (prices stand in nearly every message).
#[derive(Deserialize)]
struct FlatPrice {
    kind: Kind,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    basis: Option<FeeBasis>,
    reason: Option<AbsentReason>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Quoted,
    Absent,
}

impl TryFrom<FlatPrice> for Price {
    type Error = &'static str;

    fn try_from(flat: FlatPrice) -> Result<Self, Self::Error> {
        match flat {
            FlatPrice { kind: Kind::Absent, reason: Some(reason), .. } => Ok(Self::Absent { reason }),
            FlatPrice {
                kind: Kind::Quoted,
                amount_minor: Some(amount_minor @ 1..),
                currency: Some(currency),
                basis: Some(basis),
                ..
            } => Ok(Self::Quoted { money: Money::new(amount_minor, currency), basis }),
            _ => Err(
                "a quoted price has amount_minor above zero, currency and basis; an absent one has a reason",
            ),
        }
    }
}

impl Price {
    /// A quoted price, or `Absent { Unknown }` when the amount is zero or less: 0 is never a price.
    pub const fn quoted(money: Money, basis: FeeBasis) -> Self {
        if money.amount_minor > 0 {
            Self::Quoted { money, basis }
        } else {
            Self::Absent { reason: AbsentReason::Unknown }
        }
    }

    /// No price, for this reason.
    pub const fn absent(reason: AbsentReason) -> Self {
        Self::Absent { reason }
    }

    /// The amount, where there is one.
    pub const fn money(&self) -> Option<Money> {
        match self {
            Self::Quoted { money, .. } => Some(*money),
            Self::Absent { .. } => None,
        }
    }

    /// What the amount includes, where there is one.
    pub const fn basis(&self) -> Option<FeeBasis> {
        match self {
            Self::Quoted { basis, .. } => Some(*basis),
            Self::Absent { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_less_are_reasons_not_prices() {
        for amount in [0, -1] {
            assert_eq!(
                Price::quoted(Money::new(amount, Currency::USD), FeeBasis::AllIn),
                Price::absent(AbsentReason::Unknown)
            );
        }
    }

    #[test]
    fn the_json_form_is_pinned() {
        let quoted = Price::quoted(Money::new(4_500, Currency::USD), FeeBasis::BeforeFees);
        let json = r#"{"kind":"quoted","amount_minor":4500,"currency":"USD","basis":"before_fees"}"#;
        assert_eq!(serde_json::to_string(&quoted).unwrap(), json);
        assert_eq!(serde_json::from_str::<Price>(json).unwrap(), quoted);
        for half in [
            r#"{"kind":"quoted","amount_minor":0,"currency":"USD","basis":"all_in"}"#,
            r#"{"kind":"absent"}"#,
        ] {
            assert!(serde_json::from_str::<Price>(half).is_err());
        }
        let absent = r#"{"kind":"absent","reason":"sold_out"}"#;
        assert_eq!(serde_json::from_str::<Price>(absent).unwrap(), Price::absent(AbsentReason::SoldOut));
    }
}
