//! What comparable events cost, in D1: read in bulk with a message's events, made anew for those of which it is old.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::ids::EventId;
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::Currency;
use prices::score::{Comparable, Likeness, Peers, peers, stage};
use serde::{Deserialize, Serialize};
use worker::{D1Database, Env};

use crate::deals::keys;

/// What was compared so lately stands (market time): levels move slowly.
const COMPARED_EVERY: TimeDelta = TimeDelta::hours(1);
/// Where nothing comparable was known it is looked for again this soon: when a source is new, all of its events are.
const LOOKED_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Peers a key is compared with: those that started last before the event, or start soon after it.
const PEERS: i64 = 40;
/// Of so many events of a key at most a level is looked for.
const LOOKED_AT: i64 = 200;
/// Peers may start this much later than the event: they are at its distance from their start soon enough to count now.
const LATER: TimeDelta = TimeDelta::days(21);

/// An event to be compared.
pub struct Asked<'a> {
    /// The event.
    pub card: &'a EventCard,
    /// The currency of its prices.
    pub currency: Currency,
}

#[derive(Deserialize)]
struct KnownRow {
    event_id: EventId,
    comparable: Option<String>,
    compared_at_ms: i64,
}

#[derive(Serialize)]
struct Question<'a> {
    event_id: &'a EventId,
    key: String,
    stage: u8,
    currency: Currency,
    until_ms: i64,
    venue_id: &'a str,
}

#[derive(Deserialize)]
struct LevelsRow {
    event_id: EventId,
    key: String,
    /// JSON of a list of [`Level`].
    levels: String,
}

/// The beginning of an event's id, whether it is at the same venue, what it cost.
type Level = (String, u8, i64);
/// A key with the levels of the events that share it.
type KeyLevels = (String, Vec<Level>);

/// What events like those asked for cost as of `now`. Two reads for any number of events, and one write where something
/// was old; an event itself never counts.
pub async fn of(env: &Env, asked: &[Asked<'_>], now: DateTime<Utc>) -> Result<HashMap<EventId, Comparable>> {
    let db = d1::database(env)?;
    let ids: Vec<&EventId> = asked.iter().map(|asked| &asked.card.id).collect();
    let rows: Vec<KnownRow> = d1::rows(
        &db,
        "SELECT event_id, comparable, compared_at_ms FROM priced_events
         WHERE event_id IN (SELECT value FROM json_each(?)) AND compared_at_ms IS NOT NULL",
        &[d1::text(encode(&ids)?)],
    )
    .await?;
    let mut known = HashMap::new();
    let mut lately = Vec::new();
    for row in rows {
        let every = if row.comparable.is_some() { COMPARED_EVERY } else { LOOKED_EVERY };
        if now.signed_duration_since(from_ms(row.compared_at_ms)) < every {
            lately.push(row.event_id.clone());
        }
        if let Some(comparable) = row.comparable {
            known.insert(row.event_id, decode(&comparable)?);
        }
    }
    let old: Vec<&Asked<'_>> = asked.iter().filter(|asked| !lately.contains(&asked.card.id)).collect();
    if old.is_empty() {
        return Ok(known);
    }
    let mut anew = compare(&db, &old, now).await?;
    write(&db, &old, &anew, now).await?;
    for asked in old {
        match anew.remove(&asked.card.id) {
            Some(comparable) => known.insert(asked.card.id.clone(), comparable),
            None => known.remove(&asked.card.id),
        };
    }
    Ok(known)
}

async fn compare(
    db: &D1Database,
    asked: &[&Asked<'_>],
    now: DateTime<Utc>,
) -> Result<HashMap<EventId, Comparable>> {
    let questions: Vec<Question<'_>> = asked.iter().flat_map(|asked| questions(asked, now)).collect();
    if questions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<LevelsRow> = d1::rows(
        db,
        "SELECT q.value ->> 'event_id' AS event_id, q.value ->> 'key' AS key,
           (SELECT json_group_array(json_array(m.id, m.is_here, m.level_minor)) FROM
             (SELECT substr(k.event_id, 5, 12) AS id, k.venue_id = (q.value ->> 'venue_id') AS is_here,
                l.level_minor FROM
               (SELECT event_id, venue_id, starts_at_ms FROM event_keys
                WHERE key = q.value ->> 'key' AND starts_at_ms <= q.value ->> 'until_ms'
                  AND event_id <> q.value ->> 'event_id'
                ORDER BY starts_at_ms DESC LIMIT ?2) k
              CROSS JOIN event_levels l ON l.event_id = k.event_id AND l.stage = q.value ->> 'stage'
                AND l.currency = q.value ->> 'currency'
              ORDER BY k.starts_at_ms DESC LIMIT ?3) m) AS levels
         FROM json_each(?1) q",
        &[d1::text(encode(&questions)?), d1::int(LOOKED_AT)?, d1::int(PEERS)?],
    )
    .await?;
    let mut by_event: BTreeMap<String, Vec<KeyLevels>> = BTreeMap::new();
    for row in rows {
        let levels = decode(&row.levels)?;
        by_event.entry(row.event_id.as_str().to_owned()).or_default().push((row.key, levels));
    }
    let comparable = |asked: &&Asked<'_>| {
        let levels = by_event.get(asked.card.id.as_str())?;
        let peers = summed_up(asked.card, levels);
        (!peers.is_empty()).then(|| (asked.card.id.clone(), Comparable { currency: asked.currency, peers }))
    };
    Ok(asked.iter().filter_map(comparable).collect())
}

fn questions<'a>(asked: &Asked<'a>, now: DateTime<Utc>) -> Vec<Question<'a>> {
    let Some((starts_at, stage)) = asked.card.starts_at.and_then(|at| Some((at, stage(at, now)?))) else {
        return Vec::new();
    };
    let until = starts_at.checked_add_signed(LATER).unwrap_or(starts_at);
    keys::of(asked.card)
        .into_iter()
        .map(|key| Question {
            event_id: &asked.card.id,
            key: key.text,
            stage,
            currency: asked.currency,
            until_ms: until.timestamp_millis(),
            venue_id: asked.card.venue_id.as_ref().map_or("", |id| id.as_str()),
        })
        .collect()
}

