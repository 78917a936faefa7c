//! What a person waits for.

use prices::{Currency, Money};
use serde::{Deserialize, Serialize};

/// What a person waits for on one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// The cheapest price on any market is at or below the target.
    Below {
        /// The target, as quoted by the market.
        #[serde(flatten)]
        target: Money,
    },
    /// The cheapest price fell by at least this share of what it was when the alert was set or last fired.
    FallsBy {
        /// Whole percent, 1 to 90.
        percent: u8,
        /// The price it is measured from; filled in by us.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Money>,
    },
    /// The cheapest price is lower than any before it.
    LowestEver,
}

/// Why a rule cannot be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// The target must be above zero.
    TargetNotPositive,
    /// The percentage must be 1 to 90.
    PercentOutOfRange,
}

impl Rule {
    /// Checks the person's numbers.
    pub fn validate(&self) -> Result<(), RuleError> {
        match self {
            Self::Below { target } if target.amount_minor <= 0 => Err(RuleError::TargetNotPositive),
            Self::FallsBy { percent, .. } if !(1..=90).contains(percent) => Err(RuleError::PercentOutOfRange),
            _ => Ok(()),
        }
    }

    /// The currency the rule is stated in, where it is.
    pub fn currency(&self) -> Option<Currency> {
        match self {
            Self::Below { target } => Some(target.currency),
            Self::FallsBy { from, .. } => from.map(|money| money.currency),
            Self::LowestEver => None,
        }
    }

    /// The price a fall is measured from, where the rule states it.
    pub fn reference(&self) -> Option<Money> {
        match self {
            Self::FallsBy { from, .. } => *from,
            Self::Below { .. } | Self::LowestEver => None,
        }
    }
}

/// A way to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
}

impl Channel {
    /// The stable name used in storage and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}
