//! What is done without being asked: every event is looked at every few hours of market time; its row for the others is
//! renewed, the day's forecast is written down, and what can be settled is. Then past rates and the record are summed up.
//! Doing it again changes nothing: every row has a key, and sums remember how far they came.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::ids::{EventId, RequestId};
use contract::outlook::{Action, ModelKind, NightlyDone};
use edge::d1;
use edge::failure::Result;
use edge::log::Log;
use futures_util::stream::{self, StreamExt};
use prices::accuracy::{follow, settle};
use prices::outlook::DAY;
use prices::outlook::course::Course;
use serde::Deserialize;
use serde_json::json;
use worker::Env;

use super::advice::{Counsel, Counselled, Records, counsel};
use super::asked::{Asked, Seen, Standing};
use super::climate::Climate;
use super::peers::{self, Peer, Peers};
use super::record::{self, Bought, Forecast, OnRecord, Outcome};
use super::speaker::{self, Voice};
use super::sums;
use super::tally::Record;
use super::told::tell;

/// An event is looked at so often before it begins, and afterwards once a day while something of it may be settled.
const EVERY: TimeDelta = TimeDelta::hours(3);
const AFTERWARDS: TimeDelta = TimeDelta::hours(24);
/// After the start nothing is left to settle after so long.
const DONE_AFTER: TimeDelta = TimeDelta::days(9);
/// Events looked at in one run: a minute's run then keeps up with 20,000 events, at some 5 ms each.
const AT_MOST: u32 = 120;
/// Histories read at once.
const AT_ONCE: usize = 6;
/// Sums are made anew this often (market time), or when something was settled.
const SUM_EVERY: TimeDelta = TimeDelta::hours(6);

/// One event as far as it is needed here: its observations are dropped as soon as they are read.
struct Looked {
    card: EventCard,
    seen: Seen,
    standing: Option<Standing>,
    labels: Climate,
}

