//! What is done without being asked: every event is looked at every few hours of market time; its row for the others is
//! renewed, the day's forecast is written down, and what can be settled is. Then past rates and the record are summed up.
//! Doing it again changes nothing: every row has a key, and sums remember how far they came.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::{EventId, RequestId};
use contract::outlook::NightlyDone;
use edge::d1;
use edge::failure::Result;
use edge::log::Log;
use futures_util::stream::{self, StreamExt};
use prices::outlook::course::Course;
use serde_json::json;
use worker::Env;

use super::asked::{Seen, Standing};
use super::climate::Climate;
use super::peers::{self, Peer};
use super::queue::{self, Due};
use super::saying::say_all;
use super::settling::settle_all;
use super::summing::{record_of, sum_up};
use super::{outcomes, record, speaker};

/// Histories read at once.
const AT_ONCE: usize = 6;

/// One event as far as it is needed here: its observations are dropped as soon as they are read.
pub struct Looked {
    /// The event.
    pub card: EventCard,
    /// Its course.
    pub seen: Seen,
    /// The price that stands.
    pub standing: Option<Standing>,
    labels: Climate,
}

/// One run.
pub async fn run(env: &Env, log: &Log, request_id: &RequestId, now: DateTime<Utc>) -> Result<NightlyDone> {
    let (due, left) = queue::due(env, now).await?;
    queue::take_turn(env, now, &due).await?;
    let looked: Vec<Looked> = stream::iter(due)
        .map(|due| async move {
            let id = due.event_id.clone();
            match look(env, request_id, due, now).await {
                Ok(looked) => looked,
                Err(failure) => {
                    // One history that cannot be read must not keep the others from being looked at.
                    log.error("outlook_unread", json!({ "event_id": id, "cause": failure.cause }));
                    None
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(|looked| async { looked })
        .collect()
        .await;
    let db = d1::database(env)?;
    let mut done = NightlyDone { events: count(looked.len()), left, ..NightlyDone::default() };
    if !looked.is_empty() {
        let rows: Vec<Peer<'_>> =
            looked.iter().map(|one| Peer { card: &one.card, seen: &one.seen, labels: &one.labels }).collect();
        d1::changes(&peers::write(&db, now, &rows)?.run().await?)?;
        peers::forget();
        let ids: Vec<&EventId> = looked.iter().map(|one| &one.card.id).collect();
        let on_record = record::of_events(env, &ids).await?;
        let seen = looked.iter().map(|one| (&one.card, &one.seen));
        let (came, bought) = settle_all(seen, &on_record, now, log);
        let voice = speaker::speaking(env, log).await?;
        let peers = peers::read(env, now).await?;
        let record = record_of(env).await?;
        let forecasts = say_all(&looked, &on_record, &voice, &peers, &record, now);
        let results = db
            .batch(vec![
                record::say(&db, &forecasts)?,
                outcomes::settle(&db, now, &came)?,
                outcomes::buy(&db, now, &bought)?,
            ])
            .await?;
        let written: Vec<usize> = results.iter().map(record::written).collect::<Result<_>>()?;
        done.said = count(written.first().copied().unwrap_or(0));
        done.settled = count(written.get(1).copied().unwrap_or(0));
    }
    done.summed = sum_up(env, now, done.settled > 0).await?;
    Ok(done)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// `None` where nothing is known of the event but its id.
async fn look(env: &Env, request_id: &RequestId, due: Due, now: DateTime<Utc>) -> Result<Option<Looked>> {
    let read = super::event::read(env, request_id, &due.event_id).await?;
    // An event that took the place of a merged one may have no card of its own, but the other's history.
    let known = due.card.filter(|_| !read.courses.is_empty());
    let own = |card: &EventCard| card.id == read.id && read.id == due.event_id;
    let Some(card) = read.card.clone().filter(own).or(known).filter(own) else { return Ok(None) };
    let score = read.score(now, card.starts_at);
    let standing = score.and_then(|score| Standing::of(&score, &read.current));
    let seen = Seen::of(&read, standing.as_ref(), now);
    let start = card.starts_at.map(|start| start.timestamp());
    let labels = Climate::of(&Course::new(start, 0, seen.sights.clone()));
    Ok(Some(Looked { card, seen, standing, labels }))
}
