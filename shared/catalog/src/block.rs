//! Keys by which possible partners of an event are found without looking at all events.
//!
//! An event is filed under [`filing_keys`] and looks for partners under [`lookup_keys`]: two listings that can be
//! one event always have a key of one among the other's. A place is both the venue's name and the city, so that a
//! rename or a suburb's name alone does not part them.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

use crate::facts::EventFacts;
use crate::matcher::MATCH_TOLERANCE_MINUTES;
use crate::normalise::city_key;
use crate::venue;

/// The keys under which an event is filed.
pub fn filing_keys(event: &EventFacts) -> Vec<String> {
    let mut keys = Vec::new();
    let open = event.start.date_tbd || event.day().is_none();
    for place in places(event) {
        if open || event.is_loosely_dated() {
            keys.push(format!("{place}|open"));
        }
        if !open {
            keys.extend(event_days(event).iter().map(|day| format!("{place}|{day}")));
        }
    }
    if let Some(day) = event.day() {
        keys.extend(venue_keys(event).iter().map(|venue| format!("{venue}|{}", month(day))));
    }
    keys
}

/// The keys under which its possible partners are filed.
pub fn lookup_keys(event: &EventFacts) -> Vec<String> {
    let mut keys = Vec::new();
    let open = event.start.date_tbd || event.day().is_none();
    for place in places(event) {
        keys.push(format!("{place}|open"));
        if !open {
            keys.extend(event_days(event).iter().map(|day| format!("{place}|{day}")));
        }
    }
    if let (true, Some(day)) = (open, event.day()) {
        let around =
            [day.checked_sub_months(Months::new(1)), Some(day), day.checked_add_months(Months::new(1))];
        for venue in venue_keys(event) {
            keys.extend(around.into_iter().flatten().map(|day| format!("{venue}|{}", month(day))));
        }
    }
    keys
}

/// A start this near to midnight may be told of the day before or after.
const NEAR_MIDNIGHT: TimeDelta = TimeDelta::minutes(MATCH_TOLERANCE_MINUTES);

/// The days at the venue the event may fall on: one or two where local time is known, else three.
fn event_days(event: &EventFacts) -> Vec<NaiveDate> {
    if let Some(local) = event.start.local {
        let around =
            [local.checked_sub_signed(NEAR_MIDNIGHT), Some(local), local.checked_add_signed(NEAR_MIDNIGHT)];
        let mut days: Vec<NaiveDate> = around.into_iter().flatten().map(|local| local.date()).collect();
        days.dedup();
        return days;
    }
    let Some(utc) = event.start.utc else {
        return Vec::new();
    };
    // A UTC evening is at most one day ahead of the clocks west of Greenwich, a UTC morning one behind those east.
    let day = utc.date_naive();
    [day.checked_sub_days(Days::new(1)), Some(day), day.checked_add_days(Days::new(1))]
        .into_iter()
        .flatten()
        .collect()
}

fn month(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn places(event: &EventFacts) -> Vec<String> {
    let city = event.city.as_deref().map(city_key).filter(|key| !key.is_empty());
    city.into_iter().chain(venue_keys(event)).collect()
}

/// A key for the venue's name and each name it had before.
fn venue_keys(event: &EventFacts) -> Vec<String> {
    venue::names(&event.venue).iter().map(|name| format!("@{}", name.concat())).collect()
}