/// One run.
pub async fn run(env: &Env, log: &Log, request_id: &RequestId, now: DateTime<Utc>) -> Result<NightlyDone> {
    let (due, left) = due(env, now).await?;
    let looked: Vec<Looked> = stream::iter(due)
        .map(|id| async move {
            match look(env, request_id, &id, now).await {
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
        let (outcomes, bought) = settle_all(&looked, &on_record, now)?;
        let voice = speaker::speaking(env, log).await?;
        let peers = peers::read(env, now).await?;
        let record = record_of(env).await?;
        let forecasts = say_all(&looked, &on_record, &voice, &peers, &record, now);
        let results = db
            .batch(vec![
                record::say(&db, &forecasts)?,
                record::settle(&db, now, &outcomes)?,
                record::buy(&db, now, &bought)?,
            ])
            .await?;
        let changed: Vec<usize> = results.iter().map(d1::changes).collect::<Result<_>>()?;
        done.said = count(changed.first().copied().unwrap_or(0));
        done.settled = count(changed.get(1).copied().unwrap_or(0));
    }
    done.summed = sum_up(env, now, done.settled > 0).await?;
    Ok(done)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The events to look at now, those that waited longest first, and how many are left for the next run.
async fn due(env: &Env, now: DateTime<Utc>) -> Result<(Vec<EventId>, u32)> {
    #[derive(Deserialize)]
    struct DueRow {
        event_id: EventId,
        due: u32,
    }
    let ago = |span: TimeDelta| now.checked_sub_signed(span).unwrap_or(now).timestamp_millis();
    let rows: Vec<DueRow> = d1::rows(
        &d1::database(env)?,
        "SELECT event_id, count(*) OVER () AS due FROM (
           SELECT d.event_id, coalesce(e.tended_at_ms, 0) AS tended_at_ms
           FROM deals d LEFT JOIN outlook_events e ON e.event_id = d.event_id
           WHERE coalesce(e.tended_at_ms, 0) <= ?2 AND (d.starts_at_ms IS NULL OR d.starts_at_ms > ?1)
           UNION SELECT event_id, tended_at_ms FROM outlook_events
           WHERE (tended_at_ms <= ?2 AND (starts_at_ms IS NULL OR starts_at_ms > ?1) AND tended_at_ms > ?4)
              OR (tended_at_ms <= ?3 AND starts_at_ms <= ?1 AND starts_at_ms > ?4))
         ORDER BY tended_at_ms, event_id LIMIT ?5",
        &[
            d1::int(now.timestamp_millis())?,
            d1::int(ago(EVERY))?,
            d1::int(ago(AFTERWARDS))?,
            d1::int(ago(DONE_AFTER))?,
            d1::int(i64::from(AT_MOST))?,
        ],
    )
    .await?;
    let due = rows.first().map_or(0, |row| row.due);
    let ids: Vec<EventId> = rows.into_iter().map(|row| row.event_id).collect();
    Ok((ids.clone(), due.saturating_sub(count(ids.len()))))
}

async fn look(env: &Env, request_id: &RequestId, id: &EventId, now: DateTime<Utc>) -> Result<Option<Looked>> {
    let read = super::event::read(env, request_id, id).await?;
    let Some(card) = read.card.clone().filter(|card| card.id == *id) else { return Ok(None) };
    let score = read.score(now, card.starts_at);
    let standing = score.and_then(|score| Standing::of(&score, &read.current));
    let seen = Seen::of(&read, standing.as_ref(), now);
    let start = card.starts_at.map(|start| start.timestamp());
    let labels = Climate::of(&Course::new(start, 0, seen.sights.clone()));
    Ok(Some(Looked { card, seen, standing, labels }))
}

/// What came of what is on record, as far as it can be told now.
fn settle_all(
    looked: &[Looked],
    on_record: &[OnRecord],
    now: DateTime<Utc>,
) -> Result<(Vec<Outcome>, Vec<Bought>)> {
    let mut by_event: BTreeMap<&EventId, Vec<&OnRecord>> = BTreeMap::new();
    for row in on_record {
        by_event.entry(&row.event_id).or_default().push(row);
    }
    let (mut outcomes, mut bought) = (Vec::new(), Vec::new());
    for one in looked {
        let Some(rows) = by_event.get(&one.card.id) else { continue };
        let days: Vec<_> = rows.iter().map(|row| row.day()).collect();
        for row in rows {
            let done = row.settled()?;
            // What was said in another unit than the course has now cannot be told: it is settled as not seen.
            let comparable = one.seen.unit == Some(row.unit()?);
            let sights = if comparable { one.seen.sights.clone() } else { Vec::new() };
            let course = Course::new(None, 0, sights);
            let came = settle(&row.said()?, &course, &days, now);
            outcomes.extend(
                came.into_iter().filter(|came| !done.contains(&came.hours)).map(|came| Outcome {
                    event_id: row.event_id.clone(),
                    said_on: row.said_on.clone(),
                    came,
                }),
            );
        }
        bought.extend(followed(one, rows, now)?);
    }
    Ok((outcomes, bought))
}

/// What one paid who followed the advice from the first day on, once there is no day left to wait.
fn followed(one: &Looked, rows: &[&OnRecord], now: DateTime<Utc>) -> Result<Option<Bought>> {
    let last_day = one.card.starts_at.and_then(|start| start.checked_sub_signed(TimeDelta::seconds(DAY)));
    if last_day.is_none_or(|last| last > now) {
        return Ok(None);
    }
    let Some(first) = rows.first() else { return Ok(None) };
    let unit = first.unit()?;
    let mut days = Vec::new();
    for row in rows {
        let (_, price, waits) = row.day();
        if row.unit()? == unit
            && let Some(waits) = waits
        {
            days.push((price, waits));
        }
    }
    Ok(follow(&days).map(|followed| Bought {
        event_id: one.card.id.clone(),
        genre: first.genre().map(str::to_owned),
        currency: unit.currency,
        followed,
    }))
}

/// The forecast of the day for every event that has none yet and can still be waited for.
fn say_all<'a>(
    looked: &'a [Looked],
    on_record: &[OnRecord],
    voice: &'a Voice,
    peers: &Peers,
    record: &Record,
    now: DateTime<Utc>,
) -> Vec<Forecast<'a>> {
    let today = record::day(now);
    let (whole, groups) = record.groups();
    let live: Vec<_> = groups.into_iter().chain([whole]).collect();
    let backtest = backtest(voice);
    looked
        .iter()
        .filter(|one| !on_record.iter().any(|row| row.event_id == one.card.id && row.said_on == today))
        .filter_map(|one| {
            let asked = Asked::new(
                now,
                &one.card,
                one.seen.clone(),
                one.standing,
                peers.place(&one.card),
                &peers.others,
            );
            let standing = asked.standing.filter(|_| asked.may_wait())?;
            let told = tell(&asked, voice.outlook.as_deref());
            let answer = told.answer.filter(|_| !told.horizons.is_empty())?;
            let weighed = weigh(&asked, voice, &told, Records { live: &live, backtest: &backtest });
            let advice =
                weighed.said.map(|said| (said.action == Action::Wait, said.expected_saving.amount_minor));
            let horizons = told
                .horizons
                .iter()
                .zip(answer.falls.into_iter().zip(answer.quantiles))
                .map(|(horizon, (fall, quantiles))| (horizon.hours, rounded(fall), quantiles.map(rounded)))
                .collect();
            Some(Forecast {
                card: &one.card,
                at: now,
                price: standing.money,
                basis: standing.unit.basis,
                told: horizons,
                advice,
                shown: weighed.withheld.is_none(),
                model: voice.speaker.version.as_deref().unwrap_or("past_rates"),
                digest: voice.sha256.as_deref(),
            })
        })
        .collect()
}

