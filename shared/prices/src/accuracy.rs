//! How often the outlook was right: proper scores, reliability, and what its advice came to in money.
//!
//! One implementation for `lab train` and for the public record at the edge, so that a backtest and the live record are
//! read alike. Formulas: docs/PRICING.md, stage 6. Probabilities and shares are statistics and may be floats; money is
//! integer minor units.

mod money;
mod report;
mod settle;
mod tally;

pub use money::{Followed, MoneyRecord, MoneyTally, follow};
pub use report::{BacktestAdvice, DataOrigin, GenreCount, TrainingReport};
pub use settle::{Came, Said, SaidLater, settle};
pub use tally::{HorizonAccuracy, ReliabilityBin, Settled, Tally};

use serde::{Deserialize, Serialize};

/// How a group of events fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupAccuracy {
    /// League or genre; absent: all events.
    #[serde(default)]
    pub genre: Option<String>,
    /// Scores, one for each horizon that has any.
    pub horizons: Vec<HorizonAccuracy>,
    /// What following the advice came to, one for each currency.
    pub money: Vec<MoneyRecord>,
}

/// What one advice came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is too early to tell.
    Open,
    /// "Wait", and who followed paid less.
    Saved,
    /// "Wait", and who followed paid the same.
    NothingGained,
    /// "Wait", and who followed paid more: a failure.
    PaidMore,
    /// "Buy", and it did not become 5 % cheaper.
    NothingMissed,
    /// "Buy", and within seven days it was 5 % cheaper: a failure.
    MissedAFall,
}

impl Verdict {
    /// What a settled advice came to: the price when it was said, the lowest of the seven days after, and what one paid who
    /// followed the advice of the days after. All in minor units of one unit.
    pub fn of(wait: bool, price: i64, lowest: i64, paid: i64) -> Self {
        match wait {
            true if paid < price => Self::Saved,
            true if paid == price => Self::NothingGained,
            true => Self::PaidMore,
            // At or below 95 %, in whole numbers.
            false if lowest.saturating_mul(100) <= price.saturating_mul(95) => Self::MissedAFall,
            false => Self::NothingMissed,
        }
    }

    /// Whether the advice failed.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::PaidMore | Self::MissedAFall)
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Saved => "saved",
            Self::NothingGained => "nothing_gained",
            Self::PaidMore => "paid_more",
            Self::NothingMissed => "nothing_missed",
            Self::MissedAFall => "missed_a_fall",
        }
    }
}

impl std::str::FromStr for Verdict {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Open, Self::Saved, Self::NothingGained, Self::PaidMore, Self::NothingMissed, Self::MissedAFall]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or(())
    }
}

/// 1.645: nine in ten of a normal distribution lie within so many standard deviations.
const NINE_IN_TEN: f64 = 1.645;

/// Four decimals: what is told of a statistic.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advice_is_judged_by_what_it_cost() {
        assert_eq!(Verdict::of(true, 8_000, 7_100, 7_500), Verdict::Saved);
        assert_eq!(Verdict::of(true, 8_000, 8_000, 8_000), Verdict::NothingGained);
        assert_eq!(Verdict::of(true, 8_000, 7_900, 8_100), Verdict::PaidMore);
        assert_eq!(Verdict::of(false, 8_000, 7_601, 8_000), Verdict::NothingMissed);
        assert_eq!(Verdict::of(false, 8_000, 7_600, 8_000), Verdict::MissedAFall);
    }
}
