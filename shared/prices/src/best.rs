//! The best price over all markets as a course of its own: at each instant the cheapest quote that stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::market::Market;
use crate::money::Money;
use crate::observation::Observation;
use crate::price::FeeBasis;
use crate::summary::{Courses, Unit};

/// The best price over all markets from `at` on, until the next point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestPoint {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The cheapest quote, minor units; `None` while no market quotes one.
    pub best: Option<(i64, Market)>,
}

/// The cheapest standing quote over all markets as a step function, oldest step first. Only quotes in `unit` count.
pub fn best_of(courses: &Courses, unit: Unit) -> Vec<BestPoint> {
    let mut steps: Vec<BestPoint> = Vec::new();
    for sight in best_sights(courses, unit) {
        if steps.last().map_or(sight.best.is_some(), |last| last.best != sight.best) {
            steps.push(sight);
        }
    }
    steps
}

/// The cheapest standing quote over all markets at each instant at which any of them was observed, oldest first.
pub fn best_sights(courses: &Courses, unit: Unit) -> Vec<BestPoint> {
    let mut sights: Vec<(DateTime<Utc>, Market, Option<i64>)> = courses
        .iter()
        .flat_map(|(market, course)| course.iter().map(|seen| (seen.at, *market, unit.minor(seen))))
        .collect();
    sights.sort_by_key(|(at, market, _)| (*at, *market));
    let mut standing: BTreeMap<Market, i64> = BTreeMap::new();
    let mut points: Vec<BestPoint> = Vec::with_capacity(sights.len());
    for (at, market, minor) in sights {
        match minor {
            Some(minor) => standing.insert(market, minor),
            None => standing.remove(&market),
        };
        let best = standing.iter().map(|(market, minor)| (*minor, *market)).min();
        match points.last_mut() {
            Some(last) if last.at == at => last.best = best,
            _ => points.push(BestPoint { at, best }),
        }
    }
    points
}

/// The unit in which the best price is told where nothing is scored: that of the cheapest quote that stands at the end of
/// the courses, all-in before others; where none stands, that of the latest there was.
pub fn best_unit(courses: &Courses) -> Option<Unit> {
    let quotes = |seen: &Observation| Some((seen.price.money()?, seen.price.basis()?));
    let unit = |(money, basis): (Money, FeeBasis)| Unit { currency: money.currency, basis };
    let standing = courses.values().filter_map(|course| quotes(course.last()?));
    let cheapest = standing.min_by_key(|(money, basis)| (*basis != FeeBasis::AllIn, money.amount_minor));
    let latest = || {
        let latest = courses
            .values()
            .filter_map(|course| course.iter().rev().find_map(|seen| Some((seen.at, quotes(seen)?))));
        latest.max_by_key(|(at, _)| *at).map(|(_, quote)| quote)
    };
    cheapest.or_else(latest).map(unit)
}

/// The best price that stood at `at`.
pub fn standing_at(steps: &[BestPoint], at: DateTime<Utc>) -> Option<(i64, Market)> {
    let after = steps.partition_point(|step| step.at <= at);
    steps.get(after.checked_sub(1)?)?.best
}

/// The median of the best price over `[from, until)`, each price weighted by the seconds it stood.
///
/// With an even split the lower price is the median: never flatter the seller.
pub fn median_over(steps: &[BestPoint], from: DateTime<Utc>, until: DateTime<Utc>) -> Option<i64> {
    let mut spans: Vec<(i64, i64)> = Vec::new();
    let mut total = 0_i64;
    for (index, step) in steps.iter().enumerate() {
        let Some((minor, _)) = step.best else { continue };
        let next = steps.get(index.saturating_add(1)).map_or(until, |next| next.at);
        let seconds = next.min(until).signed_duration_since(step.at.max(from)).num_seconds();
        if seconds > 0 {
            spans.push((minor, seconds));
            total = total.saturating_add(seconds);
        }
    }
    spans.sort_unstable();
    let mut passed = 0_i64;
    spans.into_iter().find_map(|(minor, seconds)| {
        passed = passed.saturating_add(seconds);
        (passed.saturating_mul(2) >= total).then_some(minor)
    })
}
