//! What a price is compared with, reason by reason.

use chrono::{DateTime, TimeDelta, Utc};

use super::comparable::Reference;
use super::weigh::{Evidence, relative, variance_of, weight_of};
use super::{ReasonCode, ScoreInput};
use crate::money::Money;
use crate::summary::{BestPoint, Courses, Unit, best_of, extremes, median_over};

/// The event's own course in the unit of the scored price.
pub(super) struct History {
    steps: Vec<BestPoint>,
    /// Whole hours since the first price, at most 30 days.
    pub hours: i64,
    lowest: Option<i64>,
    month_ago: DateTime<Utc>,
    /// Median of the last 30 days.
    month: Option<i64>,
}

/// Another market's comparable quote.
pub(super) struct Other {
    /// Minor units.
    pub minor: i64,
    /// One standard deviation of its fees, hundredths of a percent.
    pub deviation: i128,
}

impl History {
    pub fn read(input: &ScoreInput<'_>, courses: &Courses, unit: Unit) -> Self {
        let month_ago = input.now.checked_sub_signed(TimeDelta::days(30)).unwrap_or(input.now);
        let steps = best_of(courses, unit);
        let hours = steps
            .first()
            .map_or(0, |first| input.now.signed_duration_since(first.at.max(month_ago)).num_hours().max(0));
        let lowest = extremes(courses, unit, input.now).map(|(lowest, _)| lowest.minor);
        let month = median_over(&steps, month_ago, input.now);
        Self { steps, hours, lowest, month_ago, month }
    }

    /// Hundredths: a point for each 6 hours of history, up to 60.
    fn weight(&self) -> i128 {
        i128::from(self.hours).saturating_mul(100).checked_div(6).unwrap_or(0).min(6_000)
    }
}

/// The median of the last 30 days; near the event, the median of as many days as are left (at least three).
pub(super) fn own_course(history: &History, price: Money, input: &ScoreInput<'_>) -> Vec<Evidence> {
    let weight = history.weight();
    let Some(month) = history.month.filter(|_| weight > 0) else {
        return Vec::new();
    };
    let reference = Money::new(month, price.currency);
    let text = format!("{} its median price over the last 30 days ({reference})", versus(price, reference));
    let mut evidence = vec![Evidence::new(ReasonCode::OwnCourse, weight, reference, price, text)];
    let left = input.starts_at.map(|start| start.signed_duration_since(input.now));
    if let Some(left) = left.filter(|left| *left < TimeDelta::days(30)) {
        let from = input.now.checked_sub_signed(left.max(TimeDelta::days(3))).unwrap_or(input.now);
        let from = from.max(history.month_ago);
        if let Some(recent) = median_over(&history.steps, from, input.now).filter(|recent| *recent != month) {
            let latest = Money::new(recent, price.currency);
            evidence.push(Evidence {
                code: ReasonCode::DaysLeft,
                text: format!("the event is near: its latest days ({latest}) say more than its month"),
                pull: weight.saturating_mul(i128::from(recent).saturating_sub(i128::from(month))),
                weight: 0,
                counts: weight,
                reference: None,
                is_foreign: false,
                rests_on: None,
            });
        }
    }
    evidence
}

/// At most this weight (hundredths), however many events: none of them is this one.
const COMPARABLE_AT_MOST: i128 = 3_000;
/// An own course of this weight (hundredths) counts as much against comparable events as the doubt whether it is right.
const OWN_COURSE_HALF: i128 = 3_000;

/// What comparable events cost, by its precision. Where the event itself has long cost something else, it is another
/// kind of event, and they count less: `4 variance / gap squared`, as far as its own course is long.
pub(super) fn comparable(found: Option<&Reference>, history: &History, price: Money) -> Option<Evidence> {
    let found = found?;
    let gap = history.month.map_or(0, |month| {
        let (own, other) = (i128::from(month), i128::from(found.price.amount_minor));
        relative(own.max(other), own.min(other))
    });
    let (squared, bound) = (gap.saturating_mul(gap), found.variance.saturating_mul(4));
    let full = weight_of(found.variance).min(COMPARABLE_AT_MOST);
    let weight = if squared > bound {
        let own = history.weight();
        let unlike = full.saturating_mul(bound).checked_div(squared).unwrap_or(0);
        full.saturating_mul(OWN_COURSE_HALF)
            .saturating_add(unlike.saturating_mul(own))
            .checked_div(OWN_COURSE_HALF.saturating_add(own))
            .unwrap_or(0)
    } else {
        full
    };
    let events = if found.events == 1 { "1 event".to_owned() } else { format!("{} events", found.events) };
    let text = format!(
        "{} what comparable events cost this near to their start ({}, {events})",
        versus(price, found.price),
        found.price,
    );
    let evidence = Evidence::new(ReasonCode::ComparableEvents, weight, found.price, price, text);
    (weight > 0).then(|| evidence.foreign(found.events))
}

/// The (lower) median of the other comparable markets now; an estimated one counts less the less sure it is.
pub(super) fn other_markets(others: &[Other], price: Money) -> Option<Evidence> {
    let full = if others.len() > 1 { 4_000 } else { 2_500 };
    let mut sorted: Vec<&Other> = others.iter().collect();
    sorted.sort_by_key(|other| (other.minor, other.deviation));
    let middle = *sorted.get(sorted.len().saturating_sub(1).checked_div(2)?)?;
    let fees = middle.deviation.saturating_mul(middle.deviation);
    let weight = if fees == 0 { full } else { weight_of(variance_of(full).saturating_add(fees)) };
    let reference = Money::new(middle.minor, price.currency);
    let text = format!("{} what other markets ask now ({reference})", versus(price, reference));
    let evidence = Evidence::new(ReasonCode::OtherMarkets, weight, reference, price, text);
    Some(evidence.foreign(u32::try_from(others.len()).unwrap_or(u32::MAX)))
}

/// The lowest price two sights in a row bear out.
pub(super) fn lowest_ever(history: &History, price: Money) -> Option<Evidence> {
    let weight = i128::from(history.hours).saturating_mul(100).checked_div(12).unwrap_or(0).min(1_500);
    let lowest = history.lowest.filter(|_| weight > 0)?;
    let reference = Money::new(lowest, price.currency);
    let text = if price.amount_minor < lowest {
        format!("lower than ever before (lowest so far {reference})")
    } else {
        format!("{} its lowest price so far ({reference})", versus(price, reference))
    };
    Some(Evidence::new(ReasonCode::LowestEver, weight, reference, price, text))
}

/// "18 % under", "at", "6 % over": the price against a reference, whole percent of the reference.
pub(crate) fn versus(price: Money, reference: Money) -> String {
    let hundredths = crate::moves::percent_hundredths(reference.amount_minor, price.amount_minor);
    let percent = hundredths.unsigned_abs().saturating_add(50).checked_div(100).unwrap_or(0);
    match (percent, hundredths < 0) {
        (0, _) => "at".to_owned(),
        (percent, true) => format!("{percent} % under"),
        (percent, false) => format!("{percent} % over"),
    }
}
