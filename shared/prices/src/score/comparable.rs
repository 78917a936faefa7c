//! What events like this one cost as near to their start: robust levels, drawn together, never this event's own.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::weigh::UNIT_VARIANCE;
use crate::money::{Currency, Money};
use crate::price::FeeBasis;
use crate::summary::{Courses, Unit, best_of, median_over};

/// How two events are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same performer or home side at the same venue.
    SameVenue,
    /// The same performer elsewhere.
    Elsewhere,
    /// The same genre in the same city.
    SameCity,
}

impl Likeness {
    /// Standard deviation that unlikeness adds, hundredths of a percent of the price.
    const fn unlikeness(self) -> i128 {
        match self {
            Self::SameVenue => 0,
            Self::Elsewhere => 2_000,
            Self::SameCity => 5_000,
        }
    }
}

/// What the events of one likeness cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peers {
    /// How they are like this one.
    pub likeness: Likeness,
    /// How many.
    pub events: u32,
    /// The (lower) median of their levels, all-in, minor units.
    pub median_minor: i64,
    /// How far they lie apart: 1.4826 times the median distance from the median, hundredths of a percent of it.
    pub spread: u32,
}

/// What comparable events cost, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparable {
    /// The currency of all amounts.
    pub currency: Currency,
    /// At most one of each likeness.
    pub peers: Vec<Peers>,
}

/// How near an event is to its start, in steps within which prices are compared: below 2, 7, 21 and 60 days, and beyond.
/// `None` once it has begun.
pub fn stage(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<u8> {
    let left = starts_at.signed_duration_since(now);
    (left > TimeDelta::zero()).then(|| match left.num_days() {
        0..2 => 0,
        2..7 => 1,
        7..21 => 2,
        21..60 => 3,
        _ => 4,
    })
}

/// Days over which an event's level is taken.
const LEVEL_DAYS: i64 = 3;

/// The event's recent level: the median of its best all-in price over the last three days. `courses` are all-in.
pub fn level(courses: &Courses, currency: Currency, now: DateTime<Utc>) -> Option<i64> {
    let steps = best_of(courses, Unit { currency, basis: FeeBasis::AllIn });
    median_over(&steps, now.checked_sub_signed(TimeDelta::days(LEVEL_DAYS)).unwrap_or(now), now)
}

/// Sums up levels of other events; `None` of none. Only amounts above zero count.
pub fn peers(likeness: Likeness, levels: impl IntoIterator<Item = i64>) -> Option<Peers> {
    let mut levels: Vec<i64> = levels.into_iter().filter(|minor| *minor > 0).collect();
    let median_minor = lower_median(&mut levels)?;
    let mut distances: Vec<i64> =
        levels.iter().map(|minor| minor.saturating_sub(median_minor).saturating_abs()).collect();
    let distance = i128::from(lower_median(&mut distances)?);
    let spread = distance.saturating_mul(14_826).checked_div(i128::from(median_minor)).unwrap_or(0);
    Some(Peers {
        likeness,
        events: u32::try_from(levels.len()).unwrap_or(u32::MAX),
        median_minor,
        spread: u32::try_from(spread).unwrap_or(u32::MAX),
    })
}

fn lower_median(amounts: &mut [i64]) -> Option<i64> {
    amounts.sort_unstable();
    amounts.get(amounts.len().saturating_sub(1).checked_div(2)?).copied()
}

/// What all of them say together.
pub(super) struct Reference {
    pub price: Money,
    /// Of one event around it, hundredths of a percent squared.
    pub variance: i128,
    pub events: u32,
}

/// Events whose spread is taken as [`USUAL_SPREAD`] before any were seen: few events say little of how far they lie apart.
const SPREAD_PRIOR_EVENTS: i128 = 4;
/// 35 %, hundredths of a percent.
const USUAL_SPREAD: i128 = 3_500;
const SCALE: i128 = 1 << 40;

impl Comparable {
    /// The medians of all likenesses, each by its precision: a thin one leans on the others.
    pub(super) fn reference(&self) -> Option<Reference> {
        let (mut precision, mut weighted, mut events) = (0_i128, 0_i128, 0_u32);
        for peers in &self.peers {
            let Some(own) = SCALE.checked_div(variance(peers)?) else { continue };
            precision = precision.saturating_add(own);
            weighted = weighted.saturating_add(own.saturating_mul(i128::from(peers.median_minor)));
            events = events.saturating_add(peers.events);
        }
        let minor = super::weigh::rounded(weighted, precision);
        Some(Reference {
            price: Money::new(i64::try_from(minor).ok().filter(|minor| *minor > 0)?, self.currency),
            variance: SCALE.checked_div(precision)?,
            events,
        })
    }
}

/// How far one event of this likeness lies from the median: the spread drawn towards the usual one, the median's own
/// error, and what unlikeness adds.
fn variance(peers: &Peers) -> Option<i128> {
    let (events, spread) = (i128::from(peers.events), i128::from(peers.spread).min(UNIT_VARIANCE));
    let seen = events.checked_mul(spread.checked_mul(spread)?)?;
    let usual = SPREAD_PRIOR_EVENTS.checked_mul(USUAL_SPREAD.checked_mul(USUAL_SPREAD)?)?;
    let spread = seen.checked_add(usual)?.checked_div(events.checked_add(SPREAD_PRIOR_EVENTS)?)?;
    let unlike = peers.likeness.unlikeness();
    spread.checked_add(spread.checked_div(events)?)?.checked_add(unlike.checked_mul(unlike)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(likeness: Likeness, levels: &[i64]) -> Peers {
        peers(likeness, levels.iter().copied()).unwrap()
    }

    fn together(peers: Vec<Peers>) -> Reference {
        Comparable { currency: Currency::USD, peers }.reference().unwrap()
    }

    #[test]
    fn levels_are_summed_up_robustly() {
        let seen = of(Likeness::SameVenue, &[10_000, 9_000, 11_000, 900_000, 0, -5]);
        assert_eq!((seen.events, seen.median_minor, seen.spread), (4, 10_000, 1_482));
        assert_eq!(peers(Likeness::SameCity, [0, -1]), None);
    }

    #[test]
    fn a_thin_likeness_leans_on_the_others() {
        let many = of(Likeness::SameVenue, &[10_000; 12]);
        let one = of(Likeness::SameVenue, &[10_000]);
        let city = of(Likeness::SameCity, &[5_000; 20]);
        let (thin, thick) = (together(vec![one, city]), together(vec![many, city]));
        assert!(thin.price.amount_minor < thick.price.amount_minor);
        assert!(thin.variance > thick.variance);
        assert_eq!((thin.events, thick.events), (21, 32));
    }

    #[test]
    fn stages_are_steps_of_the_days_left() {
        let now: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
        let at = |hours| now.checked_add_signed(TimeDelta::hours(hours)).and_then(|start| stage(start, now));
        let stages = [-1, 0, 1, 47, 48, 7 * 24, 21 * 24, 60 * 24].map(at);
        assert_eq!(stages, [None, None, Some(0), Some(0), Some(1), Some(2), Some(3), Some(4)]);
    }
}
