//! `/v1/prices/{event_id}`: the history as series, summary and score.

use chrono::{DateTime, Utc};
use contract::history::{BestPricePoint, BestSeries, SeriesKind};
use contract::ids::EventId;
use contract::internal::BestPrice;
use contract::pricing::{Candle, HistorySummary, MarketSeries, PriceHistory, PricePoint, Resolution};
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, reply};
use prices::best::{best_sights, best_unit, standing_at};
use prices::candles::best_candles;
use prices::score::{FeeModels, all_in_courses, is_estimated};
use prices::{Bucket, Courses, CurrentQuote, FeeBasis, Market, Observation, Score, ScoreInput, Unit, past};
use worker::{Env, Response};

use crate::config::Config;
use crate::history::aliases;
use crate::history::reading::{Histories, Reading};
use crate::routes::etag;
use crate::routes::question::Question;

/// `GET /v1/prices/{event_id}`.
pub async fn history(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let id = event_id(id)?;
    let now = config.clock.market();
    let question = Question::read(call, now, None)?;
    let histories = Histories::of(env, call.request_id(), &id).await?;
    if call.header("if-none-match").is_some() {
        let tag = etag::of(&histories.version().await?, &question, id.as_str(), now);
        if etag::is_held(call, &tag) {
            return etag::not_modified(&question, &tag);
        }
    }
    let reading = histories.read().await?;
    let tag = etag::of(&reading.version, &question, id.as_str(), now);
    let answer = answer(reading, &question, question.as_of.unwrap_or(now))?;
    etag::marked(&question, &tag, reply::json(&answer)?)
}

/// The answer as it was, or is, at `now`.
fn answer(reading: Reading, question: &Question, now: DateTime<Utc>) -> Result<PriceHistory> {
    let Reading { id, courses, held, .. } = reading;
    let courses = question.known(courses);
    if courses.is_empty() {
        return Err(no_history());
    }
    let current: Vec<CurrentQuote> = if question.as_of.is_some() {
        past::quotes(&courses)
    } else {
        let offers = held.current.iter();
        offers
            .map(|offer| CurrentQuote { market: offer.market, price: offer.price, seen_at: offer.seen_at })
            .collect()
    };
    let score = prices::score(&ScoreInput {
        now,
        starts_at: held.starts_at,
        current: &current,
        history: &courses,
        fees: &held.fees,
        // What its like cost in the past is not kept.
        comparable: held.comparable.as_ref().filter(|_| question.as_of.is_none()),
    });
    let summary = HistorySummary::of(&courses, &held.fees, score.as_ref(), now);
    let mut answer = PriceHistory {
        event_id: id,
        resolution: question.resolution,
        series: Vec::new(),
        best: None,
        summary,
        score,
        as_of: now,
    };
    let wanted = courses.iter().filter(|(market, _)| question.market.is_none_or(|only| only == **market));
    match question.series {
        SeriesKind::Market => {
            answer.series = wanted.map(|(market, course)| market_series(*market, course, question)).collect();
        }
        SeriesKind::Best => {
            let only: Courses = wanted.map(|(market, course)| (*market, course.clone())).collect();
            let scored = answer.score.as_ref().filter(|_| question.market.is_none());
            answer.best = best_series(&only, &held.fees, scored, question);
        }
    }
    Ok(answer)
}

/// `GET /internal/best/{event_id}`.
pub async fn best(call: &Call, env: &Env, id: &str) -> Result<Response> {
    let family = aliases::family(env, &event_id(id)?).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let mut best: BestPrice = histories.call(family.canonical.as_str(), "/best", &()).await?;
    for alias in &family.aliases {
        let before: Result<BestPrice> = histories.call(alias.as_str(), "/best", &()).await;
        let low = before.ok().and_then(|before| before.lowest_ever);
        let lower = low.filter(|low| {
            best.lowest_ever
                .is_none_or(|ever| ever.currency == low.currency && low.amount_minor < ever.amount_minor)
        });
        best.lowest_ever = lower.or(best.lowest_ever);
    }
    reply::json(&best)
}

/// The id in a path; one that is none has no history.
pub fn event_id(text: &str) -> Result<EventId> {
    text.parse().map_err(|_| no_history())
}

