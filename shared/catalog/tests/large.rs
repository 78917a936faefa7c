//! A new listing is compared with few events, however many there are: 100,000 events, looked up by their keys.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panicking, and shows what it measured"
)]

use std::collections::{HashMap, HashSet};

use catalog::{EventFacts, filing_keys, lookup_keys};
use chrono::{NaiveDate, TimeDelta};
use sources::Start;

const EVENTS: usize = 100_000;
const DAYS: usize = 365;
/// Blocks above this are left out, as the aggregator does.
const BLOCK_CAP: usize = 400;

/// Cities as they are: the largest has a twelfth of everything, half of them a venue or two.
fn event(number: usize) -> EventFacts {
    let city = [0, 0, 1, 2, 3, 5, 8, 13][number % 8] * (1 + number / 8 % 24);
    let venues = 1 + 400 / (1 + city);
    let venue = number / 7 % venues;
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
        + TimeDelta::days(i64::try_from(number * 31 % DAYS).unwrap());
    let local = day.and_hms_opt(u32::try_from(12 + number % 10).unwrap(), 0, 0).unwrap();
    let open = number.is_multiple_of(50);
    let name = match number % 50 {
        0 => format!(
            "TBD at Team {city} {} - Conference Finals (Home Game {})",
            venue % 4,
            1 + number / 50 % 4
        ),
        1 => format!("PARKING: Act {}", number % 3_000),
        2 => format!("2026 Team {city} {} Season Tickets", venue % 4),
        _ => format!("Act {} - Tour {}", number % 3_000, number % 7),
    };
    EventFacts {
        name,
        venue: format!("Stage {venue} of {city}"),
        city: Some(format!("City {city}")),
        start: Start {
            utc: Some(local.and_utc() + TimeDelta::hours(6)),
            local: number.is_multiple_of(2).then_some(local),
            date_tbd: open,
            time_tbd: open,
        },
        ..EventFacts::default()
    }
}

#[test]
fn a_lookup_among_a_hundred_thousand_events_is_bounded() {
    let mut filed: HashMap<String, Vec<usize>> = HashMap::new();
    for number in 0..EVENTS {
        for key in filing_keys(&event(number)) {
            filed.entry(key).or_default().push(number);
        }
    }
    let mut looked_at: Vec<usize> = (0..EVENTS)
        .step_by(53)
        .map(|number| {
            let keys = lookup_keys(&event(number));
            assert!(keys.len() <= 16, "{keys:?}");
            let blocks =
                keys.iter().filter_map(|key| filed.get(key)).filter(|block| block.len() <= BLOCK_CAP);
            let candidates: HashSet<usize> = blocks.flatten().copied().collect();
            assert!(candidates.contains(&number), "an event finds itself: {:?}", event(number));
            candidates.len()
        })
        .collect();
    looked_at.sort_unstable();
    let (median, most) = (looked_at[looked_at.len() / 2], looked_at[looked_at.len() - 1]);
    println!("{EVENTS} events, {} lookups: median {median}, most {most} looked at", looked_at.len());
    assert!(median <= 120 && most <= 3 * BLOCK_CAP, "median {median}, most {most}");
}
