//! `/v1/accuracy`: how often the outlook was right, and what its advice came to.

use chrono::{DateTime, Utc};
use contract::outlook::{Accuracy, PastAdvice, RecordSource};
use edge::Call;
use edge::clock::from_ms;
use edge::failure::Result;
use edge::json::encode;
use edge::log::Log;
use prices::accuracy::{DataOrigin, GroupAccuracy};
use worker::{Env, Response};

use crate::config::Config;
use crate::outlook::past::{self, Wanted};
use crate::outlook::place::Place;
use crate::outlook::query::{After, Query};
use crate::outlook::speaker::{self, Voice};
use crate::outlook::{record, shelf, sums, tally};
use crate::routes::{backtest, cache};

/// An answer is given again for this long (real time).
const FRESH_MS: i64 = 20_000;

/// `GET /v1/accuracy`.
pub async fn accuracy(call: &Call, env: &Env, config: &Config, log: &Log) -> Result<Response> {
    let asked = Query::read(call)?;
    let key = format!("accuracy/v2/{}", shelf::digest(encode(&asked)?.as_bytes()));
    if let Some(body) = cache::get(env, &key, FRESH_MS).await {
        return cache::answer(call, body);
    }
    let now = config.clock.market();
    let voice = speaker::speaking(env, log).await?;
    let mut told = match asked.source {
        RecordSource::Live => live(env, &asked, voice, now).await?,
        RecordSource::Backtest => backtest::tell(env, log, &asked, voice, now).await?,
    };
    narrow(&mut told, &asked);
    let body = encode(&told)?;
    cache::put(env, &key, &body).await;
    cache::answer(call, body)
}

/// Leaves out what was not asked for. What was asked for by genre is then the whole.
fn narrow(told: &mut Accuracy, asked: &Query) {
    if let Some(genre) = &asked.genre {
        told.groups.retain(|group| group.genre.as_ref() == Some(genre));
        let empty = || GroupAccuracy { genre: Some(genre.clone()), ..GroupAccuracy::default() };
        told.whole = told.groups.first().cloned().unwrap_or_else(empty);
    }
    if let Some(hours) = asked.hours {
        for group in told.groups.iter_mut().chain([&mut told.whole]) {
            group.horizons.retain(|horizon| horizon.hours == hours);
        }
    }
}

async fn live(env: &Env, asked: &Query, voice: Voice, now: DateTime<Utc>) -> Result<Accuracy> {
    let (summed_ms, (whole, groups)) = if let Some(since) = asked.since {
        (Some(now.timestamp_millis()), tally::since(env, since, now).await?)
    } else {
        let sum: Option<(i64, tally::Record)> = sums::get(env, sums::RECORD).await?;
        let summed_ms = sum.as_ref().map(|(at, _)| *at);
        (summed_ms, sum.map(|(_, record)| record).unwrap_or_default().groups())
    };
    let counts = record::counts(env).await?;
    let after = match &asked.after {
        Some(After::Said(place)) => Some(place),
        _ => None,
    };
    let wanted = Wanted {
        genre: asked.genre.as_deref(),
        since: asked.since,
        failures_first: asked.failures_first,
        after,
        limit: asked.limit.saturating_add(1),
    };
    let mut advice = if asked.limit == 0 { Vec::new() } else { past::list(env, &wanted).await? };
    let has_more = cut(&mut advice, asked.limit);
    let last = advice.last().filter(|_| has_more);
    let next_cursor =
        last.and_then(|last| Place::of(last, asked.failures_first)).map(|place| place.to_text());
    let mut limits = vec![
        "Skill is over always telling the share that came, which is known only afterwards.".to_owned(),
        "The days of one event share its luck: intervals count events, not days.".to_owned(),
        "Advice is judged over seven days, or until the event begins; events in other currencies are summed apart.".to_owned(),
        "What was withheld from people is on record and counted all the same.".to_owned(),
    ];
    if asked.since.is_some() {
        limits.push(format!(
            "With since, at most the newest {} forecasts and {} events bought are counted.",
            tally::SINCE_FORECASTS,
            tally::SINCE_EVENTS
        ));
    }
    if voice.speaker.data == Some(DataOrigin::Invented) {
        limits.insert(0, "These prices are invented: the record says nothing of real markets.".to_owned());
    }
    Ok(Accuracy {
        source: RecordSource::Live,
        model: voice.speaker,
        whole,
        groups,
        said: counts.said,
        open: counts.open,
        since: counts.since_ms.map(from_ms),
        summed_at: summed_ms.map(from_ms),
        advice,
        next_cursor,
        limits,
        as_of: now,
    })
}

/// Cuts the list to what was asked for; answers whether there is more.
pub fn cut(advice: &mut Vec<PastAdvice>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = limit > 0 && advice.len() > limit;
    advice.truncate(limit);
    has_more
}