/// Weighs whether to advise on a question, and what.
pub fn weigh(asked: &Asked<'_>, voice: &Voice, told: &super::told::Told, records: Records<'_>) -> Counselled {
    let kind = if voice.outlook.is_some() { voice.speaker.kind } else { ModelKind::None };
    let question = Counsel {
        now: asked.now,
        price: asked.standing.map(|standing| standing.money),
        starts_at: asked.card.starts_at,
        may_wait: asked.may_wait(),
        answer: told.answer,
        horizons: &told.horizons,
        kind,
    };
    counsel(&question, asked.card.genre.as_deref(), records)
}

/// The backtest of the model that speaks, by group and as a whole.
pub fn backtest(voice: &Voice) -> Vec<prices::accuracy::GroupAccuracy> {
    voice
        .report
        .as_ref()
        .map_or_else(Vec::new, |report| report.groups.iter().chain([&report.whole]).cloned().collect())
}

/// Six decimals are what a row keeps.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// The record's sums as last made.
pub async fn record_of(env: &Env) -> Result<Record> {
    let sum: Option<(i64, Record)> = sums::get(env, sums::RECORD).await?;
    Ok(sum.map(|(_, record)| record).unwrap_or_default())
}

/// Sums up past rates now and then, and the record where something was settled.
async fn sum_up(env: &Env, now: DateTime<Utc>, settled: bool) -> Result<bool> {
    let old = now.checked_sub_signed(SUM_EVERY).unwrap_or(now).timestamp_millis();
    let rates: Option<(i64, Climate)> = sums::get(env, sums::PAST_RATES).await?;
    let stale = rates.as_ref().is_none_or(|(made_at_ms, rates)| *made_at_ms <= old || rates.events == 0);
    if stale {
        let climate = peers::climate(env, now).await?;
        sums::replace(env, sums::PAST_RATES, rates.map(|(made_at_ms, _)| made_at_ms), now, &climate).await?;
        speaker::forget();
    }
    let known: Option<(i64, Record)> = sums::get(env, sums::RECORD).await?;
    let before = known.as_ref().map(|(made_at_ms, _)| *made_at_ms);
    if !settled && before.is_some_and(|made_at_ms| made_at_ms > old) {
        return Ok(stale);
    }
    let mut record = known.map(|(_, record)| record).unwrap_or_default();
    let news = record.catch_up(env).await?;
    if news || before.is_none_or(|made_at_ms| made_at_ms <= old) {
        sums::replace(env, sums::RECORD, before, now, &record).await?;
    }
    Ok(stale || news)
}
