//! The backtest at `/v1/accuracy`: how the model that speaks fared on the past, by the training report of its artefact.

use chrono::{DateTime, Utc};
use contract::outlook::{Accuracy, Action, PastAdvice, RecordSource};
use edge::failure::Result;
use edge::log::Log;
use edge::params;
use prices::accuracy::{BacktestAdvice, DataOrigin, GroupAccuracy, TrainingReport};
use serde_json::json;
use worker::Env;

use crate::outlook::place::{LIST_DIGITS, Passed};
use crate::outlook::query::{ANSWERED, After, Query};
use crate::outlook::speaker::Voice;
use crate::outlook::{shelf, words};
use crate::routes::accuracy::cut;

/// The backtest of the model that speaks.
pub async fn tell(env: &Env, log: &Log, asked: &Query, voice: Voice, now: DateTime<Utc>) -> Result<Accuracy> {
    let Some((report, missing)) = report_of(env, log, &voice).await else {
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
    let list = list_of(&voice, asked);
    let passed = match &asked.after {
        Some(After::Tried(passed)) if passed.is_of(&list) => passed.count,
        Some(_) => return Err(params::refused("cursor", ANSWERED)),
        None => 0,
    };
    let most = usize::try_from(asked.limit.saturating_add(1)).unwrap_or(usize::MAX);
    let version = voice.speaker.version.clone();
    let mut advice: Vec<PastAdvice> =
        given.into_iter().skip(passed).take(most).map(|one| past(one, version.clone())).collect();
    let has_more = cut(&mut advice, asked.limit);
    let next_cursor = has_more.then(|| Passed::new(list, passed.saturating_add(advice.len())).to_text());
    let mut limits = report.limits.clone();
    limits.extend(missing);
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

/// The whole report of the artefact that speaks. Where that is missing or another's: the sums that were registered with the
/// model, without the list of advice, and why.
async fn report_of(env: &Env, log: &Log, voice: &Voice) -> Option<(TrainingReport, Option<String>)> {
    let (registered, sha256) = voice.report.as_ref().zip(voice.sha256.as_ref())?;
    match shelf::report(env, sha256, voice.report_sha256.as_deref()).await {
        Ok(report) => Some((report, None)),
        Err(why) => {
            log.error("report_unusable", json!({ "version": voice.speaker.version, "cause": why }));
            let word = format!(
                "The list of advice cannot be shown: {why}. The sums are those registered with the model."
            );
            Some((TrainingReport::clone(registered), Some(word)))
        }
    }
}

/// By what a list of the backtest is known: the report, and which part of it in which order.
fn list_of(voice: &Voice, asked: &Query) -> String {
    let report = voice.report_sha256.as_deref().unwrap_or_default();
    let genre = asked.genre.as_deref().unwrap_or_default();
    let mut list = shelf::digest(format!("{report} {} {genre}", asked.failures_first).as_bytes());
    list.truncate(LIST_DIGITS);
    list
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