/// The answer for an event of which nothing has been observed (by the moment asked for).
pub fn no_history() -> Failure {
    Failure::not_found("There is no price history for this event id (by the moment asked for).")
}

fn bucket_of(resolution: Resolution) -> Option<Bucket> {
    match resolution {
        Resolution::Raw => None,
        Resolution::Hour => Some(Bucket::Hour),
        Resolution::Day => Some(Bucket::Day),
    }
}

fn market_series(market: Market, course: &[Observation], question: &Question) -> MarketSeries {
    let course: Vec<Observation> = course.iter().copied().filter(|seen| question.wants(seen)).collect();
    let unit = course.iter().rev().find_map(Unit::of);
    let other = course.iter().filter_map(Unit::of).filter(|other| unit != Some(*other)).count();
    let bucket = bucket_of(question.resolution);
    let candles =
        unit.zip(bucket).map_or_else(Vec::new, |(unit, bucket)| prices::candles(&course, unit, bucket));
    let points = if bucket.is_none() { course.iter().map(point).collect() } else { Vec::new() };
    MarketSeries {
        market,
        currency: unit.map(|unit| unit.currency),
        basis: unit.map_or(FeeBasis::Unknown, |unit| unit.basis),
        points,
        candles: candles.iter().map(candle).collect(),
        left_out: u64::try_from(other).unwrap_or(u64::MAX),
    }
}

/// The best price all-in where that is known, in the unit of what is scored.
fn best_series(
    stated: &Courses,
    fees: &FeeModels,
    scored: Option<&Score>,
    question: &Question,
) -> Option<BestSeries> {
    let courses = all_in_courses(stated, fees);
    let unit = scored
        .map(|score| Unit { currency: score.price.currency, basis: score.basis })
        .or_else(|| best_unit(&courses))?;
    let mut sights = best_sights(&courses, unit);
    let stood = question.from.and_then(|from| Some((from, standing_at(&sights, from)?)));
    sights.retain(|sight| {
        question.from.is_none_or(|from| sight.at >= from) && question.to.is_none_or(|to| sight.at <= to)
    });
    let quoted = |course: &[Observation], comparable: bool| {
        let mut quotes = course.iter().filter(|seen| question.wants(seen)).filter_map(|seen| {
            Some(seen.price.money()?.currency == unit.currency && seen.price.basis()? == unit.basis)
        });
        quotes.any(|is| is == comparable)
    };
    let (markets, others): (Vec<_>, Vec<_>) = courses.iter().partition(|(_, course)| quoted(course, true));
    let left_out = others.into_iter().filter(|(_, course)| quoted(course, false)).map(|(market, _)| *market);
    let bucket = bucket_of(question.resolution);
    let candles = bucket.map_or_else(Vec::new, |bucket| best_candles(&sights, bucket));
    let mut points: Vec<BestPricePoint> = Vec::new();
    if bucket.is_none() {
        // What stood when the span began comes first, then each change.
        let begin = stood.filter(|(from, _)| sights.first().is_none_or(|first| first.at > *from));
        let steps = begin.map(|(at, best)| (at, Some(best))).into_iter();
        for (at, best) in steps.chain(sights.iter().map(|sight| (sight.at, sight.best))) {
            let point = BestPricePoint {
                at,
                amount_minor: best.map(|(minor, _)| minor),
                market: best.map(|(_, market)| market),
            };
            let is_change = points
                .last()
                .is_none_or(|last| (last.amount_minor, last.market) != (point.amount_minor, point.market));
            if is_change {
                points.push(point);
            }
        }
    }
    Some(BestSeries {
        currency: unit.currency,
        basis: unit.basis,
        estimated: is_estimated(stated, &courses),
        markets: markets.into_iter().map(|(market, _)| *market).collect(),
        left_out: left_out.collect(),
        points,
        candles: candles.iter().map(candle).collect(),
    })
}

const fn point(seen: &Observation) -> PricePoint {
    PricePoint { at: seen.at, price: seen.price, listings: seen.listings, tickets: seen.tickets }
}

const fn candle(candle: &prices::Candle) -> Candle {
    Candle {
        start: candle.start,
        open_minor: candle.open_minor,
        low_minor: candle.low_minor,
        high_minor: candle.high_minor,
        close_minor: candle.close_minor,
    }
}