/// Of each likeness the key with most events: at a game the home side is who has played here most often. Who is at the
/// same venue is no event elsewhere, and an event counts once, where it is most like this one.
fn summed_up(card: &EventCard, levels: &[KeyLevels]) -> Vec<Peers> {
    let keys = keys::of(card);
    let mut counted: HashSet<&str> = HashSet::new();
    let mut found = Vec::new();
    for likeness in [Likeness::SameVenue, Likeness::Elsewhere, Likeness::SameCity] {
        let counts = |(id, here, _): &&Level| {
            (likeness != Likeness::Elsewhere || *here == 0) && !counted.contains(id.as_str())
        };
        let of_likeness = keys.iter().filter(|key| key.likeness == likeness);
        // Of two with as many the one who is named first.
        let most: Option<Vec<&Level>> = of_likeness
            .rev()
            .filter_map(|key| levels.iter().find(|(text, _)| *text == key.text))
            .map(|(_, levels)| levels.iter().filter(counts).collect())
            .max_by_key(Vec::len);
        let most = most.unwrap_or_default();
        found.extend(peers(likeness, most.iter().map(|(.., minor)| *minor)));
        counted.extend(most.iter().map(|(id, ..)| id.as_str()));
    }
    found
}

async fn write(
    db: &D1Database,
    asked: &[&Asked<'_>],
    found: &HashMap<EventId, Comparable>,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<_> =
        asked.iter().map(|asked| (&asked.card.id, asked.card, found.get(&asked.card.id))).collect();
    d1::run(
        db,
        "INSERT INTO priced_events (event_id, card, comparable, compared_at_ms)
         SELECT value ->> 0, value -> 1, nullif(value -> 2, 'null'), ?2 FROM json_each(?1) WHERE true
         ON CONFLICT DO UPDATE SET compared_at_ms = excluded.compared_at_ms, comparable = excluded.comparable",
        &[d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_that_plays_here_most_is_the_home_side() {
        let card = keys::tests::game();
        let texts: Vec<String> = keys::of(&card).into_iter().map(|key| key.text).collect();
        let level = |id: &str, here: u8, minor: i64| (id.to_owned(), here, minor);
        let home = || vec![level("a", 1, 5_000), level("b", 1, 6_000), level("c", 1, 7_000)];
        let levels: Vec<KeyLevels> = vec![
            (texts[0].clone(), home()),
            (texts[1].clone(), [home(), vec![level("d", 0, 9_000)]].concat()),
            (texts[2].clone(), vec![level("a", 1, 4_000)]),
            (texts[3].clone(), vec![level("e", 0, 20_000), level("f", 0, 21_000)]),
            (texts[4].clone(), [home(), vec![level("e", 0, 1_000), level("g", 0, 3_000)]].concat()),
        ];
        let found = summed_up(&card, &levels);
        let flat: Vec<_> =
            found.iter().map(|peers| (peers.likeness, peers.events, peers.median_minor)).collect();
        let expected = [
            (Likeness::SameVenue, 3, 6_000),
            (Likeness::Elsewhere, 2, 20_000),
            (Likeness::SameCity, 1, 3_000),
        ];
        assert_eq!(flat, expected);
    }
}
