//! How two starts compare, with what is still open about them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use sources::Start;

/// How two starts compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Both times are known and at most five minutes apart.
    None,
    /// Both times are known; this many minutes apart, on one day.
    Minutes(i64),
    /// The same day, and a time of day is still open.
    SameDay,
    /// A date is still open; days apart by what the placeholders say.
    Open(Option<i64>),
    /// Other days.
    OtherDay,
    /// One side does not say.
    Unknown,
}

/// Carelessness about a start that means nothing, minutes.
const SAME_MINUTES: i64 = 5;
/// Starts farther apart than this are other days even when the venue's clock is not known, minutes.
const ONE_DAY_MINUTES: i64 = 12 * 60;

/// Compares two starts.
pub(crate) fn compare(left: &Start, right: &Start) -> Gap {
    // The venue's clock, where either side gives both times: a placeholder shows it as well.
    let offset = offset(left).or_else(|| offset(right));
    let (left_local, right_local) = (local(left, offset), local(right, offset));
    let days = left_local.zip(right_local).map(|(left, right)| days_apart(left.date(), right.date()));
    if left.date_tbd || right.date_tbd {
        return Gap::Open(days);
    }
    if left.time_tbd || right.time_tbd {
        return match (days, offset) {
            // Without the venue's clock the days are those of UTC, which may be one off.
            (Some(0), _) | (Some(1), None) => Gap::SameDay,
            (Some(_), _) => Gap::OtherDay,
            (None, _) => Gap::Unknown,
        };
    }
    let minutes = match (left.utc, right.utc) {
        (Some(left), Some(right)) => Some(left.signed_duration_since(right)),
        _ => left.local.zip(right.local).map(|(left, right)| left.signed_duration_since(right)),
    };
    match (minutes.map(|gap| gap.num_minutes().saturating_abs()), days) {
        (None, _) => Gap::Unknown,
        (Some(minutes), _) if minutes <= SAME_MINUTES => Gap::None,
        (Some(minutes), _) if minutes > ONE_DAY_MINUTES => Gap::OtherDay,
        (Some(minutes), Some(0)) => Gap::Minutes(minutes),
        (Some(minutes), _) if offset.is_none() => Gap::Minutes(minutes),
        // Both sides of midnight: a club night, as long as it is near.
        (Some(minutes), _) if minutes <= 120 => Gap::Minutes(minutes),
        _ => Gap::OtherDay,
    }
}

/// Days between two starts that both say when; many where one does not.
pub(crate) fn days_between(left: &Start, right: &Start) -> i64 {
    let offset = offset(left).or_else(|| offset(right));
    let days = local(left, offset).zip(local(right, offset));
    days.map_or(i64::MAX, |(left, right)| days_apart(left.date(), right.date()))
}

/// The wall clock at the venue, or UTC where the offset is not known.
pub(crate) fn local(start: &Start, offset: Option<TimeDelta>) -> Option<NaiveDateTime> {
    start.local.or_else(|| {
        let utc = start.utc?.naive_utc();
        utc.checked_add_signed(offset.unwrap_or_default())
    })
}

/// Whether `start` falls on this month and day at the venue, as far as can be told.
pub(crate) fn falls_on(start: &Start, other: &Start, (month, day): (u32, u32)) -> bool {
    let date = local(start, offset(start).or_else(|| offset(other))).map(|local| local.date());
    date.is_some_and(|date| date.month() == month && date.day() == day)
}

fn offset(start: &Start) -> Option<TimeDelta> {
    let offset = start.local?.signed_duration_since(start.utc?.naive_utc());
    (offset.num_hours().saturating_abs() <= 14).then_some(offset)
}

fn days_apart(left: NaiveDate, right: NaiveDate) -> i64 {
    left.signed_duration_since(right).num_days().saturating_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(utc: &str, local: &str) -> Start {
        Start { utc: utc.parse().ok(), local: local.parse().ok(), ..Start::default() }
    }

    #[test]
    fn an_evening_is_one_day_whatever_utc_says() {
        let known = start("2026-03-22T01:10:00Z", "2026-03-21T18:10:00");
        assert_eq!(compare(&known, &start("2026-03-21T20:10:00Z", "")), Gap::Minutes(300));
        assert_eq!(compare(&known, &start("2026-03-22T20:10:00Z", "")), Gap::OtherDay);
        assert_eq!(compare(&known, &start("2026-03-22T01:15:00Z", "")), Gap::None);
    }

    #[test]
    fn a_placeholder_time_is_not_compared_but_its_day_is() {
        let open = Start { time_tbd: true, ..start("2026-12-31T10:30:00Z", "2026-12-31T03:30:00") };
        let other = Start { time_tbd: true, ..start("2027-01-01T02:00:00Z", "") };
        assert_eq!(compare(&open, &other), Gap::SameDay);
        let next_day = Start { time_tbd: true, ..start("2027-01-02T02:00:00Z", "") };
        assert_eq!(compare(&open, &next_day), Gap::OtherDay);
    }

    #[test]
    fn an_open_date_is_only_told_how_far_off_it_is() {
        let open = Start { date_tbd: true, ..start("2026-05-06T10:30:00Z", "") };
        assert_eq!(compare(&open, &start("2026-05-04T02:00:00Z", "")), Gap::Open(Some(2)));
        assert_eq!(compare(&open, &Start::default()), Gap::Open(None));
        assert_eq!(compare(&Start::default(), &start("2026-05-04T02:00:00Z", "")), Gap::Unknown);
    }
}
