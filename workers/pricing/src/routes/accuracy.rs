//! `/v1/accuracy`: how often the outlook was right, and what its advice came to.

use chrono::{DateTime, Utc};
use contract::outlook::{Accuracy, Action, PastAdvice, RecordSource};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use edge::log::Log;
use edge::{Call, params};
use prices::accuracy::{BacktestAdvice, DataOrigin, GroupAccuracy, TrainingReport};
use prices::outlook::HORIZONS;
use serde::Deserialize;
use worker::{Env, Response};

use crate::config::Config;
use crate::outlook::record::{self, Wanted};
use crate::outlook::speaker::{self, Voice};
use crate::outlook::{registry, sums, tally, words};
use crate::routes::cache;

const MAX_LIMIT: u32 = 100;
const FRESH_MS: i64 = 20_000;

const NAMES: [&str; 7] = ["source", "genre", "horizon", "since", "failures_first", "limit", "cursor"];

struct Asked {
    source: RecordSource,
    genre: Option<String>,
    hours: Option<u16>,
    since: Option<DateTime<Utc>>,
    failures_first: bool,
    limit: u32,
    offset: u32,
}

impl Asked {
    fn read(call: &Call) -> Result<Self> {
        params::refuse_unknown(call, |name| NAMES.contains(&name))?;
        let sources = [("live", RecordSource::Live), ("backtest", RecordSource::Backtest)];
        let source = params::one_of(call, "source", &sources)?.unwrap_or(RecordSource::Live);
        let since = params::parsed(call, "since", "a time like 2026-12-01T00:00:00Z")?;
        if since.is_some() && source == RecordSource::Backtest {
            return Err(params::refused("since", "left out: it is for the live record"));
        }
        let told = |hours: &u16| HORIZONS.contains(&i64::from(*hours));
        Ok(Self {
            source,
            genre: params::text(call, "genre").map(|genre| genre.to_lowercase()),
            hours: params::read(call, "horizon", "24, 72 or 168", |text| text.parse().ok().filter(told))?,
            since,
            failures_first: params::parsed(call, "failures_first", "true or false")?.unwrap_or(false),
            limit: params::whole(call, "limit", 0..=MAX_LIMIT)?.unwrap_or(20),
            offset: params::parsed(call, "cursor", "next_cursor of the answer before")?.unwrap_or(0),
        })
    }
}

/// `GET /v1/accuracy`.
pub async fn accuracy(call: &Call, env: &Env, config: &Config, log: &Log) -> Result<Response> {
    let asked = Asked::read(call)?;
    let key = format!("accuracy/v1/{}", registry::digest(call.query_text().as_bytes()));
    if let Some(body) = cache::get(env, &key, FRESH_MS).await {
        return cache::answer(call, body);
    }
    let now = config.clock.market();
    let voice = speaker::speaking(env, log).await?;
    let mut told = match asked.source {
        RecordSource::Live => live(env, &asked, voice, now).await?,
        RecordSource::Backtest => backtest(env, &asked, voice, now).await?,
    };
    narrow(&mut told, &asked);
    let body = encode(&told)?;
    cache::put(env, &key, &body).await;
    cache::answer(call, body)
}

