//! What a model says of a question: probabilities, spans in money, the value of waiting, and the horizons that cannot be told.

use chrono::{DateTime, TimeDelta, Utc};
use contract::outlook::{HorizonOutlook, NoHorizon, NoHorizonReason};
use prices::Money;
use prices::outlook::model::{Answer, Outlook};
use prices::outlook::{HORIZONS, HOUR};

use super::asked::Asked;
use super::words::BEGUN;

/// What was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The model's words, where it could speak.
    pub answer: Option<Answer>,
    /// The same in money, for the horizons that end before the event begins.
    pub horizons: Vec<HorizonOutlook>,
    /// The others.
    pub absent: Vec<NoHorizon>,
}

/// Asks `outlook`.
pub fn tell(asked: &Asked<'_>, outlook: Option<&Outlook>) -> Told {
    let numbers = asked.numbers();
    let answer = outlook.zip(numbers).map(|(outlook, numbers)| outlook.answer(&numbers));
    let mut told = Told { answer, ..Told::default() };
    for (index, hours) in HORIZONS.into_iter().enumerate() {
        let spoken = possible(asked, hours).and_then(|()| {
            let standing = asked.standing.ok_or(NoHorizonReason::NoPrice)?;
            let answer = answer.ok_or(if numbers.is_none() {
                NoHorizonReason::ShortHistory
            } else {
                NoHorizonReason::NoModel
            })?;
            let fall = answer.falls.get(index).copied().unwrap_or(0.0);
            let quantiles = answer.quantiles.get(index).copied().unwrap_or([1.0; 5]);
            Ok(horizon(asked.now, hours, standing.money, fall, quantiles))
        });
        match spoken {
            Ok(horizon) => told.horizons.push(horizon),
            Err(reason) => {
                told.absent.push(NoHorizon { hours: hours_of(hours), reason, text: why_not(reason, hours) });
            }
        }
    }
    told
}

/// Whether that far ahead can be asked.
fn possible(asked: &Asked<'_>, hours: i64) -> Result<(), NoHorizonReason> {
    match asked.left() {
        Some(left) if left <= 0 => Err(NoHorizonReason::Begun),
        Some(left) if left < hours.saturating_mul(HOUR) => Err(NoHorizonReason::AfterStart),
        _ => Ok(()),
    }
}

fn horizon(now: DateTime<Utc>, hours: i64, price: Money, fall: f64, quantiles: [f64; 5]) -> HorizonOutlook {
    let [q05, q25, q50, q75, q95] = quantiles.map(|part| part_of(price, part));
    HorizonOutlook {
        hours: hours_of(hours),
        until: now.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(now),
        fall_permille: permille(fall),
        fall_to: fallen(price),
        q05,
        q25,
        q50,
        q75,
        q95,
    }
}

/// At or below this a price has fallen by 5 %: rounded down, so that it is never said too early.
pub fn fallen(price: Money) -> Money {
    let minor = price.amount_minor.saturating_mul(95).div_euclid(100);
    Money::new(minor, price.currency)
}

/// A part of a price, rounded to the nearest minor unit; at least one. The part is a statistic, the price is not: it is
/// taken in millionths.
pub fn part_of(price: Money, part: f64) -> Money {
    const SCALE: i128 = 1_000_000;
    #[expect(clippy::cast_possible_truncation, reason = "a part between 0 and 3; the cast saturates")]
    let millionths = (part.clamp(0.0, 100.0) * 1e6).round() as i64;
    let minor = i128::from(price.amount_minor)
        .saturating_mul(i128::from(millionths))
        .saturating_add(SCALE / 2)
        .div_euclid(SCALE);
    Money::new(i64::try_from(minor).unwrap_or(i64::MAX).max(1), price.currency)
}

/// Thousandths, never certainty.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 999 by the clamp")]
pub fn permille(probability: f64) -> u16 {
    (probability * 1000.0).round().clamp(1.0, 999.0) as u16
}

fn hours_of(hours: i64) -> u16 {
    u16::try_from(hours).unwrap_or(u16::MAX)
}

fn why_not(reason: NoHorizonReason, hours: i64) -> String {
    match reason {
        NoHorizonReason::AfterStart => format!("The event begins before {hours} hours are over."),
        NoHorizonReason::Begun => BEGUN.to_owned(),
        NoHorizonReason::NoPrice => {
            "No market asks a confirmed price that is less than a day old and comparable with the history."
                .to_owned()
        }
        NoHorizonReason::ShortHistory => "The price has been watched for less than half a day.".to_owned(),
        NoHorizonReason::NoModel => "There is no model and too little history of our own yet.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::Currency;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_of_a_price_keep_their_order(minor in 1_i64..10_000_000, one in 0.3_f64..3.0, other in 0.3_f64..3.0) {
            let price = Money::new(minor, Currency::USD);
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(part_of(price, low).amount_minor <= part_of(price, high).amount_minor);
            prop_assert_eq!(part_of(price, 1.0), price);
        }

        #[test]
        fn a_fall_is_never_told_above_five_percent_below(minor in 1_i64..10_000_000) {
            let fallen = fallen(Money::new(minor, Currency::USD)).amount_minor;
            prop_assert!(fallen * 100 <= minor * 95 && (fallen + 1) * 100 > minor * 95);
        }

        #[test]
        fn a_longer_horizon_is_never_told_less_likely(one in 0.0_f64..1.0, other in 0.0_f64..1.0) {
            prop_assert!(permille(one.min(other)) <= permille(one.max(other)));
            prop_assert!((1..=999).contains(&permille(one)));
        }
    }
}
