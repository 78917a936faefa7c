//! Keys by which possible partners of an event are found without looking at all events.
//!
//! An event is filed under [`filing_keys`] and looks for partners under [`lookup_keys`]: two listings that can be
//! one event always have a key of one among the other's. A place is both the venue's name and the city, so that a
//! rename or a suburb's name alone does not part them.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::facts::EventFacts;
use crate::normalise::{city_key, words};

/// The keys under which an event is filed.
pub fn filing_keys(event: &EventFacts) -> Vec<String> {
    let mut keys = Vec::new();
    let open = event.start.date_tbd || event.day().is_none();
    for place in places(event) {
        if open || event.is_series() {
            keys.push(format!("{place}|open"));
        }
        if !open {
            keys.extend(event_days(event).iter().map(|day| format!("{place}|{day}")));
        }
    }
    if let (Some(venue), Some(day)) = (venue_key(event), event.day()) {
        keys.push(format!("{venue}|{}", month(day)));
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
    if let (true, Some(venue), Some(day)) = (open, venue_key(event), event.day()) {
        let around = [
            day.checked_sub_months(Months::new(1)),
            Some(day),
            day.checked_add_months(Months::new(1)),
        ];
        keys.extend(
            around
                .into_iter()
                .flatten()
                .map(|day| format!("{venue}|{}", month(day))),
        );
    }
    keys
}

/// The days at the venue the event may fall on: one where local time is known, else two.
fn event_days(event: &EventFacts) -> Vec<NaiveDate> {
    if let Some(local) = event.start.local {
        return vec![local.date()];
    }
    let Some(utc) = event.start.utc else {
        return Vec::new();
    };
    // A UTC evening is at most one day ahead of the clocks west of Greenwich, a UTC morning one behind those east.
    let day = utc.date_naive();
    [
        day.checked_sub_days(Days::new(1)),
        Some(day),
        day.checked_add_days(Days::new(1)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn month(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn places(event: &EventFacts) -> Vec<String> {
    let city = event.city.as_deref().map(city_key).filter(|key| !key.is_empty());
    city.into_iter().chain(venue_key(event)).collect()
}

/// The venue's name without what comes and goes: bracketed notes and what follows a dash.
fn venue_key(event: &EventFacts) -> Option<String> {
    let core = event.venue.split(['(', '[']).next().unwrap_or("");
    let core = core.split(" - ").next().unwrap_or(core);
    let key = words(core).concat();
    (!key.is_empty()).then(|| format!("@{key}"))
}
