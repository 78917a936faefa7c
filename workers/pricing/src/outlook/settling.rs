//! What came of what is on record, as far as the history can tell it now.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use edge::failure::Result;
use edge::log::Log;
use prices::Unit;
use prices::accuracy::{follow, settle};
use prices::outlook::DAY;
use prices::outlook::course::Course;
use serde_json::json;

use super::asked::Seen;
use super::outcomes::{Bought, Outcome};
use super::record::OnRecord;

/// Settles what can be. `looked` are events with what was seen of each; what was said of an event that was merged is settled
/// by the history of the one it is read as, of which its own is part.
pub fn settle_all<'a>(
    looked: impl Iterator<Item = (&'a EventCard, &'a Seen)>,
    on_record: &[OnRecord],
    now: DateTime<Utc>,
    log: &Log,
) -> (Vec<Outcome>, Vec<Bought>) {
    let mut by_event: BTreeMap<&EventId, Vec<&OnRecord>> = BTreeMap::new();
    for row in on_record {
        by_event.entry(&row.read_as).or_default().push(row);
    }
    let (mut outcomes, mut bought) = (Vec::new(), Vec::new());
    for (card, seen) in looked {
        let Some(rows) = by_event.get(&card.id) else { continue };
        match of_event(seen, rows, now).and_then(|came| Ok((came, followed(card, rows, now)?))) {
            Ok((came, paid)) => {
                outcomes.extend(came);
                bought.extend(paid);
            }
            // One record that cannot be read must not keep the others from being settled.
            Err(failure) => {
                log.error("outlook_unsettled", json!({ "event_id": card.id, "cause": failure.cause }));
            }
        }
    }
    (outcomes, bought)
}

fn of_event(seen: &Seen, rows: &[&OnRecord], now: DateTime<Utc>) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for row in rows {
        let (said, unit, done) = (row.said()?, row.unit()?, row.settled()?);
        // Every horizon that was told, and the advice.
        if done.len() > said.hours.len() {
            continue;
        }
        // What was said in another unit than the course has now cannot be told: it is settled as not seen.
        let sights = if seen.unit == Some(unit) { seen.sights.clone() } else { Vec::new() };
        let days: Vec<_> = days(rows, &row.event_id, unit)?.into_iter().map(OnRecord::day).collect();
        let came = settle(&said, &Course::new(None, 0, sights), &days, now);
        outcomes.extend(came.into_iter().filter(|came| !done.contains(&came.hours)).map(|came| Outcome {
            event_id: row.event_id.clone(),
            said_on: row.said_on.clone(),
            came,
        }));
    }
    Ok(outcomes)
}

/// What was said on each day in one unit: of this event where it was, else of one that is read as the same. `rows` are in the
/// order of days.
fn days<'a>(rows: &[&'a OnRecord], of: &EventId, unit: Unit) -> Result<Vec<&'a OnRecord>> {
    let mut days: Vec<&OnRecord> = Vec::new();
    for row in rows {
        if row.unit()? != unit {
            continue;
        }
        match days.last_mut().filter(|last| last.said_on == row.said_on) {
            Some(last) if row.event_id == *of => *last = row,
            Some(_) => {}
            None => days.push(row),
        }
    }
    Ok(days)
}

/// What one paid who followed the advice from the first day on, once there is no day left to wait.
fn followed(card: &EventCard, rows: &[&OnRecord], now: DateTime<Utc>) -> Result<Option<Bought>> {
    let last_day = card.starts_at.and_then(|start| start.checked_sub_signed(TimeDelta::seconds(DAY)));
    if last_day.is_none_or(|last| last > now) {
        return Ok(None);
    }
    let Some(first) = rows.first() else { return Ok(None) };
    let unit = first.unit()?;
    let days: Vec<(i64, bool)> = days(rows, &card.id, unit)?
        .into_iter()
        .filter_map(|row| {
            let (_, price, waits) = row.day();
            Some((price, waits?))
        })
        .collect();
    Ok(follow(&days).map(|followed| Bought {
        event_id: card.id.clone(),
        genre: first.genre().map(str::to_owned),
        currency: unit.currency,
        followed,
    }))
}
