//! What other events did: a compact row an event, read once an hour of market time into memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use contract::outlook::OutlookEvents;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::outlook::course::{Course, Sight};
use prices::outlook::market::{Market as Others, WINDOWS};
use prices::outlook::side::home;
use prices::outlook::{DAY, HOUR};
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, D1PreparedStatement, Env};

use super::asked::{Place, Seen};
use super::climate::Climate;

/// Rows read at most; more events move much the same way.
const MOST: i64 = 20_000;

/// The other events at an hour.
pub struct Peers {
    places: BTreeMap<EventId, usize>,
    groups: BTreeMap<String, usize>,
    /// Their moves.
    pub others: Others,
}

impl Peers {
    /// Where an event stands among them; one that is not among them stands outside.
    pub fn place(&self, card: &EventCard) -> Place {
        Place {
            index: self.places.get(&card.id).copied().unwrap_or(usize::MAX),
            group: self.groups.get(home(&card.name)).copied().unwrap_or(usize::MAX),
        }
    }
}

thread_local! {
    static KNOWN: RefCell<Option<(i64, Rc<Peers>)>> = const { RefCell::new(None) };
}

/// Forgets what was read: for who has just written rows.
pub fn forget() {
    KNOWN.with_borrow_mut(|known| *known = None);
}

#[derive(Deserialize)]
struct PeerRow {
    event_id: EventId,
    card: String,
    sights: String,
}

/// The other events at the hour of `now`.
pub async fn read(env: &Env, now: DateTime<Utc>) -> Result<Rc<Peers>> {
    let hour = now.timestamp().div_euclid(HOUR).saturating_mul(HOUR);
    let known = KNOWN.with_borrow(|known| known.as_ref().map(|(at, peers)| (*at, peers.clone())));
    if let Some((_, peers)) = known.filter(|(at, _)| *at == hour) {
        return Ok(peers);
    }
    let rows: Vec<PeerRow> = d1::rows(
        &d1::database(env)?,
        "SELECT event_id, card, sights FROM outlook_events WHERE starts_at_ms IS NULL OR starts_at_ms > ?
         ORDER BY event_id LIMIT ?",
        &[d1::int(now.timestamp_millis())?, d1::int(MOST)?],
    )
    .await?;
    let (mut places, mut groups, mut courses) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for row in rows {
        // One row that cannot be read must not keep every other event from being told.
        let Ok(card) = decode::<EventCard>(&row.card) else { continue };
        let Ok(sights) = decode::<Vec<(i64, u32)>>(&row.sights) else { continue };
        let next = groups.len();
        let group = *groups.entry(home(&card.name).to_owned()).or_insert(next);
        places.insert(row.event_id, courses.len());
        let sights = sights.into_iter().map(|(at, price)| Sight { at, price, listings: None }).collect();
        courses.push(Course::new(card.starts_at.map(|start| start.timestamp()), group, sights));
    }
    let peers = Rc::new(Peers { places, groups, others: Others::at(&courses, now.timestamp()) });
    KNOWN.with_borrow_mut(|known| *known = Some((hour, peers.clone())));
    Ok(peers)
}

/// What others need of an event.
pub struct Peer<'a> {
    /// The event.
    pub card: &'a EventCard,
    /// Its course.
    pub seen: &'a Seen,
    /// What came of its own days.
    pub labels: &'a Climate,
}