/// Leaves out what was not asked for. What was asked for by genre is then the whole.
fn narrow(told: &mut Accuracy, asked: &Asked) {
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

#[derive(Deserialize)]
struct SaidRow {
    said: u64,
    open: u64,
    since_ms: Option<i64>,
}

async fn live(env: &Env, asked: &Asked, voice: Voice, now: DateTime<Utc>) -> Result<Accuracy> {
    let (summed_ms, (whole, groups)) = if let Some(since) = asked.since {
        (Some(now.timestamp_millis()), tally::since(env, since).await?)
    } else {
        let sum: Option<(i64, tally::Record)> = sums::get(env, sums::RECORD).await?;
        let summed_ms = sum.as_ref().map(|(at, _)| *at);
        (summed_ms, sum.map(|(_, record)| record).unwrap_or_default().groups())
    };
    let said: Option<SaidRow> = d1::first(
        &d1::database(env)?,
        "SELECT count(*) AS said, min(said_at_ms) AS since_ms,
           count(*) - (SELECT count(*) FROM forecast_outcomes WHERE hours = 0) AS open FROM forecasts",
        &[],
    )
    .await?;
    let wanted = Wanted {
        event_id: None,
        genre: asked.genre.clone(),
        since: asked.since,
        failures_first: asked.failures_first,
        offset: asked.offset,
        limit: asked.limit.saturating_add(1),
    };
    let mut advice = if asked.limit == 0 { Vec::new() } else { record::list(env, &wanted).await? };
    let next_cursor = cut(&mut advice, asked);
    let mut limits = vec![
        "Skill is over always telling the share that came, which is known only afterwards.".to_owned(),
        "The days of one event share its luck: intervals count events, not days.".to_owned(),
        "Advice is judged over seven days, or until the event begins; events in other currencies are summed apart.".to_owned(),
        "What was withheld from people is on record and counted all the same.".to_owned(),
    ];
    if asked.since.is_some() {
        limits.push("With since, at most the newest 15,000 answers are counted.".to_owned());
    }
    if voice.speaker.data == Some(DataOrigin::Invented) {
        limits.insert(0, "These prices are invented: the record says nothing of real markets.".to_owned());
    }
    Ok(Accuracy {
        source: RecordSource::Live,
        model: voice.speaker,
        whole,
        groups,
        said: said.as_ref().map_or(0, |row| row.said),
        open: said.as_ref().map_or(0, |row| row.open),
        since: said.and_then(|row| row.since_ms).map(from_ms),
        summed_at: summed_ms.map(from_ms),
        advice,
        next_cursor,
        limits,
        as_of: now,
    })
}

async fn backtest(env: &Env, asked: &Asked, voice: Voice, now: DateTime<Utc>) -> Result<Accuracy> {
    let report: Option<TrainingReport> = match &voice.speaker.version {
        Some(version) => Some(registry::whole_report(env, version).await?),
        None => None,
    };
    let Some(report) = report else {
        return Ok(Accuracy {
            source: RecordSource::Backtest,
            model: voice.speaker,
            whole: GroupAccuracy::default(),
            groups: Vec::new(),
            said: 0,
            open: 0,
            since: None,
            summed_at: None,
            advice: Vec::new(),
            next_cursor: None,
            limits: vec!["No trained model is in service, so none was tried on the past.".to_owned()],
            as_of: now,
        });
    };
    let mut given: Vec<&BacktestAdvice> =
        report.advice.iter().filter(|advice| asked.genre.is_none() || advice.genre == asked.genre).collect();
    given.sort_by_key(|advice| {
        (asked.failures_first && !advice.verdict.is_failure(), std::cmp::Reverse(advice.said_at))
    });
    let skipped = usize::try_from(asked.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(asked.limit.saturating_add(1)).unwrap_or(usize::MAX);
    let version = voice.speaker.version.clone();
    let mut advice: Vec<PastAdvice> =
        given.into_iter().skip(skipped).take(most).map(|one| past(one, version.clone())).collect();
    let next_cursor = cut(&mut advice, asked);
    let mut limits = report.limits.clone();
    if report.data == DataOrigin::Invented {
        limits.insert(0, "Backtest of invented prices: it says nothing of real markets.".to_owned());
    }
    Ok(Accuracy {
        source: RecordSource::Backtest,
        model: voice.speaker,
        whole: report.whole,
        groups: report.groups,
        said: u64::from(report.advice_given),
        open: 0,
        since: report.data_from,
        summed_at: Some(report.fitted_at),
        advice,
        next_cursor,
        limits,
        as_of: now,
    })
}

/// Cuts the list to what was asked for; answers where to go on.
fn cut(advice: &mut Vec<PastAdvice>, asked: &Asked) -> Option<String> {
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let more = limit > 0 && advice.len() > limit;
    advice.truncate(limit);
    more.then(|| asked.offset.saturating_add(asked.limit).to_string())
}

fn past(given: &BacktestAdvice, version: Option<String>) -> PastAdvice {
    let mut advice = PastAdvice {
        event_id: None,
        event: given.event.clone(),
        genre: given.genre.clone(),
        said_at: given.said_at,
        action: if given.wait { Action::Wait } else { Action::Buy },
        shown: false,
        price: given.price,
        fall_permille: [None, Some(given.fall_72h_permille), None],
        expected_saving: None,
        lowest_after: Some(given.lowest_after),
        paid: Some(given.paid),
        verdict: given.verdict,
        text: String::new(),
        model: version,
    };
    advice.text = words::past(&advice);
    advice
}
