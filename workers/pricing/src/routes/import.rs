//! `POST /v1/prices/import`: an operator's table of past observations, as the export writes it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::history::{ImportObservations, Imported};
use contract::ids::EventId;
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, reply};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::Courses;
use worker::{Env, Response};

use crate::config::Config;
use crate::history::aliases;

/// A table of this size has some 55,000 rows.
const MAX_BYTES: usize = 6_000_000;
/// More rows than this are sent in several requests.
const MAX_ROWS: usize = 50_000;
/// So are more events: each is a call to its object and some reads and writes of the bucket, 13 ms on an idle machine. So
/// many take seconds, and stay far below the 10,000 calls that the platform allows a request.
const MAX_EVENTS: usize = 500;
/// Histories asked at once: each reads and writes the bucket, and the platform opens six connections at most.
const AT_ONCE: usize = 6;
/// Observations may be ahead of our clock by as much as clocks differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);
/// Nobody has sold tickets on these markets before.
const EARLIEST: i64 = 946_684_800; // 2000-01-01T00:00:00Z

/// Reads the whole table before anything is written: one bad row refuses all of it.
pub async fn import(call: &mut Call, env: &Env, config: &Config) -> Result<Response> {
    let is_csv = call
        .header("content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/csv"));
    if !is_csv {
        return Err(Failure::new(
            Code::UnsupportedMediaType,
            "Send the table as CSV with content-type text/csv.",
        ));
    }
    let bytes = call.bytes(MAX_BYTES).await?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::new(Code::InvalidBody, "The table is not UTF-8 text."))?;
    let by_event = read(text, config.clock.market())?;
    let by_event = as_canonical(env, by_event).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let done: Vec<Imported> = stream::iter(by_event)
        .map(|(event_id, courses)| {
            let histories = &histories;
            let import = ImportObservations { event_id, request_id: call.request_id().clone(), courses };
            async move {
                let done: Imported = histories.call(import.event_id.as_str(), "/import", &import).await?;
                Ok::<_, Failure>(done)
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    reply::json(&done.iter().fold(Imported::default(), |sum, one| Imported {
        events: sum.events.saturating_add(one.events),
        inserted: sum.inserted.saturating_add(one.inserted),
        held: sum.held.saturating_add(one.held),
        differing: sum.differing.saturating_add(one.differing),
    }))
}

/// The table's rows by event and market, oldest first.
fn read(text: &str, now: DateTime<Utc>) -> Result<BTreeMap<EventId, Courses>> {
    let latest = now.checked_add_signed(CLOCKS_DIFFER).unwrap_or(now);
    let mut by_event: BTreeMap<EventId, Courses> = BTreeMap::new();
    for (index, row) in prices::table::rows(text).enumerate() {
        if index >= MAX_ROWS {
            return Err(Failure::new(
                Code::BodyTooLarge,
                format!("A table may hold at most {MAX_ROWS} rows: send the rest in another request."),
            ));
        }
        let refused = |detail: String| Failure::invalid("body", detail);
        let row = row.map_err(|error| refused(error.to_string()))?;
        let event_id: EventId = row
            .event_id
            .parse()
            .map_err(|_| refused(format!("line {}: {:.40} is no event id", row.line, row.event_id)))?;
        let at = row.observation.at;
        if at > latest || at.timestamp() < EARLIEST {
            return Err(refused(format!(
                "line {}: {} is not between 2000-01-01 and now",
                row.line,
                at.to_rfc3339(),
            )));
        }
        if by_event.len() == MAX_EVENTS && !by_event.contains_key(&event_id) {
            return Err(Failure::new(
                Code::BodyTooLarge,
                format!(
                    "A table may speak of at most {MAX_EVENTS} events: send the rest in another request."
                ),
            ));
        }
        by_event.entry(event_id).or_default().entry(row.market).or_default().push(row.observation);
    }
    by_event.values_mut().flat_map(Courses::values_mut).for_each(|course| course.sort_by_key(|seen| seen.at));
    Ok(by_event)
}

/// The same by the events they are read as.
async fn as_canonical(env: &Env, by_event: BTreeMap<EventId, Courses>) -> Result<BTreeMap<EventId, Courses>> {
    let read_as = aliases::canonical(env, &by_event.keys().collect::<Vec<_>>()).await?;
    let mut whole: BTreeMap<EventId, Courses> = BTreeMap::new();
    for (id, courses) in by_event {
        let target = whole.entry(read_as.get(&id).cloned().unwrap_or(id)).or_default();
        for (market, mut course) in courses {
            let joined = target.entry(market).or_default();
            joined.append(&mut course);
            joined.sort_by_key(|seen| seen.at);
        }
    }
    Ok(whole)
}