/// Writes rows of events looked at `now`.
pub fn write(db: &D1Database, now: DateTime<Utc>, peers: &[Peer<'_>]) -> Result<D1PreparedStatement> {
    let rows: Vec<serde_json::Value> = peers
        .iter()
        .map(|peer| {
            Ok(json!({
                "event_id": peer.card.id,
                "card": encode(peer.card)?,
                "starts_at_ms": peer.card.starts_at.map(|at| at.timestamp_millis()),
                "sights": encode(&moves(&peer.seen.sights))?,
                "labels": encode(peer.labels)?,
            }))
        })
        .collect::<Result<_>>()?;
    d1::statement(
        db,
        "INSERT INTO outlook_events (event_id, card, starts_at_ms, tended_at_ms, sights, labels)
         SELECT value ->> 'event_id', value ->> 'card', value ->> 'starts_at_ms', ?2, value ->> 'sights',
                value ->> 'labels'
         FROM json_each(?1) WHERE true
         ON CONFLICT DO UPDATE SET card = excluded.card, starts_at_ms = excluded.starts_at_ms,
           tended_at_ms = excluded.tended_at_ms, sights = excluded.sights, labels = excluded.labels",
        &[d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
    )
}

/// The last sight and those that stood a day, three days and a week before: what the windows of moves are made from.
fn moves(sights: &[Sight]) -> Vec<(i64, u32)> {
    let Some(last) = sights.last() else { return Vec::new() };
    let course = Course::new(None, 0, sights.to_vec());
    let past = course.until(last.at);
    let mut kept: Vec<(i64, u32)> = WINDOWS
        .iter()
        .rev()
        .filter_map(|hours| past.standing(last.at.saturating_sub(hours.saturating_mul(HOUR))))
        .chain([*last])
        .map(|sight| (sight.at, sight.price))
        .collect();
    kept.dedup();
    kept
}

/// Events of one answer.
const PAGE: usize = 500;

/// Every event that was ever looked at, by id, from after `cursor` on.
pub async fn all(env: &Env, cursor: Option<&str>) -> Result<OutlookEvents> {
    #[derive(Deserialize)]
    struct CardRow {
        event_id: EventId,
        card: String,
    }
    let rows: Vec<CardRow> = d1::rows(
        &d1::database(env)?,
        "SELECT event_id, card FROM outlook_events WHERE event_id > ? ORDER BY event_id LIMIT ?",
        &[d1::text(cursor.unwrap_or_default()), d1::int(i64::try_from(PAGE).unwrap_or(i64::MAX))?],
    )
    .await?;
    let events: Vec<EventCard> = rows.iter().filter_map(|row| decode(&row.card).ok()).collect();
    let last = rows.last().filter(|_| rows.len() == PAGE);
    let next_cursor = last.map(|row| row.event_id.as_str().to_owned());
    Ok(OutlookEvents { events, next_cursor })
}

/// What came of the days of all events seen within the last year, for past rates.
pub async fn climate(env: &Env, now: DateTime<Utc>) -> Result<Climate> {
    #[derive(Deserialize)]
    struct LabelRow {
        labels: String,
    }
    let year = now.timestamp().saturating_sub(365 * DAY).saturating_mul(1_000);
    let rows: Vec<LabelRow> = d1::rows(
        &d1::database(env)?,
        "SELECT labels FROM outlook_events WHERE tended_at_ms > ? ORDER BY tended_at_ms DESC LIMIT ?",
        &[d1::int(year)?, d1::int(MOST)?],
    )
    .await?;
    let mut climate = Climate::default();
    for row in rows {
        if let Ok(labels) = decode(&row.labels) {
            climate.merge(&labels);
        }
    }
    Ok(climate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_an_event_tells_the_same_moves_as_its_whole_course() {
        let sights: Vec<Sight> = (0_u32..120)
            .map(|at| Sight { at: i64::from(at) * 3 * HOUR, price: 5_000 + at * 7 % 400, listings: None })
            .collect();
        let now = sights.last().unwrap().at;
        let kept =
            moves(&sights).into_iter().map(|(at, price)| Sight { at, price, listings: None }).collect();
        let (whole, short) = (Course::new(None, 1, sights), Course::new(None, 1, kept));
        let asking = Course::new(None, 1, Vec::new());
        let of = |course: Course| Others::at(&[course], now).others(7, &asking, 8.0).windows;
        assert_eq!(of(whole), of(short));
    }
}
